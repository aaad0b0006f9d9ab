/* tests/jmap_limits.c -- jmap/ over a real store: how much a method takes and answers. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/answers.h"
#include "tests/suites.h"

static void
get_takes_so_many_ids(void)
{
	struct outbox o;
	char *at, *over;

	outbox_start(&o);
	o.limits.max_objects_in_get = 3;
	at = text_repeated("{\"ids\":[", "\"d", "\"", 3, "]}");
	over = text_repeated("{\"ids\":[", "\"d", "\"", 4, "]}");
	answer_expect(&o, FACE_MAPS, D "get", at, "/list", "[]");
	answer_expect(&o, FACE_MAPS, D "get", over, "/type", "\"requestTooLarge\"");
	outbox_fill(&o, 3);
	answer_expect(
	    &o, FACE_MAPS, D "get", "{\"ids\":null,\"properties\":[]}", "/notFound", "[]");
	outbox_fill(&o, 1);
	answer_expect(&o, FACE_MAPS, D "get", "{\"ids\":null,\"properties\":[]}", "/type",
	    "\"requestTooLarge\"");
	free(at);
	free(over);
	outbox_stop(&o);
}

static void
get_answers_so_many_bytes(void)
{
	struct outbox o;
	json_t *a;
	char *text;

	outbox_start(&o);
	outbox_fill(&o, 1);
	a = outbox_call(&o, FACE_ARRAYS, D "get", "{}");
	json_object_del(json_array_get(json_object_get(a, "list"), 0), "id");
	text = json_dumps(json_array_get(json_object_get(a, "list"), 0), JSON_COMPACT);
	o.limits.max_size_response =
	    strlen(text) + strlen("{\"methodResponses\":[[\"" D "get\",");
	answer_expect(&o, FACE_ARRAYS, D "get", "{}", "/notFound", "[]");
	o.limits.max_size_response--;
	answer_expect(&o, FACE_ARRAYS, D "get", "{}", "/type", "\"requestTooLarge\"");
	free(text);
	json_decref(a);
	outbox_stop(&o);
}

static void
set_takes_so_many_records(void)
{
	struct outbox o;

	outbox_start(&o);
	o.limits.max_objects_in_set = 3;
	answer_expect(&o, FACE_MAPS, D "set",
	    "{\"create\":{\"a\":{}},\"update\":{\"b\":{}},\"destroy\":[\"c\"]}",
	    "/notDestroyed/c/type", "\"notFound\"");
	answer_expect(&o, FACE_MAPS, D "set",
	    "{\"create\":{\"a\":{}},\"update\":{\"b\":{}},\"destroy\":[\"c\",\"d\"]}", "/type",
	    "\"requestTooLarge\"");
	outbox_stop(&o);
}

static void
set_takes_records_of_so_many_bytes(void)
{
	struct outbox o;
	size_t size;

	outbox_start(&o);
	o.limits.max_size_record = 1;
	while (o.limits.max_size_record < 4096) {
		json_t *a = outbox_call(&o, FACE_MAPS, D "set", CREATE);
		bool made = json_is_object(json_object_get(a, "created"));

		CU_ASSERT_TRUE(made || answer_has(a, "/notCreated/k/type", "\"tooLarge\""));
		json_decref(a);
		if (made)
			break;
		o.limits.max_size_record++;
	}
	size = o.limits.max_size_record;
	CU_ASSERT_TRUE(size > 500 && size < 4096);
	o.limits.max_size_response = 2 * size;
	answer_expect(&o, FACE_MAPS, D "set",
	    "{\"create\":{\"k\":" RECORD ",\"l\":" RECORD "}}", "/notCreated", "null");
	o.limits.max_size_response = 2 * size - 1;
	answer_expect(&o, FACE_MAPS, D "set",
	    "{\"create\":{\"k\":" RECORD ",\"l\":" RECORD "}}", "/type", "\"requestTooLarge\"");
	outbox_stop(&o);
}

static void
query_tells_the_limit_that_the_server_sets(void)
{
	struct outbox o;

	outbox_start(&o);
	o.limits.max_query_limit = 2;
	outbox_fill(&o, 2);
	answer_expect(&o, FACE_MAPS, D "query", "{}", "/limit", "2");
	answer_expect(&o, FACE_MAPS, D "query", "{\"limit\":9}", "/limit", "2");
	outbox_fill(&o, 1);
	answer_expect(&o, FACE_MAPS, D "query", "{}", "/limit", "2");
	answer_expect(&o, FACE_MAPS, D "query", "{\"limit\":3}", "/ids",
	    "[\"d0000000003\",\"d0000000002\"]");
	answer_expect(&o, FACE_MAPS, D "query", "{\"limit\":2}", "/limit", NULL);
	answer_expect(&o, FACE_MAPS, D "query", "{\"limit\":1}", "/ids", "[\"d0000000003\"]");
	answer_expect(
	    &o, FACE_MAPS, D "query", "{\"limit\":0,\"calculateTotal\":true}", "/total", "3");
	outbox_stop(&o);
}

static void
changes_come_in_pages(void)
{
	struct buf args = {0};
	struct outbox o;
	json_t *a, *b;

	outbox_start(&o);
	a = outbox_call(&o, FACE_MAPS, D "get", "{}");
	outbox_fill(&o, 3);
	o.limits.max_changes = 2;
	buf_printf(
	    &args, "{\"sinceState\":\"%s\"}", json_string_value(json_object_get(a, "state")));
	b = outbox_call(&o, FACE_MAPS, D "changes", buf_terminate(&args));
	CU_ASSERT_TRUE(answer_has(b, "/created", "[\"" FIRST_ID "\",\"d0000000002\"]"));
	CU_ASSERT_TRUE(answer_has(b, "/hasMoreChanges", "true"));
	CU_ASSERT_TRUE(json_equal(json_object_get(a, "state"), json_object_get(b, "oldState")));
	buf_clear(&args);
	buf_printf(&args, "{\"sinceState\":\"%s\"}",
	    json_string_value(json_object_get(b, "newState")));
	answer_expect(
	    &o, FACE_MAPS, D "changes", buf_terminate(&args), "/created", "[\"d0000000003\"]");
	answer_expect(
	    &o, FACE_MAPS, D "changes", buf_terminate(&args), "/hasMoreChanges", "false");
	answer_expect(&o, FACE_MAPS, D "changes", "{\"sinceState\":\"x\",\"maxChanges\":0}",
	    "/type", "\"invalidArguments\"");
	answer_expect(&o, FACE_MAPS, D "changes", "{\"sinceState\":\"x\"}", "/type",
	    "\"cannotCalculateChanges\"");
	json_decref(a);
	json_decref(b);
	buf_free(&args);
	outbox_stop(&o);
}

static void
query_changes_end_where_maxchanges_says(void)
{
	struct buf args = {0};
	struct outbox o;
	json_t *a;
	const char *state;

	outbox_start(&o);
	a = outbox_call(&o, FACE_MAPS, D "query", "{}");
	state = json_string_value(json_object_get(a, "queryState"));
	outbox_fill(&o, 2);
	buf_printf(&args, "{\"sinceQueryState\":\"%s\",\"calculateTotal\":true}", state);
	answer_expect(&o, FACE_MAPS, D "queryChanges", buf_terminate(&args), "/added",
	    "[{\"id\":\"d0000000002\",\"index\":0},{\"id\":\"" FIRST_ID "\",\"index\":1}]");
	answer_expect(&o, FACE_MAPS, D "queryChanges", buf_terminate(&args), "/total", "2");
	o.limits.max_changes = 1;
	answer_expect(&o, FACE_MAPS, D "queryChanges", buf_terminate(&args), "/type",
	    "\"cannotCalculateChanges\"");
	buf_clear(&args);
	buf_printf(&args, "{\"sinceQueryState\":\"%s\",\"maxChanges\":1}", state);
	answer_expect(&o, FACE_MAPS, D "queryChanges", buf_terminate(&args), "/type",
	    "\"tooManyChanges\"");
	json_decref(a);
	buf_free(&args);
	outbox_stop(&o);
}

static void
on_a_full_disk_each_create_and_update_is_over_quota(void)
{
	static const char reserve[] = "reserve_mb = 1048576\n"; /* a TiB */
	struct outbox o;
	json_t *a;

	outbox_start(&o);
	outbox_fill(&o, 2);
	outbox_restart(&o, reserve);
	a = outbox_call(&o, FACE_ARRAYS, D "set",
	    "{\"create\":{\"k\":" RECORD ",\"bad\":{}},"
	    "\"update\":{\"" FIRST_ID "\":{\"domain\":\"b.example\"}},"
	    "\"destroy\":[\"d0000000002\"]}");
	CU_ASSERT_TRUE(answer_has(a, "/notCreated/k/type", "\"overQuota\""));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(json_string_value(json_object_get(
		       json_object_get(json_object_get(a, "notCreated"), "k"), "description")),
		"1048576"));
	CU_ASSERT_TRUE(answer_has(a, "/notCreated/bad/type", "\"invalidProperties\""));
	CU_ASSERT_TRUE(answer_has(a, "/notUpdated/" FIRST_ID "/type", "\"overQuota\""));
	CU_ASSERT_TRUE(answer_has(a, "/destroyed", "[\"d0000000002\"]"));
	json_decref(a);
	answer_expect(&o, FACE_ARRAYS, D "get",
	    "{\"ids\":[\"" FIRST_ID "\"],\"properties\":[\"domain\"]}", "/list/0/domain",
	    "\"example.com\"");
	outbox_restart(&o, "");
	answer_expect(&o, FACE_ARRAYS, D "set", CREATE, "/notCreated", "null");
	outbox_stop(&o);
}

const CU_TestInfo jmap_limits_tests[] = {
    {"on a full disk each create and update is over quota",
	on_a_full_disk_each_create_and_update_is_over_quota},
    {"/get takes so many ids", get_takes_so_many_ids},
    {"/get answers so many bytes", get_answers_so_many_bytes},
    {"/set takes so many records", set_takes_so_many_records},
    {"/set takes records of so many bytes", set_takes_records_of_so_many_bytes},
    {"/query tells the limit that the server sets", query_tells_the_limit_that_the_server_sets},
    {"/changes come in pages", changes_come_in_pages},
    {"/queryChanges ends where maxChanges says", query_changes_end_where_maxchanges_says},
    CU_TEST_INFO_NULL,
};
