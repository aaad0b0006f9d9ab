/* fcgi/login_page.h -- the pages that people see: plain HTML, light or dark, without script. */
#ifndef FCGI_LOGIN_PAGE_H
#define FCGI_LOGIN_PAGE_H

#include "login/authorize.h"

/* Which fields are marked as wrong. */
#define LOGIN_WRONG_NAME 1u
#define LOGIN_WRONG_PASSWORD 2u

/* Why the last try failed. */
struct login_complaint {
	const char *text; /* a sentence or two */
	unsigned wrong;   /* LOGIN_WRONG_*; 0: what was typed may be right */
};

struct login_page {
	const struct authorize *authorize; /* comes back with the form */
	struct str site;                   /* "reports.example.com", which people log in to */
	struct str name;                   /* what stands in its field; {0}: nothing */
	const char *field;                 /* hidden, goes with the cookie */
	const struct login_complaint *complaint; /* NULL: this is the first try */
};

/* When no form can be shown. */
struct login_refusal_page {
	const struct authorize *authorize; /* what was asked for, as far as it could be read */
	struct str base;                   /* "https://reports.example.com" */
	const char *why;                   /* a sentence or two */
};

/* The names of what comes back beside the authorization request. */
#define LOGIN_FIELD_NAME "username"
#define LOGIN_FIELD_PASSWORD "password"
#define LOGIN_FIELD_HIDDEN "form_token"
#define LOGIN_FIELD_CANCEL "cancel"

void login_page_form(const struct login_page *p, struct buf *out);
/* Tells what is the matter, and leads on: to the form, where it is known what was asked for, or
 * to the WebUI of this outbox. */
void login_page_refusal(const struct login_refusal_page *p, struct buf *out);

/* The Content-Security-Policy of both: no script, no frame, the one style, and no form but to
 * us, who then send the browser to redirect ({0}: nowhere). */
void login_page_policy(struct str redirect, struct buf *out);

#endif
