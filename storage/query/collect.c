/* storage/query/collect.c -- a filter against one snapshot: the ids that it finds, and whether
 * it finds a row. */
#include <stdlib.h>

#include "storage/query/plan.h"

/* --- one row --- */

bool
plan_has(const struct node *p, const struct row *row, struct buf *key)
{
	size_t n = 0;

	switch (p->kind) {
	case NODE_EVERYTHING:
		return true;
	case NODE_RANGE:
		return range_row_key(&p->range, row, key);
	case NODE_AND:
		while (n < p->n && plan_has(&p->children[n], row, key))
			n++;
		return n == p->n;
	case NODE_OR:
		while (n < p->n && !plan_has(&p->children[n], row, key))
			n++;
		return n < p->n;
	case NODE_NOT:
		return !plan_has(&p->children[0], row, key);
	case NODE_NOTHING:
	case NODE__COUNT:
		break;
	}
	return false;
}

/* --- all ids --- */

static bool
collect_entries(
    struct reader *r, enum index i, uint64_t lo, uint64_t hi, struct idset *ids, struct err *e)
{
	struct entries x = {0};
	bool ok = false;

	while (lo < hi) {
		size_t n = hi - lo < RANGE_CHUNK ? (size_t)(hi - lo) : RANGE_CHUNK;

		if (!reader_entries(r, i, lo, n, false, &x, e))
			goto out;
		idset_add(ids, x.ids, x.n);
		lo += n;
	}
	ok = true;
out:
	entries_free(&x);
	return ok;
}

/* Those that are not in the interval. */
static bool
collect_outside(struct reader *r, const struct range *g, struct idset *ids, struct err *e)
{
	uint64_t size;

	return reader_size(r, g->index, &size, e) &&
	    collect_entries(r, g->index, 0, g->lo, ids, e) &&
	    collect_entries(r, g->index, g->hi, size, ids, e);
}

static bool
collect_not(const struct node *p, struct reader *r, struct idset *ids, struct err *e)
{
	const struct node *inner = &p->children[0];
	struct idset all = {0}, not = {0};
	bool ok = false;

	if (plan_is_date(inner))
		return collect_outside(r, &inner->range, ids, e);
	if (!collect_entries(r, INDEX_DELIVER_AT, 0, r->records, &all, e) ||
	    !plan_collect(inner, r, &not, e))
		goto out;
	idset_exclude(&all, &not );
	idset_join(ids, &all);
	ok = true;
out:
	idset_free(&all);
	idset_free(&not );
	return ok;
}

/* Leaves in *ids what p finds too, by collecting that. */
static bool
keep_collected(const struct node *p, struct reader *r, struct idset *ids, struct err *e)
{
	const struct node *set = p->kind == NODE_NOT ? &p->children[0] : p;
	struct idset other = {0};
	bool ok = plan_collect(set, r, &other, e);

	if (ok && set == p)
		idset_keep(ids, &other);
	else if (ok)
		idset_exclude(ids, &other);
	idset_free(&other);
	return ok;
}

/* The same by looking at each row: all of n plans must find it. */
static bool
keep_rows(const struct node *const *plans, size_t n, struct reader *r, struct idset *ids,
    struct err *e)
{
	uint64_t count = idset_count(ids);
	uint64_t *list = mem_new(count, sizeof *list);
	struct buf key = {0};
	bool ok = false;

	idset_slice(ids, 0, count, list);
	for (uint64_t k = 0; k < count; k++) {
		struct row row;
		bool has = true;

		if (reader_row(r, list[k], &row, e) != 1)
			goto out;
		for (size_t i = 0; i < n && has; i++)
			has = plan_has(plans[i], &row, &key);
		if (!has)
			idset_remove(ids, list[k]);
	}
	ok = true;
out:
	if (!ok)
		err_set(e, ERR_DAMAGED, "an index names a record that is not there");
	buf_free(&key);
	free(list);
	return ok;
}

/* Begins with the cheapest; takes each other one in the cheaper of two ways. */
static bool
collect_and(const struct node *p, struct reader *r, struct idset *ids, struct err *e)
{
	const struct node **by_row = mem_new(p->n, sizeof *by_row);
	struct idset found = {0};
	bool ok = false;
	size_t n = 0;

	if (!plan_collect(&p->children[0], r, &found, e))
		goto out;
	for (size_t i = 1; i < p->n; i++) {
		const struct node *c = &p->children[i];

		if (plan_join_cost(c) > plan_rows_cost(c, idset_count(&found)))
			by_row[n++] = c;
		else if (!keep_collected(c, r, &found, e))
			goto out;
	}
	if (n > 0 && !keep_rows(by_row, n, r, &found, e))
		goto out;
	idset_join(ids, &found);
	ok = true;
out:
	idset_free(&found);
	free(by_row);
	return ok;
}

static bool
collect_or(const struct node *p, struct reader *r, struct idset *ids, struct err *e)
{
	for (size_t i = 0; i < p->n; i++)
		if (!plan_collect(&p->children[i], r, ids, e))
			return false;
	return true;
}

static bool
collect_range(const struct node *p, struct reader *r, struct idset *ids, struct err *e)
{
	return collect_entries(r, p->range.index, p->range.lo, p->range.hi, ids, e);
}

static bool
collect_everything(const struct node *p, struct reader *r, struct idset *ids, struct err *e)
{
	(void)p;
	return collect_entries(r, INDEX_DELIVER_AT, 0, r->records, ids, e);
}

static bool
collect_nothing(const struct node *p, struct reader *r, struct idset *ids, struct err *e)
{
	(void)p, (void)r, (void)ids, (void)e;
	return true;
}

static bool (*const collectors[NODE__COUNT])(
    const struct node *p, struct reader *r, struct idset *ids, struct err *e) = {
    [NODE_EVERYTHING] = collect_everything,
    [NODE_NOTHING] = collect_nothing,
    [NODE_RANGE] = collect_range,
    [NODE_AND] = collect_and,
    [NODE_OR] = collect_or,
    [NODE_NOT] = collect_not,
};

bool
plan_collect(const struct node *p, struct reader *r, struct idset *ids, struct err *e)
{
	return collectors[p->kind](p, r, ids, e);
}
