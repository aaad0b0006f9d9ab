/* storage/query/results.h -- the results of one /query in one snapshot: counted, paged and
 * looked up.
 *
 * Private to storage/.  As little as possible is done for each:
 * docs/decisions/002-query-plans.md. */
#ifndef STORAGE_QUERY_RESULTS_H
#define STORAGE_QUERY_RESULTS_H

#include "storage/query/pieces.h"
#include "storage/query/walk.h"

struct results {
	struct reader reader;
	struct order order;
	struct node plan;
	bool direct; /* they are .pieces */
	struct pieces pieces;
	bool is_collected; /* in .ids; whenever something asks for all of them */
	struct idset ids;
	bool has_total;
	uint64_t total;
	uint64_t *ordered; /* all of them, once somebody needed that; NULL before */
};

bool results_open(
    struct results *x, struct snapshot *s, const struct store_query *q, struct err *e);
void results_close(struct results *x); /* safe on {0} */

bool results_total(struct results *x, uint64_t *total, struct err *e);
/* Up to limit of them from the from-th on. */
bool results_page(
    struct results *x, uint64_t from, uint64_t limit, uint64_t **ids, size_t *n, struct err *e);
/* Those of the wanted ids that are results, lowest index first. */
bool results_find(struct results *x, const struct idset *wanted, struct store_added **found,
    size_t *n, struct err *e);

#endif
