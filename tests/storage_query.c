/* tests/storage_query.c -- every answer to a /query is what looking at all records gives,
 * whichever way it was found. */
#include <CUnit/CUnit.h>
#include <idn2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/query/idset.h"
#include "storage/query/plan.h"
#include "tests/suites.h"
#include "tests/world.h"

#define DEPTH 4

static const char *const nested[] = {"example.com", "a.example.com", "b.a.example.com",
    "example.org", "mail.example.org", "example.example", "exa.net", "com",
    "xn--bcher-kva.example", NULL};
static const char *const apart[] = {
    "example.com", "example.net", "example.org", "other.com", NULL};
static const char *const single[] = {"mail.example.com", NULL};

/* More than PLAN_NAMES_MAX names with one beginning. */
static const char *const many[] = {"a00.test", "a01.test", "a02.test", "a03.test", "a04.test",
    "a05.test", "a06.test", "a07.test", "a08.test", "a09.test", "a10.test", "a11.test",
    "a12.test", "a13.test", "a14.test", "a15.test", "a16.test", "a17.test", "a18.test",
    "a19.test", "a20.test", "a21.test", "a22.test", "a23.test", "a24.test", "a25.test",
    "a26.test", "a27.test", "a28.test", "a29.test", "a30.test", "a31.test", "a32.test",
    "a33.test", "a34.test", "b.a35.test", NULL};

static const char *const international[] = {"xn--bcher-kva.example",
    "mail.xn--bcher-kva.example", "xn--bchse-kva.example", "xn--b-kha.example", "b.example",
    "bach.xn--mnchen-3ya.example", "xn--r8jz45g.example", "xn--fsq.test", "xn--nder-zra.test",
    "xn--strae-oqa.test", "xn--e1afmkfd.xn--h1and", "xn--h1and", "x.test", NULL};

/* What is asked, with the right answer beside it. */
struct question {
	struct world *world;
	struct filter filter;
	struct store_query query;
	uint64_t *ids; /* all results, in order */
	size_t n;
};

static void
print_question(const struct question *q)
{
	fprintf(stderr, "\n  filter: ");
	world_print(q->query.filter);
	fprintf(stderr, "\n  sort:");
	for (size_t i = 0; i < q->query.n_sort; i++)
		fprintf(stderr, " %d%s", (int)q->query.sort[i].key,
		    q->query.sort[i].ascending ? "+" : "-");
	fprintf(stderr,
	    "\n  position %lld anchor %d %llu %+lld limit %llu total %d; results %zu\n",
	    (long long)q->query.position, q->query.has_anchor,
	    (unsigned long long)q->query.anchor, (long long)q->query.anchor_offset,
	    (unsigned long long)q->query.limit, q->query.total, q->n);
}

static void
question_make(struct question *q, struct world *w, unsigned depth)
{
	*q = (struct question){.world = w, .query.type = w->type};
	if (world_random(w, 10) > 0) {
		world_filter(w, &q->filter, depth);
		q->query.filter = &q->filter;
	}
	q->query.n_sort = world_sort(w, q->query.sort);
	q->ids = world_query(w, q->query.filter, q->query.sort, q->query.n_sort, &q->n);
}

static void
question_free(struct question *q)
{
	filter_free(&q->filter);
	free(q->ids);
}

/* RFC 8620, 5.5: where the page begins; false if the anchor is not there. */
static bool
first_index(const struct question *q, uint64_t *from)
{
	int64_t at = q->query.position;
	size_t i = 0;

	if (q->query.has_anchor) {
		while (i < q->n && q->ids[i] != q->query.anchor)
			i++;
		if (i == q->n)
			return false;
		at = (int64_t)i + q->query.anchor_offset;
	} else if (at < 0) {
		at += (int64_t)q->n;
	}
	*from = at < 0 ? 0 : (uint64_t)at;
	return true;
}

