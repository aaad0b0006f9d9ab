/* fcgi/connection.c -- FastCGI requests, by libfcgi, into HTTP requests; and their answers.
 *
 * libfcgi accepts connections itself; here the loop does, and libfcgi is handed one whose ipcFd
 * is set.  Then it must not close that descriptor between two requests (keepConnection), must
 * not wait for the other end when it does close it (detached), and has no listening socket to
 * turn to afterwards (listen_sock is -1). */
#include "fcgi/connection.h"

#include <ctype.h>
#include <malloc.h>
#include <sodium.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"

#define FCGI_RESPONDER 1
#define IO_TIMEOUT_MS 10000  /* of one read or write, so that half a request ends */
#define BODY_STEP (64 << 10) /* bytes by which a body of unknown length grows */
#define DRAIN_TIMES 4        /* so many times the limit is read of a body that is refused */
#define BIG (1 << 20)        /* bytes of request and answer; then memory is given back */

void
connection_open(struct connection *c, int fd)
{
	io_set_timeout(fd, IO_TIMEOUT_MS);
	FCGX_InitRequest(&c->request, -1, 0);
	c->fd = c->request.ipcFd = fd;
	FCGX_Detach(&c->request);
	c->idle_since_us = clock_monotonic_us();
}

void
connection_close(struct connection *c)
{
	io_close(&c->fd);
	c->request.ipcFd = -1;
}

static const struct {
	const char *name;
	size_t member; /* in struct http_request */
} params[] = {
    {"REQUEST_METHOD", offsetof(struct http_request, method)},
    {"CONTENT_TYPE", offsetof(struct http_request, content_type)},
    {"HTTP_CONTENT_ENCODING", offsetof(struct http_request, content_encoding)},
    {"HTTP_AUTHORIZATION", offsetof(struct http_request, authorization)},
    {"QUERY_STRING", offsetof(struct http_request, query)},
    {"HTTP_HOST", offsetof(struct http_request, host)},
    {"HTTP_X_FORWARDED_PROTO", offsetof(struct http_request, forwarded_proto)},
    {"HTTP_X_FORWARDED_HOST", offsetof(struct http_request, forwarded_host)},
    {"HTTP_X_FORWARDED_FOR", offsetof(struct http_request, forwarded_for)},
    {"HTTP_ACCEPT_ENCODING", offsetof(struct http_request, accept_encoding)},
    {"HTTP_COOKIE", offsetof(struct http_request, cookie)},
    {"HTTP_ORIGIN", offsetof(struct http_request, origin)},
    {"REMOTE_ADDR", offsetof(struct http_request, remote_addr)},
    {"REQUEST_ID", offsetof(struct http_request, request_id)},
};

/* What proxies add to a request that they pass on. */
static const char *const proxy_params[] = {"HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_VIA"};

static bool
is_request_id(struct str id)
{
	for (size_t i = 0; i < id.len; i++)
		if (!isalnum((unsigned char)id.s[i]) && memchr("-_.@", id.s[i], 4) == NULL)
			return false;
	return id.len <= LOG_REQUEST_ID_MAX;
}

/* DOCUMENT_URI is normalised by nginx; others send REQUEST_URI alone. */
static struct str
path_of(char **envp)
{
	struct str path = str_of(FCGX_GetParam("DOCUMENT_URI", envp));
	const char *query;

	if (path.len == 0)
		path = str_of(FCGX_GetParam("REQUEST_URI", envp));
	query = path.len > 0 ? memchr(path.s, '?', path.len) : NULL;
	if (query != NULL)
		path.len = (size_t)(query - path.s);
	return path;
}

/* param: "NAME=value".  nginx before 1.23 hands on each line of a field that comes several
 * times: the last counts, which the nearest proxy wrote.  Those before it are anybody's. */
static void
read_param(struct http_request *r, struct str param)
{
	for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) {
		struct str value = param;

		if (str_cut_prefix(&value, params[i].name) && str_cut_prefix(&value, "="))
			*(struct str *)((char *)r + params[i].member) = value;
	}
}

static void
read_params(struct http_request *r, char **envp)
{
	const char *https = FCGX_GetParam("HTTPS", envp);

	*r = (struct http_request){0};
	for (char **p = envp; *p != NULL; p++)
		read_param(r, str_of(*p));
	r->path = path_of(envp);
	for (size_t i = 0; i < sizeof proxy_params / sizeof proxy_params[0]; i++)
		r->forwarded = r->forwarded || FCGX_GetParam(proxy_params[i], envp) != NULL;
	r->https = https != NULL && str_equal_nocase(str_of(https), STR("on"));
	if (!is_request_id(r->request_id))
		r->request_id = (struct str){0};
}

/* Reads on to the end of a body that is refused, so that the web server gets to reading the
 * answer. */
static bool
drain(FCGX_Stream *in, size_t max)
{
	char scrap[8192];

	for (size_t drained = 0; drained < max; drained += sizeof scrap)
		if (FCGX_GetStr(scrap, sizeof scrap, in) < (int)sizeof scrap)
			return FCGX_GetError(in) == 0;
	return false;
}

/* How the reading of a body ended. */
enum body_end {
	BODY_WHOLE,
	BODY_REFUSED, /* too large, but read to its end: the connection can go on */
	BODY_ENDLESS, /* too large, and not read to its end */
	BODY_BROKEN,  /* the connection broke, or the length was not the one announced */
};

static enum body_end
refuse_body(FCGX_Stream *in, size_t max, struct buf *body)
{
	buf_free(body);
	return drain(in, max * DRAIN_TIMES) ? BODY_REFUSED : BODY_ENDLESS;
}

