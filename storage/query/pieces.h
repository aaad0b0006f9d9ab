/* storage/query/pieces.h -- results that are whole intervals of an index, in its order:
 * counted, paged and looked up in logarithmic time.
 *
 * Private to storage/.  Several intervals are of one name each and have no record in common:
 * their results are merged. */
#ifndef STORAGE_QUERY_PIECES_H
#define STORAGE_QUERY_PIECES_H

#include "storage/query/order.h"
#include "storage/query/plan.h"

struct pieces {
	size_t n; /* {0}: no results */
	struct range *list;
	struct order_match match; /* .whole */
	uint64_t total;
};

/* *found: the plan's results, in this order, are such pieces. */
bool pieces_find(struct pieces *p, const struct node *plan, const struct order *o,
    struct reader *r, bool *found, struct err *e);
void pieces_free(struct pieces *p); /* leaves {0}; safe on {0} */

/* n results from the from-th on; there must be so many. */
bool pieces_page(const struct pieces *p, struct reader *r, uint64_t from, size_t n,
    uint64_t *ids, struct err *e);
/* *has: this row is a result; then its place among them. */
bool pieces_place(const struct pieces *p, struct reader *r, const struct row *row, bool *has,
    uint64_t *place, struct err *e);

#endif