static bool
answer_is_right(const struct question *q, const struct store_ids *a)
{
	uint64_t from = 0, n;

	if (!first_index(q, &from))
		return false;
	n = from >= q->n ? 0 : q->n - from < q->query.limit ? q->n - from : q->query.limit;
	return a->n == n && a->position == (q->n == 0 ? 0 : from) &&
	    a->has_total == q->query.total && (!a->has_total || a->total == q->n) &&
	    (n == 0 || memcmp(a->ids, q->ids + from, n * sizeof *a->ids) == 0);
}

static bool
ask(const struct question *q)
{
	struct store_ids a = {0};
	struct err e = {0};
	uint64_t from;
	bool right;

	if (read_query(&q->world->env, &q->query, &a, &e))
		right = answer_is_right(q, &a);
	else
		right = e.code == ERR_ANCHOR_NOT_FOUND && !first_index(q, &from);
	if (!right) {
		print_question(q);
		fprintf(stderr, "  got position %llu n %zu total %llu %s\n",
		    (unsigned long long)a.position, a.n, (unsigned long long)a.total, e.text);
	}
	store_ids_free(&a);
	return right;
}

/* Several pages of one query. */
static bool
ask_pages(struct question *q)
{
	struct world *w = q->world;
	bool right = true;

	for (int i = 0; i < 6 && right; i++) {
		q->query.limit = world_random(w, 4) == 0 ? UINT64_MAX : world_random(w, 12);
		q->query.total = world_random(w, 2) == 0;
		q->query.has_anchor = world_random(w, 3) == 0;
		q->query.position = (int64_t)world_random(w, q->n + 4);
		if (world_random(w, 3) == 0)
			q->query.position = 0;
		if (world_random(w, 4) == 0)
			q->query.position = -(int64_t)world_random(w, q->n + 4);
		q->query.anchor = w->n > 0 ? w->rows[world_random(w, w->n)].id : 1;
		if (q->n > 0 && world_random(w, 2) == 0)
			q->query.anchor = q->ids[world_random(w, q->n)];
		q->query.anchor_offset = (int64_t)world_random(w, 20) - 10;
		right = ask(q);
	}
	return right;
}

static void
compare_answers(const char *const *domains, size_t records, size_t queries, uint64_t first_id,
    uint64_t seed)
{
	struct world w;

	world_open(&w, domains, first_id, seed);
	world_begin(&w);
	world_create(&w, records);
	for (size_t i = 0; i < records / 10; i++)
		world_destroy(&w, world_pick(&w));
	world_commit(&w);
	for (size_t i = 0; i < queries; i++) {
		struct question q;
		bool right;

		question_make(&q, &w, (unsigned)world_random(&w, DEPTH + 1));
		right = ask_pages(&q);
		question_free(&q);
		if (!right) {
			fprintf(
			    stderr, "  seed %llu, query %zu\n", (unsigned long long)seed, i);
			CU_FAIL("a wrong answer");
			break;
		}
	}
	world_close(&w);
}

static void
random_queries_of_nested_domains(void)
{
	compare_answers(nested, 2000, 700, 0, 1);
	compare_answers(nested, 300, 300, 0, 2);
}

static void
random_queries_of_domains_without_subdomains(void)
{
	compare_answers(apart, 1000, 500, 0, 3);
}

static void
random_queries_of_one_domain(void)
{
	compare_answers(single, 500, 300, 0, 4);
}

static void
random_queries_of_many_names(void)
{
	compare_answers(many, 1000, 300, 0, 5);
}

static void
random_queries_of_international_names(void)
{
	compare_answers(international, 1000, 700, 0, 10);
}

