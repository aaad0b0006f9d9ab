/* fcgi/exchange.h -- a request and its response while a route works on them.
 *
 * Private to fcgi/.  A route is a row of the table in http.c and a function in a route_*.c. */
#ifndef FCGI_EXCHANGE_H
#define FCGI_EXCHANGE_H

#include "fcgi/http.h"

struct exchange {
	struct http *http;
	const struct http_request *request;
	struct http_response *out;
	struct str rest; /* the part of the path that the star of the route stands for */
	enum face face;
};

/* Fills in out->body.  Changes out->status and out->content_type if they are not 200 and JSON.
 * If it returns false with *e set, the client gets a problem document. */
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

/* Finds out who sent the request, from the Authorization header.  ERR_UNAUTHORIZED, or
 * ERR_NOT_READY if the store does not answer. */
bool exchange_authorize(struct exchange *x, struct principal *p, struct err *e);
/* A route that takes a body calls this before it reads the body.  ERR_CONTENT_ENCODING if there
 * is a Content-Encoding other than identity (RFC 9110, 15.5.16). */
bool exchange_check_encoding(struct exchange *x, struct err *e);
/* Appends the URL under which the client reaches the outbox, such as
 * "https://reports.example.com".
 * This is public_url if it is set, else the scheme and the Host of the request.  If the request
 * comes from a trusted proxy, X-Forwarded-Proto and X-Forwarded-Host replace them.
 * ERR_BAD_HTTP if there is no valid host.  ERR_MISDIRECTED if the host is neither loopback nor
 * in server_names. */
bool exchange_base_url(struct exchange *x, struct buf *out, struct err *e);
/* Returns the address of the client.  While the address is a trusted proxy, the entry before it
 * in X-Forwarded-For replaces it. */
struct str exchange_client(const struct exchange *x);

/* Has the request logged as an audit event: the name of the event, the subject, and the code or
 * token of the login. */
void exchange_audit(struct exchange *x, const char *event, struct str subject,
    const uint8_t token_id[static STORE_TOKEN_ID_LEN]);

#endif
