/* storage/query/results.c -- the results of one /query in one snapshot. */
#include "storage/query/results.h"

#include <stdlib.h>
#include <string.h>

bool
results_open(struct results *x, struct snapshot *s, const struct store_query *q, struct err *e)
{
	*x = (struct results){0};
	if (reader_open(&x->reader, s, e) && order_complete(&x->order, q->sort, q->n_sort, e) &&
	    plan_make(&x->plan, &x->reader, q->filter, e) &&
	    pieces_find(&x->pieces, &x->plan, &x->order, &x->reader, &x->direct, e)) {
		x->has_total = x->direct || x->plan.counted;
		x->total = x->direct ? x->pieces.total : x->plan.most;
		return true;
	}
	results_close(x);
	return false;
}

void
results_close(struct results *x)
{
	free(x->ordered);
	idset_free(&x->ids);
	pieces_free(&x->pieces);
	plan_free(&x->plan);
	reader_close(&x->reader);
	*x = (struct results){0};
}

static bool
collect(struct results *x, struct err *e)
{
	if (x->is_collected)
		return true;
	if (!plan_collect(&x->plan, &x->reader, &x->ids, e))
		return false;
	x->is_collected = true;
	x->has_total = true;
	x->total = idset_count(&x->ids);
	return true;
}

bool
results_total(struct results *x, uint64_t *total, struct err *e)
{
	if (!x->has_total && !collect(x, e))
		return false;
	*total = x->total;
	return true;
}

/* --- in order --- */

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool
is_by_id(const struct results *x)
{
	return x->order.by[0].key == KEY_ID;
}

/* Results from first to last - 1 of those that are collected. */
static void
slice_by_id(const struct results *x, uint64_t first, uint64_t last, uint64_t *ids)
{
	size_t n = (size_t)(last - first);

	if (x->order.by[0].ascending) {
		idset_slice(&x->ids, first, n, ids);
		return;
	}
	idset_slice(&x->ids, x->total - last, n, ids);
	for (size_t i = 0; i < n / 2; i++) {
		uint64_t id = ids[i];

		ids[i] = ids[n - 1 - i];
		ids[n - 1 - i] = id;
	}
}

/* Entries to pass on the way to the last one that is wanted, if results are spread evenly. */
static double
steps(const struct walk *w, uint64_t results, uint64_t last)
{
	return results == 0 ? 0
			    : (double)range_count(&w->along) / (double)results * (double)last;
}

static bool
order_by_rows(struct results *x, struct walk_found *out, struct err *e)
{
	out->n = out->cap = (size_t)x->total;
	out->ids = mem_new(out->n, sizeof *out->ids);
	idset_slice(&x->ids, 0, out->n, out->ids);
	return order_sort(&x->order, &x->reader, out->ids, out->n, e);
}

/* What is collected, in order as far as the task wants it. */
static bool
order_collected(
    struct results *x, const struct walk_task *t, struct walk_found *out, struct err *e)
{
	struct walk w;
	double by_walk;
	bool ok;

	if (!walk_choose(&w, &x->plan, &x->order, &x->reader, e))
		return false;
	by_walk = steps(&w, x->total, t->to);
	if (!w.match.whole)
		by_walk += (double)(t->to - t->from) * PLAN_ROW_COST;
	if ((double)x->total * PLAN_ROW_COST <= by_walk)
		ok = order_by_rows(x, out, e);
	else
		ok = walk_run(&w, t, &x->reader, out, e);
	walk_free(&w);
	return ok;
}

/* --- pages --- */

/* Looks for the page in the wanted order before anything is collected, for no longer than half
 * of what collecting takes. */
static bool
try_walk(
    struct results *x, uint64_t first, uint64_t last, struct walk_found *out, struct err *e)
{
	struct walk_task t = {.plan = &x->plan, .from = first, .to = last};
	struct walk w;
	bool ok = true;

	if (!walk_choose(&w, &x->plan, &x->order, &x->reader, e))
		return false;
	t.rows_max = x->plan.cost / plan_rows_cost(&x->plan, 2);
	if (x->plan.kind == NODE_EVERYTHING ||
	    steps(&w, x->plan.most, last) <= (double)t.rows_max)
		ok = walk_run(&w, &t, &x->reader, out, e);
	else
		out->spent = true;
	walk_free(&w);
	if (ok && out->all) {
		x->has_total = true;
		x->total = out->n;
	}
	return ok;
}

/* A part of x->ordered, or of what a walk found. */
static void
take(uint64_t **ids, size_t *n, const uint64_t *list, uint64_t from, uint64_t last)
{
	if (from >= last)
		return;
	*n = (size_t)(last - from);
	*ids = mem_new(*n, sizeof **ids);
	memcpy(*ids, list + from, *n * sizeof **ids);
}