/* More names with one beginning than are told apart, and others between them. */
static void
random_queries_of_many_international_names(void)
{
	enum { NAMES = 120 };
	char *names[NAMES + 1] = {NULL};

	for (size_t i = 0; i < NAMES; i++) {
		char label[16], *a_label = NULL;
		struct buf name = {0};

		snprintf(label, sizeof label, i % 3 == 0 ? "b%02zux" : "b\xc3\xbc%02zu", i);
		CU_ASSERT_EQUAL_FATAL(idn2_to_ascii_8z(label, &a_label, 0), IDN2_OK);
		buf_printf(&name, "%s.test", a_label);
		buf_terminate(&name);
		names[i] = name.s;
		idn2_free(a_label);
	}
	compare_answers((const char *const *)names, 1000, 300, 0, 11);
	for (size_t i = 0; i < NAMES; i++)
		free(names[i]);
}

static void
random_queries_of_few_records(void)
{
	compare_answers(nested, 0, 60, 0, 6);
	compare_answers(nested, 1, 60, 0, 7);
	compare_answers(nested, 11, 200, 0, 8);
}

static void
ids_pass_2_to_the_32(void)
{
	compare_answers(nested, 1000, 300, (UINT64_C(1) << 32) - 500, 9);
}

/* --- single rules --- */

static const struct filter domain_example = {
    .kind = FILTER_KEY, .key = KEY_DOMAIN, .relation = REL_TEXT, .text = (char *)"example"};

static bool
ask_total(struct world *w, const struct filter *f, uint64_t *total, struct err *e)
{
	struct store_query q = {.type = w->type, .filter = f, .total = true};
	struct store_ids a;
	bool ok = read_query(&w->env, &q, &a, e);

	*total = a.total;
	store_ids_free(&a);
	return ok;
}

static void
an_operator_without_children_has_a_meaning(void)
{
	static const struct {
		enum filter_kind kind;
		uint64_t total;
	} rows[] = {{FILTER_AND, 20}, {FILTER_OR, 0}, {FILTER_NOT, 20}};
	struct world w;

	world_open(&w, nested, 0, 1);
	world_begin(&w);
	world_create(&w, 20);
	world_commit(&w);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct filter f = {.kind = rows[i].kind};
		struct err e = {0};
		uint64_t total;

		CU_ASSERT_TRUE(ask_total(&w, &f, &total, &e));
		CU_ASSERT_EQUAL(total, rows[i].total);
	}
	world_close(&w);
}

static void
what_no_index_serves_is_refused(void)
{
	static const struct {
		enum key key;
		enum relation relation;
	} bad[] = {{KEY_ID, REL_EQUAL}, {KEY_NONE, REL_EQUAL}, {KEY_DOMAIN, REL_EQUAL},
	    {KEY_POLICY, REL_LESS}, {KEY_DELIVER_AT, REL_TEXT}};
	struct world w;

	world_open(&w, nested, 0, 1);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct filter f = {
		    .kind = FILTER_KEY, .key = bad[i].key, .relation = bad[i].relation};
		/* among others it is found too */
		struct filter both[] = {domain_example, f};
		struct filter and = {.kind = FILTER_AND, .n = 2, .children = both};
		struct err e = {0}, e2 = {0};
		uint64_t total;

		CU_ASSERT_FALSE(ask_total(&w, &f, &total, &e));
		CU_ASSERT_EQUAL(e.code, ERR_UNSUPPORTED_FILTER);
		CU_ASSERT_FALSE(ask_total(&w, &and, &total, &e2));
		CU_ASSERT_EQUAL(e2.code, ERR_UNSUPPORTED_FILTER);
	}
	world_close(&w);
}

static void
an_order_that_no_index_serves_is_refused(void)
{
	struct store_query q = {.type = &dmarc_internal_report, .n_sort = 1};
	struct store_ids a;
	struct err e = {0};
	struct world w;

	world_open(&w, nested, 0, 1);
	q.sort[0] = (struct sort){KEY_POLICY, true};
	CU_ASSERT_FALSE(read_query(&w.env, &q, &a, &e));
	CU_ASSERT_EQUAL(e.code, ERR_UNSUPPORTED_SORT);
	store_ids_free(&a);
	world_close(&w);
}

