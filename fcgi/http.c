/* fcgi/http.c -- the paths of the outbox, and what each asks of a request. */
#include "fcgi/http.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/media.h"

#define RETRY_AFTER_S 2 /* a store that was killed is back by then */

#define JSON "application/json"
#define PROBLEM_JSON "application/problem+json" /* RFC 7807 */

/* What a route's functions work on. */
struct exchange {
	struct http *http;
	const struct http_request *request;
	struct http_response *out;
	enum face face;
};

/* Fills out->body, and out->status and content_type where they are not 200 and JSON; or false
 * with *e set. */
typedef bool serve(struct exchange *x, struct err *e);

static bool
authorize(struct exchange *x, struct principal *p, struct err *e)
{
	struct err why = {0};

	if (auth_verify(x->http->auth, x->request->authorization, p, &why)) {
		memcpy(x->out->subject, p->subject, sizeof p->subject);
		return true;
	}
	if (why.code == ERR_UNAUTHORIZED)
		x->out->authenticate = auth_challenge(x->request->authorization);
	return err_set(
	    e, why.code == ERR_UNAUTHORIZED ? ERR_UNAUTHORIZED : ERR_NOT_READY, "%s", why.text);
}

/* RFC 8620, 3.6.1 */
static bool
too_large(const struct exchange *x, struct err *e)
{
	err_set(e, ERR_BODY_LIMIT, "The request is longer than %zu bytes",
	    x->http->jmap.limits->max_size_request);
	e->limit = "maxSizeRequest";
	return false;
}

static bool
post_jmap(struct exchange *x, struct err *e)
{
	const struct http_request *r = x->request;
	struct jmap_request j = {
	    .body = r->body, .spent = r->spent, .face = x->face, .request_id = r->request_id};
	struct principal p;

	if (!authorize(x, &p, e))
		return false;
	if (!media_is_json(r->content_type))
		return err_set(e, ERR_MEDIA_TYPE, "The Content-Type must be application/json");
	if (r->body_too_large)
		return too_large(x, e);
	j.principal = &p;
	return jmap_request(&x->http->jmap, &j, &x->out->body, &x->out->done, e);
}

/* host and perhaps a port, as RFC 3986 spells them: nothing that a URL or JSON would have to
 * escape. */
static bool
is_host(struct str host)
{
	for (size_t i = 0; i < host.len; i++)
		if (!isalnum((unsigned char)host.s[i]) &&
		    memchr("-._:[]", host.s[i], 6) == NULL)
			return false;
	return host.len > 0 && host.len <= 255 + sizeof ":65535" - 1;
}

static bool
get_session(struct exchange *x, struct err *e)
{
	struct principal p;
	struct buf base = {0};

	if (!authorize(x, &p, e))
		return false;
	if (x->http->public_url[0] != '\0') {
		buf_puts(&base, x->http->public_url);
	} else {
		if (!is_host(x->request->host))
			return err_set(
			    e, ERR_BAD_HTTP, "The Host header is missing or malformed");
		buf_puts(&base, x->request->https ? "https://" : "http://");
		buf_add_str(&base, x->request->host);
	}
	jmap_session(&x->http->jmap, &p, buf_str(&base), &x->out->body);
	buf_free(&base);
	/* RFC 8620, 2 */
	x->out->cache_control = "no-cache, no-store, must-revalidate";
	return true;
}

static bool
get_healthz(struct exchange *x, struct err *e)
{
	(void)e;
	buf_puts(&x->out->body, "{\"status\":\"alive\"}\n");
	return true;
}

static bool
get_readyz(struct exchange *x, struct err *e)
{
	struct store_status status;
	struct err why = {0};

	if (!store_status(x->http->jmap.store, &status, &why))
		return err_set(e, ERR_NOT_READY, "%s", why.text);
	buf_puts(&x->out->body, "{\"status\":\"ready\"}\n");
	return true;
}

#define ALLOW_POST "POST, OPTIONS"
#define ALLOW_GET "GET, HEAD, OPTIONS"

