/* tests/api_limits.c -- limits, at each and one past it, with bodies too large for tests/api.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/filter.h"
#include "tests/cases.h"
#include "tests/local.h"
#include "tests/site.h"
#include "tests/suites.h"

#define USING "\"using\":[\"urn:ietf:params:jmap:core\",\"urn:stalwart:jmap\"]"
#define DMARC "x:DmarcInternalReport"
#define TLS "x:TlsInternalReport"

#define TLS_RECORD                                                                             \
	"{\"domain\":\"example.com\",\"createdAt\":\"2026-01-01T00:00:00Z\","                  \
	"\"deliverAt\":\"2026-01-02T00:00:00Z\",\"report\":{\"reportId\":\"r\","               \
	"\"dateRangeStart\":\"2026-01-01T00:00:00Z\",\"dateRangeEnd\":\"2026-01-02T00:00:"     \
	"00Z\"}}"

/* The answer to one call, [name, arguments, id], for json_decref(); NULL and a failed assertion
 * otherwise. */
static json_t *
call(const struct transport *t, const char *method, const struct buf *arguments)
{
	struct buf body = {0};
	struct err e = {0};
	json_t *reply, *answer;

	buf_printf(&body, "{" USING ",\"methodCalls\":[[\"%s\",", method);
	buf_add_str(&body, buf_str(arguments));
	buf_puts(&body, ",\"c\"]]}");
	if (!transport_post(t, "/api", buf_str(&body), &reply, &e))
		CU_FAIL("the request was refused");
	answer = json_incref(json_array_get(json_object_get(reply, "methodResponses"), 0));
	json_decref(reply);
	buf_free(&body);
	return answer;
}

/* The arguments of such an answer. */
static json_t *
told(const json_t *answer, const char *name)
{
	return json_object_get(json_array_get(answer, 1), name);
}

static bool
is_error(const json_t *answer, const char *type)
{
	const char *name = json_string_value(json_array_get(answer, 0));
	const char *got = json_string_value(told(answer, "type"));

	return name != NULL && strcmp(name, "error") == 0 && got != NULL &&
	    strcmp(got, type) == 0;
}

/* Whether a call gets this error; NULL: none. */
static bool
call_gets(const struct transport *t, const char *method, const struct buf *arguments,
    const char *type)
{
	json_t *answer = call(t, method, arguments);
	bool as_wished = type == NULL
	    ? strcmp(json_string_value(json_array_get(answer, 0)), method) == 0
	    : is_error(answer, type);

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
		json_object_foreach(told(answer, "created"), key, one)
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
	n = (size_t)json_integer_value(told(answer, "total"));
	json_decref(answer);
	buf_free(&args);
	return n;
}

/* The limit a request-level error names, with its status: "400 maxCallsInRequest"; "200" if it
 * was served. */
static void
post_status(const struct transport *t, struct str body, char *out, size_t size)
{
	struct exchange x = {
	    "POST", "/api", tokens_header(t->tokens, "admin"), "application/json", body};
	struct answer a = {0};
	struct err e = {0};
	json_t *problem;
	const char *limit;

	CU_ASSERT_TRUE(t->send(t->arg, &x, &a, &e));
	problem = json_loadb(a.body.s, a.body.len, 0, NULL);
	limit = json_string_value(json_object_get(problem, "limit"));
	snprintf(out, size, "%d%s%s", a.status, limit == NULL ? "" : " ",
	    limit == NULL ? "" : limit);
	json_decref(problem);
	answer_free(&a);
}

static void
calls_in_a_request_are_limited(void)
{
	static const char *const want[] = {"200", "400 maxCallsInRequest"};
	struct local l;

	local_start(&l);
	for (size_t past = 0; past < 2; past++) {
		struct buf body = {0};
		char got[64];

		buf_puts(&body, "{" USING ",\"methodCalls\":[");
		for (size_t i = 0; i < l.outbox.limits.max_calls_in_request + past; i++)
			buf_printf(&body, "%s[\"Core/echo\",{},\"c\"]", i == 0 ? "" : ",");
		buf_puts(&body, "]}");
		post_status(&l.client.transport, buf_str(&body), got, sizeof got);
		CU_ASSERT_STRING_EQUAL(got, want[past]);
		buf_free(&body);
	}
	local_stop(&l);
}

/* A request of exactly that many bytes: JSON may be followed by blanks. */
static void
check_sizes(const struct transport *t, size_t max)
{
	struct buf body = {0};
	char got[64];

	buf_puts(&body, "{" USING ",\"methodCalls\":[]}");
	buf_reserve(&body, max + 1 - body.len);
	memset(body.s + body.len, ' ', max + 1 - body.len);
	post_status(t, (struct str){body.s, max}, got, sizeof got);
	CU_ASSERT_STRING_EQUAL(got, "200");
	post_status(t, (struct str){body.s, max + 1}, got, sizeof got);
	CU_ASSERT_STRING_EQUAL(got, "413 maxSizeRequest");
	buf_free(&body);
}

static void
a_request_is_limited(void)
{
	struct local l;

	local_start(&l);
	check_sizes(&l.client.transport, l.outbox.limits.max_size_request);
	local_stop(&l);
}

