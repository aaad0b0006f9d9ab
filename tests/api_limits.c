/* tests/api_limits.c -- limits, at each and one past it, with bodies too large for tests/api.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/filter.h"
#include "tests/calls.h"
#include "tests/local.h"
#include "tests/suites.h"

#define TLS "x:TlsInternalReport"

#define TLS_RECORD                                                                             \
	"{\"domain\":\"example.com\",\"createdAt\":\"2026-01-01T00:00:00Z\","                  \
	"\"deliverAt\":\"2026-01-02T00:00:00Z\",\"report\":{\"reportId\":\"r\","               \
	"\"dateRangeStart\":\"2026-01-01T00:00:00Z\",\"dateRangeEnd\":\"2026-01-02T00:00:"     \
	"00Z\"}}"

/* The answer to one call, for json_decref(); a failed assertion if the request was refused. */
static json_t *
call(const struct transport *t, const char *method, const struct buf *arguments)
{
	struct err e = {0};
	json_t *answer;

	CU_ASSERT_TRUE(call_text(t, "/api", method, buf_str(arguments), &answer, &e));
	return answer;
}

/* Whether a call gets this error; NULL: none. */
static bool
call_gets(const struct transport *t, const char *method, const struct buf *arguments,
    const char *type)
{
	json_t *answer = call(t, method, arguments);
	bool as_wished = type == NULL
	    ? strcmp(json_string_value(json_array_get(answer, 0)), method) == 0
	    : answer_is_error(answer, type);

	json_decref(answer);
	return as_wished;
}

/* {"create": {"k0": ..., "k1": ...}} with n TLS records. */
static void
add_creates(size_t n, struct buf *out)
{
	buf_puts(out, "{\"create\":{");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s\"k%zu\":" TLS_RECORD, i == 0 ? "" : ",", i);
	buf_puts(out, "}}");
}

/* Creates n TLS records, as many at once as a set may; their ids as a JSON array, for
 * json_decref(). */
static json_t *
create_some(const struct transport *t, size_t n)
{
	enum { AT_ONCE = 500 };
	json_t *ids = json_array();

	while (n > 0) {
		size_t now = n < AT_ONCE ? n : AT_ONCE;
		struct buf args = {0};
		json_t *answer, *one;
		const char *key;

		add_creates(now, &args);
		answer = call(t, TLS "/set", &args);
		json_object_foreach(answer_member(answer, "created"), key, one)
			json_array_append(ids, json_object_get(one, "id"));
		json_decref(answer);
		buf_free(&args);
		n -= now;
	}
	return ids;
}

static size_t
count_records(const struct transport *t)
{
	struct buf args = {0};
	json_t *answer;
	size_t n;

	buf_puts(&args, "{\"calculateTotal\":true,\"limit\":0}");
	answer = call(t, TLS "/query", &args);
	n = (size_t)json_integer_value(answer_member(answer, "total"));
	json_decref(answer);
	buf_free(&args);
	return n;
}

static void
objects_in_a_get_are_limited(void)
{
	struct local l;
	struct transport *t = &l.client.transport;

	local_start(&l);
	for (size_t past = 0; past < 2; past++) {
		const char *error = past == 0 ? NULL : "requestTooLarge";
		struct buf args = {0};

		buf_puts(&args, "{\"ids\":[");
		for (size_t i = 0; i < l.outbox.limits.max_objects_in_get + past; i++)
			buf_printf(&args, "%s\"x%zu\"", i == 0 ? "" : ",", i);
		buf_puts(&args, "]}");
		CU_ASSERT_TRUE(call_gets(t, TLS "/get", &args, error));
		buf_free(&args);
	}
	local_stop(&l);
}

static void
a_get_of_all_is_limited(void)
{
	struct local l;
	struct transport *t = &l.client.transport;
	struct buf args = {0};

	local_start(&l);
	buf_puts(&args, "{\"ids\":null,\"properties\":[\"domain\"]}");
	json_decref(create_some(t, l.outbox.limits.max_objects_in_get));
	CU_ASSERT_TRUE(call_gets(t, TLS "/get", &args, NULL));
	json_decref(create_some(t, 1));
	CU_ASSERT_TRUE(call_gets(t, TLS "/get", &args, "requestTooLarge"));
	buf_free(&args);
	local_stop(&l);
}

