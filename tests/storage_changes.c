/* tests/storage_changes.c -- a client that applies the answers of /changes and /queryChanges
 * knows the truth. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "storage/changes.h"
#include "tests/suites.h"
#include "tests/world.h"

static const char *const domains[] = {
    "example.com", "a.example.com", "example.org", "other.net", NULL};

static void
mutate(struct world *w, size_t n)
{
	world_begin(w);
	for (; n > 0; n--) {
		struct world_row *r = world_pick(w);
		uint64_t what = world_random(w, 4);

		if (r == NULL || what == 0)
			world_create(w, 1);
		else if (what == 1)
			world_destroy(w, r);
		else
			world_update(w, r);
	}
	world_commit(w);
}

static struct state
state_now(struct world *w)
{
	struct snapshot s = {0};
	struct err e = {0};
	struct state state;

	CU_ASSERT_TRUE(snapshot_begin(&s, &w->env, w->type, &e));
	state = s.state;
	snapshot_end(&s);
	return state;
}

/* --- /changes --- */

/* What a client believes: which ids there are, and that it has read each since its last change.
 */
struct cache {
	size_t n; /* ids are less */
	bool *alive, *fresh;
};

static void
cache_apply(struct cache *c, const struct store_changed *a)
{
	for (size_t i = 0; i < a->n_created; i++) {
		CU_ASSERT_FALSE(c->alive[a->created[i]]);
		c->alive[a->created[i]] = c->fresh[a->created[i]] = true;
	}
	for (size_t i = 0; i < a->n_updated; i++) {
		CU_ASSERT_TRUE(c->alive[a->updated[i]]);
		c->fresh[a->updated[i]] = true;
	}
	for (size_t i = 0; i < a->n_destroyed; i++) {
		CU_ASSERT_TRUE(c->alive[a->destroyed[i]]);
		c->alive[a->destroyed[i]] = false;
	}
}

/* One change of the log, as it was written. */
struct log_entry {
	uint8_t kind;
	uint64_t id;
};

static struct log_entry
log_read(struct world *w, uint64_t number)
{
	struct buf value = {0};
	struct err e = {0};
	struct unpack u;
	struct log_entry entry;
	uint8_t key[8];

	put_be64(key, number);
	CU_ASSERT_EQUAL(db_get(w->env.tables[w->type->number].changes, NULL,
			    (struct str){(char *)key, sizeof key}, &value, &e),
	    1);
	u = unpack_of(buf_str(&value));
	entry.kind = unpack_u8(&u);
	entry.id = unpack_u64(&u);
	buf_free(&value);
	return entry;
}

/* The truth after the changes up to .number. */
struct truth {
	uint64_t number;
	bool *alive;
};

/* The client must know of every change on the way. */
static void
truth_advance(struct truth *t, struct world *w, uint64_t number, struct cache *stale)
{
	while (t->number < number) {
		struct log_entry entry = log_read(w, ++t->number);

		t->alive[entry.id] = entry.kind != STORE_DESTROY;
		stale->fresh[entry.id] = false;
	}
}

static bool
caches_agree(const struct cache *c, const struct truth *t)
{
	for (size_t id = 0; id < c->n; id++)
		if (c->alive[id] != t->alive[id] || (c->alive[id] && !c->fresh[id]))
			return false;
	return true;
}

/* Pages from the empty outbox to now. */
static void
follow(struct world *w, uint64_t max)
{
	struct cache c = {.n = (size_t)w->counters.last_id + 1};
	struct store_changes q = {.type = w->type, .max = max};
	struct truth t = {0};
	bool more = true;

	c.alive = mem_new(c.n, 1);
	c.fresh = mem_new(c.n, 1);
	t.alive = mem_new(c.n, 1);
	q.since.epoch = state_now(w).epoch;
	while (more) {
		struct store_changed a;
		struct err e = {0};

		if (!read_changes(&w->env, &q, &a, &e)) {
			CU_FAIL("an error");
			break;
		}
		CU_ASSERT_TRUE(a.n_created + a.n_updated + a.n_destroyed <= max);
		CU_ASSERT_TRUE(!a.more || a.new_state.change > q.since.change);
		CU_ASSERT_EQUAL(a.old_state.change, q.since.change);
		truth_advance(&t, w, a.new_state.change, &c);
		cache_apply(&c, &a);
		if (!caches_agree(&c, &t)) {
			fprintf(stderr, "max %llu, changes %llu to %llu\n",
			    (unsigned long long)max, (unsigned long long)q.since.change,
			    (unsigned long long)a.new_state.change);
			CU_FAIL("the client is wrong");
			a.more = false;
		}
		more = a.more;
		q.since = a.new_state;
		store_changed_free(&a);
	}
	CU_ASSERT_EQUAL(q.since.change, w->counters.change);
	free(c.alive);
	free(c.fresh);
	free(t.alive);
}