static void
a_request_through_nginx_is_limited(void)
{
	struct site s;
	struct site_client c;

	site_start(&s);
	site_client_open(&c, &s);
	check_sizes(&c.transport, limits_default.max_size_request);
	c.chunked = true;
	check_sizes(&c.transport, limits_default.max_size_request);
	site_client_close(&c);
	CU_ASSERT_TRUE(site_stop(&s));
}

static void
json_is_nested_so_deep_and_no_deeper(void)
{
	static const char *const want[] = {"200", "400"};
	static const size_t depth[] = {1000, 100000};
	struct local l;

	local_start(&l);
	for (size_t i = 0; i < 2; i++) {
		struct buf body = {0};
		char got[64];

		buf_puts(&body, "{" USING ",\"methodCalls\":[[\"Core/echo\",{\"a\":");
		for (size_t n = 0; n < depth[i]; n++)
			buf_putc(&body, '[');
		for (size_t n = 0; n < depth[i]; n++)
			buf_putc(&body, ']');
		buf_puts(&body, "},\"c\"]]}");
		post_status(&l.client.transport, buf_str(&body), got, sizeof got);
		CU_ASSERT_STRING_EQUAL(got, want[i]);
		buf_free(&body);
	}
	local_stop(&l);
}

/* Each call echoes the answer before it twice, so that 64 of them would make 2^64. */
static void
an_answer_cannot_grow_without_end(void)
{
	enum { CALLS = 64, MOST = 1 << 20 };
	struct buf body = {0};
	struct local l;
	struct err e = {0};
	json_t *reply, *last;

	local_start(&l);
	l.outbox.limits.max_size_response = MOST;
	buf_puts(&body, "{" USING ",\"methodCalls\":[[\"Core/echo\",{\"a\":1},\"0\"]");
	for (int i = 1; i < CALLS; i++)
		buf_printf(&body,
		    ",[\"Core/echo\",{\"#a\":{\"resultOf\":\"%d\",\"name\":\"Core/"
		    "echo\",\"path\":\"\"},"
		    "\"#b\":{\"resultOf\":\"%d\",\"name\":\"Core/"
		    "echo\",\"path\":\"\"}},\"%d\"]",
		    i - 1, i - 1, i);
	buf_puts(&body, "]}");
	CU_ASSERT_TRUE(transport_post(&l.client.transport, "/api", buf_str(&body), &reply, &e));
	last = json_array_get(json_object_get(reply, "methodResponses"), CALLS - 1);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(last, 0)), "error");
	json_decref(reply);
	buf_free(&body);
	local_stop(&l);
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
	record = json_array_get(told(answer, "list"), 0);
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
	CU_ASSERT_EQUAL(json_object_size(told(answer, "created")), 1);
	json_decref(answer);
	l.outbox.limits.max_size_record = size - 1;
	answer = call(t, TLS "/set", &args);
	error = json_object_get(told(answer, "notCreated"), "k0");
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
	error = json_object_get(told(answer, "notUpdated"), id);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(error, "type")), "tooLarge");
	json_decref(answer);
	l.outbox.limits.max_size_record = size + 1;
	answer = call(t, TLS "/set", &args);
	CU_ASSERT_EQUAL(json_object_size(told(answer, "updated")), 1);
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
	got = told(answer, "limit");
	CU_ASSERT_EQUAL(json_array_size(told(answer, "ids")), ids);
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
	check_query(t, "{\"position\":1}", 3, -1);
	l.outbox.limits.max_query_limit = 4;
	check_query(t, "{}", 4, -1);
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
	buf_printf(out, "{\"%s\":\"%s\"}", name, json_string_value(told(answer, "state")));
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
	CU_ASSERT_EQUAL(json_array_size(told(answer, "created")), 2);
	CU_ASSERT_TRUE(json_is_true(told(answer, "hasMoreChanges")));
	json_decref(answer);
	CU_ASSERT_TRUE(
	    call_gets(t, TLS "/queryChanges", &since_query, "cannotCalculateChanges"));
	l.outbox.limits.max_changes = 3;
	answer = call(t, TLS "/changes", &since);
	CU_ASSERT_EQUAL(json_array_size(told(answer, "created")), 3);
	CU_ASSERT_TRUE(json_is_false(told(answer, "hasMoreChanges")));
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
		CU_ASSERT_EQUAL(json_object_size(told(answer, "created")), 1 - past);
		CU_ASSERT_EQUAL(json_object_size(told(answer, "notCreated")), past);
		json_decref(answer);
		buf_free(&args);
	}
	local_stop(&l);
}

const CU_TestInfo api_limits_tests[] = {
    {"calls in a request are limited", calls_in_a_request_are_limited},
    {"a request is limited", a_request_is_limited},
    {"a request through nginx is limited, also in chunks", a_request_through_nginx_is_limited},
    {"JSON is nested so deep and no deeper", json_is_nested_so_deep_and_no_deeper},
    {"an answer cannot grow without end", an_answer_cannot_grow_without_end},
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