static bool
page_of_collected(
    struct results *x, uint64_t from, uint64_t last, uint64_t **ids, size_t *n, struct err *e)
{
	struct walk_task t = {.members = &x->ids, .from = from, .to = last};
	struct walk_found found = {0};
	bool ok;

	if (is_by_id(x)) {
		*n = (size_t)(last - from);
		*ids = mem_new(*n, sizeof **ids);
		slice_by_id(x, from, last, *ids);
		return true;
	}
	ok = order_collected(x, &t, &found, e);
	if (ok)
		take(ids, n, found.ids, from, least(last, found.n));
	walk_found_free(&found);
	return ok;
}

/* *done, unless the walk took too long. */
static bool
page_of_walk(struct results *x, uint64_t from, uint64_t last, uint64_t **ids, size_t *n,
    bool *done, struct err *e)
{
	struct walk_found found = {0};
	bool ok = try_walk(x, from, last, &found, e);

	*done = ok && !found.spent;
	if (*done)
		take(ids, n, found.ids, from, least(last, found.n));
	walk_found_free(&found);
	return ok;
}

bool
results_page(
    struct results *x, uint64_t from, uint64_t limit, uint64_t **ids, size_t *n, struct err *e)
{
	uint64_t last = limit > UINT64_MAX - from ? UINT64_MAX : from + limit;
	bool done;

	*ids = NULL;
	*n = 0;
	if (x->has_total)
		last = least(last, x->total);
	if (from >= last)
		return true;
	if (x->direct) {
		*n = (size_t)(last - from);
		*ids = mem_new(*n, sizeof **ids);
		return pieces_page(&x->pieces, &x->reader, from, *n, *ids, e);
	}
	if (x->ordered != NULL) {
		take(ids, n, x->ordered, from, last);
		return true;
	}
	if (!x->is_collected) {
		if (!page_of_walk(x, from, last, ids, n, &done, e))
			return false;
		if (done)
			return true;
	}
	if (!collect(x, e))
		return false;
	last = least(last, x->total);
	return from >= last || page_of_collected(x, from, last, ids, n, e);
}

/* --- places --- */

static int
by_index(const void *a, const void *b)
{
	const struct store_added *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

static bool
find_in_pieces(struct results *x, const uint64_t *ids, size_t n, struct store_added *found,
    size_t *n_found, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct store_added a = {.id = ids[i]};
		struct row row;
		bool has;
		int got = reader_row(&x->reader, ids[i], &row, e);

		if (got == 0)
			continue;
		if (got < 0 || !pieces_place(&x->pieces, &x->reader, &row, &has, &a.index, e))
			return false;
		if (has)
			found[(*n_found)++] = a;
	}
	qsort(found, *n_found, sizeof *found, by_index);
	return true;
}

static void
find_by_id(const struct results *x, const uint64_t *ids, size_t n, struct store_added *found,
    size_t *n_found)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t before = idset_before(&x->ids, ids[i]);

		if (idset_has(&x->ids, ids[i]))
			found[(*n_found)++] = (struct store_added){
			    ids[i], x->order.by[0].ascending ? before : x->total - 1 - before};
	}
	qsort(found, *n_found, sizeof *found, by_index);
}

static bool
find_in_order(struct results *x, const struct idset *wanted, struct store_added *found,
    size_t *n_found, struct err *e)
{
	struct walk_task t = {
	    .members = &x->ids, .wanted = wanted, .from = x->total, .to = x->total};
	struct walk_found all = {0};
	bool ok = false;

	if (!order_collected(x, &t, &all, e))
		goto out;
	for (size_t i = 0; i < all.n; i++)
		if (idset_has(wanted, all.ids[i]))
			found[(*n_found)++] = (struct store_added){all.ids[i], i};
	if (!all.unsorted) {
		free(x->ordered);
		x->ordered = all.ids;
		all.ids = NULL;
	}
	ok = true;
out:
	walk_found_free(&all);
	return ok;
}

bool
results_find(struct results *x, const struct idset *wanted, struct store_added **found,
    size_t *n, struct err *e)
{
	size_t n_wanted = (size_t)idset_count(wanted);
	uint64_t *ids = mem_new(n_wanted, sizeof *ids);
	struct idset results = {0};
	bool ok = false;

	*n = 0;
	*found = mem_new(n_wanted, sizeof **found);
	idset_slice(wanted, 0, n_wanted, ids);
	if (x->direct) {
		ok = find_in_pieces(x, ids, n_wanted, *found, n, e);
		goto out;
	}
	if (!collect(x, e))
		goto out;
	idset_join(&results, wanted);
	idset_keep(&results, &x->ids);
	if (is_by_id(x))
		find_by_id(x, ids, n_wanted, *found, n);
	else if (idset_count(&results) > 0 && !find_in_order(x, wanted, *found, n, e))
		goto out;
	ok = true;
out:
	idset_free(&results);
	free(ids);
	return ok;
}
