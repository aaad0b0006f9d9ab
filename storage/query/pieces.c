/* storage/query/pieces.c -- results that are whole intervals of an index, in its order. */
#include "storage/query/pieces.h"

#include <stdlib.h>
#include <string.h>

/* --- is it so? --- */

void
pieces_free(struct pieces *p)
{
	for (size_t i = 0; i < p->n; i++)
		range_free(&p->list[i]);
	free(p->list);
	*p = (struct pieces){0};
}

static void
add_piece(struct pieces *p, struct range *g)
{
	p->list = mem_grow(p->list, p->n + 1, sizeof *p->list);
	p->total += range_count(g);
	p->list[p->n++] = *g;
	*g = (struct range){0};
}

/* Pieces are as good as they are in the order that was asked for; they go otherwise. */
static bool
settle(struct pieces *p, const struct order *o)
{
	order_matches(o, &p->list[0], p->n == 1, &p->match);
	if (p->match.whole)
		return true;
	pieces_free(p);
	return false;
}

static bool
find_in_everything(
    struct pieces *p, const struct order *o, struct reader *r, bool *found, struct err *e)
{
	static const enum index whole[] = {
	    INDEX_ROWS, INDEX_DELIVER_AT, INDEX_CREATED_AT, INDEX_DOMAIN};

	for (size_t i = 0; i < sizeof whole / sizeof whole[0] && !*found; i++) {
		struct range g;

		if (!range_whole(&g, whole[i], r, e))
			return false;
		add_piece(p, &g);
		*found = settle(p, o);
	}
	return true;
}

/* The same records, where all of them are of just these names, lie together in INDEX_DOMAIN
 * too. */
static bool
find_by_domain(struct pieces *p, const struct range *const *names, size_t n,
    const struct order *o, struct reader *r, bool *found, struct err *e)
{
	bool same = true;

	for (size_t i = 0; i < n; i++) {
		struct range g;

		if (!plan_domain(names[i], r, &g, &same, e))
			return false;
		if (!same) {
			pieces_free(p);
			return true;
		}
		if (n > 1)
			g.fixed = 1; /* also where one of them agrees in more */
		add_piece(p, &g);
	}
	*found = settle(p, o);
	return true;
}

static bool
find_in_ranges(struct pieces *p, const struct range *const *ranges, size_t n,
    const struct order *o, struct reader *r, bool *found, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct range g;

		if (!range_is_distinct(ranges[i])) {
			pieces_free(p);
			return true;
		}
		range_copy(&g, ranges[i]);
		add_piece(p, &g);
	}
	*found = settle(p, o);
	if (*found || ranges[0]->index != INDEX_LABEL)
		return true;
	return find_by_domain(p, ranges, n, o, r, found, e);
}

bool
pieces_find(struct pieces *p, const struct node *plan, const struct order *o, struct reader *r,
    bool *found, struct err *e)
{
	const struct range *ranges[PLAN_NAMES_MAX] = {&plan->range};
	bool ok = true;
	size_t n = 0;

	*p = (struct pieces){0};
	*found = plan->kind == NODE_NOTHING || r->records == 0;
	if (*found)
		return true;
	if (plan->kind == NODE_RANGE)
		n = 1;
	if (plan->kind == NODE_OR && plan->disjoint)
		for (; n < plan->n; n++)
			ranges[n] = &plan->children[n].range;
	if (plan->kind == NODE_EVERYTHING)
		ok = find_in_everything(p, o, r, found, e);
	else if (n > 0)
		ok = find_in_ranges(p, ranges, n, o, r, found, e);
	if (!ok)
		pieces_free(p);
	return ok;
}

/* --- places --- */

/* How many entries of piece i are before the key that has this tail behind the piece's name. */
static bool
count_before(const struct pieces *p, size_t i, struct str tail, struct reader *r, uint64_t *n,
    struct err *e)
{
	const struct range *g = &p->list[i];
	struct buf key = {0};
	bool ok;

	buf_add_str(&key, buf_str(&g->low));
	buf_add_str(&key, tail);
	ok = reader_number(r, g->index, buf_str(&key), n, e);
	*n -= g->lo;
	buf_free(&key);
	return ok;
}

static struct str
tail_of(const struct range *g, struct str key)
{
	size_t prefix = range_prefix(g->index, key, 1);

	return (struct str){key.s + prefix, key.len - prefix};
}

/* The piece that has the row, and the row's key there. */
static bool
find_piece(const struct pieces *p, const struct row *row, size_t *piece, struct buf *key)
{
	for (*piece = 0; *piece < p->n; (*piece)++)
		if (range_row_key(&p->list[*piece], row, key))
			return true;
	return false;
}

bool
pieces_place(const struct pieces *p, struct reader *r, const struct row *row, bool *has,
    uint64_t *place, struct err *e)
{
	struct buf key = {0};
	bool ok = false;
	size_t own;

	*has = find_piece(p, row, &own, &key);
	*place = 0;
	if (!*has) {
		ok = true;
		goto out;
	}
	if (!reader_number(r, p->list[own].index, buf_str(&key), place, e))
		goto out;
	*place -= p->list[own].lo;
	for (size_t i = 0; i < p->n; i++) {
		uint64_t before;

		if (i == own)
			continue;
		if (!count_before(p, i, tail_of(&p->list[own], buf_str(&key)), r, &before, e))
			goto out;
		*place += before;
	}
	if (!p->match.ascending)
		*place = p->total - 1 - *place;
	ok = true;
out:
	buf_free(&key);
	return ok;
}

