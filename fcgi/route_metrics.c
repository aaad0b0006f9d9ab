/* fcgi/route_metrics.c -- the counters of the outbox, in the text format of Prometheus. */
#include "fcgi/exchange.h"
#include "storage/metrics.h"

/* Whether the client is on this machine.  A request that a proxy passed on does not count: it
 * comes from the address of the proxy. */
static bool
is_local(const struct http_request *r)
{
	struct str address = r->remote_addr;

	return !r->forwarded &&
	    (str_is(address, "::1") || str_cut_prefix(&address, "127.") ||
		str_cut_prefix(&address, "::ffff:127."));
}

static bool
check_permission(struct exchange *x, struct err *e)
{
	struct principal p;

	if (x->http->metrics_for_loopback && x->request->authorization.len == 0 &&
	    is_local(x->request))
		return true;
	if (!exchange_authorize(x, &p, e))
		return false;
	return (p.permissions & PERMISSION_METRICS) != 0 ||
	    err_set(e, ERR_NOT_PERMITTED, "The token lacks the permission sysMetricsGet");
}

bool
route_metrics(struct exchange *x, struct err *e)
{
	struct metric_list list = {0};
	struct err why = {0};

	if (!check_permission(x, e))
		return false;
	/* If the store does not answer, its metrics are left out and METRIC_UP is 0. */
	if (!store_metrics(x->http->jmap.store, false, &list, &why)) {
		metric_list_free(&list);
		metric_list_set(&list, METRIC_UP, METRIC_NO_LABELS, 0);
	}
	metric_list_read(&list, x->http->jmap.metrics);
	metrics_text(&list, &x->out->body);
	x->out->content_type = METRICS_CONTENT_TYPE;
	metric_list_free(&list);
	return true;
}
