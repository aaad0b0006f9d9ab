/* storage/query/walk.c -- results found by going through an index in the order that was asked
 * for. */
#include "storage/query/walk.h"

#include <stdlib.h>

#define FIRST_CHUNK 64 /* entries; each next one is twice as long, up to RANGE_CHUNK */

/* --- which way --- */

void
walk_free(struct walk *w)
{
	range_free(&w->along);
	*w = (struct walk){0};
}

/* 2: in order; 1: in groups that are in order; 0: one group. */
static int
worth(const struct walk *w)
{
	return w->match.whole ? 2 : w->match.parts > w->along.fixed;
}

static bool
is_better(const struct walk *a, const struct walk *b)
{
	if (b->order == NULL || worth(a) != worth(b))
		return b->order == NULL || worth(a) > worth(b);
	return range_count(&a->along) < range_count(&b->along);
}

/* Takes over g. */
static void
consider(struct walk *best, const struct order *o, struct range *g)
{
	struct walk w = {.order = o, .along = *g};

	*g = (struct range){0};
	order_matches(o, &w.along, true, &w.match);
	if (range_is_distinct(&w.along) && is_better(&w, best)) {
		walk_free(best);
		*best = w;
	} else {
		walk_free(&w);
	}
}

/* Every result is in each interval that the plan demands. */
static void
consider_plan(struct walk *best, const struct order *o, const struct node *plan)
{
	const struct node *list = plan->kind == NODE_AND ? plan->children : plan;
	size_t n = plan->kind == NODE_AND ? plan->n : 1;

	for (size_t i = 0; i < n; i++) {
		struct range g;

		if (list[i].kind != NODE_RANGE)
			continue;
		range_copy(&g, &list[i].range);
		consider(best, o, &g);
	}
}

bool
walk_choose(struct walk *w, const struct node *plan, const struct order *o, struct reader *r,
    struct err *e)
{
	static const enum index whole[] = {
	    INDEX_ROWS, INDEX_DELIVER_AT, INDEX_CREATED_AT, INDEX_DOMAIN};

	*w = (struct walk){0};
	consider_plan(w, o, plan);
	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
		struct range g;

		if (!range_whole(&g, whole[i], r, e)) {
			walk_free(w);
			return false;
		}
		consider(w, o, &g);
	}
	return true;
}

/* --- the walk --- */

struct state_of_walk {
	const struct walk *walk;
	const struct walk_task *task;
	struct reader *reader;
	struct walk_found *found;
	size_t group_at;  /* .found: where the group that is not closed begins */
	struct buf group; /* the parts that its keys share */
	struct buf key;   /* scratch */
	uint64_t rows_left;
};

void
walk_found_free(struct walk_found *x)
{
	free(x->ids);
	*x = (struct walk_found){0};
}

static void
add_found(struct walk_found *x, uint64_t id)
{
	if (x->n == x->cap) {
		x->cap = x->cap > 0 ? 2 * x->cap : FIRST_CHUNK;
		x->ids = mem_grow(x->ids, x->cap, sizeof *x->ids);
	}
	x->ids[x->n++] = id;
}

static bool
group_matters(const struct state_of_walk *s, size_t at)
{
	const struct walk_found *x = s->found;

	if (x->n > s->task->from)
		return true;
	for (; s->task->wanted != NULL && at < x->n; at++)
		if (idset_has(s->task->wanted, x->ids[at]))
			return true;
	return false;
}

/* Sorts what the index leaves in an order of its own. */
static bool
close_group(struct state_of_walk *s, struct err *e)
{
	size_t at = s->group_at, n = s->found->n - at;

	s->group_at = s->found->n;
	if (s->walk->match.whole || n < 2)
		return true;
	if (!group_matters(s, at)) {
		s->found->unsorted = true;
		return true;
	}
	return order_sort(s->walk->order, s->reader, s->found->ids + at, n, e);
}

static bool
enter_group(struct state_of_walk *s, struct str key, struct err *e)
{
	key.len = range_prefix(s->walk->along.index, key, s->walk->match.parts);
	if (str_equal(key, buf_str(&s->group)))
		return true;
	buf_clear(&s->group);
	buf_add_str(&s->group, key);
	return close_group(s, e);
}

static bool
is_full(const struct state_of_walk *s)
{
	return s->group_at >= s->task->to ||
	    (s->walk->match.whole && s->found->n >= s->task->to);
}

static bool
look(struct state_of_walk *s, uint64_t id, struct err *e)
{
	struct row row;
	int got;

	if (s->task->members != NULL) {
		if (idset_has(s->task->members, id))
			add_found(s->found, id);
		return true;
	}
	if (s->task->plan->kind == NODE_EVERYTHING) {
		add_found(s->found, id);
		return true;
	}
	s->found->spent = s->rows_left == 0;
	if (s->found->spent)
		return true;
	s->rows_left--;
	got = reader_row(s->reader, id, &row, e);
	if (got == 0)
		return err_set(e, ERR_DAMAGED, "an index names a record that is not there");
	if (got == 1 && plan_has(s->task->plan, &row, &s->key))
		add_found(s->found, id);
	return got == 1;
}

static bool
walk_chunk(struct state_of_walk *s, const struct entries *x, struct err *e)
{
	const struct order_match *m = &s->walk->match;

	for (size_t k = 0; k < x->n; k++) {
		size_t i = m->ascending ? k : x->n - 1 - k;

		if (!m->whole && !enter_group(s, entries_key(x, i), e))
			return false;
		if (is_full(s) || s->found->spent)
			return true;
		if (!look(s, x->ids[i], e))
			return false;
	}
	return true;
}

bool
walk_run(const struct walk *w, const struct walk_task *t, struct reader *r,
    struct walk_found *out, struct err *e)
{
	struct state_of_walk s = {
	    .walk = w, .task = t, .reader = r, .found = out, .rows_left = t->rows_max};
	uint64_t done = 0, size = range_count(&w->along), chunk = FIRST_CHUNK;
	struct entries x = {0};
	bool ok = false;

	while (done < size && !is_full(&s) && !out->spent) {
		uint64_t n = size - done < chunk ? size - done : chunk;
		uint64_t at = w->match.ascending ? w->along.lo + done : w->along.hi - done - n;

		if (!reader_entries(r, w->along.index, at, (size_t)n, !w->match.whole, &x, e) ||
		    !walk_chunk(&s, &x, e))
			goto out;
		done += n;
		chunk = chunk < RANGE_CHUNK ? 2 * chunk : RANGE_CHUNK;
	}
	if (!is_full(&s) && !out->spent) {
		if (!close_group(&s, e))
			goto out;
		out->all = true;
	}
	ok = true;
out:
	entries_free(&x);
	buf_free(&s.group);
	buf_free(&s.key);
	return ok;
}
