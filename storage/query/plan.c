/* storage/query/plan.c -- a filter against one snapshot: conditions become intervals of
 * indexes. */
#include "storage/query/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/pack.h"

enum side { OPEN, BEFORE, AFTER };

/* Which side of the number the interval's ends are. */
static const struct {
	enum side low, high;
} sides[] = {
    [REL_EQUAL] = {BEFORE, AFTER},
    [REL_LESS] = {OPEN, BEFORE},
    [REL_LESS_EQUAL] = {OPEN, AFTER},
    [REL_GREATER] = {AFTER, OPEN},
    [REL_GREATER_EQUAL] = {BEFORE, OPEN},
};

/* What serves a condition, and how its number is written in the index. */
struct condition {
	enum key key;
	enum relation from, to;
	enum index index;
	bool (*make)(struct node *out, const struct condition *c, const struct filter *f,
	    struct reader *r, struct err *e);
	void (*pack)(struct buf *key, int64_t number);
};

static void
add_side(struct buf *key, enum side side, const struct condition *c, int64_t number)
{
	if (side == OPEN)
		return;
	c->pack(key, number);
	if (side == AFTER)
		range_end(key, 1);
}

static bool
make_number(struct node *out, const struct condition *c, const struct filter *f,
    struct reader *r, struct err *e)
{
	struct range g = {.index = c->index};
	bool ok;

	add_side(&g.low, sides[f->relation].low, c, f->number);
	add_side(&g.high, sides[f->relation].high, c, f->number);
	ok = range_resolve(&g, r, e);
	if (ok)
		fold_range(out, &g, r);
	range_free(&g);
	return ok;
}

static void
pack_policy(struct buf *key, int64_t number)
{
	pack_u64(key, (uint64_t)number);
}

static bool
make_text(struct node *out, const struct condition *c, const struct filter *f, struct reader *r,
    struct err *e)
{
	(void)c;
	return plan_text(out, str_of(f->text), r, e);
}

static const struct condition conditions[] = {
    {KEY_DOMAIN, REL_TEXT, REL_TEXT, INDEX_LABEL, make_text, NULL},
    {KEY_CREATED_AT, REL_EQUAL, REL_GREATER_EQUAL, INDEX_CREATED_AT, make_number, pack_i64},
    {KEY_DELIVER_AT, REL_EQUAL, REL_GREATER_EQUAL, INDEX_DELIVER_AT, make_number, pack_i64},
    {KEY_POLICY, REL_EQUAL, REL_EQUAL, INDEX_POLICY, make_number, pack_policy},
};

static bool
make_condition(struct node *out, struct reader *r, const struct filter *f, struct err *e)
{
	for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
		const struct condition *c = &conditions[i];

		if (c->key == f->key && f->relation >= c->from && f->relation <= c->to)
			return c->make(out, c, f, r, e);
	}
	return err_set_at(e, ERR_UNSUPPORTED_FILTER, "filter", "no such condition");
}

static bool make_node(
    struct node *out, struct reader *r, const struct filter *f, struct err *e);

static bool
make_operator(struct node *out, struct reader *r, const struct filter *f, struct err *e)
{
	struct node p = {.kind = f->kind == FILTER_AND ? NODE_AND : NODE_OR};
	bool ok = false;

	p.children = mem_new(f->n, sizeof *p.children);
	for (; p.n < f->n; p.n++)
		if (!make_node(&p.children[p.n], r, &f->children[p.n], e))
			goto out;
	if (f->kind == FILTER_AND && !fold_and(&p, r, e))
		goto out;
	if (f->kind != FILTER_AND)
		fold_or(&p, r);
	if (f->kind == FILTER_NOT)
		fold_not(&p, r);
	*out = p;
	ok = true;
out:
	if (!ok)
		plan_free(&p);
	return ok;
}

static bool
make_node(struct node *out, struct reader *r, const struct filter *f, struct err *e)
{
	*out = (struct node){.kind = NODE_EVERYTHING};
	return f->kind == FILTER_KEY ? make_condition(out, r, f, e)
				     : make_operator(out, r, f, e);
}

bool
plan_check_cost(uint64_t cost, const struct reader *r, struct err *e)
{
	if (cost <= PLAN_COST_MIN || cost / PLAN_COST_PER_RECORD <= r->records)
		return true;
	/* RFC 8620, 5.5: the client should suggest a simpler search */
	return err_set_at(
	    e, ERR_UNSUPPORTED_FILTER, "filter", "the filter would take too long: simplify it");
}

bool
plan_make(struct node *out, struct reader *r, const struct filter *f, struct err *e)
{
	static const struct filter everything = {.kind = FILTER_AND};

	if (!make_node(out, r, f == NULL ? &everything : f, e))
		return false;
	if (plan_check_cost(out->cost, r, e))
		return true;
	plan_free(out);
	return false;
}
