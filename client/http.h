/* client/http.h -- HTTP to one server over a persistent connection (libcurl). */
#ifndef CLIENT_HTTP_H
#define CLIENT_HTTP_H

#include "base/err.h"
#include "base/str.h"
#include "client/settings.h"

#define HTTP_CONNECT_TIMEOUT_S 15L
#define HTTP_TIMEOUT_S 120L          /* of one exchange */
#define HTTP_ANSWER_MAX (256u << 20) /* bytes of a body */

struct http;

struct http_answer {
	long status;
	char *location; /* of a redirect, as an absolute URL; NULL: none */
	struct buf body;
};

/* s must stay valid until http_close(). */
bool http_open(struct http **h, const struct settings *s, struct err *e);
void http_close(struct http **h);

/* url must be absolute and on the configured server, since the token is sent with it.
 * Redirects are not followed.  True for any status; ERR_SERVER_UNAVAILABLE if no complete
 * answer came.  Empties *a first; free it with http_answer_free(). */
bool http_get(struct http *h, const char *url, struct http_answer *a, struct err *e);
bool http_post(
    struct http *h, const char *url, struct str json, struct http_answer *a, struct err *e);
void http_answer_free(struct http_answer *a);

/* True for a status from 200 to 299.  Otherwise *e has the server's message (RFC 7807):
 * ERR_UNAUTHORIZED, ERR_FORBIDDEN, ERR_RATE_LIMIT, ERR_SERVER_UNAVAILABLE or ERR_SERVER_FAIL.
 */
bool http_is_ok(const struct http_answer *a, const char *url, struct err *e);

/* Joins the scheme, host and port of server with the path of url, which may be relative.  The
 * caller frees it; NULL if either is no URL. */
char *http_path_on(const char *server, const char *url);

#endif
