/* login/redirect.h -- the list of URLs to which a browser may be sent with a code, so that an
 * attacker cannot send it elsewhere (RFC 9700, 4.1). */
#ifndef LOGIN_REDIRECT_H
#define LOGIN_REDIRECT_H

#include <stdbool.h>

#include "base/str.h"

#define REDIRECT_PATH "/admin/oauth/callback" /* of the WebUI, after the outbox's own URL */

/* Compares uri byte for byte with the URLs in allowed, which have blanks between them.  A URL
 * in allowed without a port on the browser's own machine (http://localhost/...,
 * http://127.0.0.1/... or http://[::1]/...) allows every port (RFC 8252, 7.3).  If allowed is
 * "", the only allowed URL is base followed by REDIRECT_PATH. */
bool redirect_is_allowed(const char *allowed, struct str base, struct str uri);

/* Whether a page at that URL is a "secure context": it uses https, or is on the browser's own
 * machine.  Browsers let a page compute a SHA-256 only in a secure context. */
bool redirect_is_secure(struct str url);

/* Returns the origin of a URL, "https://reports.example.com:8443".  Browsers send this form as
 * Origin, and Content-Security-Policy uses it. */
struct str redirect_origin(struct str url);
/* Returns the host and port of an origin, "reports.example.com:8443". */
struct str redirect_host(struct str origin);

#endif
