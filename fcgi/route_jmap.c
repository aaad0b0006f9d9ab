/* fcgi/route_jmap.c -- the API requests and the Session (RFC 8620, 2 and 3). */
#include "fcgi/exchange.h"
#include "fcgi/media.h"

/* RFC 8620, 3.6.1 */
static bool
too_large(const struct exchange *x, struct err *e)
{
	err_set(e, ERR_BODY_LIMIT, "The request is longer than %zu bytes",
	    x->http->jmap.limits->max_size_request);
	e->limit = "maxSizeRequest";
	return false;
}

bool
route_jmap(struct exchange *x, struct err *e)
{
	const struct http_request *r = x->request;
	struct jmap_request j = {.body = r->body,
	    .spent = r->spent,
	    .face = x->face,
	    .request_id = r->request_id,
	    .is_gone = r->is_gone,
	    .is_gone_arg = r->is_gone_arg};
	struct principal p;
	struct buf base = {0};
	struct err no_url = {0};
	bool ok;

	if (!exchange_authorize(x, &p, e) || !exchange_check_encoding(x, e))
		return false;
	if (!media_is_json(r->content_type))
		return err_set(e, ERR_MEDIA_TYPE,
		    "The Content-Type must be application/json, with no charset but UTF-8");
	if (r->body_too_large)
		return too_large(x, e);
	j.principal = &p;
	/* If the host is not allowed, base_url stays empty and sessionState differs from that
	 * of every Session. */
	if (exchange_base_url(x, &base, &no_url))
		j.base_url = buf_str(&base);
	ok = jmap_request(&x->http->jmap, &j, &x->out->body, &x->out->done, e);
	buf_free(&base);
	return ok;
}

bool
route_session(struct exchange *x, struct err *e)
{
	struct principal p;
	struct buf base = {0};

	if (!exchange_authorize(x, &p, e))
		return false;
	if (!exchange_base_url(x, &base, e))
		return false;
	jmap_session(&x->http->jmap, &p, buf_str(&base), &x->out->body);
	buf_free(&base);
	/* RFC 8620, 2 */
	x->out->cache_control = "no-cache, no-store, must-revalidate";
	return true;
}