static void
pages_of_any_size_tell_the_truth(void)
{
	static const uint64_t sizes[] = {1, 2, 3, 10, 50, 1000, UINT64_MAX};

	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct world w;

		world_open(&w, domains, 0, seed);
		for (int i = 0; i < 20; i++)
			mutate(&w, 30);
		for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
			follow(&w, sizes[i]);
		world_close(&w);
	}
}

/* c creates the next record; u1 updates and d1 destroys record 1.  Records 1 and 2 were there
 * before. */
static const struct {
	const char *history, *created, *updated, *destroyed;
} histories[] = {
    {"", "", "", ""},
    {"c", "3", "", ""},
    {"u1", "", "1", ""},
    {"d1", "", "", "1"},
    {"c u3", "3", "", ""},
    {"c d3", "", "", ""},
    {"c u3 d3", "", "", ""},
    {"u1 d1", "", "", "1"},
    {"u1 u1", "", "1", ""},
    {"u2 u1 u2", "", "2 1", ""},
    {"d2 d1", "", "", "2 1"},
    {"c c d3 u1 u4 d2", "4", "1", "2"},
};

static void
act_out(struct world *w, const char *history)
{
	world_begin(w);
	for (const char *s = history; *s != '\0'; s++) {
		if (*s == 'c')
			world_create(w, 1);
		else if (*s == 'u')
			world_update(w, &w->rows[*++s - '1']);
		else if (*s == 'd')
			world_destroy(w, &w->rows[*++s - '1']);
	}
	world_commit(w);
}

static bool
ids_are(const uint64_t *ids, size_t n, const char *wanted)
{
	struct buf b = {0};
	bool same;

	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%llu", i > 0 ? " " : "", (unsigned long long)ids[i]);
	same = strcmp(buf_terminate(&b), wanted) == 0;
	buf_free(&b);
	return same;
}

static void
an_id_is_told_once(void)
{
	for (size_t i = 0; i < sizeof histories / sizeof histories[0]; i++) {
		struct store_changes q = {.max = 100};
		struct store_changed a;
		struct err e = {0};
		struct world w;

		world_open(&w, domains, 0, 1);
		act_out(&w, "cc");
		q.type = w.type;
		q.since = state_now(&w);
		act_out(&w, histories[i].history);
		CU_ASSERT_TRUE(read_changes(&w.env, &q, &a, &e));
		CU_ASSERT_TRUE(ids_are(a.created, a.n_created, histories[i].created));
		CU_ASSERT_TRUE(ids_are(a.updated, a.n_updated, histories[i].updated));
		CU_ASSERT_TRUE(ids_are(a.destroyed, a.n_destroyed, histories[i].destroyed));
		CU_ASSERT_EQUAL(a.new_state.change, w.counters.change);
		CU_ASSERT_FALSE(a.more);
		store_changed_free(&a);
		world_close(&w);
	}
}

static void
a_page_ends_before_the_id_that_is_too_many(void)
{
	struct store_changes q = {.max = 2};
	struct store_changed a;
	struct err e = {0};
	struct world w;

	world_open(&w, domains, 0, 1);
	act_out(&w, "cc");
	q.type = w.type;
	q.since = state_now(&w);
	act_out(&w, "u1 u2 u1 c d3");
	CU_ASSERT_TRUE(read_changes(&w.env, &q, &a, &e));
	CU_ASSERT_TRUE(ids_are(a.updated, a.n_updated, "1 2"));
	CU_ASSERT_EQUAL(a.new_state.change, q.since.change + 3);
	CU_ASSERT_TRUE(a.more);
	store_changed_free(&a);
	/* a record that came and went takes no room */
	q.max = 3;
	CU_ASSERT_TRUE(read_changes(&w.env, &q, &a, &e));
	CU_ASSERT_TRUE(ids_are(a.updated, a.n_updated, "1 2"));
	CU_ASSERT_EQUAL(a.n_created, 0);
	CU_ASSERT_FALSE(a.more);
	store_changed_free(&a);
	world_close(&w);
}

