/* fcgi/login_page.h -- the pages that people see: plain HTML, without script. */
#ifndef FCGI_LOGIN_PAGE_H
#define FCGI_LOGIN_PAGE_H

#include "login/authorize.h"

struct login_page {
	const struct authorize *authorize; /* comes back with the form */
	struct str name;                   /* what stands in its field; {0}: nothing */
	const char *field;                 /* hidden, goes with the cookie */
	const char *complaint; /* what was wrong with the last try, a sentence; NULL: nothing */
};

/* The names of what comes back beside the authorization request. */
#define LOGIN_FIELD_NAME "username"
#define LOGIN_FIELD_PASSWORD "password"
#define LOGIN_FIELD_HIDDEN "form_token"
#define LOGIN_FIELD_CANCEL "cancel"

void login_page_form(const struct login_page *p, struct buf *out);
/* When nothing can be done: why is a sentence or two. */
void login_page_refusal(const char *why, struct buf *out);

/* The Content-Security-Policy of both: no script, no frame, the one style, and no form but to
 * us, who then send the browser to redirect ({0}: nowhere). */
void login_page_policy(struct str redirect, struct buf *out);

#endif