static void
objects_in_a_set_are_limited(void)
{
	struct local l;
	struct transport *t = &l.client.transport;
	struct buf args = {0};

	local_start(&l);
	add_creates(l.outbox.limits.max_objects_in_set + 1, &args);
	CU_ASSERT_TRUE(call_gets(t, TLS "/set", &args, "requestTooLarge"));
	CU_ASSERT_EQUAL(count_records(t), 0);
	buf_clear(&args);
	add_creates(l.outbox.limits.max_objects_in_set, &args);
	CU_ASSERT_TRUE(call_gets(t, TLS "/set", &args, NULL));
	CU_ASSERT_EQUAL(count_records(t), l.outbox.limits.max_objects_in_set);
	buf_free(&args);
	local_stop(&l);
}

/* 5.3: "the total number of objects to create, update or destroy". */
static void
creates_updates_and_destroys_count_together(void)
{
	struct local l;
	struct transport *t = &l.client.transport;
	struct buf args = {0};

	local_start(&l);
	l.outbox.limits.max_objects_in_set = 3;
	buf_puts(&args,
	    "{\"create\":{\"a\":" TLS_RECORD
	    "},\"update\":{\"x\":{}},\"destroy\":[\"y\",\"z\"]}");
	CU_ASSERT_TRUE(call_gets(t, TLS "/set", &args, "requestTooLarge"));
	CU_ASSERT_EQUAL(count_records(t), 0);
	l.outbox.limits.max_objects_in_set = 4;
	CU_ASSERT_TRUE(call_gets(t, TLS "/set", &args, NULL));
	CU_ASSERT_EQUAL(count_records(t), 1);
	buf_free(&args);
	local_stop(&l);
}

/* Bytes of the canonical text of the record with that id: what /get shows, without the id. */
static size_t
stored_size(const struct transport *t, const json_t *id)
{
	struct buf args = {0};
	json_t *answer, *record;
	char *text;
	size_t size;

	buf_printf(&args, "{\"ids\":[\"%s\"]}", json_string_value(id));
	answer = call(t, TLS "/get", &args);
	record = json_array_get(answer_member(answer, "list"), 0);
	json_object_del(record, "id");
	text = json_dumps(record, JSON_COMPACT);
	size = text == NULL ? 0 : strlen(text);
	free(text);
	json_decref(answer);
	buf_free(&args);
	return size;
}

static void
a_record_is_limited(void)
{
	struct local l;
	struct transport *t = &l.client.transport;
	json_t *ids, *answer, *error;
	struct buf args = {0};
	size_t size;

	local_start(&l);
	ids = create_some(t, 1);
	size = stored_size(t, json_array_get(ids, 0));
	add_creates(1, &args);
	l.outbox.limits.max_size_record = size;
	answer = call(t, TLS "/set", &args);
	CU_ASSERT_EQUAL(json_object_size(answer_member(answer, "created")), 1);
	json_decref(answer);
	l.outbox.limits.max_size_record = size - 1;
	answer = call(t, TLS "/set", &args);
	error = json_object_get(answer_member(answer, "notCreated"), "k0");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(error, "type")), "tooLarge");
	json_decref(answer);
	CU_ASSERT_EQUAL(count_records(t), 2);
	json_decref(ids);
	buf_free(&args);
	local_stop(&l);
}

static void
an_update_may_not_grow_a_record_past_the_limit(void)
{
	struct local l;
	struct transport *t = &l.client.transport;
	json_t *ids, *answer, *error;
	struct buf args = {0};
	const char *id;
	size_t size;

	local_start(&l);
	ids = create_some(t, 1);
	id = json_string_value(json_array_get(ids, 0));
	size = stored_size(t, json_array_get(ids, 0));
	buf_printf(&args, "{\"update\":{\"%s\":{\"report/reportId\":\"rr\"}}}", id);
	l.outbox.limits.max_size_record = size;
	answer = call(t, TLS "/set", &args);
	error = json_object_get(answer_member(answer, "notUpdated"), id);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(error, "type")), "tooLarge");
	json_decref(answer);
	l.outbox.limits.max_size_record = size + 1;
	answer = call(t, TLS "/set", &args);
	CU_ASSERT_EQUAL(json_object_size(answer_member(answer, "updated")), 1);
	json_decref(answer);
	json_decref(ids);
	buf_free(&args);
	local_stop(&l);
}

