/* metrics/list.h -- what has been counted, read at one moment: to be shown, summed up, or sent
 * to somebody else. */
#ifndef METRICS_LIST_H
#define METRICS_LIST_H

#include "base/pack.h"
#include "metrics/metrics.h"

struct metric_series {
	enum metric family;
	char labels[METRIC_LABELS_BYTES]; /* values in order, each with its NUL */
	int64_t cells[METRIC_CELLS]; /* HISTOGRAM: a number for each bucket, and last the sum
					of what was observed; others: the first */
};

/* {0} is an empty one; metric_list_free(). */
struct metric_list {
	size_t n, cap;
	struct metric_series *series;
};

/* All of m; nothing if it is NULL. */
void metric_list_read(struct metric_list *l, const struct metrics *m);
void metric_list_set(
    struct metric_list *l, enum metric gauge, const char *const *labels, int64_t value);
void metric_list_free(struct metric_list *l); /* leaves {0} */

const char *metric_label(const struct metric_series *s, size_t i);
/* The first of a family whose first label is value, or any where value is NULL; NULL if there
 * is none. */
const struct metric_series *metric_find(
    const struct metric_list *l, enum metric f, const char *value);

/* By family and labels; what stands there twice becomes one. */
void metric_list_sort(struct metric_list *l);

/* What comes from another process is not believed: a family, labels or a number that cannot be
 * are bad. */
void pack_metrics(struct buf *b, const struct metric_list *l);
bool unpack_metrics(struct unpack *u, struct metric_list *l); /* appends; all of u */

/* Appends the text that Prometheus reads (exposition format 0.0.4); sorts l. */
#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"
void metrics_text(struct metric_list *l, struct buf *out);

/* --- for people --- */

/* Cells of all series of a family together, whose label number i is value; value NULL: whatever
 * they are. */
void metric_sum(const struct metric_list *l, enum metric f, size_t i, const char *value,
    int64_t cells[static METRIC_CELLS]);
/* How much a histogram has observed. */
int64_t metric_count(enum metric histogram, const int64_t *cells);
/* What a part q, from 0 to 1, of all observations did not exceed, in the family's unit: between
 * the bounds of a bucket it is guessed, and above the last bound it is that.  0 if there are
 * none. */
double metric_quantile(enum metric histogram, const int64_t *cells, double q);

#endif
