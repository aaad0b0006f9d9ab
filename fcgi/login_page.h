/* fcgi/login_page.h -- the HTML pages of the login, light or dark, without script. */
#ifndef FCGI_LOGIN_PAGE_H
#define FCGI_LOGIN_PAGE_H

#include "login/authorize.h"

/* Bits for the fields that are marked as wrong. */
#define LOGIN_WRONG_NAME 1u
#define LOGIN_WRONG_PASSWORD 2u

struct login_complaint {
	const char *text; /* one or two sentences: why the last attempt failed */
	unsigned wrong;   /* LOGIN_WRONG_*; 0: the fault is not in what the user typed */
};

struct login_page {
	const struct authorize *authorize; /* sent again with the form, in hidden fields */
	struct str site;   /* "reports.example.com", the site that the user logs in to */
	struct str name;   /* the value of the name field; {0}: empty */
	const char *field; /* the hidden field that belongs to the cookie */
	const struct login_complaint *complaint; /* NULL: this is the first attempt */
};

/* The page for a login that cannot show a form. */
struct login_refusal_page {
	const struct authorize *authorize; /* as far as it could be read */
	struct str base;                   /* "https://reports.example.com" */
	const char *why;                   /* one or two sentences */
};

/* The names of the form fields, besides the parameters of the authorization request. */
#define LOGIN_FIELD_NAME "username"
#define LOGIN_FIELD_PASSWORD "password"
#define LOGIN_FIELD_HIDDEN "form_token"
#define LOGIN_FIELD_CANCEL "cancel"

void login_page_form(const struct login_page *p, struct buf *out);
/* Shows the reason and a link.  The link leads to the form if the authorization request was
 * readable, else to the WebUI of this outbox. */
void login_page_refusal(const struct login_refusal_page *p, struct buf *out);

/* Appends the Content-Security-Policy of both pages.  It forbids scripts and frames, allows the
 * one style sheet, and allows forms to be sent only to the outbox and to redirect, where the
 * outbox then sends the browser ({0}: only to the outbox). */
void login_page_policy(struct str redirect, struct buf *out);

#endif
