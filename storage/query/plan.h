/* storage/query/plan.h -- a filter against one snapshot: what is left of it once each condition
 * is an interval of an index.
 *
 * Private to storage/.  What it costs is counted in index entries that must be read. */
#ifndef STORAGE_QUERY_PLAN_H
#define STORAGE_QUERY_PLAN_H

#include "storage/filter.h"
#include "storage/query/idset.h"
#include "storage/query/range.h"

#define PLAN_ROW_COST 80 /* entries read in bulk in the time in which one row is fetched */
#define PLAN_TEST_COST 2 /* and in which it is compared with one interval */

/* A filter may cost so much for each record, or so much in all; dearer ones are refused. */
#define PLAN_COST_PER_RECORD 64
#define PLAN_COST_MIN (UINT64_C(10) << 20)

#define PLAN_NAMES_MAX 32 /* names that one text may match and that get a range each */

/* What it costs to look at an entry of an internationalised name, and to decode one name. */
#define PLAN_ENTRY_COST 8
#define PLAN_DECODE_COST 32

enum node_kind {
	NODE_EVERYTHING,
	NODE_NOTHING,
	NODE_RANGE,
	NODE_AND, /* of two or more, cheapest first */
	NODE_OR,  /* of two or more */
	NODE_NOT, /* of one */
	NODE__COUNT
};

struct node {
	enum node_kind kind;
	size_t n;
	struct node *children;
	struct range range;
	bool disjoint;  /* OR: no record is in two of the children, which are intervals of
			   INDEX_LABEL, each of one name */
	uint64_t cost;  /* to collect it */
	uint64_t most;  /* ids that it can have */
	bool counted;   /* it has just so many */
	uint64_t tests; /* intervals in it */
};

/* ERR_UNSUPPORTED_FILTER for a condition that no index serves, and for a filter that costs too
 * much. */
bool plan_make(struct node *out, struct reader *r, const struct filter *f, struct err *e);
void plan_free(struct node *p); /* leaves {0}, which is NODE_EVERYTHING; safe on that */

bool plan_is_date(const struct node *p); /* an interval of one of the dates */

/* The interval of INDEX_DOMAIN with the records of an interval of INDEX_LABEL that holds one
 * name.  *same is false, and *out empty, if some of these records are of subdomains and thus
 * elsewhere. */
bool plan_domain(
    const struct range *label, struct reader *r, struct range *out, bool *same, struct err *e);

/* To take it, or for a NOT what it excludes, together with ids that are collected already. */
uint64_t plan_join_cost(const struct node *p);

/* To look at n rows. */
uint64_t plan_rows_cost(const struct node *p, uint64_t n);

/* ERR_UNSUPPORTED_FILTER where a filter that costs so much is refused. */
bool plan_check_cost(uint64_t cost, const struct reader *r, struct err *e);

/* --- text.c: the beginning of a domain (model/domain.h) --- */

/* Charges what it reads, and ends with ERR_UNSUPPORTED_FILTER where that is too much. */
bool plan_text(struct node *out, struct str text, struct reader *r, struct err *e);

/* --- fold.c: nodes from their parts, simplified and weighed --- */

void fold_range(
    struct node *out, struct range *g, struct reader *r); /* takes over g, leaves {0} */
/* p has its children; what is left of it may be of another kind. */
bool fold_and(struct node *p, struct reader *r, struct err *e);
void fold_or(struct node *p, struct reader *r);
void fold_not(struct node *p, struct reader *r); /* p is what must not be */
void fold_weigh(struct node *p, uint64_t records);

/* --- collect.c --- */

/* Does the plan find this row?  *key is scratch. */
bool plan_has(const struct node *p, const struct row *row, struct buf *key);
/* Adds what the plan finds to *ids. */
bool plan_collect(const struct node *p, struct reader *r, struct idset *ids, struct err *e);

#endif
