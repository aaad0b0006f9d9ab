/* tests/player_query.c -- random calls of /query and /queryChanges. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "tests/player_moves.h"

/* --- query --- */

static json_t *
pick_condition(struct player *p)
{
	static const char *const suffixes[] = {
	    "", "IsLessThan", "IsLessThanOrEqual", "IsGreaterThan", "IsGreaterThanOrEqual"};
	static const char *const texts[] = {
	    "", "a", "A.b", "b", "example", "mail", "x-", "y", "zzz", "EXAMPLE.c"};
	char name[64], date[DATE_LEN + 1], domain[MIRROR_DOMAIN_MAX];

	switch (player_pick(p, 5)) {
	case 0:
		return json_pack(
		    "{s:s}", "domain", texts[player_pick(p, sizeof texts / sizeof texts[0])]);
	case 1:
		player_domain(p, domain);
		return json_pack("{s:s}", "domain", domain);
	case 2:
		return json_pack("{s:i}", "policyIdentifier",
		    (int)player_pick(p, MIRROR_POLICIES_MAX * PLAYER_POLICIES));
	default:
		snprintf(name, sizeof name, "%s%s",
		    player_chance(p, 2) ? "createdAt" : "deliverAt",
		    suffixes[player_pick(p, sizeof suffixes / sizeof suffixes[0])]);
		date_format(player_day(p), date);
		return json_pack("{s:s}", name, date);
	}
}

/* depth: how many operators may still stand in one another. */
static json_t *
pick_filter(struct player *p, unsigned depth)
{
	static const char *const operators[] = {"AND", "OR", "NOT"};
	json_t *conditions, *more;
	unsigned n;

	if (depth == 0 || player_chance(p, 2)) {
		json_t *condition = pick_condition(p);

		if (!player_chance(p, 4))
			return condition;
		more = pick_condition(p);
		json_object_update(condition, more); /* several in one object: all must hold */
		json_decref(more);
		return condition;
	}
	conditions = json_array();
	n = player_pick(p, 4);
	for (unsigned i = 0; i < n; i++)
		json_array_append_new(conditions, pick_filter(p, depth - 1));
	return json_pack(
	    "{s:s, s:o}", "operator", operators[player_pick(p, 3)], "conditions", conditions);
}

/* Of the player's own records alone. */
static json_t *
pick_own_filter(struct player *p)
{
	if (player_chance(p, 5))
		return json_pack("{s:s}", "domain", p->own);
	return json_pack("{s:s, s:[{s:s}, o]}", "operator", "AND", "conditions", "domain",
	    p->own, pick_filter(p, 3));
}

static json_t *
pick_sort(struct player *p)
{
	static const char *const properties[] = {"id", "domain", "createdAt", "deliverAt"};
	json_t *sort = json_array();
	unsigned n = player_pick(p, 4), first = player_pick(p, 4),
		 step = player_chance(p, 2) ? 1 : 3;

	for (unsigned i = 0; i < n; i++) /* each property once */
		json_array_append_new(sort,
		    json_pack("{s:s, s:b}", "property", properties[(first + i * step) % 4],
			"isAscending", (int)player_pick(p, 2)));
	return sort;
}

/* Adds a position or an anchor to args; where the answer should begin among the n ids. */
static size_t
pick_start(struct player *p, json_t *args, const json_t *ids)
{
	json_int_t n = (json_int_t)json_array_size(ids), start, offset;

	if (n > 0 && player_chance(p, 3)) {
		start = player_pick(p, (unsigned)n);
		offset = (json_int_t)player_pick(p, 7) - 3;
		json_object_set(args, "anchor", json_array_get(ids, (size_t)start));
		json_object_set_new(args, "anchorOffset", json_integer(offset));
		start += offset;
		return start < 0 ? 0 : (size_t)start;
	}
	if (player_chance(p, 3))
		return 0;
	start = (json_int_t)player_pick(p, 30) - 15;
	json_object_set_new(args, "position", json_integer(start));
	if (start < 0)
		start += n;
	return start < 0 ? 0 : (size_t)start;
}

static json_t *
page_of(const json_t *ids, size_t start, size_t limit)
{
	json_t *page = json_array();

	for (size_t i = start; i < json_array_size(ids) && i - start < limit; i++)
		json_array_append(page, json_array_get(ids, i));
	return page;
}

