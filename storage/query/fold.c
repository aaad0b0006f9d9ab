/* storage/query/fold.c -- a filter against one snapshot: what AND, OR and NOT of intervals come
 * down to, and what that costs. */
#include <stdlib.h>
#include <string.h>

#include "storage/query/plan.h"

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t
sum(uint64_t a, uint64_t b)
{
	uint64_t n;

	return __builtin_add_overflow(a, b, &n) ? UINT64_MAX : n;
}

void
plan_free(struct node *p)
{
	for (size_t i = 0; i < p->n; i++)
		plan_free(&p->children[i]);
	free(p->children);
	range_free(&p->range);
	*p = (struct node){0};
}

bool
plan_is_date(const struct node *p)
{
	return p->kind == NODE_RANGE &&
	    (p->range.index == INDEX_CREATED_AT || p->range.index == INDEX_DELIVER_AT);
}

uint64_t
plan_join_cost(const struct node *p)
{
	return p->kind == NODE_NOT ? p->children[0].cost : p->cost;
}

uint64_t
plan_rows_cost(const struct node *p, uint64_t n)
{
	uint64_t cost;

	return __builtin_mul_overflow(n, PLAN_ROW_COST + PLAN_TEST_COST * p->tests, &cost)
	    ? UINT64_MAX
	    : cost;
}

static uint64_t
and_cost(const struct node *p)
{
	uint64_t cost = p->children[0].cost, rows = p->children[0].most;

	for (size_t i = 1; i < p->n; i++)
		cost = sum(cost,
		    least(plan_join_cost(&p->children[i]),
			plan_rows_cost(&p->children[i], rows)));
	return cost;
}

void
fold_weigh(struct node *p, uint64_t records)
{
	uint64_t cost = 0, most = 0, fewest = records;

	p->tests = p->kind == NODE_RANGE;
	for (size_t i = 0; i < p->n; i++) {
		p->tests += p->children[i].tests;
		cost = sum(cost, p->children[i].cost);
		most = sum(most, p->children[i].most);
		fewest = least(fewest, p->children[i].most);
	}
	switch (p->kind) {
	case NODE_EVERYTHING:
		p->cost = p->most = records;
		p->counted = true;
		break;
	case NODE_RANGE:
		p->cost = range_count(&p->range);
		p->most = least(p->cost, records);
		p->counted = range_is_distinct(&p->range);
		break;
	case NODE_AND:
		p->cost = and_cost(p);
		p->most = fewest;
		p->counted = false;
		break;
	case NODE_OR:
		p->cost = cost;
		p->most = least(most, records);
		p->counted = p->disjoint;
		break;
	case NODE_NOT:
		p->cost = plan_is_date(p->children) ? records - fewest : sum(cost, records);
		p->most = records - fewest;
		p->counted = p->children[0].counted;
		break;
	case NODE_NOTHING:
	case NODE__COUNT:
		p->cost = p->most = 0;
		p->counted = true;
		break;
	}
}

static void
become(struct node *p, enum node_kind kind, struct reader *r)
{
	plan_free(p);
	p->kind = kind;
	fold_weigh(p, r->records);
}

void
fold_range(struct node *out, struct range *g, struct reader *r)
{
	*out = (struct node){.kind = NODE_RANGE, .range = *g};
	*g = (struct range){0};
	if (range_is_empty(&out->range))
		become(out, NODE_NOTHING, r);
	else if (range_is_distinct(&out->range) && range_count(&out->range) == r->records)
		become(out, NODE_EVERYTHING, r);
	else
		fold_weigh(out, r->records);
}

/* Takes child i out; the others keep their order. */
static void
drop(struct node *p, size_t i)
{
	plan_free(&p->children[i]);
	p->n--;
	for (; i < p->n; i++)
		p->children[i] = p->children[i + 1];
}

/* Children of p's own kind give their children to it. */
static void
flatten(struct node *p)
{
	struct node *flat;
	size_t n = 0, k = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->children[i].kind == p->kind ? p->children[i].n : 1;
	flat = mem_new(n, sizeof *flat);
	for (size_t i = 0; i < p->n; i++) {
		struct node *c = &p->children[i];

		if (c->kind != p->kind) {
			flat[k++] = *c;
			continue;
		}
		for (size_t j = 0; j < c->n; j++)
			flat[k++] = c->children[j];
		free(c->children);
	}
	free(p->children);
	p->children = flat;
	p->n = n;
}