/* --- pages --- */

/* How many entries of each piece are among the first so many of all: between .least and .most.
 */
struct split {
	uint64_t least, most, before;
};

static uint64_t
clip(uint64_t n, const struct split *s)
{
	return n < s->least ? s->least : n > s->most ? s->most : n;
}

/* Entries still in question, as if one piece stood behind the other: the middle one is in
 * *piece. */
static uint64_t
middle(const struct pieces *p, const struct split *s, size_t *piece)
{
	uint64_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += s[i].most - s[i].least;
	n /= 2;
	for (*piece = 0; n >= s[*piece].most - s[*piece].least; (*piece)++)
		n -= s[*piece].most - s[*piece].least;
	return s[*piece].least + n;
}

/* Halves, more or less, what is in question: .before of each becomes its new end on one side.
 */
static bool
narrow(const struct pieces *p, struct reader *r, struct split *s, uint64_t first, struct err *e)
{
	struct buf key = {0};
	uint64_t sum = 0;
	bool ok = false;
	size_t own;
	uint64_t at = middle(p, s, &own);
	const struct range *g = &p->list[own];

	if (!reader_key(r, g->index, g->lo + at, &key, e))
		goto out;
	for (size_t i = 0; i < p->n; i++) {
		s[i].before = at;
		if (i != own &&
		    !count_before(p, i, tail_of(g, buf_str(&key)), r, &s[i].before, e))
			goto out;
		s[i].before = clip(s[i].before, &s[i]);
		sum += s[i].before;
	}
	for (size_t i = 0; i < p->n; i++) {
		if (first <= sum)
			s[i].most = s[i].before;
		else
			s[i].least = s[i].before + (i == own);
	}
	ok = true;
out:
	buf_free(&key);
	return ok;
}

static bool
split(const struct pieces *p, struct reader *r, uint64_t first, struct split *s, struct err *e)
{
	uint64_t least = 0, most = p->total;

	for (size_t i = 0; i < p->n; i++)
		s[i] = (struct split){.most = range_count(&p->list[i])};
	if (p->n == 1)
		s[0].least = s[0].most = least = most = first;
	while (first != least && first != most) {
		if (!narrow(p, r, s, first, e))
			return false;
		least = most = 0;
		for (size_t i = 0; i < p->n; i++) {
			least += s[i].least;
			most += s[i].most;
		}
	}
	for (size_t i = 0; i < p->n; i++)
		s[i].before = first == least ? s[i].least : s[i].most;
	return true;
}

struct merged {
	uint64_t id;
	size_t at, len; /* of its tail */
};

static int
by_tail(const void *a, const void *b, void *tails)
{
	const struct merged *x = a, *y = b;
	const char *s = tails;

	/* Tails of one index are equally long. */
	return memcmp(s + x->at, s + y->at, x->len);
}

static void
merge(const struct range *g, const struct entries *x, struct merged *list, struct buf *tails)
{
	for (size_t i = 0; i < x->n; i++) {
		struct str tail = tail_of(g, entries_key(x, i));

		list[i] = (struct merged){x->ids[i], tails->len, tail.len};
		buf_add_str(tails, tail);
	}
}

/* n results in index order: what lies between the two splits. */
static bool
read_between(const struct pieces *p, struct reader *r, const struct split *from,
    const struct split *to, size_t n, uint64_t *ids, struct err *e)
{
	struct merged *list = mem_new(n, sizeof *list);
	struct entries x = {0};
	struct buf tails = {0};
	size_t got = 0;
	bool ok = false;

	for (size_t i = 0; i < p->n; i++) {
		const struct range *g = &p->list[i];

		if (!reader_entries(r, g->index, g->lo + from[i].before,
			(size_t)(to[i].before - from[i].before), p->n > 1, &x, e))
			goto out;
		if (p->n == 1 && n > 0)
			memcpy(ids, x.ids, n * sizeof *ids);
		else
			merge(g, &x, list + got, &tails);
		got += x.n;
	}
	if (p->n > 1) {
		qsort_r(list, n, sizeof *list, by_tail, tails.s);
		for (size_t i = 0; i < n; i++)
			ids[i] = list[i].id;
	}
	ok = true;
out:
	entries_free(&x);
	buf_free(&tails);
	free(list);
	return ok;
}

bool
pieces_page(const struct pieces *p, struct reader *r, uint64_t from, size_t n, uint64_t *ids,
    struct err *e)
{
	uint64_t lowest = p->match.ascending ? from : p->total - from - n;
	struct split first[PLAN_NAMES_MAX], last[PLAN_NAMES_MAX];

	if (n == 0)
		return true;
	if (!split(p, r, lowest, first, e) || !split(p, r, lowest + n, last, e) ||
	    !read_between(p, r, first, last, n, ids, e))
		return false;
	for (size_t i = 0; !p->match.ascending && i < n / 2; i++) {
		uint64_t id = ids[i];

		ids[i] = ids[n - 1 - i];
		ids[n - 1 - i] = id;
	}
	return true;
}