bool
player_query_once(struct player *p)
{
	json_t *filter = pick_own_filter(p), *sort = pick_sort(p);
	json_t *ids = mirror_query(&p->mirror, filter, sort), *args, *want, *told;
	size_t limit = SIZE_MAX, start;
	bool ok;

	args = json_pack("{s:o, s:o}", "filter", filter, "sort", sort);
	start = pick_start(p, args, ids);
	if (player_chance(p, 2)) {
		limit = player_pick(p, 12);
		json_object_set_new(args, "limit", json_integer((json_int_t)limit));
	}
	want = json_pack("{s:o, s:b}", "ids", page_of(ids, start, limit), "...", 1);
	if (start < json_array_size(ids))
		json_object_set_new(want, "position", json_integer((json_int_t)start));
	if (player_chance(p, 2)) {
		json_object_set_new(args, "calculateTotal", json_true());
		json_object_set_new(
		    want, "total", json_integer((json_int_t)json_array_size(ids)));
	}
	told = player_call(p, "/query", args);
	ok = told != NULL && player_expect(p, args, want, told);
	json_decref(told);
	json_decref(ids);
	json_decref(args);
	json_decref(want);
	return ok;
}

/* --- queryChanges --- */

void
player_query_free(struct player_query *q)
{
	json_decref(q->filter);
	json_decref(q->sort);
	json_decref(q->ids);
	free(q->state);
	*q = (struct player_query){0};
}

/* Asks a new query, to be followed from then on. */
static bool
query_begin(struct player *p, struct player_query *q)
{
	json_t *args, *told;

	player_query_free(q);
	q->filter = pick_own_filter(p);
	q->sort = pick_sort(p);
	args = json_pack("{s:O, s:O}", "filter", q->filter, "sort", q->sort);
	told = player_call(p, "/query", args);
	json_decref(args);
	if (told == NULL)
		return false;
	q->ids = json_incref(json_object_get(told, "ids"));
	q->state = str_dup(str_of(json_string_value(json_object_get(told, "queryState"))));
	json_decref(told);
	return true;
}

/* 5.6: takes out what was removed, then puts in what was added, lowest index first. */
static bool
splice(struct player *p, json_t *ids, const json_t *told)
{
	const json_t *removed, *added = json_object_get(told, "added");
	json_int_t last = -1;
	size_t i;

	json_array_foreach(json_object_get(told, "removed"), i, removed)
		for (size_t at = json_array_size(ids); at-- > 0;)
			if (json_equal(json_array_get(ids, at), removed))
				json_array_remove(ids, at);
	for (i = 0; i < json_array_size(added); i++) {
		const json_t *one = json_array_get(added, i);
		json_int_t index = json_integer_value(json_object_get(one, "index"));

		if (index <= last || index > (json_int_t)json_array_size(ids))
			return player_differs(
			    p, "added at %lld, after %lld", (long long)index, (long long)last);
		json_array_insert(ids, (size_t)index, json_object_get(one, "id"));
		last = index;
	}
	return true;
}

bool
player_query_follow(struct player *p, struct player_query *q)
{
	json_t *args = json_pack("{s:O, s:O, s:s, s:b}", "filter", q->filter, "sort", q->sort,
	    "sinceQueryState", q->state, "calculateTotal", 1);
	json_t *told = player_call(p, "/queryChanges", args);
	json_t *now = mirror_query(&p->mirror, q->filter, q->sort),
	       *ids = json_deep_copy(q->ids);
	json_t *want = json_pack("{s:I, s:s, s:b}", "total", (json_int_t)json_array_size(now),
	    "oldQueryState", q->state, "...", 1);
	bool ok = told != NULL && player_expect(p, args, want, told) && splice(p, ids, told) &&
	    player_expect(p, args, now, ids);

	if (ok) {
		free(q->state);
		q->state =
		    str_dup(str_of(json_string_value(json_object_get(told, "newQueryState"))));
		json_decref(q->ids);
		q->ids = json_incref(ids);
	}
	json_decref(args);
	json_decref(told);
	json_decref(now);
	json_decref(ids);
	json_decref(want);
	return ok;
}

bool
player_query_changes(struct player *p)
{
	struct player_query *q = &p->queries[player_pick(p, PLAYER_QUERIES)];

	return q->filter == NULL || player_chance(p, 10) ? query_begin(p, q)
							 : player_query_follow(p, q);
}
