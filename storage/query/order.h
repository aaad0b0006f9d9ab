/* storage/query/order.h -- the one order that a /query's results have.
 *
 * Private to storage/. */
#ifndef STORAGE_QUERY_ORDER_H
#define STORAGE_QUERY_ORDER_H

#include "storage/query/range.h"

/* Comparators on different keys; the last is on the id. */
struct order {
	size_t n;
	struct sort by[KEY__COUNT];
};

/* With what breaks ties, storage/filter.h.  ERR_UNSUPPORTED_SORT for a key that is no order. */
bool order_complete(struct order *o, const struct sort *sort, size_t n, struct err *e);

/* How far an interval's own order is the wanted one. */
struct order_match {
	size_t parts;   /* of its keys, from the first on; those that it agrees in */
	bool ascending; /* or else read from its end */
	bool whole;     /* nothing is left to be sorted */
};

/* alone: all results are in g; otherwise in several such intervals, which agree in nothing but
 * their parts behind .fixed. */
void order_matches(
    const struct order *o, const struct range *g, bool alone, struct order_match *m);

/* Sorts ids, all of records that exist, by reading their rows. */
bool order_sort(
    const struct order *o, struct reader *r, uint64_t *ids, size_t n, struct err *e);

#endif
