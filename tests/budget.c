/* tests/budget.c -- the work and the time that one request may take. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "base/budget.h"
#include "base/clock.h"
#include "jmap/reference.h"
#include "tests/answers.h"
#include "tests/suites.h"
#include "json/charge.h"

static void
work_is_charged_to_the_last_unit(void)
{
	struct budget b;

	budget_begin(&b, 10, NULL, NULL);
	CU_ASSERT_TRUE(budget_charge(&b, 9));
	CU_ASSERT_TRUE(budget_charge(&b, 1));
	CU_ASSERT_FALSE(budget_is_spent(&b));
	CU_ASSERT_FALSE(budget_charge(&b, 1));
	CU_ASSERT_TRUE(budget_is_spent(&b));
}

static void
after_a_charge_that_failed_all_fail(void)
{
	struct budget b;

	budget_begin(&b, 10, NULL, NULL);
	CU_ASSERT_FALSE(budget_charge(&b, UINT64_MAX));
	CU_ASSERT_FALSE(budget_charge(&b, 0));
	CU_ASSERT_TRUE(budget_charge(NULL, UINT64_MAX));
}

struct looks {
	int n;
	bool over;
};

static bool
look(const void *looks)
{
	struct looks *l = (struct looks *)looks;

	l->n++;
	return l->over;
}

static void
the_time_is_looked_at_once_in_a_number_of_units(void)
{
	struct looks l = {0};
	struct budget b;

	budget_begin(&b, BUDGET_NO_LIMIT, look, &l);
	for (int i = 0; i < 10 * BUDGET_LOOK_UNITS; i++)
		CU_ASSERT_TRUE_FATAL(budget_charge(&b, 1));
	CU_ASSERT_EQUAL(l.n, 10);
	l.over = true;
	CU_ASSERT_FALSE(budget_charge(&b, BUDGET_LOOK_UNITS) && budget_charge(&b, 1));
	l.over = false;
	CU_ASSERT_FALSE(budget_charge(&b, 1));
}

static void
cpu_time_ends_a_budget(void)
{
	int64_t from_us = clock_thread_cpu_us();
	struct budget b;

	budget_begin_cpu(&b, BUDGET_NO_LIMIT, 20000);
	while (budget_charge(&b, 1))
		CU_ASSERT_FATAL(clock_thread_cpu_us() - from_us < 2000000);
	CU_ASSERT(clock_thread_cpu_us() - from_us >= 20000);
}

static void
a_tree_costs_its_values_and_its_text(void)
{
	static const struct {
		const char *text;
		uint64_t cost;
	} cases[] = {
	    {"1", 1},
	    {"[1,[2,null],{}]", 6},
	    {"{\"a\":1,\"b\":{\"c\":true}}", 4},
	    {"\"0123456789abcdef\"", 2},
	    {"{\"0123456789abcdef\":\"0123456789abcdef\"}", 4},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json_t *v = json_loads(cases[i].text, JSON_DECODE_ANY, NULL);

		for (unsigned price = 1; price < 4; price++) {
			struct budget b;

			budget_begin(&b, cases[i].cost * price, NULL, NULL);
			CU_ASSERT_TRUE(json_charge(&b, v, price));
			CU_ASSERT_EQUAL(b.left, 0);
			budget_begin(&b, cases[i].cost * price - 1, NULL, NULL);
			CU_ASSERT_FALSE(json_charge(&b, v, price));
		}
		json_decref(v);
	}
}

/* --- requests --- */

#define USING "\"using\":[\"" JMAP_CAPABILITY_CORE "\",\"" JMAP_CAPABILITY_OUTBOX "\"]"
#define CALLS 40

/* Adds a Core/echo of array, and CALLS calls that each take path from its answer. */
static void
make_bomb(struct buf *body, struct str array, const char *path)
{
	buf_puts(body, "{" USING ",\"methodCalls\":[[\"Core/echo\",{\"a\":");
	buf_add_str(body, array);
	buf_puts(body, "},\"e\"]");
	for (int i = 0; i < CALLS; i++)
		buf_printf(body,
		    ",[\"Core/echo\",{\"#a\":{\"resultOf\":\"e\",\"name\":\"Core/echo\","
		    "\"path\":\"%s\"}},\"r\"]",
		    path);
	buf_puts(body, "]}");
	buf_terminate(body);
}

static const char *
answer_type(json_t *response, size_t i)
{
	json_t *answer = json_array_get(json_object_get(response, "methodResponses"), i);
	const char *type =
	    json_string_value(json_object_get(json_array_get(answer, 1), "type"));

	return type == NULL ? "" : type;
}

/* How many of the calls failed with that type. */
static size_t
count_type(json_t *response, const char *type)
{
	size_t n = 0;

	for (size_t i = 0; i <= CALLS; i++)
		n += strcmp(answer_type(response, i), type) == 0;
	return n;
}

static const struct {
	const char *name, *begin, *one, *end, *path;
} bombs[] = {
    {"an array of numbers", "[[0", ",0", "]]", "/a/*/*"},
    {"an array of empty arrays", "[[]", ",[]", "]", "/a/*/*"},
    {"an array of objects", "[{\"x\":[]}", ",{\"x\":[]}", "]", "/a/*/x/*"},
    {"arrays in arrays", "[[[]]", ",[[]]", "]", "/a/*/*/*"},
    {"a path that leads nowhere at last", "[{\"x\":1}", ",{\"x\":1}", ",{}]", "/a/*/x"},
};

