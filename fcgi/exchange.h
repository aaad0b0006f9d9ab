/* fcgi/exchange.h -- one request while a route serves it.
 *
 * Private to fcgi/.  A route is a row of the table in http.c and a function in a route_*.c. */
#ifndef FCGI_EXCHANGE_H
#define FCGI_EXCHANGE_H

#include "fcgi/http.h"

/* What a route's function works on. */
struct exchange {
	struct http *http;
	const struct http_request *request;
	struct http_response *out;
	struct str rest; /* of the path, behind that of a route which ends in a star */
	enum face face;
};

/* Fills out->body, and out->status and content_type where they are not 200 and JSON; or false
 * with *e set, which is answered as a problem document. */
typedef bool serve(struct exchange *x, struct err *e);

serve route_jmap, route_session;       /* route_jmap.c */
serve route_schema;                    /* route_schema.c */
serve route_account, route_discover;   /* route_discover.c */
serve route_healthz, route_readyz;     /* route_health.c */
serve route_login, route_login_form;   /* route_login.c: GET, POST */
serve route_token, route_revoke;       /* route_token.c */
serve route_metrics;                   /* route_metrics.c */
serve route_download;                  /* route_download.c */
serve route_upload, route_eventsource; /* route_absent.c */

/* Who is asking, by the Authorization header: ERR_UNAUTHORIZED, or ERR_NOT_READY if the store
 * does not say. */
bool exchange_authorize(struct exchange *x, struct principal *p, struct err *e);
/* For each route that takes a body, before it looks at the body: ERR_CONTENT_ENCODING for a
 * Content-Encoding other than identity (RFC 9110, 15.5.16). */
bool exchange_check_encoding(struct exchange *x, struct err *e);
/* "https://reports.example.com", as the client reaches us; appended to out.  It is public_url,
 * or the scheme and the host of the request: as the web server saw them, unless it saw a
 * trusted proxy, which tells what itself saw.  ERR_BAD_HTTP if there is no host;
 * ERR_MISDIRECTED if it is neither loopback nor in server_names. */
bool exchange_base_url(struct exchange *x, struct buf *out, struct err *e);
/* The address that the request comes from: behind a trusted proxy, the one that it tells, and
 * so on from one such proxy to the next. */
struct str exchange_client(const struct exchange *x);

/* The request's audit line: the event, for whom, and by which code or token of a login. */
void exchange_audit(struct exchange *x, const char *event, struct str subject,
    const uint8_t token_id[static STORE_TOKEN_ID_LEN]);

#endif