/* One child of the kind absorbing makes p just that; those of the kind neutral go. */
static bool
absorb(struct node *p, enum node_kind absorbing, enum node_kind neutral, struct reader *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (p->children[i].kind == absorbing) {
			become(p, absorbing, r);
			return true;
		}
	}
	for (size_t i = 0; i < p->n; i++)
		if (p->children[i].kind != neutral)
			p->children[kept++] = p->children[i];
	p->n = kept;
	return false;
}

/* Fewer than two children need no parent; none mean what is neutral. */
static void
collapse(struct node *p, enum node_kind neutral, struct reader *r)
{
	struct node only;

	if (p->n > 1) {
		fold_weigh(p, r->records);
		return;
	}
	if (p->n == 0) {
		become(p, neutral, r);
		return;
	}
	only = p->children[0];
	free(p->children);
	*p = only;
}

static int
by_place(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	if (x->kind != NODE_RANGE || y->kind != NODE_RANGE)
		return (x->kind != NODE_RANGE) - (y->kind != NODE_RANGE);
	if (x->range.index != y->range.index)
		return (int)x->range.index - (int)y->range.index;
	return (x->range.lo > y->range.lo) - (x->range.lo < y->range.lo);
}

/* The end of b, which begins in a. */
static void
extend(struct node *a, struct range *b, struct reader *r)
{
	struct range g = a->range;

	if (b->hi <= g.hi)
		return;
	buf_free(&g.high);
	g.high = b->high;
	b->high = (struct buf){0};
	g.hi = b->hi;
	g.fixed = 0;
	a->range = (struct range){0};
	fold_range(a, &g, r);
}

/* Intervals of one index that overlap are one. */
static void
unite(struct node *p, struct reader *r)
{
	size_t kept = 0;

	qsort(p->children, p->n, sizeof *p->children, by_place);
	for (size_t i = 0; i < p->n; i++) {
		struct node *last = kept > 0 ? &p->children[kept - 1] : NULL;
		struct node *c = &p->children[i];

		if (last != NULL && last->kind == NODE_RANGE && c->kind == NODE_RANGE &&
		    last->range.index == c->range.index && c->range.lo < last->range.hi) {
			extend(last, &c->range, r);
			plan_free(c);
		} else {
			p->children[kept++] = *c;
		}
	}
	p->n = kept;
}

static bool
is_name(const struct node *p)
{
	return p->kind == NODE_RANGE && p->range.index == INDEX_LABEL && p->range.fixed > 0;
}

/* "example.com" is within "mail.example.com": who has the second name has the first. */
static bool
is_within(struct str outer, struct str inner)
{
	return inner.len < outer.len && outer.s[outer.len - inner.len - 1] == '.' &&
	    memcmp(outer.s + outer.len - inner.len, inner.s, inner.len) == 0;
}

static bool
is_implied(const struct node *p, size_t name)
{
	struct str s = buf_str(&p->children[name].range.low);

	for (size_t i = 0; i < p->n; i++)
		if (is_name(&p->children[i]) &&
		    is_within(s, buf_str(&p->children[i].range.low)))
			return true;
	return false;
}

/* Two names of which neither is within the other have no record in common. */
static void
drop_implied_names(struct node *p)
{
	p->disjoint = p->n <= PLAN_NAMES_MAX;
	for (size_t i = 0; i < p->n && p->disjoint; i++)
		p->disjoint = is_name(&p->children[i]);
	if (!p->disjoint)
		return;
	for (size_t i = p->n; i-- > 0;)
		if (is_implied(p, i))
			drop(p, i);
}

void
fold_or(struct node *p, struct reader *r)
{
	p->disjoint = false;
	flatten(p);
	if (absorb(p, NODE_EVERYTHING, NODE_NOTHING, r))
		return;
	unite(p, r);
	if (absorb(p, NODE_EVERYTHING, NODE_NOTHING, r))
		return;
	drop_implied_names(p);
	collapse(p, NODE_NOTHING, r);
	if (p->kind == NODE_OR && p->disjoint && p->cost == r->records)
		become(p, NODE_EVERYTHING, r);
}

/* What a and b have in common goes to a. */
static bool
intersect(struct node *a, struct range *b, struct reader *r, struct err *e)
{
	struct range g = {.index = b->index};
	bool ok;

	/* An end that lies further in stands behind more entries, or before fewer. */
	buf_add_str(&g.low, buf_str(b->lo > a->range.lo ? &b->low : &a->range.low));
	buf_add_str(&g.high, buf_str(b->hi < a->range.hi ? &b->high : &a->range.high));
	ok = range_resolve(&g, r, e);
	if (ok) {
		plan_free(a);
		fold_range(a, &g, r);
	}
	range_free(&g);
	return ok;
}

