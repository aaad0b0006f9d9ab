/* fcgi/tally.c -- counts and logs requests. */
#include "fcgi/tally.h"

#include <stdio.h>

static struct meter *
meter_of(struct tally *t, int status)
{
	size_t i = 0;

	while (http_statuses[i].status != 0 && http_statuses[i].status != status &&
	    i + 1 < TALLY_STATUSES_MAX)
		i++;
	return &t->by_status[i];
}

static bool
may_log(struct worker *w, const struct http_response *a, int64_t now_us)
{
	return a->subject[0] != '\0' ||
	    meter_take(meter_of(&w->tally, a->status), TALLY_LINES_PER_S, now_us);
}

static void
log_request(const struct worker *w, const struct http_request *r, const struct http_response *a,
    int64_t took_us)
{
	bool failed = a->cause.code != ERR_NONE;

	log_line(&w->log, LOG_LEVEL_INFO, "request",
	    "method=%s path=%s status=%d bytes=%zu ms=%.1f subject=%s token=%s calls=%zu "
	    "errors=%zu%s%s",
	    log_quote(r->method).text, log_quote(r->path).text, a->status, a->body.len,
	    (double)took_us / 1000, log_quote(str_of(a->subject)).text,
	    a->token[0] != '\0' ? a->token : "-", a->done.calls, a->done.errors,
	    failed ? " why=" : "", failed ? log_quote(str_of(a->cause.text)).text : "");
}

/* Never held back, because only a client with a token or a login can cause this line. */
static void
log_audit(const struct worker *w, const struct http_response *a)
{
	if (a->audit != NULL)
		log_line(&w->log, LOG_LEVEL_AUDIT, a->audit,
		    "client=%s token=%s subject=%s outcome=done",
		    log_quote(a->audit_client).text, a->token,
		    log_quote(str_of(a->subject)).text);
}

static void
count_request(
    struct metrics *m, size_t body_bytes, const struct http_response *a, int64_t took_us)
{
	static const char *const classes[] = {"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};
	const char *status = classes[a->status / 100 % 6];

	metrics_add(m, METRIC_REQUESTS, METRIC_LABELS(a->route, status), 1);
	metrics_observe(m, METRIC_REQUEST_TIME, METRIC_LABELS(a->route), took_us);
	metrics_add(m, METRIC_REQUEST_BYTES, METRIC_LABELS(a->route), body_bytes);
	metrics_add(m, METRIC_RESPONSE_BYTES, METRIC_LABELS(a->route), a->body.len);
}

void
tally_request(struct worker *w, const struct http_request *r, size_t body_bytes,
    const struct http_response *a, int64_t started_us)
{
	int64_t now_us = clock_monotonic_us();

	count_request(w->http.jmap.metrics, body_bytes, a, now_us - started_us);
	log_audit(w, a);
	if (may_log(w, a, now_us))
		log_request(w, r, a, now_us - started_us);
}

/* Logs a line that is not about a served request.  The summary uses the same name of the event.
 */
static void
log_metered(struct worker *w, struct meter *m, enum log_level level, const char *event,
    const char *why, int64_t now_us)
{
	if (meter_take(m, TALLY_LINES_PER_S, now_us))
		log_line(&w->log, level, event, "why=%s", log_quote(str_of(why)).text);
}

void
tally_broken(struct worker *w, const char *why, int64_t now_us)
{
	metrics_add(w->http.jmap.metrics, METRIC_BROKEN, METRIC_NO_LABELS, 1);
	log_metered(w, &w->tally.broken, LOG_LEVEL_INFO, "broken-request", why, now_us);
}

void
tally_accept_failed(struct worker *w, const char *why)
{
	log_metered(w, &w->tally.accept_failed, LOG_LEVEL_ERROR, "accept-failed", why,
	    clock_monotonic_us());
}

/* status 0: the lines that were not logged have no status. */
static void
summarise(struct worker *w, struct meter *m, const char *event, int status, int64_t now_us,
    int64_t every_us)
{
	int64_t took_us;
	uint64_t n = meter_summary(m, now_us, every_us, &took_us);
	char of_status[sizeof " status=-2147483648"] = "";

	if (n == 0)
		return;
	if (status != 0)
		snprintf(of_status, sizeof of_status, " status=%d", status);
	log_line(&w->log, LOG_LEVEL_INFO, "unlogged", "event=%s%s more=%llu seconds=%lld",
	    event, of_status, (unsigned long long)n, (long long)((took_us + 999999) / 1000000));
}

void
tally_summarise(struct worker *w, int64_t now_us, bool last)
{
	int64_t every_us = last ? 0 : TALLY_SUMMARY_S * INT64_C(1000000);
	struct tally *t = &w->tally;

	for (size_t i = 0; i < TALLY_STATUSES_MAX && http_statuses[i].status != 0; i++)
		summarise(
		    w, &t->by_status[i], "request", http_statuses[i].status, now_us, every_us);
	summarise(w, &t->broken, "broken-request", 0, now_us, every_us);
	summarise(w, &t->accept_failed, "accept-failed", 0, now_us, every_us);
}

bool
tally_waits(const struct worker *w)
{
	const struct tally *t = &w->tally;

	for (size_t i = 0; i < TALLY_STATUSES_MAX; i++)
		if (t->by_status[i].unlogged > 0)
			return true;
	return t->broken.unlogged > 0 || t->accept_failed.unlogged > 0;
}
