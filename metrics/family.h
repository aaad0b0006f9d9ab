/* metrics/family.h -- the table of metric families: what the outbox counts, and the name, type
 * and help text that /metrics shows.
 *
 * Values are integers in the unit of their family.  A family whose name ends in _seconds counts
 * microseconds, and /metrics divides them by 1000000. */
#ifndef METRICS_FAMILY_H
#define METRICS_FAMILY_H

#include <stddef.h>
#include <stdint.h>

enum metric {
	/* every process counts these in the shared table */
	METRIC_START_TIME,
	METRIC_BUILD,
	METRIC_RESTARTS,
	METRIC_REQUESTS,
	METRIC_REQUEST_TIME,
	METRIC_REQUEST_BYTES,
	METRIC_RESPONSE_BYTES,
	METRIC_BROKEN,
	METRIC_POISON,
	METRIC_ABANDONED,
	METRIC_CALLS,
	METRIC_CALL_TIME,
	METRIC_SET_RECORDS,
	METRIC_TOKENS,
	METRIC_REPORT_LEFT_OUT,
	METRIC_STORE_START_TIME,
	METRIC_STORE_OPENING,
	METRIC_BATCH_JOBS,
	METRIC_BATCH_OPS,
	METRIC_BATCHES_ABORTED,
	METRIC_COMMIT_TIME,
	METRIC_CHECKPOINT_TIME,
	METRIC_LOST,
	/* the store or worker computes these when somebody asks */
	METRIC_UP,
	METRIC_STORE_QUEUE,
	METRIC_STORE_CONNECTIONS,
	METRIC_PENDING,
	METRIC_OVERDUE,
	METRIC_MOST_OVERDUE,
	METRIC_NEXT_DUE,
	METRIC_DISK_FREE,
	METRIC_DISK_RESERVE,
	METRIC_BACKUP_TIME,
	METRIC_ARCHIVE_BYTES,
	METRIC_WARNING,
	METRIC__COUNT
};

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_KIND__COUNT };

#define METRIC_LABELS_MAX 3
#define METRIC_BOUNDS_MAX 18

struct metric_family {
	const char *name; /* "outbox_http_requests_total" */
	enum metric_kind kind;
	const char *labels[METRIC_LABELS_MAX + 1]; /* label names; NULL ends them */
	int64_t unit;                              /* the stored value that is shown as 1 */
	const int64_t
	    *bounds;      /* HISTOGRAM: upper bounds of its buckets, ascending; 0 ends them */
	const char *help; /* one sentence */
};

extern const struct metric_family metric_families[METRIC__COUNT];

/* The number of bounds of a histogram.  One more bucket holds the values above the last bound.
 */
size_t metric_bounds(enum metric f);
size_t metric_labels(enum metric f);

#endif