/* createdAt >= i AND deliverAt < i + 10, for several i. */
static void
costly(struct filter *f, struct filter *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct filter *dates = ranges + n + 2 * i;

		dates[0] = (struct filter){.kind = FILTER_KEY, .key = KEY_CREATED_AT};
		dates[0].relation = REL_GREATER_EQUAL;
		dates[0].number = (int64_t)(i % 10) - 10;
		dates[1] = (struct filter){.kind = FILTER_KEY, .key = KEY_DELIVER_AT};
		dates[1].relation = REL_LESS;
		dates[1].number = (int64_t)(i % 10);
		ranges[i] = (struct filter){.kind = FILTER_AND, .n = 2, .children = dates};
	}
	*f = (struct filter){.kind = FILTER_OR, .n = n, .children = ranges};
}

static void
a_filter_that_takes_too_long_is_refused(void)
{
	enum { RANGES = 330 };
	struct filter *ranges = mem_new(3 * RANGES, sizeof *ranges), f;
	struct world w;

	world_open(&w, nested, 0, 1);
	world_begin(&w);
	world_create(&w, 30000);
	world_commit(&w);
	for (size_t n = 10; n <= RANGES; n += RANGES - 10) {
		struct err e = {0};
		uint64_t total;

		costly(&f, ranges, n);
		CU_ASSERT_EQUAL(ask_total(&w, &f, &total, &e), n == 10);
		CU_ASSERT_EQUAL(e.code, n == 10 ? ERR_NONE : ERR_UNSUPPORTED_FILTER);
	}
	free(ranges);
	world_close(&w);
}

static void
the_cost_of_a_filter_has_a_limit(void)
{
	const uint64_t records = PLAN_COST_MIN;
	struct reader few = {.records = 0}, full = {.records = records};
	struct err e = {0};

	CU_ASSERT_TRUE(plan_check_cost(PLAN_COST_MIN, &few, &e));
	CU_ASSERT_TRUE(plan_check_cost(records * PLAN_COST_PER_RECORD, &full, &e));
	CU_ASSERT_FALSE(plan_check_cost(PLAN_COST_MIN + 1, &few, &e));
	CU_ASSERT_EQUAL(e.code, ERR_UNSUPPORTED_FILTER);
	CU_ASSERT_FALSE(
	    plan_check_cost((records + 1) * PLAN_COST_PER_RECORD, &full, &(struct err){0}));
}

static void
a_text_longer_than_any_key_finds_nothing(void)
{
	char text[5000];
	struct filter f = {
	    .kind = FILTER_KEY, .key = KEY_DOMAIN, .relation = REL_TEXT, .text = text};
	struct err e = {0};
	struct world w;
	uint64_t total = 1;

	memset(text, 'e', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	world_open(&w, nested, 0, 1);
	world_begin(&w);
	world_create(&w, 20);
	world_commit(&w);
	CU_ASSERT_TRUE(ask_total(&w, &f, &total, &e));
	CU_ASSERT_EQUAL(total, 0);
	world_close(&w);
}

static void
offsets_as_large_as_they_get_are_no_danger(void)
{
	static const int64_t offsets[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX};
	struct question q;
	struct world w;

	world_open(&w, nested, 0, 1);
	world_begin(&w);
	world_create(&w, 20);
	world_commit(&w);
	for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
		struct store_query query = {
		    .type = w.type, .position = offsets[i], .limit = UINT64_MAX};
		struct store_ids a;
		struct err e = {0};

		CU_ASSERT_TRUE(read_query(&w.env, &query, &a, &e));
		CU_ASSERT_EQUAL(a.n, offsets[i] < 0 ? 20 : 0);
		store_ids_free(&a);
		query.has_anchor = true;
		query.anchor = 7;
		query.anchor_offset = offsets[i];
		CU_ASSERT_TRUE(read_query(&w.env, &query, &a, &e));
		CU_ASSERT_EQUAL(a.n, offsets[i] < 0 ? 20 : 0);
		CU_ASSERT_EQUAL(a.position, offsets[i] < 0 ? 0 : (uint64_t)INT64_MAX + 13);
		store_ids_free(&a);
	}
	question_make(&q, &w, 0);
	q.query.limit = 0;
	CU_ASSERT_TRUE(ask(&q));
	question_free(&q);
	world_close(&w);
}

