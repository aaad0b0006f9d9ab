/* fcgi/route_health.c -- whether the worker is alive, and whether the store answers. */
#include <jansson.h>
#include <stdlib.h>

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
	json_t *answer;
	char *text;

	if (!store_status(x->http->jmap.store, &status, &why))
		return err_set(e, ERR_NOT_READY, "%s", why.text);
	answer = json_pack("{s:s}", "status", "ready");
	if (status.warning[0] != '\0')
		json_object_set_new(answer, "warning", json_string(status.warning));
	text = json_dumps(answer, JSON_COMPACT);
	buf_printf(&x->out->body, "%s\n", text);
	free(text);
	json_decref(answer);
	return true;
}
