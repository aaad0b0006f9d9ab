/* storage/metrics.h -- what the store tells of itself: how much it holds, how late that is, and
 * how busy it is. */
#ifndef STORAGE_METRICS_H
#define STORAGE_METRICS_H

#include "metrics/list.h"
#include "storage/store.h"

/* Appends to *out.  counted: also all that has been counted, by every process that shares the
 * store's table. */
bool store_metrics(struct store *s, bool counted, struct metric_list *out, struct err *e);

#endif
