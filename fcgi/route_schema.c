/* fcgi/route_schema.c -- the schema document, under a URL that contains its hash. */
#include "fcgi/exchange.h"
#include "fcgi/media.h"

#define SCHEMA_PATH "/api/schema/"
/* Caches may keep the document for ever, because its URL changes with its text.  They must be
 * private, because reading it needs a token. */
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
