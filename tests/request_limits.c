/* tests/request_limits.c -- limits of a request, at each and one past it. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "tests/cases.h"
#include "tests/local.h"
#include "tests/site.h"
#include "tests/suites.h"

#define USING "\"using\":[\"urn:ietf:params:jmap:core\",\"urn:stalwart:jmap\"]"

/* The limit a request-level error names, with its status: "400 maxCallsInRequest"; "200" if it
 * was served. */
static void
post_status(const struct transport *t, struct str body, char *out, size_t size)
{
	struct exchange x = {.method = "POST",
	    .path = "/api",
	    .authorization = tokens_header(t->tokens, "admin"),
	    .content_type = "application/json",
	    .body = body};
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

/* Apache would keep a body of unknown length to its end, however long. */
static void
a_request_through_apache_is_limited(void)
{
	static const struct site_plan plan = {.fronts = {FRONT_APACHE}, .n_fronts = 1};
	struct site s;
	struct site_client c;
	char got[64];

	site_start_as(&s, &plan);
	site_client_open(&c, &s);
	check_sizes(&c.transport, limits_default.max_size_request);
	c.chunked = true;
	post_status(&c.transport, STR("{}"), got, sizeof got);
	CU_ASSERT_STRING_EQUAL(got, "411");
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

/* Each set alone stays below the limit, and so do the answers of two. */
static void
answers_of_sets_count_together(void)
{
	static const char *const want[] = {
	    "x:TlsInternalReport/set", "x:TlsInternalReport/set", "error"};
	enum { LONG = 9000, MOST = 20000 };
	struct buf body = {0};
	struct local l;
	struct err e = {0};
	json_t *reply;

	local_start(&l);
	l.outbox.limits.max_size_response = MOST;
	buf_puts(&body, "{" USING ",\"methodCalls\":[");
	for (int i = 0; i < 3; i++)
		buf_printf(&body,
		    "%s[\"x:TlsInternalReport/set\",{\"create\":{\"k\":{\"domain\":"
		    "\"example.com\",\"createdAt\":\"2026-01-01T00:00:00Z\",\"deliverAt\":"
		    "\"2026-01-02T00:00:00Z\",\"report\":{\"reportId\":\"%0*d\","
		    "\"dateRangeStart\":\"2026-01-01T00:00:00Z\",\"dateRangeEnd\":"
		    "\"2026-01-02T00:00:00Z\"}}}},\"c\"]",
		    i == 0 ? "" : ",", LONG, 0);
	buf_puts(&body, "]}");
	CU_ASSERT_TRUE(transport_post(&l.client.transport, "/api", buf_str(&body), &reply, &e));
	for (size_t i = 0; i < 3; i++)
		CU_ASSERT_STRING_EQUAL(
		    json_string_value(json_array_get(
			json_array_get(json_object_get(reply, "methodResponses"), i), 0)),
		    want[i]);
	json_decref(reply);
	buf_free(&body);
	local_stop(&l);
}

const CU_TestInfo request_limits_tests[] = {
    {"calls in a request are limited", calls_in_a_request_are_limited},
    {"a request is limited", a_request_is_limited},
    {"a request through nginx is limited, also in chunks", a_request_through_nginx_is_limited},
    {"a request through Apache is limited, and must tell its length",
	a_request_through_apache_is_limited},
    {"JSON is nested so deep and no deeper", json_is_nested_so_deep_and_no_deeper},
    {"an answer cannot grow without end", an_answer_cannot_grow_without_end},
    {"answers of sets count together", answers_of_sets_count_together},
    CU_TEST_INFO_NULL,
};
