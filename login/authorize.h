/* login/authorize.h -- the authorization request of a client (RFC 6749, 4.1.1; RFC 7636,
 * 4.3). */
#ifndef LOGIN_AUTHORIZE_H
#define LOGIN_AUTHORIZE_H

#include "login/form.h"
#include "storage/login.h"

#define LOGIN_CLIENT "stalwart-webui" /* the only client; it is public, without a secret */
#define AUTHORIZE_STATE_MAX 1024      /* bytes */

/* Borrows from the form that it was read from. */
struct authorize {
	struct str client, redirect;
	const char *program; /* the client's name for people, a literal; NULL: unknown client */
	struct str state;    /* {0}: none; printable ASCII */
	struct str hint;     /* login_hint, the name to show in the form; {0}: none */
	struct str challenge_text;
	uint8_t challenge[STORE_CHALLENGE_LEN];
	/* If the request is refused: error is a code of RFC 6749, 4.1.2.1, which the browser
	 * takes to the client; or error is NULL, and the page shows why to the user. */
	const char *error, *why;
};

/* redirects and base are the arguments of redirect_is_allowed().  Returns false with .why if
 * the request is refused.  It checks client and redirect first: without both there is no
 * address to send the browser to. */
bool authorize_read(
    struct authorize *a, const struct form *f, const char *redirects, struct str base);

/* Appends the URL to which the browser goes next: the redirect with code, or with error if code
 * is NULL; then state; then iss, which is base (RFC 9207).  error is a literal. */
void authorize_location(const struct authorize *a, const char *code, const char *error,
    const char *why, struct str base, struct buf *out);

#endif
