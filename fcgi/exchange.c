/* fcgi/exchange.c -- what most routes need to know about a request. */
#include "fcgi/exchange.h"

#include <string.h>

#include "base/host.h"
#include "fcgi/media.h"

static void
count_token(const struct exchange *x, bool ok, const struct err *why)
{
	const char *result = "ok";

	if (!ok && why->code != ERR_UNAUTHORIZED)
		result = "unavailable";
	else if (!ok)
		result = x->request->authorization.len == 0 ? "missing" : "refused";
	metrics_add(x->http->jmap.metrics, METRIC_TOKENS, METRIC_LABELS(result), 1);
}

bool
exchange_authorize(struct exchange *x, struct principal *p, struct err *e)
{
	struct err why = {0};
	bool ok = auth_verify(x->http->auth, x->request->authorization, p, &why);

	count_token(x, ok, &why);
	if (ok) {
		memcpy(x->out->subject, p->subject, sizeof p->subject);
		token_id_format(p->token_id, x->out->token);
		return true;
	}
	if (why.code == ERR_UNAUTHORIZED)
		x->out->authenticate = auth_challenge(x->request->authorization);
	return err_set(
	    e, why.code == ERR_UNAUTHORIZED ? ERR_UNAUTHORIZED : ERR_NOT_READY, "%s", why.text);
}

bool
exchange_check_encoding(struct exchange *x, struct err *e)
{
	if (media_is_identity(x->request->content_encoding))
		return true;
	x->out->accept_encoding = "identity";
	return err_set(e, ERR_CONTENT_ENCODING,
	    "Content-Encoding must be absent or identity: send the body uncompressed");
}

/* Removes the last element from a comma-separated list and returns it.  Each proxy appends what
 * it saw, so the nearest proxy wrote the last element. */
static struct str
cut_last(struct str *list)
{
	const char *comma = list->len > 0 ? memrchr(list->s, ',', list->len) : NULL;
	size_t before = comma != NULL ? (size_t)(comma - list->s) : 0;
	size_t from = comma != NULL ? before + 1 : 0;
	struct str last = {0};

	if (list->len > 0)
		last = (struct str){list->s + from, list->len - from};
	list->len = before;
	return str_trim(last);
}

static struct str
last_of(struct str list)
{
	return cut_last(&list);
}

/* The client chooses the Host header, so only loopback names and the configured names may
 * appear in URLs. */
static bool
check_host(const struct http *h, struct str host, struct err *e)
{
	struct str name;

	if (!host_read(host, &name))
		return err_set(e, ERR_BAD_HTTP, "The Host header is missing or malformed");
	if (host_is_loopback(name) || host_is_listed(name, h->server_names))
		return true;
	return err_set(e, ERR_MISDIRECTED,
	    "This outbox does not answer requests for the host %.*s: add it to server_names in "
	    "the configuration, or set public_url",
	    name.len < 100 ? (int)name.len : 100, name.s);
}

bool
exchange_base_url(struct exchange *x, struct buf *out, struct err *e)
{
	const struct http_request *r = x->request;
	struct str host = r->host, proto = {0};
	bool https = r->https;

	if (x->http->public_url[0] != '\0') {
		buf_puts(out, x->http->public_url);
		return true;
	}
	if (nets_hold(&x->http->trusted_proxies, r->remote_addr)) {
		proto = last_of(r->forwarded_proto);
		if (last_of(r->forwarded_host).len > 0)
			host = last_of(r->forwarded_host);
	}
	if (proto.len > 0)
		https = str_equal_nocase(proto, STR("https"));
	if (!check_host(x->http, host, e))
		return false;
	buf_puts(out, https ? "https://" : "http://");
	buf_add_str(out, host);
	return true;
}

struct str
exchange_client(const struct exchange *x)
{
	struct str client = x->request->remote_addr, told = x->request->forwarded_for;

	while (told.len > 0 && nets_hold(&x->http->trusted_proxies, client)) {
		struct str before = cut_last(&told);

		if (before.len > 0)
			client = before;
	}
	return client;
}

void
exchange_audit(struct exchange *x, const char *event, struct str subject,
    const uint8_t token_id[static STORE_TOKEN_ID_LEN])
{
	x->out->audit = event;
	x->out->audit_client = exchange_client(x);
	memcpy(x->out->subject, subject.s, subject.len);
	x->out->subject[subject.len] = '\0';
	token_id_format(token_id, x->out->token);
}
