/* fcgi/http.c -- the table of paths, and how a request is answered. */
#include "fcgi/http.h"

#include <string.h>

#include "base/status.h"
#include "fcgi/exchange.h"
#include "fcgi/params.h"

#define RETRY_AFTER_S 2         /* seconds; outboxd restarts a killed store faster than this */
#define POISON_RETRY_AFTER_S 60 /* seconds; the same request would be refused again */

#define JSON "application/json"
#define PROBLEM_JSON "application/problem+json" /* RFC 7807 */

#define ALLOW_POST "POST, OPTIONS"
#define ALLOW_GET "GET, HEAD, OPTIONS"
#define ALLOW_BOTH "GET, HEAD, POST, OPTIONS"

static const struct route {
	const char *path; /* a path that ends in a star matches every path with that prefix */
	const char *allow;
	serve *get, *post; /* NULL: method not allowed */
	enum face face;
} routes[] = {
    {"/api", ALLOW_POST, NULL, route_jmap, FACE_ARRAYS},
    {"/api/", ALLOW_POST, NULL, route_jmap, FACE_ARRAYS},
    {"/jmap", ALLOW_POST, NULL, route_jmap, FACE_MAPS},
    {"/jmap/", ALLOW_POST, NULL, route_jmap, FACE_MAPS},
    {"/jmap/session", ALLOW_GET, route_session, NULL, FACE_MAPS},
    {"/jmap/upload/*", ALLOW_POST, NULL, route_upload, FACE_MAPS},
    {"/jmap/download/*", ALLOW_GET, route_download, NULL, FACE_MAPS},
    {"/jmap/eventsource/", ALLOW_GET, route_eventsource, NULL, FACE_MAPS},
    {"/.well-known/jmap", ALLOW_GET, route_session, NULL, FACE_MAPS},
    {"/api/schema", ALLOW_GET, route_schema, NULL, FACE_MAPS},
    {"/api/schema/*", ALLOW_GET, route_schema, NULL, FACE_MAPS},
    {"/api/account", ALLOW_GET, route_account, NULL, FACE_MAPS},
    {"/api/discover/*", ALLOW_GET, route_discover, NULL, FACE_MAPS},
    {"/.well-known/oauth-authorization-server", ALLOW_GET, route_discover, NULL, FACE_MAPS},
    {"/login", ALLOW_BOTH, route_login, route_login_form, FACE_MAPS},
    {"/auth/token", ALLOW_POST, NULL, route_token, FACE_MAPS},
    {"/auth/revoke", ALLOW_POST, NULL, route_revoke, FACE_MAPS},
    {"/healthz", ALLOW_GET, route_healthz, NULL, FACE_ARRAYS},
    {"/readyz", ALLOW_GET, route_readyz, NULL, FACE_ARRAYS},
    {"/metrics", ALLOW_GET, route_metrics, NULL, FACE_ARRAYS},
    {0},
};

/* Finds the route of path, or NULL.  *rest is the part of the path that the star of the route
 * stands for. */
static const struct route *
route_of(struct str path, struct str *rest)
{
	for (const struct route *r = routes; r->path != NULL; r++) {
		size_t len = strlen(r->path);

		*rest = path;
		if (r->path[len - 1] != '*') {
			if (str_is(path, r->path))
				return r;
		} else if (path.len >= len && memcmp(path.s, r->path, len - 1) == 0) {
			*rest = (struct str){path.s + len - 1, path.len - (len - 1)};
			return r;
		}
	}
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
	const struct route *route = route_of(x->request->path, &x->rest);
	serve *function;

	x->out->route = "other";
	if (x->request->poisonous)
		return err_set(e, ERR_POISONOUS,
		    "A worker ended while it served this request, so the request is not tried "
		    "again");
	if (x->request->params_too_large) {
		return err_set(e, ERR_HEADERS_LIMIT,
		    "The path, the query and the headers are longer than %d bytes together",
		    PARAMS_BYTES_MAX);
	}

	x->out->route = route != NULL ? route->path : "other";
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
		return err_set(e, ERR_WRONG_HTTP_METHOD, "This path allows only the methods %s",
		    route->allow);
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

	*out = (struct http_response){.cache_control = "no-store",
	    .head = str_is(r->method, "HEAD"),
	    .request_id = r->request_id};
	if (dispatch(&x, &e))
		return;
	out->status = err_name(e.code)->status;
	if (out->status >= 500)
		out->cause = e;
	if (out->status == 503)
		out->retry_after_s =
		    e.code == ERR_POISONOUS ? POISON_RETRY_AFTER_S : RETRY_AFTER_S;
	out->content_type = PROBLEM_JSON;
	buf_clear(&out->body);
	jmap_problem(&e, &out->body);
}

void
http_response_free(struct http_response *r)
{
	buf_free(&r->body);
	buf_free(&r->location);
	buf_free(&r->set_cookies);
	buf_free(&r->content_disposition);
	buf_free(&r->content_security_policy);
}

static void
add_field(struct buf *out, const char *name, const char *value)
{
	if (value != NULL)
		buf_printf(out, "%s: %s\r\n", name, value);
}

/* Writes each cookie in its own field, because cookies must not be joined with a comma (RFC
 * 6265, 3). */
static void
add_cookies(struct buf *out, struct str lines)
{
	while (lines.len > 0) {
		const char *end = memchr(lines.s, '\n', lines.len);
		size_t len = end != NULL ? (size_t)(end - lines.s) : lines.len;

		buf_printf(out, "Set-Cookie: %.*s\r\n", (int)len, lines.s);
		len += end != NULL;
		lines = (struct str){lines.s + len, lines.len - len};
	}
}

void
http_response_head(const struct http_response *r, struct buf *out)
{
	buf_printf(out, "Status: %d %s\r\n", r->status, http_phrase(r->status));
	add_field(out, "Content-Type", r->content_type);
	if (r->status != 204) /* a 204 has no Content-Length (RFC 9110, 8.6) */
		buf_printf(out, "Content-Length: %zu\r\n", r->body.len);
	add_field(out, "Allow", r->allow);
	add_field(out, "Accept-Encoding", r->accept_encoding);
	add_field(out, "WWW-Authenticate", r->authenticate);
	add_field(out, "Cache-Control", r->cache_control);
	add_field(out, "Content-Encoding", r->content_encoding);
	add_field(out, "Vary", r->vary);
	add_field(out, "Pragma", r->pragma);
	if (r->content_security_policy.len > 0)
		buf_printf(out, "Content-Security-Policy: %.*s\r\n",
		    (int)r->content_security_policy.len, r->content_security_policy.s);
	if (r->content_disposition.len > 0)
		buf_printf(out, "Content-Disposition: %.*s\r\n",
		    (int)r->content_disposition.len, r->content_disposition.s);
	if (r->location.len > 0)
		buf_printf(out, "Location: %.*s\r\n", (int)r->location.len, r->location.s);
	add_cookies(out, buf_str(&r->set_cookies));
	if (r->request_id.len > 0)
		buf_printf(
		    out, "X-Request-Id: %.*s\r\n", (int)r->request_id.len, r->request_id.s);
	if (r->retry_after_s > 0)
		buf_printf(out, "Retry-After: %u\r\n", r->retry_after_s);
	buf_puts(out, "X-Content-Type-Options: nosniff\r\n\r\n");
}
