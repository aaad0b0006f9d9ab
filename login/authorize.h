/* login/authorize.h -- what a client asks a user for: the authorization request (RFC 6749,
 * 4.1.1; RFC 7636, 4.3). */
#ifndef LOGIN_AUTHORIZE_H
#define LOGIN_AUTHORIZE_H

#include "login/form.h"
#include "storage/login.h"

#define LOGIN_CLIENT "stalwart-webui" /* the one there is, a public one without a secret */
#define AUTHORIZE_STATE_MAX 1024      /* bytes */

/* Borrows from the form it was read from. */
struct authorize {
	struct str client, redirect;
	const char *program; /* what people call the client, a literal; NULL: not known */
	struct str state;    /* {0}: none; printable ASCII */
	struct str hint;     /* login_hint, whom the form is to name; {0}: none */
	struct str challenge_text;
	uint8_t challenge[STORE_CHALLENGE_LEN];
	/* Why not: error is one of RFC 6749, 4.1.2.1, for the client, to which the browser can
	 * be sent back; or NULL, and why is for the user. */
	const char *error, *why;
};

/* redirects and base as redirect_is_allowed() has them.  False with .why: of client and
 * redirect first, because until both are right there is nobody to send the browser to. */
bool authorize_read(
    struct authorize *a, const struct form *f, const char *redirects, struct str base);

/* Appends the URL to which the browser goes from here: the redirect with code, or with error if
 * code is NULL; state; and iss, which is base (RFC 9207).  error is a literal. */
void authorize_location(const struct authorize *a, const char *code, const char *error,
    const char *why, struct str base, struct buf *out);

#endif
