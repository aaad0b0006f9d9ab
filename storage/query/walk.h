/* storage/query/walk.h -- results found by going through an index in the order that was asked
 * for.
 *
 * Private to storage/. */
#ifndef STORAGE_QUERY_WALK_H
#define STORAGE_QUERY_WALK_H

#include "storage/query/order.h"
#include "storage/query/plan.h"

struct walk {
	const struct order *order;
	struct range along;       /* every result is in it once */
	struct order_match match; /* how far it is in order */
};

/* The shortest way among those that are best in order. */
bool walk_choose(struct walk *w, const struct node *plan, const struct order *o,
    struct reader *r, struct err *e);
void walk_free(struct walk *w); /* safe on {0} */

/* What a walk is to find.  The places that matter are those from .from to .to - 1, and those of
 * .wanted: what is before .from is counted, but not sorted for its own sake. */
struct walk_task {
	const struct idset *members; /* the results; NULL: each row is looked at */
	const struct node *plan;     /* that finds them, where there are no members */
	const struct idset *wanted;  /* ids, or NULL */
	uint64_t from, to;
	uint64_t rows_max; /* to look at; when they are spent the walk gives up */
};

struct walk_found {
	size_t n, cap;
	uint64_t *ids; /* the first results in order, from place 0 */
	bool all;      /* there are no more */
	bool spent;    /* gave up */
	bool unsorted; /* some that do not matter are left in another order */
};

bool walk_run(const struct walk *w, const struct walk_task *t, struct reader *r,
    struct walk_found *out, struct err *e);
void walk_found_free(struct walk_found *x);

#endif
