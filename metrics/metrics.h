/* metrics/metrics.h -- counts in a table in memory that all processes of an outbox share.
 *
 * outboxd makes the table and passes its descriptor to its children.  Counting is an atomic
 * addition without a lock: a process that dies while it counts blocks nobody, and what it
 * counted stays.  A series is one family with one value for each label.  It gets its place in
 * the table when it is first counted. */
#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include "base/err.h"
#include "metrics/family.h"

#define METRICS_SERIES_MAX 1024
#define METRIC_LABELS_BYTES 88 /* of all label values of a series, each with its NUL */
#define METRIC_CELLS (METRIC_BOUNDS_MAX + 2) /* a histogram's buckets, and the sum */

struct metrics;

/* Makes an empty table.  Other processes pass *fd, which is close-on-exec, to metrics_open().
 * The caller closes it. */
bool metrics_make(struct metrics **m, int *fd, struct err *e);
/* Maps the table behind fd, which the caller still closes.  With -1 it makes a table for this
 * process alone.  On false, for example if another version of the programs made the table, *m
 * is NULL. */
bool metrics_open(struct metrics **m, int fd, struct err *e);
void metrics_close(struct metrics **m); /* safe on NULL; leaves NULL */

/* The values of a family's labels, in the order of its names.  Take them from constant tables,
 * never from a client: each new series uses up a place that is never freed. */
#define METRIC_LABELS(...) ((const char *const[METRIC_LABELS_MAX]){__VA_ARGS__})
#define METRIC_NO_LABELS METRIC_LABELS(NULL)

/* These functions do nothing if m is NULL. */
void metrics_add(struct metrics *m, enum metric counter, const char *const *labels, uint64_t n);
/* Only one process may set a gauge. */
void metrics_set(
    struct metrics *m, enum metric gauge, const char *const *labels, int64_t value);
void metrics_observe(
    struct metrics *m, enum metric histogram, const char *const *labels, int64_t value);

#endif