/* What an answer has beside the records counts too, so that past the limit is exact and at it
 * is not. */
static void
bytes_of_a_get_and_a_set_are_limited(void)
{
	enum { BESIDE_RECORDS = 200 };
	struct local l;
	struct transport *t = &l.client.transport;
	struct buf all = {0}, creates = {0};
	json_t *ids;
	size_t size;

	local_start(&l);
	ids = create_some(t, 2);
	size = stored_size(t, json_array_get(ids, 0));
	buf_puts(&all, "{}");
	add_creates(2, &creates);
	l.outbox.limits.max_size_response = 2 * size - 1;
	CU_ASSERT_TRUE(call_gets(t, TLS "/get", &all, "requestTooLarge"));
	CU_ASSERT_TRUE(call_gets(t, TLS "/set", &creates, "requestTooLarge"));
	CU_ASSERT_EQUAL(count_records(t), 2);
	l.outbox.limits.max_size_response = 2 * size + BESIDE_RECORDS;
	CU_ASSERT_TRUE(call_gets(t, TLS "/get", &all, NULL));
	l.outbox.limits.max_size_response = 4 * size;
	CU_ASSERT_TRUE(call_gets(t, TLS "/set", &creates, NULL));
	json_decref(ids);
	buf_free(&all);
	buf_free(&creates);
	local_stop(&l);
}

/* The ids of a query's answer, and the limit it tells; -1: none. */
static void
check_query(const struct transport *t, const char *arguments, size_t ids, json_int_t limit)
{
	struct buf args = {0};
	json_t *answer;
	const json_t *got;

	buf_puts(&args, arguments);
	answer = call(t, TLS "/query", &args);
	got = answer_member(answer, "limit");
	CU_ASSERT_EQUAL(json_array_size(answer_member(answer, "ids")), ids);
	CU_ASSERT_EQUAL(got == NULL ? -1 : json_integer_value(got), limit);
	json_decref(answer);
	buf_free(&args);
}

static void
a_query_is_cut_at_the_limit_and_says_so(void)
{
	struct local l;
	struct transport *t = &l.client.transport;

	local_start(&l);
	json_decref(create_some(t, 4));
	l.outbox.limits.max_query_limit = 3;
	check_query(t, "{}", 3, 3);
	check_query(t, "{\"limit\":4}", 3, 3);
	check_query(t, "{\"limit\":9007199254740991}", 3, 3);
	check_query(t, "{\"limit\":3}", 3, -1);
	check_query(t, "{\"limit\":2}", 2, -1);
	check_query(t, "{\"position\":1}", 3, 3);
	l.outbox.limits.max_query_limit = 4;
	check_query(t, "{}", 4, 4);
	check_query(t, "{\"limit\":4}", 4, -1);
	local_stop(&l);
}

/* The arguments of a call about what happened since the state of nothing. */
static void
add_since(const struct transport *t, const char *name, struct buf *out)
{
	struct buf args = {0};
	json_t *answer;

	buf_puts(&args, "{\"ids\":[]}");
	answer = call(t, TLS "/get", &args);
	buf_printf(
	    out, "{\"%s\":\"%s\"}", name, json_string_value(answer_member(answer, "state")));
	json_decref(answer);
	buf_free(&args);
}

static void
changes_are_cut_at_the_limit(void)
{
	struct local l;
	struct transport *t = &l.client.transport;
	struct buf since = {0}, since_query = {0};
	json_t *answer;

	local_start(&l);
	add_since(t, "sinceState", &since);
	add_since(t, "sinceQueryState", &since_query);
	json_decref(create_some(t, 3));
	l.outbox.limits.max_changes = 2;
	answer = call(t, TLS "/changes", &since);
	CU_ASSERT_EQUAL(json_array_size(answer_member(answer, "created")), 2);
	CU_ASSERT_TRUE(json_is_true(answer_member(answer, "hasMoreChanges")));
	json_decref(answer);
	CU_ASSERT_TRUE(
	    call_gets(t, TLS "/queryChanges", &since_query, "cannotCalculateChanges"));
	l.outbox.limits.max_changes = 3;
	answer = call(t, TLS "/changes", &since);
	CU_ASSERT_EQUAL(json_array_size(answer_member(answer, "created")), 3);
	CU_ASSERT_TRUE(json_is_false(answer_member(answer, "hasMoreChanges")));
	json_decref(answer);
	CU_ASSERT_TRUE(call_gets(t, TLS "/queryChanges", &since_query, NULL));
	buf_free(&since);
	buf_free(&since_query);
	local_stop(&l);
}