static const struct route {
	const char *path;
	const char *allow;
	serve *get, *post; /* NULL: the method is not allowed */
	enum face face;
} routes[] = {
    {"/api", ALLOW_POST, NULL, post_jmap, FACE_ARRAYS},
    {"/api/", ALLOW_POST, NULL, post_jmap, FACE_ARRAYS},
    {"/jmap", ALLOW_POST, NULL, post_jmap, FACE_MAPS},
    {"/jmap/", ALLOW_POST, NULL, post_jmap, FACE_MAPS},
    {"/jmap/session", ALLOW_GET, get_session, NULL, FACE_MAPS},
    {"/.well-known/jmap", ALLOW_GET, get_session, NULL, FACE_MAPS},
    {"/healthz", ALLOW_GET, get_healthz, NULL, FACE_ARRAYS},
    {"/readyz", ALLOW_GET, get_readyz, NULL, FACE_ARRAYS},
    {0},
};

static const struct route *
route_of(struct str path)
{
	for (const struct route *r = routes; r->path != NULL; r++)
		if (str_is(path, r->path))
			return r;
	return NULL;
}

static serve *
function_of(const struct route *route, struct str method)
{
	if (str_is(method, "POST"))
		return route->post;
	return str_is(method, "GET") || str_is(method, "HEAD") ? route->get : NULL;
}

static bool
dispatch(struct exchange *x, struct err *e)
{
	const struct route *route = route_of(x->request->path);
	serve *function;

	if (route == NULL)
		return err_set(e, ERR_NO_SUCH_PATH, "There is nothing at this path");
	if (str_is(x->request->method, "OPTIONS")) {
		x->out->status = 204;
		x->out->allow = route->allow;
		return true;
	}
	function = function_of(route, x->request->method);
	if (function == NULL) {
		x->out->allow = route->allow;
		return err_set(e, ERR_WRONG_HTTP_METHOD, "This path takes %s", route->allow);
	}
	x->face = route->face;
	x->out->status = 200;
	x->out->content_type = JSON;
	return function(x, e);
}

void
http_serve(struct http *h, const struct http_request *r, struct http_response *out)
{
	struct exchange x = {.http = h, .request = r, .out = out};
	struct err e = {0};

	*out = (struct http_response){
	    .cache_control = "no-store", .head = str_is(r->method, "HEAD")};
	if (dispatch(&x, &e))
		return;
	out->status = err_name(e.code)->status;
	if (out->status == 503)
		out->retry_after_s = RETRY_AFTER_S;
	out->content_type = PROBLEM_JSON;
	buf_clear(&out->body);
	jmap_problem(&e, &out->body);
}

void
http_response_free(struct http_response *r)
{
	buf_free(&r->body);
}

static const char *
reason_of(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
	    {200, "OK"},
	    {204, "No Content"},
	    {400, "Bad Request"},
	    {401, "Unauthorized"},
	    {404, "Not Found"},
	    {405, "Method Not Allowed"},
	    {413, "Content Too Large"},
	    {415, "Unsupported Media Type"},
	    {503, "Service Unavailable"},
	};

	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Internal Server Error";
}

static void
add_field(struct buf *out, const char *name, const char *value)
{
	if (value != NULL)
		buf_printf(out, "%s: %s\r\n", name, value);
}

void
http_response_head(const struct http_response *r, struct buf *out)
{
	buf_printf(out, "Status: %d %s\r\n", r->status, reason_of(r->status));
	add_field(out, "Content-Type", r->content_type);
	if (r->content_type != NULL)
		buf_printf(out, "Content-Length: %zu\r\n", r->body.len);
	add_field(out, "Allow", r->allow);
	add_field(out, "WWW-Authenticate", r->authenticate);
	add_field(out, "Cache-Control", r->cache_control);
	if (r->retry_after_s > 0)
		buf_printf(out, "Retry-After: %u\r\n", r->retry_after_s);
	buf_puts(out, "X-Content-Type-Options: nosniff\r\n\r\n");
}
