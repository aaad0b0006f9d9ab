/* fcgi/route_schema.c -- what Stalwart's WebUI and command line ask beside JMAP: the schema
 * document, who they are, and where to log in (RFC 8414). */
#include "fcgi/exchange.h"

#include "fcgi/media.h"
#include "model/text.h"

#define SCHEMA_PATH "/api/schema/"
/* The URL changes with the text; but a token was needed to read it. */
#define FOR_GOOD "private, max-age=31536000, immutable"

static bool
redirect_to_schema(struct exchange *x)
{
	x->out->status = 307;
	x->out->content_type = NULL;
	buf_puts(&x->out->location, SCHEMA_PATH);
	buf_puts(&x->out->location, x->http->schema.hash);
	return true;
}

static bool
send_schema(struct exchange *x)
{
	const struct schema *s = &x->http->schema;
	bool gzip = media_wants_gzip(x->request->accept_encoding);

	buf_add_str(&x->out->body, buf_str(gzip ? &s->gzip : &s->text));
	x->out->content_encoding = gzip ? "gzip" : NULL;
	x->out->vary = "Accept-Encoding";
	x->out->cache_control = FOR_GOOD;
	return true;
}

bool
route_schema(struct exchange *x, struct err *e)
{
	struct principal p;
	struct err why = {0};

	if (!exchange_authorize(x, &p, e))
		return false;
	if (!schema_make(&x->http->schema, &why))
		return err_set(e, ERR_NOT_READY, "%s", why.text);
	return str_is(x->rest, x->http->schema.hash) ? send_schema(x) : redirect_to_schema(x);
}

static void
write_permission(const char *name, void *arg)
{
	struct buf *out = arg;

	if (out->s[out->len - 1] != '[')
		buf_putc(out, ',');
	text_string(out, str_of(name));
}

bool
route_account(struct exchange *x, struct err *e)
{
	struct buf *out = &x->out->body;
	struct principal p;

	if (!exchange_authorize(x, &p, e))
		return false;
	buf_puts(out, "{\"permissions\":[");
	permission_each(p.permissions, write_permission, out);
	buf_puts(out, "],\"edition\":\"oss\",\"locale\":\"en_US\"}");
	return true;
}

/* Members of the metadata that are URLs, and their paths. */
static const struct {
	const char *name, *path;
} endpoints[] = {
    {"issuer", ""},
    {"authorization_endpoint", "/login"},
    {"token_endpoint", "/auth/token"},
};

/* RFC 8414, 2: the code grant for public clients, with PKCE (RFC 7636). */
static const char abilities[] = "\"response_types_supported\":[\"code\"],"
				"\"response_modes_supported\":[\"query\"],"
				"\"grant_types_supported\":[\"authorization_code\","
				"\"refresh_token\"],"
				"\"token_endpoint_auth_methods_supported\":[\"none\"],"
				"\"code_challenge_methods_supported\":[\"S256\"]}";

bool
route_discover(struct exchange *x, struct err *e)
{
	struct buf *out = &x->out->body;
	struct buf url = {0};
	size_t base;
	bool ok = false;

	if (!exchange_base_url(x, &url, e))
		goto out;
	base = url.len;
	buf_putc(out, '{');
	for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
		url.len = base;
		buf_puts(&url, endpoints[i].path);
		buf_printf(out, "\"%s\":", endpoints[i].name);
		text_string(out, buf_str(&url));
		buf_putc(out, ',');
	}
	buf_puts(out, abilities);
	ok = true;
out:
	buf_free(&url);
	return ok;
}