/* A chunked upload comes without CONTENT_LENGTH: the end of the stream tells. */
static enum body_end
read_body(FCGX_Request *q, size_t max, struct buf *body)
{
	uint64_t length = 0;
	bool known =
	    str_to_u64(str_of(FCGX_GetParam("CONTENT_LENGTH", q->envp)), UINT64_MAX, &length);
	/* One byte more than is expected: a short read is the end. */
	size_t step = known && length <= max ? (size_t)length + 1 : BODY_STEP;
	int n;

	buf_clear(body);
	if (known && length > max)
		return refuse_body(q->in, max, body);
	do {
		buf_reserve(body, step);
		n = FCGX_GetStr(body->s + body->len, (int)step, q->in);
		body->len += (size_t)n;
		if (body->len > max)
			return refuse_body(q->in, max, body);
	} while ((size_t)n == step);
	if (FCGX_GetError(q->in) != 0 || (known && body->len != length))
		return BODY_BROKEN;
	return BODY_WHOLE;
}

static void
log_request(const struct worker *w, const struct http_request *r, const struct http_response *a,
    int64_t started_us)
{
	bool failed = a->cause.code != ERR_NONE;

	log_line(&w->log, LOG_LEVEL_INFO, "request",
	    "method=%s path=%s status=%d bytes=%zu ms=%.1f subject=%s token=%s calls=%zu "
	    "errors=%zu%s%s",
	    log_quote(r->method).text, log_quote(r->path).text, a->status, a->body.len,
	    (double)(clock_monotonic_us() - started_us) / 1000,
	    log_quote(str_of(a->subject)).text, a->token[0] != '\0' ? a->token : "-",
	    a->done.calls, a->done.errors, failed ? " why=" : "",
	    failed ? log_quote(str_of(a->cause.text)).text : "");
}

static void
log_audit(const struct worker *w, const struct http_response *a)
{
	if (a->audit != NULL)
		log_line(&w->log, LOG_LEVEL_AUDIT, a->audit,
		    "client=%s token=%s subject=%s outcome=done",
		    log_quote(a->audit_client).text, a->token,
		    log_quote(str_of(a->subject)).text);
}

static void
count_request(struct metrics *m, const struct http_request *r, const struct http_response *a,
    int64_t started_us)
{
	static const char *const classes[] = {"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};
	const char *status = classes[a->status / 100 % 6];

	metrics_add(m, METRIC_REQUESTS, METRIC_LABELS(a->route, status), 1);
	metrics_observe(
	    m, METRIC_REQUEST_TIME, METRIC_LABELS(a->route), clock_monotonic_us() - started_us);
	metrics_add(m, METRIC_REQUEST_BYTES, METRIC_LABELS(a->route), r->body.len);
	metrics_add(m, METRIC_RESPONSE_BYTES, METRIC_LABELS(a->route), a->body.len);
}

static bool
send_answer(struct connection *c, struct worker *w, const struct http_response *a)
{
	FCGX_Stream *out = c->request.out;

	buf_clear(&w->head);
	http_response_head(a, &w->head);
	FCGX_PutStr(w->head.s, (int)w->head.len, out);
	if (!a->head)
		FCGX_PutStr(a->body.s, (int)a->body.len, out);
	/* The error stream first: out then ends the request, in the same write as the last of
	 * the answer. */
	FCGX_FClose(c->request.err);
	return FCGX_FClose(out) == 0;
}

/* One request and its answer; false if the connection is of no use afterwards. */
static bool
answer(struct connection *c, struct worker *w)
{
	int64_t started_us = clock_monotonic_us();
	struct http_request r;
	struct http_response a;
	enum body_end end;
	bool sent, big;

	if (c->request.role != FCGI_RESPONDER)
		return false;
	end = read_body(&c->request, w->config.limits.max_size_request, &w->body);
	read_params(&r, c->request.envp);
	if (end == BODY_BROKEN) {
		log_line(&w->log, LOG_LEVEL_INFO, "broken-request", "path=%s bytes=%zu",
		    log_quote(r.path).text, w->body.len);
		return false;
	}
	big = w->body.len > BIG;
	r.body = buf_str(&w->body);
	r.spent = big ? &w->body : NULL;
	r.body_too_large = end != BODY_WHOLE;
	memcpy(w->log.request_id, r.request_id.len > 0 ? r.request_id.s : "", r.request_id.len);
	w->log.request_id[r.request_id.len] = '\0';
	http_serve(&w->http, &r, &a);
	if (!big)
		sodium_memzero(w->body.s, w->body.len); /* a form holds a password */
	sent = send_answer(c, w, &a);
	count_request(w->http.jmap.metrics, &r, &a, started_us);
	log_audit(w, &a);
	log_request(w, &r, &a, started_us);
	w->log.request_id[0] = '\0';
	big = big || a.body.len > BIG;
	http_response_free(&a);
	if (big) {
		buf_free(&w->body);
		malloc_trim(0);
	}
	return sent && end != BODY_ENDLESS;
}

void
connection_serve(struct connection *c, struct worker *w)
{
	bool ok = false;

	c->request.keepConnection = 1;
	heartbeat_request(w->heartbeat, true);
	if (FCGX_Accept_r(&c->request) == 0)
		ok = answer(c, w);
	else
		c->fd = -1; /* gone, or no FastCGI: libfcgi has closed it */
	heartbeat_request(w->heartbeat, false);
	FCGX_Free(&c->request, 0);
	if (!ok || !c->request.keepConnection)
		connection_close(c);
	c->idle_since_us = clock_monotonic_us();
}