/* Each date has one value, so the intervals of one date index come down to one. */
static bool
join_dates(struct node *p, struct reader *r, struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		for (size_t j = p->n - 1; j > i; j--) {
			if (!plan_is_date(&p->children[i]) || !plan_is_date(&p->children[j]) ||
			    p->children[i].range.index != p->children[j].range.index)
				continue;
			if (!intersect(&p->children[i], &p->children[j].range, r, e))
				return false;
			drop(p, j);
		}
	}
	return true;
}

bool
plan_domain(
    const struct range *label, struct reader *r, struct range *out, bool *same, struct err *e)
{
	*out = (struct range){.index = INDEX_DOMAIN};
	buf_add_str(&out->low, buf_str(&label->low));
	buf_add_str(&out->high, buf_str(&label->low));
	range_end(&out->high, 2);
	if (!range_resolve(out, r, e)) {
		range_free(out);
		return false;
	}
	*same = range_count(out) == range_count(label);
	if (!*same)
		range_free(out);
	return true;
}

/* A domain's records due in an interval are an interval of INDEX_DOMAIN. */
static bool
join_domain(
    struct node *domain, const struct range *due, struct reader *r, bool *joined, struct err *e)
{
	struct range g;
	bool ok = false;

	if (!plan_domain(&domain->range, r, &g, joined, e))
		return false;
	if (!*joined)
		return true;
	buf_add_str(&g.low, buf_str(&due->low));
	if (due->high.len > 0) {
		buf_clear(&g.high);
		buf_add_str(&g.high, buf_str(&domain->range.low));
		buf_add_str(&g.high, buf_str(&due->high));
	}
	if (!range_resolve(&g, r, e))
		goto out;
	plan_free(domain);
	fold_range(domain, &g, r);
	ok = true;
out:
	range_free(&g);
	return ok;
}

static bool
join_due_domain(struct node *p, struct reader *r, struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		for (size_t j = 0; j < p->n; j++) {
			bool joined;

			if (!is_name(&p->children[i]) || !plan_is_date(&p->children[j]) ||
			    p->children[j].range.index != INDEX_DELIVER_AT)
				continue;
			if (!join_domain(&p->children[i], &p->children[j].range, r, &joined, e))
				return false;
			if (joined) {
				drop(p, j);
				return true;
			}
		}
	}
	return true;
}

/* None of these and none of those: none of both, where intervals that overlap are one. */
static void
join_nots(struct node *p, struct reader *r)
{
	struct node both = {.kind = NODE_OR};
	size_t kept = 0;

	both.children = mem_new(p->n, sizeof *both.children);
	for (size_t i = 0; i < p->n; i++) {
		struct node *c = &p->children[i];

		if (c->kind != NODE_NOT) {
			p->children[kept++] = *c;
			continue;
		}
		both.children[both.n++] = c->children[0];
		free(c->children);
	}
	p->n = kept;
	if (both.n == 0) {
		free(both.children);
		return;
	}
	fold_or(&both, r);
	fold_not(&both, r);
	p->children[p->n++] = both;
}

static int
by_cost(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	return (x->cost > y->cost) - (x->cost < y->cost);
}

bool
fold_and(struct node *p, struct reader *r, struct err *e)
{
	flatten(p);
	if (absorb(p, NODE_NOTHING, NODE_EVERYTHING, r))
		return true;
	if (!join_dates(p, r, e) || !join_due_domain(p, r, e))
		return false;
	join_nots(p, r);
	if (absorb(p, NODE_NOTHING, NODE_EVERYTHING, r))
		return true;
	qsort(p->children, p->n, sizeof *p->children, by_cost);
	collapse(p, NODE_EVERYTHING, r);
	return true;
}

/* From the OR of what must not be. */
void
fold_not(struct node *p, struct reader *r)
{
	struct node inner = *p;

	switch (inner.kind) {
	case NODE_EVERYTHING:
		p->kind = NODE_NOTHING;
		break;
	case NODE_NOTHING:
		p->kind = NODE_EVERYTHING;
		break;
	case NODE_NOT:
		*p = inner.children[0];
		free(inner.children);
		break;
	default:
		*p = (struct node){.kind = NODE_NOT, .n = 1};
		p->children = mem_new(1, sizeof *p->children);
		p->children[0] = inner;
		break;
	}
	fold_weigh(p, r->records);
}