/* Each walk is charged, so the first few take what there is and the others fail at once. */
static void
references_stop_where_the_work_is_used_up(void)
{
	struct outbox o;

	outbox_start(&o);
	o.limits.max_work_in_request = 200000;
	for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
		struct buf array = {0}, body = {0};
		struct err e = {0};
		json_t *response;

		buf_puts(&array, bombs[i].begin);
		for (int n = 0; n < 5000; n++)
			buf_puts(&array, bombs[i].one);
		buf_puts(&array, bombs[i].end);
		make_bomb(&body, buf_str(&array), bombs[i].path);
		response = outbox_request(&o, FACE_ARRAYS, body.s, &e);
		CU_ASSERT_STRING_EQUAL(answer_type(response, 0), "");
		CU_ASSERT_STRING_EQUAL(answer_type(response, CALLS), "requestTooLarge");
		if (count_type(response, "requestTooLarge") < CALLS / 2)
			CU_FAIL("too many calls were done");
		json_decref(response);
		buf_free(&array);
		buf_free(&body);
	}
	outbox_stop(&o);
}

/* With room for the bytes of one reference alone, the others fail without a walk. */
static void
references_fail_at_once_where_the_bytes_are_used_up(void)
{
	struct buf array = {0}, body = {0};
	struct err e = {0};
	json_t *response;
	struct outbox o;

	outbox_start(&o);
	buf_puts(&array, "[[0");
	for (int n = 0; n < 5000; n++)
		buf_puts(&array, ",0");
	buf_puts(&array, "]]");
	make_bomb(&body, buf_str(&array), "/a/*/*");
	o.limits.max_size_request = 30000;
	response = outbox_request(&o, FACE_ARRAYS, body.s, &e);
	CU_ASSERT_STRING_EQUAL(answer_type(response, 1), "");
	CU_ASSERT_STRING_EQUAL(answer_type(response, CALLS), "invalidResultReference");
	json_decref(response);
	buf_free(&array);
	buf_free(&body);
	outbox_stop(&o);
}

static void
cpu_time_ends_a_request(void)
{
	struct buf array = {0}, body = {0};
	struct err e = {0};
	json_t *response;
	struct outbox o;

	outbox_start(&o);
	o.limits.max_cpu_ms_in_request = 1;
	buf_puts(&array, "[[0");
	for (int n = 0; n < 300000; n++)
		buf_puts(&array, ",0");
	buf_puts(&array, "]]");
	make_bomb(&body, buf_str(&array), "/a/*/*");
	response = outbox_request(&o, FACE_ARRAYS, body.s, &e);
	CU_ASSERT_STRING_EQUAL(answer_type(response, CALLS), "requestTooLarge");
	json_decref(response);
	buf_free(&array);
	buf_free(&body);
	outbox_stop(&o);
}

/* Whether a /set of two updates is done with that much work; it fails whole, or not at all. */
static bool
updates_are_done(struct outbox *o, size_t work)
{
	static const char update[] = "{\"update\":{\"d0000000001\":{\"domain\":\"b.example\"},"
				     "\"d0000000002\":{\"domain\":\"b.example\"}}}";
	static const char domains[] = "{\"ids\":[\"d0000000001\",\"d0000000002\"],"
				      "\"properties\":[\"domain\"]}";
	json_t *answer;
	bool done;

	o->limits.max_work_in_request = work;
	answer = outbox_call(o, FACE_ARRAYS, D "set", update);
	done = json_is_object(json_object_get(answer, "updated"));
	CU_ASSERT_TRUE(done || answer_has(answer, "/type", "\"requestTooLarge\""));
	json_decref(answer);
	o->limits.max_work_in_request = limits_default.max_work_in_request;
	for (int i = 0; i < 2; i++) {
		char path[32];

		snprintf(path, sizeof path, "/list/%d/domain", i);
		answer_expect(o, FACE_ARRAYS, D "get", domains, path,
		    done ? "\"b.example\"" : "\"example.com\"");
	}
	return done;
}

static void
a_set_without_work_for_all_its_updates_does_none(void)
{
	struct outbox o;
	size_t work = 0;

	outbox_start(&o);
	outbox_fill(&o, 2);
	while (!updates_are_done(&o, work) && work < 10000)
		work += 10;
	CU_ASSERT(work > 200 && work < 10000);
	outbox_stop(&o);
}

const CU_TestInfo budget_tests[] = {
    {"work is charged to the last unit", work_is_charged_to_the_last_unit},
    {"after a charge that failed all fail", after_a_charge_that_failed_all_fail},
    {"the time is looked at once in a number of units",
	the_time_is_looked_at_once_in_a_number_of_units},
    {"CPU time ends a budget", cpu_time_ends_a_budget},
    {"a tree costs its values and its text", a_tree_costs_its_values_and_its_text},
    {"references stop where the work is used up", references_stop_where_the_work_is_used_up},
    {"references fail at once where the bytes are used up",
	references_fail_at_once_where_the_bytes_are_used_up},
    {"CPU time ends a request", cpu_time_ends_a_request},
    {"a /set without work for all its updates does none",
	a_set_without_work_for_all_its_updates_does_none},
    CU_TEST_INFO_NULL,
};