/* {"filter": NOT of NOT of ... of {}}: depth nodes, one in the other. */
static void
add_deep_filter(size_t depth, struct buf *out)
{
	buf_puts(out, "{\"filter\":");
	for (size_t i = 1; i < depth; i++)
		buf_puts(out, "{\"operator\":\"NOT\",\"conditions\":[");
	buf_puts(out, "{\"domain\":\"a\"}");
	for (size_t i = 1; i < depth; i++)
		buf_puts(out, "]}");
	buf_puts(out, "}");
}

static void
a_filter_is_limited_in_depth(void)
{
	struct local l;
	struct transport *t = &l.client.transport;

	local_start(&l);
	for (size_t past = 0; past < 2; past++) {
		const char *error = past == 0 ? NULL : "unsupportedFilter";
		struct buf args = {0};

		add_deep_filter(FILTER_MAX_DEPTH + past, &args);
		CU_ASSERT_TRUE(call_gets(t, TLS "/query", &args, error));
		buf_free(&args);
	}
	local_stop(&l);
}

static void
a_filter_is_limited_in_conditions(void)
{
	struct local l;
	struct transport *t = &l.client.transport;

	local_start(&l);
	for (size_t past = 0; past < 2; past++) {
		const char *error = past == 0 ? NULL : "unsupportedFilter";
		struct buf args = {0};

		buf_puts(&args, "{\"filter\":{\"operator\":\"OR\",\"conditions\":[");
		for (size_t i = 1; i < FILTER_MAX_NODES + past; i++)
			buf_printf(&args, "%s{\"domain\":\"d%zu\"}", i == 1 ? "" : ",", i);
		buf_puts(&args, "]}}");
		CU_ASSERT_TRUE(call_gets(t, TLS "/query", &args, error));
		buf_free(&args);
	}
	local_stop(&l);
}

static void
indexed_values_are_limited(void)
{
	struct local l;
	struct transport *t = &l.client.transport;

	local_start(&l);
	for (size_t past = 0; past < 2; past++) {
		struct buf args = {0};
		json_t *answer;

		buf_puts(&args, "{\"create\":{\"a\":{\"policyIdentifiers\":[");
		for (size_t i = 0; i < MODEL_MAX_INDEXED_VALUES + past; i++)
			buf_printf(&args, "%s%zu", i == 0 ? "" : ",", i);
		buf_puts(&args, "],");
		buf_puts(&args, &TLS_RECORD[1]);
		buf_puts(&args, "}}");
		answer = call(t, TLS "/set", &args);
		CU_ASSERT_EQUAL(json_object_size(answer_member(answer, "created")), 1 - past);
		CU_ASSERT_EQUAL(json_object_size(answer_member(answer, "notCreated")), past);
		json_decref(answer);
		buf_free(&args);
	}
	local_stop(&l);
}

const CU_TestInfo api_limits_tests[] = {
    {"objects in a get are limited", objects_in_a_get_are_limited},
    {"a get of all is limited", a_get_of_all_is_limited},
    {"objects in a set are limited", objects_in_a_set_are_limited},
    {"creates, updates and destroys count together",
	creates_updates_and_destroys_count_together},
    {"a record is limited", a_record_is_limited},
    {"an update may not grow a record past the limit",
	an_update_may_not_grow_a_record_past_the_limit},
    {"bytes of a get and a set are limited", bytes_of_a_get_and_a_set_are_limited},
    {"a query is cut at the limit and says so", a_query_is_cut_at_the_limit_and_says_so},
    {"changes are cut at the limit", changes_are_cut_at_the_limit},
    {"a filter is limited in depth", a_filter_is_limited_in_depth},
    {"a filter is limited in conditions", a_filter_is_limited_in_conditions},
    {"indexed values are limited", indexed_values_are_limited},
    CU_TEST_INFO_NULL,
};