static void
id_sets_hold_ids_of_any_size(void)
{
	static const uint64_t ids[] = {UINT64_C(3) << 40, 1, UINT64_MAX, UINT64_C(1) << 32, 0,
	    (UINT64_C(1) << 32) - 1, (UINT64_C(3) << 40) + 1};
	static const uint64_t sorted[] = {0, 1, (UINT64_C(1) << 32) - 1, UINT64_C(1) << 32,
	    UINT64_C(3) << 40, (UINT64_C(3) << 40) + 1, UINT64_MAX};
	enum { N = sizeof ids / sizeof ids[0] };
	struct idset s = {0}, other = {0};
	uint64_t out[N];

	idset_add(&s, ids, N);
	idset_add(&s, ids, 2);
	CU_ASSERT_EQUAL(idset_count(&s), N);
	for (size_t i = 0; i < N; i++) {
		CU_ASSERT_TRUE(idset_has(&s, sorted[i]));
		CU_ASSERT_EQUAL(idset_before(&s, sorted[i]), i);
		idset_slice(&s, i, N - i, out);
		CU_ASSERT_EQUAL(memcmp(out, sorted + i, (N - i) * sizeof *out), 0);
	}
	CU_ASSERT_FALSE(idset_has(&s, 2));
	CU_ASSERT_FALSE(idset_has(&s, (UINT64_C(1) << 32) + 1));
	idset_add(&other, sorted + 2, 3);
	idset_exclude(&s, &other);
	CU_ASSERT_EQUAL(idset_count(&s), N - 3);
	idset_join(&s, &other);
	CU_ASSERT_EQUAL(idset_count(&s), N);
	idset_keep(&s, &other);
	idset_slice(&s, 0, 3, out);
	CU_ASSERT_EQUAL(idset_count(&s), 3);
	CU_ASSERT_EQUAL(memcmp(out, sorted + 2, 3 * sizeof *out), 0);
	idset_remove(&s, sorted[2]);
	idset_remove(&s, 12345);
	CU_ASSERT_EQUAL(idset_count(&s), 2);
	idset_free(&s);
	idset_free(&other);
}

/* --- beside a writer --- */

#define COMMITS 300
#define QUESTIONS 5

/* The answers that are right in each state, written down before its commit. */
struct race {
	struct world world;
	struct filter filters[QUESTIONS];
	struct store_query queries[QUESTIONS];
	struct expected {
		uint64_t change; /* of the state */
		size_t n[QUESTIONS];
		uint64_t *ids[QUESTIONS];
	} expected[COMMITS];
	atomic_size_t commits; /* .expected that are written down */
	atomic_bool done;
};

static void
expect(struct race *r, size_t commit)
{
	struct expected *x = &r->expected[commit];

	x->change = r->world.counters.change;
	for (size_t i = 0; i < QUESTIONS; i++)
		x->ids[i] = world_query(&r->world, r->queries[i].filter, r->queries[i].sort,
		    r->queries[i].n_sort, &x->n[i]);
	atomic_store(&r->commits, commit + 1);
}

static void
write_some(struct world *w)
{
	for (uint64_t n = 1 + world_random(w, 20); n > 0; n--) {
		struct world_row *row = world_pick(w);

		if (row == NULL || world_random(w, 5) > 2)
			world_create(w, 1);
		else if (world_random(w, 3) == 0)
			world_destroy(w, row);
		else
			world_update(w, row);
	}
}

