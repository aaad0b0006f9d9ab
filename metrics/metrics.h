/* metrics/metrics.h -- counting: a table of numbers in memory that all processes of an outbox
 * share.
 *
 * outboxd makes it and hands it to its children as a descriptor.  Counting is an atomic
 * addition without a lock, so a process that dies while it counts holds nobody, and what it had
 * counted stays.  A series, that is one family with one value for each of its labels, has its
 * place in the table from the first time it is counted on. */
#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include "base/err.h"
#include "metrics/family.h"

#define METRICS_SERIES_MAX 1024
#define METRIC_LABELS_BYTES 88               /* of all values of a series, each with its NUL */
#define METRIC_CELLS (METRIC_BOUNDS_MAX + 2) /* a histogram's buckets, and the sum */

struct metrics;

/* An empty table; *fd is for metrics_open() in other processes, close-on-exec, and the caller's
 * to close. */
bool metrics_make(struct metrics **m, int *fd, struct err *e);
/* The table behind fd, which stays the caller's; -1: one of its own.  On false, as for one that
 * another version of the programs has made, *m is NULL. */
bool metrics_open(struct metrics **m, int fd, struct err *e);
void metrics_close(struct metrics **m); /* safe on NULL; leaves NULL */

/* For what follows: the values of the family's labels, in its order.  They come from tables of
 * ours, never from a client: each takes a place for good. */
#define METRIC_LABELS(...) ((const char *const[METRIC_LABELS_MAX]){__VA_ARGS__})
#define METRIC_NO_LABELS METRIC_LABELS(NULL)

/* There is nothing to do where m is NULL. */
void metrics_add(struct metrics *m, enum metric counter, const char *const *labels, uint64_t n);
/* By one process alone. */
void metrics_set(
    struct metrics *m, enum metric gauge, const char *const *labels, int64_t value);
void metrics_observe(
    struct metrics *m, enum metric histogram, const char *const *labels, int64_t value);

#endif
