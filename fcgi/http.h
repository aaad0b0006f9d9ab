/* fcgi/http.h -- an HTTP request and its response, as routes see them.  It does not depend on
 * FastCGI, so tests need no socket. */
#ifndef FCGI_HTTP_H
#define FCGI_HTTP_H

#include "auth/auth.h"
#include "auth/token.h"
#include "base/net.h"
#include "base/str.h"
#include "jmap/jmap.h"
#include "report/report.h"
#include "schema/schema.h"

/* Its members are borrowed until the request is answered. */
struct http_request {
	struct str method;           /* "POST" */
	struct str path;             /* "/api", without the query */
	struct str content_type;     /* {0}: none */
	struct str content_encoding; /* of the body; {0}: none */
	struct str authorization;    /* {0}: none */
	struct str query;            /* "a=b&c=d", without the question mark */
	struct str host;
	struct str forwarded_proto, forwarded_host,
	    forwarded_for;      /* X-Forwarded-*; believed from a trusted proxy only */
	struct str remote_addr; /* the other end of the connection to the web server */
	struct str accept_encoding, cookie, origin;
	bool https;
	bool forwarded; /* a proxy sent it: remote_addr may be the address of the proxy */
	struct str request_id; /* given by the web server; empty: none */
	bool poisonous;        /* it ended a worker before, so it is refused */
	bool params_too_large; /* longer than PARAMS_BYTES_MAX: the other members are not set */
	struct str body;
	/* The buffer that body borrows from.  It is freed as soon as the body is parsed; NULL:
	 * nothing to free. */
	struct buf *spent;
	bool body_too_large; /* longer than max_size_request: body is empty */
	/* Tells whether the client has closed the connection and no longer waits for the
	 * answer.  NULL: not known. */
	bool (*is_gone)(void *arg);
	void *is_gone_arg;
};

struct http_response {
	int status;
	const char *content_type;    /* NULL: no body */
	const char *allow;           /* a 405 and OPTIONS: "POST, OPTIONS"; NULL otherwise */
	const char *accept_encoding; /* 415 for a Content-Encoding; NULL otherwise */
	const char *authenticate;    /* 401: the value of WWW-Authenticate; NULL otherwise */
	const char *cache_control;
	const char *content_encoding, *vary, *pragma; /* NULL: not sent */
	struct buf content_security_policy;           /* empty: not sent */
	struct buf content_disposition;               /* empty: not sent */
	struct buf location;    /* in a redirect: the whole value of the header */
	struct buf set_cookies; /* a line "name=value; Path=/; HttpOnly\n" for each cookie */
	struct str request_id;  /* borrowed from the request; {0}: not sent */
	unsigned retry_after_s; /* in a 429 or 503; 0 otherwise */
	bool head;              /* answer to HEAD: the body is only counted, not sent */
	struct buf body;
	/* for the log and the metrics */
	const char *route; /* path of the route, "/api"; "other" if there is no such route */
	char subject[STORE_SUBJECT_MAX + 1];
	char token[TOKEN_ID_TEXT_LEN + 1]; /* id of the token that was used or created; or "" */
	/* The audit event, such as "login", if the request changed who may do what
	 * (base/log.h); NULL otherwise.  audit_client is the address that the request came
	 * from, borrowed from the request. */
	const char *audit;
	struct str audit_client;
	struct jmap_done done;
	struct err cause; /* the reason for a 5xx; ERR_NONE otherwise */
};

struct http {
	struct jmap jmap;
	struct auth *auth;
	struct login *login;           /* for /login and /auth/token */
	const char *public_url;        /* "": use the scheme and Host of the request */
	const char *server_names;      /* hosts that are allowed then, besides loopback */
	struct nets trusted_proxies;   /* borrowed */
	struct schema schema;          /* {0} until the first request for it */
	struct report_settings report; /* for downloads; borrowed */
	bool metrics_for_loopback;     /* serve /metrics on loopback without a token */
};

/* Always fills in *out; the caller frees it with http_response_free(). */
void http_serve(struct http *h, const struct http_request *r, struct http_response *out);
void http_response_free(struct http_response *r);

/* Appends the header in the form of a CGI response: "Status: 200 OK", header fields, an empty
 * line (RFC 3875, 6.3). */
void http_response_head(const struct http_response *r, struct buf *out);

#endif