static void *
write_all(void *race)
{
	struct race *r = race;

	for (size_t i = 1; i < COMMITS; i++) {
		world_begin(&r->world);
		write_some(&r->world);
		expect(r, i);
		world_commit(&r->world);
	}
	atomic_store(&r->done, true);
	return NULL;
}

static bool
state_was_right(struct race *r, size_t question, const struct store_ids *a)
{
	for (size_t i = atomic_load(&r->commits); i-- > 0;) {
		const struct expected *x = &r->expected[i];

		if (x->change == a->state.change)
			return a->n == x->n[question] && a->total == a->n &&
			    (a->n == 0 ||
				memcmp(a->ids, x->ids[question], a->n * sizeof *a->ids) == 0);
	}
	return false;
}

static void
race_begin(struct race *r)
{
	struct world *w = &r->world;

	world_open(w, nested, 0, 1);
	for (size_t i = 0; i < QUESTIONS; i++) {
		r->queries[i] =
		    (struct store_query){.type = w->type, .limit = UINT64_MAX, .total = true};
		world_filter(w, &r->filters[i], (unsigned)i);
		r->queries[i].filter = i > 0 ? &r->filters[i] : NULL;
		r->queries[i].n_sort = world_sort(w, r->queries[i].sort);
	}
	world_begin(w);
	world_create(w, 300);
	expect(r, 0);
	world_commit(w);
}

static void
race_end(struct race *r)
{
	world_close(&r->world);
	for (size_t q = 0; q < QUESTIONS; q++) {
		filter_free(&r->filters[q]);
		for (size_t i = 0; i < COMMITS; i++)
			free(r->expected[i].ids[q]);
	}
}

static void
every_answer_is_of_one_state(void)
{
	struct race *r = mem_new(1, sizeof *r);
	size_t wrong = 0, asked = 0;
	pthread_t writer;

	race_begin(r);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&writer, NULL, write_all, r), 0);
	while (!atomic_load(&r->done)) {
		size_t question = asked++ % QUESTIONS;
		struct store_ids a;
		struct err e = {0};

		if (!read_query(&r->world.env, &r->queries[question], &a, &e) ||
		    !state_was_right(r, question, &a))
			wrong++;
		store_ids_free(&a);
	}
	pthread_join(writer, NULL);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_TRUE(asked > QUESTIONS);
	race_end(r);
	free(r);
}

const CU_TestInfo storage_query_tests[] = {
    {"id sets hold ids of any size", id_sets_hold_ids_of_any_size},
    {"an operator without children has a meaning", an_operator_without_children_has_a_meaning},
    {"what no index serves is refused", what_no_index_serves_is_refused},
    {"an order that no index serves is refused", an_order_that_no_index_serves_is_refused},
    {"a filter that takes too long is refused", a_filter_that_takes_too_long_is_refused},
    {"a text longer than any key finds nothing", a_text_longer_than_any_key_finds_nothing},
    {"offsets as large as they get are no danger", offsets_as_large_as_they_get_are_no_danger},
    {"random queries are right: few records", random_queries_of_few_records},
    {"random queries are right: nested domains", random_queries_of_nested_domains},
    {"random queries are right: international names", random_queries_of_international_names},
    {"random queries are right: many international names",
	random_queries_of_many_international_names},
    {"the cost of a filter has a limit", the_cost_of_a_filter_has_a_limit},
    {"random queries are right: domains without subdomains",
	random_queries_of_domains_without_subdomains},
    {"random queries are right: one domain", random_queries_of_one_domain},
    {"random queries are right: many names", random_queries_of_many_names},
    {"random queries are right: ids pass 2^32", ids_pass_2_to_the_32},
    {"every answer is of one state, beside a writer", every_answer_is_of_one_state},
    CU_TEST_INFO_NULL,
};
