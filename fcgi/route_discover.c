/* fcgi/route_discover.c -- tells clients where to log in (RFC 8414), and tells users what they
 * may do. */
#include "fcgi/exchange.h"
#include "json/text.h"

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

/* The members of the metadata that are URLs, and their paths. */
static const struct {
	const char *name, *path;
} endpoints[] = {
    {"issuer", ""},
    {"authorization_endpoint", "/login"},
    {"token_endpoint", "/auth/token"},
    {"revocation_endpoint", "/auth/revoke"},
};

/* RFC 8414, 2: the outbox supports the code grant for public clients, with PKCE (RFC 7636) and
 * the iss parameter (RFC 9207). */
static const char abilities[] = "\"response_types_supported\":[\"code\"],"
				"\"response_modes_supported\":[\"query\"],"
				"\"grant_types_supported\":[\"authorization_code\","
				"\"refresh_token\"],"
				"\"token_endpoint_auth_methods_supported\":[\"none\"],"
				"\"revocation_endpoint_auth_methods_supported\":[\"none\"],"
				"\"code_challenge_methods_supported\":[\"S256\"],"
				"\"authorization_response_iss_parameter_supported\":true}";

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
	buf_puts(out, "\"scopes_supported\":[");
	permission_each(~UINT64_C(0), write_permission, out);
	buf_puts(out, "],");
	buf_puts(out, abilities);
	ok = true;
out:
	buf_free(&url);
	return ok;
}