static void
states_that_are_not_known_are_refused(void)
{
	struct world w;
	struct state now;

	world_open(&w, domains, 0, 1);
	act_out(&w, "cccccc");
	w.counters.oldest = 3;
	act_out(&w, "");
	now = state_now(&w);
	const struct {
		struct state since;
		bool known;
	} rows[] = {
	    {now, true},
	    {{now.epoch, now.change + 1}, false},
	    {{now.epoch, UINT64_MAX}, false},
	    {{now.epoch, 3}, true},
	    {{now.epoch, 2}, false},
	    {{now.epoch, 0}, false},
	    {{now.epoch + 1, now.change}, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct store_changes q = {.type = w.type, .since = rows[i].since, .max = 10};
		struct store_query_changes qq = {
		    .query.type = w.type, .since = rows[i].since, .max = 10};
		struct store_query_changed b;
		struct store_changed a;
		struct err e = {0}, e2 = {0};

		CU_ASSERT_EQUAL(read_changes(&w.env, &q, &a, &e), rows[i].known);
		CU_ASSERT_EQUAL(read_query_changes(&w.env, &qq, &b, &e2), rows[i].known);
		CU_ASSERT_EQUAL(
		    e.code, rows[i].known ? ERR_NONE : ERR_CANNOT_CALCULATE_CHANGES);
		CU_ASSERT_EQUAL(e2.code, e.code);
		store_changed_free(&a);
		store_query_changed_free(&b);
	}
	world_close(&w);
}

static void
a_hole_in_the_log_is_an_error(void)
{
	struct store_changes q = {.max = 10};
	struct store_changed a;
	struct err e = {0};
	struct world w;
	uint8_t key[8];

	world_open(&w, domains, 0, 1);
	q.type = w.type;
	q.since.epoch = state_now(&w).epoch;
	act_out(&w, "cccc");
	put_be64(key, 2);
	CU_ASSERT_TRUE(db_delete(w.env.tables[w.type->number].changes, NULL,
	    (struct str){(char *)key, sizeof key}, &e));
	for (q.since.change = 0; q.since.change < 2; q.since.change++) {
		e = (struct err){0};
		CU_ASSERT_FALSE(read_changes(&w.env, &q, &a, &e));
		CU_ASSERT_EQUAL(e.code, ERR_DAMAGED);
		store_changed_free(&a);
	}
	world_close(&w);
}

/* --- /queryChanges --- */

/* RFC 8620, 5.6: takes the removed out, then puts each added in at its index, lowest first. */
static size_t
splice(uint64_t *list, size_t n, const struct store_query_changed *a)
{
	for (size_t i = 0; i < a->n_removed; i++) {
		size_t kept = 0;

		for (size_t j = 0; j < n; j++)
			if (list[j] != a->removed[i])
				list[kept++] = list[j];
		n = kept;
	}
	for (size_t i = 0; i < a->n_added; i++) {
		size_t at = (size_t)a->added[i].index;

		if (at > n) {
			CU_FAIL("an index behind the end");
			return n;
		}
		memmove(list + at + 1, list + at, (n - at) * sizeof *list);
		list[at] = a->added[i].id;
		n++;
	}
	return n;
}

struct comparison {
	struct world *world;
	struct filter filter;
	struct store_query_changes query;
	uint64_t *list; /* the client's, with room for what is added */
	size_t n;
};

static void
comparison_make(struct comparison *c, struct world *w)
{
	struct store_query *q = &c->query.query;
	uint64_t *ids;

	*c = (struct comparison){.world = w};
	q->type = w->type;
	q->total = world_random(w, 2) == 0;
	if (world_random(w, 4) > 0) {
		world_filter(w, &c->filter, 3);
		q->filter = &c->filter;
	}
	q->n_sort = world_sort(w, q->sort);
	c->query.since = state_now(w);
	c->query.max = UINT64_MAX;
	ids = world_query(w, q->filter, q->sort, q->n_sort, &c->n);
	c->list = mem_new(2 * w->n + 100, sizeof *c->list);
	memcpy(c->list, ids, c->n * sizeof *ids);
	free(ids);
}

static bool
comparison_is_right(struct comparison *c)
{
	const struct store_query *q = &c->query.query;
	struct store_query_changed a;
	struct err e = {0};
	size_t n_now, n;
	uint64_t *now = world_query(c->world, q->filter, q->sort, q->n_sort, &n_now);
	bool right = read_query_changes(&c->world->env, &c->query, &a, &e);

	if (right) {
		n = splice(c->list, c->n, &a);
		right = n == n_now && memcmp(c->list, now, n * sizeof *now) == 0 &&
		    a.has_total == q->total && (!a.has_total || a.total == n) &&
		    a.new_state.change == c->world->counters.change;
	}
	if (!right) {
		fprintf(stderr, "\n  filter: ");
		world_print(q->filter);
		fprintf(stderr, "\n  n_sort %zu removed %zu added %zu\n", q->n_sort,
		    a.n_removed, a.n_added);
	}
	store_query_changed_free(&a);
	free(now);
	return right;
}

static void
random_query_changes(uint64_t seed)
{
	struct world w;
	bool right = true;

	world_open(&w, domains, 0, seed);
	mutate(&w, 400);
	for (int i = 0; i < 250 && right; i++) {
		struct comparison c;

		comparison_make(&c, &w);
		mutate(&w, (size_t)world_random(&w, 25));
		right = comparison_is_right(&c);
		filter_free(&c.filter);
		free(c.list);
	}
	if (!right) {
		fprintf(stderr, "  seed %llu\n", (unsigned long long)seed);
		CU_FAIL("a wrong answer");
	}
	world_close(&w);
}

static void
a_spliced_list_is_the_new_list(void)
{
	for (uint64_t seed = 1; seed <= 3; seed++)
		random_query_changes(seed);
}

/* That a filter finds all records now does not say that it did. */
static void
a_filter_that_finds_everything_may_have_found_less(void)
{
	struct filter f = {.kind = FILTER_KEY, .key = KEY_DELIVER_AT, .relation = REL_LESS};
	struct store_query_changes q = {.query.filter = &f, .max = 10};
	struct store_query_changed a;
	struct err e = {0};
	struct world w;

	world_open(&w, domains, 0, 1);
	act_out(&w, "ccc");
	f.number = INT64_MAX;
	q.query.type = w.type;
	q.since = state_now(&w);
	act_out(&w, "u2");
	CU_ASSERT_TRUE(read_query_changes(&w.env, &q, &a, &e));
	CU_ASSERT_TRUE(ids_are(a.removed, a.n_removed, "2"));
	CU_ASSERT_EQUAL(a.n_added, 1);
	CU_ASSERT_EQUAL(a.added[0].index, 1);
	store_query_changed_free(&a);
	world_close(&w);
}

static void
more_changes_than_max_are_too_many(void)
{
	struct filter f = {.kind = FILTER_KEY, .key = KEY_DELIVER_AT, .relation = REL_LESS};
	struct store_query_changes q = {.query.filter = &f};
	struct world w;

	f.number = INT64_MAX;
	world_open(&w, domains, 0, 1);
	act_out(&w, "ccc");
	q.query.type = w.type;
	q.since = state_now(&w);
	act_out(&w, "u1 d2 c"); /* 1 and 2 removed, 1 and 4 added */
	for (q.max = 1; q.max <= 4; q.max++) {
		struct store_query_changed a;
		struct err e = {0};

		CU_ASSERT_EQUAL(read_query_changes(&w.env, &q, &a, &e), q.max == 4);
		CU_ASSERT_EQUAL(e.code, q.max == 4 ? ERR_NONE : ERR_TOO_MANY_CHANGES);
		store_query_changed_free(&a);
	}
	world_close(&w);
}

static void
up_to(struct world *w, bool ascending)
{
	struct sort by_id = {KEY_ID, ascending};
	struct store_query_changes q = {
	    .query.sort = {by_id}, .query.n_sort = 1, .max = UINT64_MAX};
	struct store_query_changed a;
	size_t n_old, n_now, n;
	uint64_t *old = world_query(w, NULL, &by_id, 1, &n_old), *now, *list;
	size_t known = 1 + (size_t)world_random(w, n_old);
	struct err e = {0};

	q.query.type = w->type;
	q.since = state_now(w);
	q.has_up_to = true;
	q.up_to_id = old[known - 1];
	mutate(w, 20);
	now = world_query(w, NULL, &by_id, 1, &n_now);
	list = mem_new(known + w->n, sizeof *list);
	memcpy(list, old, known * sizeof *old);
	CU_ASSERT_TRUE_FATAL(read_query_changes(&w->env, &q, &a, &e));
	n = splice(list, known, &a);
	CU_ASSERT_TRUE(n <= n_now && memcmp(list, now, n * sizeof *now) == 0);
	for (size_t i = 0; i < a.n_removed; i++)
		CU_ASSERT_TRUE(
		    a.removed[i] == q.up_to_id || (a.removed[i] < q.up_to_id) == ascending);
	for (size_t i = 0; i < a.n_added; i++)
		CU_ASSERT_TRUE((a.added[i].id < q.up_to_id) == ascending);
	store_query_changed_free(&a);
	free(old);
	free(now);
	free(list);
}

static void
pretend_changes(struct world *w, uint64_t last)
{
	world_begin(w);
	w->counters.change = last;
	world_commit(w);
}

static void
a_window_of_too_many_changes_is_not_calculated(void)
{
	struct store_query_changes q = {.max = 4};
	struct store_query_changed a = {0};
	struct err e = {0};
	struct world w;

	world_open(&w, domains, 0, 1);
	q.query.type = w.type;
	q.since = state_now(&w);
	pretend_changes(&w, q.since.change + CHANGES_AT_ONCE_MAX);
	CU_ASSERT_FALSE(read_query_changes(&w.env, &q, &a, &e));
	CU_ASSERT_EQUAL(e.code, ERR_DAMAGED); /* it was looked for in the log */
	e = (struct err){0};
	pretend_changes(&w, q.since.change + CHANGES_AT_ONCE_MAX + 1);
	CU_ASSERT_FALSE(read_query_changes(&w.env, &q, &a, &e));
	CU_ASSERT_EQUAL(e.code, ERR_CANNOT_CALCULATE_CHANGES);
	world_close(&w);
}

static void
nothing_is_told_behind_up_to_id(void)
{
	struct world w;

	world_open(&w, domains, 0, 1);
	mutate(&w, 300);
	for (int i = 0; i < 100; i++)
		up_to(&w, i % 2 == 0);
	world_close(&w);
}

static void
up_to_id_is_ignored_where_records_can_move(void)
{
	struct store_query_changes q = {
	    .query.sort = {{KEY_DELIVER_AT, true}}, .query.n_sort = 1, .max = 10};
	struct store_query_changed a;
	struct err e = {0};
	struct world w;

	world_open(&w, domains, 0, 1);
	act_out(&w, "cccccc");
	q.query.type = w.type;
	q.since = state_now(&w);
	q.has_up_to = true;
	q.up_to_id = 1;
	act_out(&w, "u5 d6");
	CU_ASSERT_TRUE(read_query_changes(&w.env, &q, &a, &e));
	CU_ASSERT_TRUE(ids_are(a.removed, a.n_removed, "5 6"));
	CU_ASSERT_EQUAL(a.n_added, 1);
	store_query_changed_free(&a);
	world_close(&w);
}

const CU_TestInfo storage_changes_tests[] = {
    {"an id is told once", an_id_is_told_once},
    {"a page ends before the id that is too many", a_page_ends_before_the_id_that_is_too_many},
    {"pages of any size tell the truth", pages_of_any_size_tell_the_truth},
    {"states that are not known are refused", states_that_are_not_known_are_refused},
    {"a hole in the log is an error", a_hole_in_the_log_is_an_error},
    {"a spliced list is the new list", a_spliced_list_is_the_new_list},
    {"a filter that finds everything may have found less",
	a_filter_that_finds_everything_may_have_found_less},
    {"more changes than max are too many", more_changes_than_max_are_too_many},
    {"a window of too many changes is not calculated",
	a_window_of_too_many_changes_is_not_calculated},
    {"nothing is told behind upToId", nothing_is_told_behind_up_to_id},
    {"upToId is ignored where records can move", up_to_id_is_ignored_where_records_can_move},
    CU_TEST_INFO_NULL,
};
