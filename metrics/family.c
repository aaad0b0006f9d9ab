/* metrics/family.c -- the table of metric families. */
#include "metrics/family.h"

#define SECOND INT64_C(1000000)

/* Bucket bounds of times, in microseconds. */
static const int64_t times[] = {250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000,
    500000, SECOND, 5 * SECOND / 2, 5 * SECOND, 10 * SECOND, 30 * SECOND, 0};

/* Bucket bounds of batches.  They include BATCH_JOBS_MAX and BATCH_ENTRIES_MAX. */
static const int64_t jobs[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 0};
static const int64_t ops[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 0};

const struct metric_family metric_families[METRIC__COUNT] = {
    [METRIC_START_TIME] = {"outbox_start_time_seconds", METRIC_GAUGE, {NULL}, 1, NULL,
	"When outboxd was started, in seconds since 1970."},
    [METRIC_BUILD] = {"outbox_build_info", METRIC_GAUGE, {"version", NULL}, 1, NULL,
	"The version that runs; always 1."},
    [METRIC_RESTARTS] = {"outbox_restarts_total", METRIC_COUNTER, {"program", NULL}, 1, NULL,
	"Processes that ended unasked, or were killed because they hung, and were started "
	"again."},
    [METRIC_REQUESTS] = {"outbox_http_requests_total", METRIC_COUNTER, {"path", "status", NULL},
	1, NULL, "HTTP requests by path and class of status."},
    [METRIC_REQUEST_TIME] = {"outbox_http_request_seconds", METRIC_HISTOGRAM, {"path", NULL},
	SECOND, times,
	"Time from a worker's first look at a request to the end of its answer."},
    [METRIC_REQUEST_BYTES] = {"outbox_http_request_bytes_total", METRIC_COUNTER, {"path", NULL},
	1, NULL, "Bytes of request bodies."},
    [METRIC_RESPONSE_BYTES] = {"outbox_http_response_bytes_total", METRIC_COUNTER,
	{"path", NULL}, 1, NULL, "Bytes of response bodies."},
    [METRIC_BROKEN] = {"outbox_broken_requests_total", METRIC_COUNTER, {NULL}, 1, NULL,
	"Connections of web servers cut off because of what came over them: no FastCGI, or a "
	"request that is malformed or too slow."},
    [METRIC_POISON] = {"outbox_poisonous_requests_total", METRIC_COUNTER, {"result", NULL}, 1,
	NULL,
	"Requests that ended the worker that served them (found), and those of them that came "
	"again and were not served (refused)."},
    [METRIC_ABANDONED] = {"outbox_abandoned_requests_total", METRIC_COUNTER, {NULL}, 1, NULL,
	"Requests given up because their client had gone."},
    [METRIC_CALLS] = {"outbox_method_calls_total", METRIC_COUNTER,
	{"type", "verb", "result", NULL}, 1, NULL,
	"JMAP method calls by type, verb and result: ok, or the type of the error."},
    [METRIC_CALL_TIME] = {"outbox_method_seconds", METRIC_HISTOGRAM, {"type", "verb", NULL},
	SECOND, times, "Time of a JMAP method call."},
    [METRIC_SET_RECORDS] = {"outbox_set_records_total", METRIC_COUNTER,
	{"type", "kind", "result", NULL}, 1, NULL,
	"Records that a /set was to create, update or destroy, by result: done, or the type of "
	"the SetError."},
    [METRIC_TOKENS] = {"outbox_token_checks_total", METRIC_COUNTER, {"result", NULL}, 1, NULL,
	"Authorization headers by result: ok, missing, refused or unavailable."},
    [METRIC_REPORT_LEFT_OUT] = {"outbox_report_left_out_total", METRIC_COUNTER, {"kind", NULL},
	1, NULL,
	"What rendered reports lack because their format cannot express it: row, extension, "
	"dkim "
	"or spf."},
    [METRIC_STORE_START_TIME] = {"outbox_store_start_time_seconds", METRIC_GAUGE, {NULL}, 1,
	NULL, "When the store last began to serve, in seconds since 1970."},
    [METRIC_STORE_OPENING] = {"outbox_store_opening_seconds", METRIC_GAUGE, {NULL}, SECOND,
	NULL, "How long the store's last opening took, recovery included."},
    [METRIC_BATCH_JOBS] = {"outbox_store_batch_jobs", METRIC_HISTOGRAM, {NULL}, 1, jobs,
	"Requests to write that shared one transaction."},
    [METRIC_BATCH_OPS] = {"outbox_store_batch_operations", METRIC_HISTOGRAM, {NULL}, 1, ops,
	"Records that one transaction wrote."},
    [METRIC_BATCHES_ABORTED] = {"outbox_store_batches_aborted_total", METRIC_COUNTER, {NULL}, 1,
	NULL, "Transactions given up, whose requests were then tried one by one."},
    [METRIC_COMMIT_TIME] = {"outbox_store_commit_seconds", METRIC_HISTOGRAM, {NULL}, SECOND,
	times, "Time of a commit, until it is on disk."},
    [METRIC_CHECKPOINT_TIME] = {"outbox_store_checkpoint_seconds", METRIC_HISTOGRAM, {NULL},
	SECOND, times, "Time of a checkpoint."},
    [METRIC_LOST] = {"outbox_metrics_lost_total", METRIC_COUNTER, {NULL}, 1, NULL,
	"What could not be counted for lack of room in the table of metrics."},
    [METRIC_UP] = {"outbox_up", METRIC_GAUGE, {NULL}, 1, NULL,
	"1 if the store answers, and 0 if it does not: then all that only it knows is "
	"missing."},
    [METRIC_STORE_QUEUE] = {"outbox_store_queue_length", METRIC_GAUGE, {NULL}, 1, NULL,
	"Requests to write that wait for a transaction."},
    [METRIC_STORE_CONNECTIONS] = {"outbox_store_connections", METRIC_GAUGE, {NULL}, 1, NULL,
	"Connections to the store."},
    [METRIC_PENDING] = {"outbox_pending_reports", METRIC_GAUGE, {"type", NULL}, 1, NULL,
	"Reports that are kept."},
    [METRIC_OVERDUE] = {"outbox_overdue_reports", METRIC_GAUGE, {"type", NULL}, 1, NULL,
	"Of those, the ones whose deliverAt is past."},
    [METRIC_MOST_OVERDUE] = {"outbox_most_overdue_seconds", METRIC_GAUGE, {"type", NULL}, 1,
	NULL, "For how long the earliest deliverAt has been past; 0 if none is."},
    [METRIC_NEXT_DUE] = {"outbox_next_due_time_seconds", METRIC_GAUGE, {"type", NULL}, 1, NULL,
	"The earliest deliverAt that is to come, in seconds since 1970; missing if there is "
	"none."},
    [METRIC_DISK_FREE] = {"outbox_disk_free_bytes", METRIC_GAUGE, {NULL}, 1, NULL,
	"Free on the disk of data_dir, or of archive_dir if that has less."},
    [METRIC_DISK_RESERVE] = {"outbox_disk_reserve_bytes", METRIC_GAUGE, {NULL}, 1, NULL,
	"With less than that free, creates and updates are refused (reserve_mb)."},
    [METRIC_BACKUP_TIME] = {"outbox_backup_time_seconds", METRIC_GAUGE, {NULL}, 1, NULL,
	"When the last verified backup was made, or the store whose logs are all there; "
	"missing if there is neither."},
    [METRIC_ARCHIVE_BYTES] = {"outbox_archive_bytes", METRIC_GAUGE, {NULL}, 1, NULL,
	"Bytes of the logs that the archive holds, since the last verified backup."},
    [METRIC_WARNING] = {"outbox_warning", METRIC_GAUGE, {NULL}, 1, NULL,
	"1 while somebody should see to something, which /readyz names, although the store "
	"serves."},
};

size_t
metric_bounds(enum metric f)
{
	const int64_t *bounds = metric_families[f].bounds;
	size_t n = 0;

	while (bounds != NULL && bounds[n] != 0)
		n++;
	return n;
}

size_t
metric_labels(enum metric f)
{
	size_t n = 0;

	while (metric_families[f].labels[n] != NULL)
		n++;
	return n;
}
