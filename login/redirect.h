/* login/redirect.h -- where a browser may be sent with a code: an allow-list, so that nobody
 * can have it sent elsewhere (RFC 9700, 4.1). */
#ifndef LOGIN_REDIRECT_H
#define LOGIN_REDIRECT_H

#include <stdbool.h>

#include "base/str.h"

#define REDIRECT_PATH "/admin/oauth/callback" /* of the WebUI, behind the outbox's own URL */

/* allowed: URLs with blanks between them, compared byte for byte; but one of the browser's own
 * machine without a port (http://localhost/..., http://127.0.0.1/... or http://[::1]/...)
 * stands for all its ports (RFC 8252, 7.3).  "": base and REDIRECT_PATH alone. */
bool redirect_is_allowed(const char *allowed, struct str base, struct str uri);

/* Whether a page at that URL is a "secure context", in which browsers let a program compute a
 * SHA-256: over https, or on the browser's own machine. */
bool redirect_is_secure(struct str url);

/* "https://reports.example.com:8443", of a URL: a header field of Content-Security-Policy, and
 * what browsers send as Origin. */
struct str redirect_origin(struct str url);
/* "reports.example.com:8443", of an origin. */
struct str redirect_host(struct str origin);

#endif
