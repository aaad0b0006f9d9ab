/* fcgi/http.h -- an HTTP request and its answer, as routes see them: no FastCGI here, so tests
 * need no socket. */
#ifndef FCGI_HTTP_H
#define FCGI_HTTP_H

#include "auth/auth.h"
#include "auth/token.h"
#include "base/net.h"
#include "base/str.h"
#include "jmap/jmap.h"
#include "report/report.h"
#include "schema/schema.h"

/* Borrowed, for the time of one request. */
struct http_request {
	struct str method;           /* "POST" */
	struct str path;             /* "/api", without query */
	struct str content_type;     /* {0}: none */
	struct str content_encoding; /* of the body; {0}: none */
	struct str authorization;    /* {0}: none */
	struct str query;            /* "a=b&c=d", without its question mark */
	struct str host;
	struct str forwarded_proto, forwarded_host,
	    forwarded_for;      /* X-Forwarded-*: not to be believed of anybody */
	struct str remote_addr; /* the client's, as the web server saw it */
	struct str accept_encoding, cookie, origin;
	bool https;
	bool forwarded;        /* by a proxy, which says so: remote_addr may be the proxy's */
	struct str request_id; /* given by the web server; "": none */
	bool poisonous;        /* it ended a worker before: it is not to be served */
	bool params_too_large; /* longer than PARAMS_BYTES_MAX: nothing else is known */
	struct str body;
	struct buf *spent;   /* what body borrows from, to be freed as soon as it is read; NULL:
				nothing */
	bool body_too_large; /* longer than max_size_request: body is not kept */
	/* Whether the client has gone, so that nobody wants the answer; NULL: it is not known.
	 */
	bool (*is_gone)(void *arg);
	void *is_gone_arg;
};

struct http_response {
	int status;
	const char *content_type;    /* NULL: no body */
	const char *allow;           /* 405 and OPTIONS: "POST, OPTIONS"; NULL otherwise */
	const char *accept_encoding; /* 415 for a Content-Encoding; NULL otherwise */
	const char *authenticate;    /* 401: the value of WWW-Authenticate; NULL otherwise */
	const char *cache_control;
	const char *content_encoding, *vary, *pragma; /* NULL: not sent */
	struct buf content_security_policy;           /* empty: not sent */
	struct buf content_disposition;               /* empty: not sent */
	struct buf location;                          /* of a redirect; a whole header value */
	struct buf set_cookies; /* "name=value; Path=/; HttpOnly" and a newline, for each */
	struct str request_id;  /* borrowed of the request; {0}: not sent */
	unsigned retry_after_s; /* 429 and 503; 0 otherwise */
	bool head;              /* the body is only counted, not sent */
	struct buf body;
	/* for the log and the metrics */
	const char *route; /* of the table, "/api"; "other" for what is not in it */
	char subject[STORE_SUBJECT_MAX + 1];
	char token[TOKEN_ID_TEXT_LEN + 1]; /* the id of the token that was used or made; "" */
	/* "login": what the request changed in who may do what (base/log.h); NULL: nothing.
	 * With the address that it came from, which borrows from the request. */
	const char *audit;
	struct str audit_client;
	struct jmap_done done;
	struct err cause; /* of a 5xx; ERR_NONE otherwise */
};

/* What the routes need. */
struct http {
	struct jmap jmap;
	struct auth *auth;
	struct login *login;           /* for /login and /auth/token */
	const char *public_url;        /* "": from the request's scheme and Host */
	const char *server_names;      /* that Host may be then, beside loopback */
	struct nets trusted_proxies;   /* borrowed */
	struct schema schema;          /* {0} until somebody asks for it */
	struct report_settings report; /* of downloads; borrowed */
	bool metrics_for_loopback;     /* /metrics without a token */
};

/* Always fills *out: http_response_free() it. */
void http_serve(struct http *h, const struct http_request *r, struct http_response *out);
void http_response_free(struct http_response *r);

/* Appends the header as a FastCGI server wants it: "Status: 200 OK", fields, an empty line (RFC
 * 3875, 6.3). */
void http_response_head(const struct http_response *r, struct buf *out);

#endif
