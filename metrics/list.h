/* metrics/list.h -- a snapshot of the series, to show, sum up or send to another process. */
#ifndef METRICS_LIST_H
#define METRICS_LIST_H

#include "base/pack.h"
#include "metrics/metrics.h"

struct metric_series {
	enum metric family;
	char labels[METRIC_LABELS_BYTES]; /* values in order, each ends with NUL */
	int64_t cells[METRIC_CELLS]; /* HISTOGRAM: a number for each bucket, and last the sum
					of what was observed; others: the first */
};

/* {0} is empty.  Free with metric_list_free(). */
struct metric_list {
	size_t n, cap;
	struct metric_series *series;
};

/* Appends all series of m; none if m is NULL. */
void metric_list_read(struct metric_list *l, const struct metrics *m);
void metric_list_set(
    struct metric_list *l, enum metric gauge, const char *const *labels, int64_t value);
void metric_list_free(struct metric_list *l); /* leaves {0} */

const char *metric_label(const struct metric_series *s, size_t i);
/* Returns the first series of a family whose first label is value; value NULL matches any.
 * Returns NULL if there is none. */
const struct metric_series *metric_find(
    const struct metric_list *l, enum metric f, const char *value);

/* Sorts by family and labels, and merges series that appear twice. */
void metric_list_sort(struct metric_list *l);

/* unpack_metrics() does not trust the other process: it refuses families, labels and numbers
 * that cannot exist. */
void pack_metrics(struct buf *b, const struct metric_list *l);
bool unpack_metrics(struct unpack *u, struct metric_list *l); /* appends; reads all of u */

/* Appends the text format of Prometheus (exposition format 0.0.4).  Sorts l. */
#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"
void metrics_text(struct metric_list *l, struct buf *out);

/* --- for people --- */

/* Sums the cells of all series of a family whose label number i is value; value NULL matches
 * any. */
void metric_sum(const struct metric_list *l, enum metric f, size_t i, const char *value,
    int64_t cells[static METRIC_CELLS]);
/* The number of observations of a histogram. */
int64_t metric_count(enum metric histogram, const int64_t *cells);
/* The quantile q, from 0 to 1, in the family's unit.  Interpolates within a bucket; returns the
 * last bound for values above it, and 0 if there are no observations. */
double metric_quantile(enum metric histogram, const int64_t *cells, double q);

#endif
