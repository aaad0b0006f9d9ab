/* storage/query/order.c -- the one order that a /query's results have. */
#include "storage/query/order.h"

#include <stdlib.h>
#include <string.h>

/* --- what was asked for, completed --- */

static bool
is_sortable(enum key k)
{
	return k == KEY_ID || k == KEY_DOMAIN || k == KEY_CREATED_AT || k == KEY_DELIVER_AT;
}

/* Behind a comparator on the same key, or on the id, another decides nothing. */
static void
order_add(struct order *o, enum key k, bool ascending)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->by[i].key == k || o->by[i].key == KEY_ID)
			return;
	o->by[o->n++] = (struct sort){k, ascending};
}

bool
order_complete(struct order *o, const struct sort *sort, size_t n, struct err *e)
{
	bool ascending = n > 0 && sort[n - 1].ascending;

	*o = (struct order){0};
	for (size_t i = 0; i < n; i++) {
		if (!is_sortable(sort[i].key))
			return err_set_at(e, ERR_UNSUPPORTED_SORT, "sort", "no order by that");
		order_add(o, sort[i].key, sort[i].ascending);
	}
	if (n > 0 && sort[n - 1].key == KEY_DOMAIN)
		order_add(o, KEY_DELIVER_AT, ascending);
	order_add(o, KEY_ID, ascending);
	return true;
}

/* --- against an index --- */

/* Among the first parts that all keys of g share. */
static bool
is_constant(const struct range *g, enum key k)
{
	for (size_t i = 0; i < g->fixed; i++)
		if (range_parts[g->index].keys[i] == k)
			return true;
	return false;
}

void
order_matches(const struct order *o, const struct range *g, bool alone, struct order_match *m)
{
	const struct range_parts *p = &range_parts[g->index];
	bool any = false;

	*m = (struct order_match){.parts = g->fixed};
	for (size_t i = 0; i < o->n && !m->whole; i++) {
		if (alone && is_constant(g, o->by[i].key))
			continue;
		if (m->parts == p->n || p->keys[m->parts] != o->by[i].key ||
		    (any && o->by[i].ascending != m->ascending))
			break;
		any = true;
		m->ascending = o->by[i].ascending;
		m->whole = o->by[i].key == KEY_ID;
		m->parts++;
	}
}

/* --- by the rows --- */

struct sortee {
	uint64_t id;
	int64_t created_at, deliver_at;
	char *domain; /* NULL where the order does not look at it */
};

static int
by_id(const struct sortee *a, const struct sortee *b)
{
	return (a->id > b->id) - (a->id < b->id);
}

static int
by_domain(const struct sortee *a, const struct sortee *b)
{
	return strcmp(a->domain, b->domain);
}

static int
by_created_at(const struct sortee *a, const struct sortee *b)
{
	return (a->created_at > b->created_at) - (a->created_at < b->created_at);
}

static int
by_deliver_at(const struct sortee *a, const struct sortee *b)
{
	return (a->deliver_at > b->deliver_at) - (a->deliver_at < b->deliver_at);
}

static int (*const comparisons[KEY__COUNT])(const struct sortee *a, const struct sortee *b) = {
    [KEY_ID] = by_id,
    [KEY_DOMAIN] = by_domain,
    [KEY_CREATED_AT] = by_created_at,
    [KEY_DELIVER_AT] = by_deliver_at,
};

static int
compare_sortees(const void *a, const void *b, void *order)
{
	const struct order *o = order;
	int c = 0;

	for (size_t i = 0; i < o->n && c == 0; i++) {
		c = comparisons[o->by[i].key](a, b);
		if (!o->by[i].ascending)
			c = -c;
	}
	return c;
}

bool
order_sort(const struct order *o, struct reader *r, uint64_t *ids, size_t n, struct err *e)
{
	struct sortee *list = mem_new(n, sizeof *list);
	struct order order = *o;
	bool with_domain = false, ok = false;

	for (size_t i = 0; i < o->n; i++)
		with_domain = with_domain || o->by[i].key == KEY_DOMAIN;
	for (size_t i = 0; i < n; i++) {
		struct row row;
		int found = reader_row(r, ids[i], &row, e);

		if (found == 0)
			err_set(e, ERR_DAMAGED, "an index names a record that is not there");
		if (found != 1)
			goto out;
		list[i] = (struct sortee){row.id, row.created_at, row.deliver_at,
		    with_domain ? str_dup(row.domain) : NULL};
	}
	qsort_r(list, n, sizeof *list, compare_sortees, &order);
	for (size_t i = 0; i < n; i++)
		ids[i] = list[i].id;
	ok = true;
out:
	for (size_t i = 0; i < n; i++)
		free(list[i].domain);
	free(list);
	return ok;
}
