/* fcgi/exchange.c -- what most routes ask of a request. */
#include "fcgi/exchange.h"

#include <ctype.h>
#include <string.h>

bool
exchange_authorize(struct exchange *x, struct principal *p, struct err *e)
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

bool
exchange_base_url(struct exchange *x, struct buf *out, struct err *e)
{
	if (x->http->public_url[0] != '\0') {
		buf_puts(out, x->http->public_url);
		return true;
	}
	if (!is_host(x->request->host))
		return err_set(e, ERR_BAD_HTTP, "The Host header is missing or malformed");
	buf_puts(out, x->request->https ? "https://" : "http://");
	buf_add_str(out, x->request->host);
	return true;
}
