/* fcgi/route_health.c -- whether a worker is alive, and whether the store is. */
#include "fcgi/exchange.h"

bool
route_healthz(struct exchange *x, struct err *e)
{
	(void)e;
	buf_puts(&x->out->body, "{\"status\":\"alive\"}\n");
	return true;
}

bool
route_readyz(struct exchange *x, struct err *e)
{
	struct store_status status;
	struct err why = {0};

	if (!store_status(x->http->jmap.store, &status, &why))
		return err_set(e, ERR_NOT_READY, "%s", why.text);
	buf_puts(&x->out->body, "{\"status\":\"ready\"}\n");
	return true;
}
