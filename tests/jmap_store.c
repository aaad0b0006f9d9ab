/* tests/jmap_store.c -- jmap/ over a real store: what takes several requests, processes or
 * crashes to see. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jmap/reference.h"
#include "tests/answers.h"
#include "tests/suites.h"

#define USING "\"using\":[\"" JMAP_CAPABILITY_CORE "\",\"" JMAP_CAPABILITY_OUTBOX "\"]"

/* The Response to {using, rest} holds json at path. */
static void
expect_of_request(struct outbox *o, const char *rest, const char *path, const char *json)
{
	struct buf body = {0};
	struct err e = {0};
	json_t *response;

	buf_printf(&body, "{" USING ",%s}", rest);
	response = outbox_request(o, FACE_ARRAYS, buf_terminate(&body), &e);
	CU_ASSERT_TRUE(answer_has(response, path, json));
	json_decref(response);
	buf_free(&body);
}

/* --- whole requests --- */

static void
what_is_no_request_gets_a_problem(void)
{
	static const struct {
		const char *body;
		enum err_code code;
	} bad[] = {
	    {"", ERR_NOT_JSON},
	    {"{\"using\":[],\"methodCalls\":[]", ERR_NOT_JSON},
	    {"[]", ERR_NOT_REQUEST},
	    {"3", ERR_NOT_REQUEST},
	    {"{}", ERR_NOT_REQUEST},
	    {"{\"methodCalls\":[]}", ERR_NOT_REQUEST},
	    {"{\"using\":[]}", ERR_NOT_REQUEST},
	    {"{\"using\":null,\"methodCalls\":[]}", ERR_NOT_REQUEST},
	    {"{\"using\":[1],\"methodCalls\":[]}", ERR_NOT_REQUEST},
	    {"{\"using\":[],\"methodCalls\":{}}", ERR_NOT_REQUEST},
	    {"{\"using\":[],\"methodCalls\":[[\"Core/echo\",{}]]}", ERR_NOT_REQUEST},
	    {"{\"using\":[],\"methodCalls\":[[\"Core/echo\",{},\"a\",1]]}", ERR_NOT_REQUEST},
	    {"{\"using\":[],\"methodCalls\":[[\"Core/echo\",[],\"a\"]]}", ERR_NOT_REQUEST},
	    {"{\"using\":[],\"methodCalls\":[[\"Core/echo\",{},1]]}", ERR_NOT_REQUEST},
	    {"{\"using\":[],\"methodCalls\":[],\"createdIds\":[]}", ERR_NOT_REQUEST},
	    {"{\"using\":[],\"methodCalls\":[],\"createdIds\":{\"a\":1}}", ERR_NOT_REQUEST},
	    {"{\"using\":[\"urn:example:x\"],\"methodCalls\":[]}", ERR_UNKNOWN_CAPABILITY},
	};
	struct outbox o;

	outbox_start(&o);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct err e = {0};

		CU_ASSERT_PTR_NULL(outbox_request(&o, FACE_ARRAYS, bad[i].body, &e));
		CU_ASSERT_EQUAL(e.code, bad[i].code);
	}
	outbox_stop(&o);
}

static void
calls_go_on_after_one_that_failed(void)
{
	struct outbox o;

	outbox_start(&o);
	expect_of_request(&o,
	    "\"methodCalls\":[[\"" D "get\",{\"ids\":3},\"a\"],[\"Core/echo\",{\"b\":1},\"a\"],"
	    "[\"No/such\",{},\"\\u0000\"]]",
	    "/methodResponses/*/0", "[\"error\",\"Core/echo\",\"error\"]");
	expect_of_request(&o, "\"methodCalls\":[[\"Core/echo\",{\"b\":\"\\u0000\"},\"\"]]",
	    "/methodResponses/0", "[\"Core/echo\",{\"b\":\"\\u0000\"},\"\"]");
	outbox_stop(&o);
}

static void
a_response_has_the_sessions_state(void)
{
	struct buf text = {0}, want = {0};
	struct outbox o;
	json_t *session;

	outbox_start(&o);
	jmap_session(&o.jmap, &o.principal, STR(OUTBOX_URL), &text);
	session = json_loadb(text.s, text.len, 0, NULL);
	buf_printf(&want, "\"%s\"", json_string_value(json_object_get(session, "state")));
	expect_of_request(&o, "\"methodCalls\":[]", "/sessionState", buf_terminate(&want));
	json_decref(session);
	buf_free(&text);
	buf_free(&want);
	outbox_stop(&o);
}

static void
methods_need_their_capability(void)
{
	struct outbox o;
	struct err e = {0};
	json_t *r;

	outbox_start(&o);
	r = outbox_request(&o, FACE_ARRAYS,
	    "{\"using\":[\"" JMAP_CAPABILITY_CORE "\"],\"methodCalls\":[[\"" D
	    "get\",{},\"a\"],"
	    "[\"Core/echo\",{},\"b\"]]}",
	    &e);
	CU_ASSERT_TRUE(answer_has(r, "/methodResponses/0/1/type", "\"unknownMethod\""));
	CU_ASSERT_TRUE(answer_has(r, "/methodResponses/1/0", "\"Core/echo\""));
	json_decref(r);
	r = outbox_request(&o, FACE_ARRAYS,
	    "{\"using\":[\"" JMAP_CAPABILITY_OUTBOX
	    "\"],\"methodCalls\":[[\"Core/echo\",{},\"b\"]]}",
	    &e);
	CU_ASSERT_TRUE(answer_has(r, "/methodResponses/0/1/type", "\"unknownMethod\""));
	json_decref(r);
	outbox_stop(&o);
}

static void
a_request_may_hold_so_many_calls(void)
{
	struct outbox o;

	outbox_start(&o);
	for (size_t more = 0; more < 2; more++) {
		char *body = text_repeated("{" USING ",\"methodCalls\":[",
		    "[\"Core/echo\",{},\"", "\"]", o.limits.max_calls_in_request + more, "]}");
		struct err e = {0};
		json_t *r = outbox_request(&o, FACE_ARRAYS, body, &e);

		CU_ASSERT_EQUAL(r == NULL, more == 1);
		CU_ASSERT_EQUAL(e.code, more == 1 ? ERR_LIMIT : ERR_NONE);
		CU_ASSERT_TRUE(more == 0 || strcmp(e.limit, "maxCallsInRequest") == 0);
		json_decref(r);
		free(body);
	}
	outbox_stop(&o);
}

/* Each call doubles what the one before answered. */
static void
references_cannot_blow_up_an_answer(void)
{
	struct buf calls = {0};
	struct outbox o;

	outbox_start(&o);
	o.limits.max_size_response = 10000;
	buf_puts(&calls, "\"methodCalls\":[[\"Core/echo\",{\"a\":[\"x\"]},\"0\"]");
	for (int i = 1; i < 40; i++)
		buf_printf(&calls,
		    ",[\"Core/echo\",{\"#a\":{\"resultOf\":\"%d\",\"name\":\"Core/"
		    "echo\",\"path\":\"\"},"
		    "\"#b\":{\"resultOf\":\"%d\",\"name\":\"Core/"
		    "echo\",\"path\":\"\"}},\"%d\"]",
		    i - 1, i - 1, i);
	buf_putc(&calls, ']');
	expect_of_request(&o, buf_terminate(&calls), "/methodResponses/1/1",
	    "{\"a\":{\"a\":[\"x\"]},\"b\":{\"a\":[\"x\"]}}");
	expect_of_request(&o, buf_terminate(&calls), "/methodResponses/20/1/type",
	    "\"invalidResultReference\"");
	buf_free(&calls);
	outbox_stop(&o);
}

static void
an_echo_is_whole_or_refused(void)
{
	enum { LONG = 20000 };
	struct buf calls = {0};
	struct outbox o;

	outbox_start(&o);
	buf_printf(&calls, "\"methodCalls\":[[\"Core/echo\",{\"%0*d\":1},\"0\"]]", LONG, 0);
	expect_of_request(&o, buf_terminate(&calls), "/methodResponses/0/0", "\"Core/echo\"");
	o.limits.max_size_response = LONG;
	expect_of_request(
	    &o, buf_terminate(&calls), "/methodResponses/0/1/type", "\"requestTooLarge\"");
	buf_free(&calls);
	outbox_stop(&o);
}

#define REFERENCE "\"#a\":{\"resultOf\":\"0\",\"name\":\"Core/echo\",\"path\":\"/a\"}"

static void
what_references_bring_counts_like_what_is_sent(void)
{
	enum { LONG = 1000 };
	struct buf calls = {0};
	struct outbox o;

	outbox_start(&o);
	o.limits.max_size_request = 3 * LONG / 2;
	buf_printf(
	    &calls, "\"methodCalls\":[[\"Core/echo\",{\"a\":{\"%0*d\":1}},\"0\"]", LONG, 0);
	buf_puts(&calls, ",[\"Core/echo\",{" REFERENCE "},\"1\"]");
	buf_puts(&calls, ",[\"Core/echo\",{" REFERENCE "},\"2\"]]");
	expect_of_request(&o, buf_terminate(&calls), "/methodResponses/1/0", "\"Core/echo\"");
	expect_of_request(&o, buf_terminate(&calls), "/methodResponses/2/1/type",
	    "\"invalidResultReference\"");
	buf_free(&calls);
	outbox_stop(&o);
}

static void
creation_ids_go_in_and_out(void)
{
	struct outbox o;

	outbox_start(&o);
	expect_of_request(&o,
	    "\"methodCalls\":[[\"" D "set\"," CREATE ",\"0\"],[\"" D
	    "get\",{\"ids\":[\"#k\",\"#l\",\"" FIRST_ID "\"],\"properties\":[]},\"1\"]]",
	    "/methodResponses/1/1/list", "[{\"id\":\"" FIRST_ID "\"}]");
	expect_of_request(&o, "\"methodCalls\":[]", "/createdIds", NULL);
	expect_of_request(&o,
	    "\"createdIds\":{\"old\":\"" FIRST_ID "\"},\"methodCalls\":[[\"" D "set\"," CREATE
	    ",\"0\"],[\"" D "set\",{\"update\":{\"#k\":{\"policyIdentifier\":7}},"
	    "\"destroy\":[\"#old\",\"#none\"]},\"1\"]]",
	    "/createdIds", "{\"old\":\"" FIRST_ID "\",\"k\":\"d0000000002\"}");
	answer_expect(&o, FACE_ARRAYS, D "get",
	    "{\"ids\":null,\"properties\":[\"policyIdentifier\"]}", "/list",
	    "[{\"id\":\"d0000000002\",\"policyIdentifier\":7}]");
	/* The map is one for all types; an id of another type is no record of this one. */
	expect_of_request(&o,
	    "\"createdIds\":{\"d\":\"d0000000002\"},\"methodCalls\":[[\"" T
	    "get\",{\"ids\":[\"#d\"]},\"0\"]]",
	    "/methodResponses/0/1/notFound", "[\"#d\"]");
	outbox_stop(&o);
}

/* --- what a token may do --- */

static void
permissions_are_asked_for_each_method_and_record(void)
{
	struct outbox o;

	outbox_start(&o);
	outbox_fill(&o, 1);
	o.principal.permissions = permission_of(&dmarc_internal_report, ACTION_QUERY) |
	    permission_of(&tls_internal_report, ACTION_GET);
	answer_expect(&o, FACE_ARRAYS, D "query", "{}", "/ids/0", "\"" FIRST_ID "\"");
	answer_expect(&o, FACE_ARRAYS, D "get", "{}", "/type", "\"forbidden\"");
	answer_expect(
	    &o, FACE_ARRAYS, D "changes", "{\"sinceState\":\"\"}", "/type", "\"forbidden\"");
	answer_expect(&o, FACE_ARRAYS, T "query", "{}", "/type", "\"forbidden\"");
	answer_expect(&o, FACE_ARRAYS, T "queryChanges", "{\"sinceQueryState\":\"\"}", "/type",
	    "\"forbidden\"");
	answer_expect(&o, FACE_ARRAYS, D "set", CREATE, "/type", "\"accountReadOnly\"");
	answer_expect(&o, FACE_ARRAYS, D "set", "{}", "/type", "\"accountReadOnly\"");
	o.principal.permissions |= permission_of(&tls_internal_report, ACTION_CREATE);
	answer_expect(&o, FACE_ARRAYS, D "set", CREATE, "/notCreated/k/type", "\"forbidden\"");
	answer_expect(&o, FACE_ARRAYS, D "set", "{\"update\":{\"" FIRST_ID "\":{}}}",
	    "/notUpdated/" FIRST_ID "/type", "\"forbidden\"");
	answer_expect(&o, FACE_ARRAYS, D "set", "{\"destroy\":[\"" FIRST_ID "\"]}",
	    "/notDestroyed/" FIRST_ID "/type", "\"forbidden\"");
	o.principal.permissions |= permission_of(&dmarc_internal_report, ACTION_DESTROY);
	answer_expect(&o, FACE_ARRAYS, D "set", "{\"destroy\":[\"" FIRST_ID "\"]}",
	    "/destroyed", "[\"" FIRST_ID "\"]");
	outbox_stop(&o);
}

/* --- the faces --- */

static void
created_tells_defaults_on_one_face_alone(void)
{
	static const char create[] = "{\"create\":{\"k\":" WITH_DOMAIN("Example.COM") "}}";
	struct outbox o;

	outbox_start(&o);
	answer_expect(&o, FACE_ARRAYS, D "set", create, "/created/k/domain", "\"example.com\"");
	answer_expect(&o, FACE_ARRAYS, D "set", create, "/created/k/rua", "[]");
	answer_expect(&o, FACE_ARRAYS, D "set", create, "/created/k/policyIdentifier", "0");
	answer_expect(&o, FACE_ARRAYS, D "set", create, "/created/k/createdAt", NULL);
	answer_expect(&o, FACE_MAPS, D "set", create, "/created/k", "{\"id\":\"d0000000005\"}");
	outbox_stop(&o);
}

static void
updated_tells_what_became_different(void)
{
	struct outbox o;

	outbox_start(&o);
	outbox_fill(&o, 1);
	answer_expect(&o, FACE_MAPS, D "set",
	    "{\"update\":{\"" FIRST_ID "\":{\"domain\":\"B.Example\",\"policyIdentifier\":3}}}",
	    "/updated/" FIRST_ID, "{\"domain\":\"b.example\"}");
	answer_expect(&o, FACE_MAPS, D "set",
	    "{\"update\":{\"" FIRST_ID "\":{\"rua/a@b.example\":true}}}", "/updated/" FIRST_ID,
	    "null");
	answer_expect(&o, FACE_ARRAYS, D "set",
	    "{\"update\":{\"" FIRST_ID "\":{\"rua\":[\"mailto:c@d.example\"]}}}",
	    "/updated/" FIRST_ID, "{\"rua\":[\"c@d.example\"]}");
	answer_expect(&o, FACE_MAPS, D "set",
	    "{\"update\":{\"" FIRST_ID "\":{\"rua\":[\"mailto:e@f.example\"]}}}",
	    "/updated/" FIRST_ID, "{\"rua\":{\"e@f.example\":true}}");
	outbox_stop(&o);
}

/* --- /set --- */

static void
an_update_that_changes_nothing_keeps_the_state(void)
{
	struct outbox o;
	json_t *a;

	outbox_start(&o);
	outbox_fill(&o, 1);
	a = outbox_call(&o, FACE_ARRAYS, D "set",
	    "{\"update\":{\"" FIRST_ID "\":{\"domain\":\"EXAMPLE.com\",\"id\":\"" FIRST_ID
	    "\"}}}");
	CU_ASSERT_TRUE(answer_has(a, "/updated/" FIRST_ID, "{\"domain\":\"example.com\"}"));
	CU_ASSERT_TRUE(
	    json_equal(json_object_get(a, "oldState"), json_object_get(a, "newState")));
	json_decref(a);
	outbox_stop(&o);
}

static void
one_record_under_two_names_is_done_once(void)
{
	struct outbox o;

	outbox_start(&o);
	outbox_fill(&o, 2);
	expect_of_request(&o,
	    "\"createdIds\":{\"k\":\"" FIRST_ID "\"},\"methodCalls\":[[\"" D
	    "set\",{\"update\":{\"" FIRST_ID "\":{},\"#k\":{}},"
	    "\"destroy\":[\"d0000000002\",\"d0000000002\",\"x\",\"x\"]},\"0\"]]",
	    "/methodResponses/0/1/notUpdated/#k/type", "\"invalidPatch\"");
	expect_of_request(&o,
	    "\"createdIds\":{\"k\":\"" FIRST_ID "\"},\"methodCalls\":[[\"" D
	    "set\",{\"update\":{\"#k\":{}},\"destroy\":[\"" FIRST_ID "\",\"#k\"]},\"0\"]]",
	    "/methodResponses/0/1/destroyed", "[\"" FIRST_ID "\"]");
	outbox_stop(&o);
}

static void
an_update_of_what_is_destroyed_is_refused(void)
{
	struct outbox o;

	outbox_start(&o);
	outbox_fill(&o, 1);
	answer_expect(&o, FACE_ARRAYS, D "set",
	    "{\"update\":{\"" FIRST_ID "\":{}},\"destroy\":[\"" FIRST_ID "\"]}",
	    "/notUpdated/" FIRST_ID "/type", "\"willDestroy\"");
	answer_expect(&o, FACE_ARRAYS, D "get", "{}", "/list", "[]");
	outbox_stop(&o);
}

static void
a_record_can_be_changed_by_the_call_that_makes_it(void)
{
	struct outbox o;

	outbox_start(&o);
	answer_expect(&o, FACE_MAPS, D "set",
	    "{\"create\":{\"k\":" RECORD ",\"gone\":" RECORD ",\"bad\":{}},"
	    "\"update\":{\"#k\":{\"policyIdentifier\":5},\"#bad\":{}},\"destroy\":[\"#gone\"]}",
	    "/notUpdated/#bad/type", "\"notFound\"");
	answer_expect(&o, FACE_ARRAYS, D "get", "{\"properties\":[\"policyIdentifier\"]}",
	    "/list", "[{\"id\":\"" FIRST_ID "\",\"policyIdentifier\":5}]");
	outbox_stop(&o);
}

static void
if_in_state_is_heeded(void)
{
	struct buf args = {0};
	struct outbox o;
	json_t *a;

	outbox_start(&o);
	a = outbox_call(&o, FACE_ARRAYS, D "get", "{}");
	buf_printf(&args, "{\"ifInState\":\"%s\",\"create\":{\"k\":" RECORD "}}",
	    json_string_value(json_object_get(a, "state")));
	answer_expect(
	    &o, FACE_MAPS, D "set", buf_terminate(&args), "/created/k/id", "\"" FIRST_ID "\"");
	answer_expect(
	    &o, FACE_MAPS, D "set", buf_terminate(&args), "/type", "\"stateMismatch\"");
	buf_clear(&args);
	buf_printf(
	    &args, "{\"ifInState\":\"%s\"}", json_string_value(json_object_get(a, "state")));
	answer_expect(
	    &o, FACE_MAPS, D "set", buf_terminate(&args), "/type", "\"stateMismatch\"");
	answer_expect(
	    &o, FACE_MAPS, D "set", "{\"ifInState\":\"\"}", "/type", "\"stateMismatch\"");
	answer_expect(&o, FACE_MAPS, D "set",
	    "{\"ifInState\":\"00000000-0\",\"destroy\":[\"" FIRST_ID "\"]}", "/type",
	    "\"stateMismatch\"");
	answer_expect(&o, FACE_MAPS, D "set", "{\"ifInState\":null}", "/created", "null");
	answer_expect(&o, FACE_MAPS, D "get", "{}", "/list/*/id", "[\"" FIRST_ID "\"]");
	json_decref(a);
	buf_free(&args);
	outbox_stop(&o);
}

/* --- the same request again --- */

static void
a_request_sent_again_is_done_once(void)
{
	static const char body[] =
	    "{" USING ",\"methodCalls\":["
	    "[\"" D "set\"," CREATE ",\"0\"],"
	    "[\"" D "set\",{\"update\":{\"" FIRST_ID
	    "\":{\"domain\":\"B.example\"}},\"create\":{\"k\":" RECORD "}},\"1\"],"
	    "[\"" D "set\",{\"destroy\":[\"" FIRST_ID "\"]},\"2\"]]}";
	struct outbox o;
	struct err e = {0};
	json_t *first, *again;

	outbox_start(&o);
	o.request_id = "same";
	first = outbox_request(&o, FACE_MAPS, body, &e);
	CU_ASSERT_TRUE(
	    answer_has(first, "/methodResponses/2/1/destroyed", "[\"" FIRST_ID "\"]"));
	/* The store's memory of it outlives the store. */
	outbox_crash(&o);
	again = outbox_request(&o, FACE_MAPS, body, &e);
	CU_ASSERT_TRUE(
	    answer_has(again, "/methodResponses/0/1/created/k/id", "\"" FIRST_ID "\""));
	CU_ASSERT_TRUE(
	    answer_has(again, "/methodResponses/1/1/created/k/id", "\"d0000000002\""));
	CU_ASSERT_TRUE(answer_has(again, "/methodResponses/1/1/updated/" FIRST_ID, "null"));
	CU_ASSERT_TRUE(answer_has(again, "/methodResponses/1/1/notUpdated", "null"));
	CU_ASSERT_TRUE(
	    answer_has(again, "/methodResponses/2/1/destroyed", "[\"" FIRST_ID "\"]"));
	json_decref(again);
	answer_expect(&o, FACE_MAPS, D "query", "{}", "/ids", "[\"d0000000002\"]");
	/* Another name, or another body under that name, is another request. */
	snprintf(o.principal.subject, sizeof o.principal.subject, "somebody else");
	again = outbox_request(&o, FACE_MAPS, body, &e);
	CU_ASSERT_TRUE(
	    answer_has(again, "/methodResponses/0/1/created/k/id", "\"d0000000003\""));
	json_decref(again);
	json_decref(first);
	outbox_stop(&o);
}

static void
requests_without_a_name_are_each_done(void)
{
	struct outbox o;

	outbox_start(&o);
	outbox_fill(&o, 2);
	answer_expect(&o, FACE_MAPS, D "query", "{\"calculateTotal\":true}", "/total", "2");
	outbox_stop(&o);
}

/* --- many at once --- */

#define CLIENTS 8
#define ROUNDS 20

/* A client of its own, in a process of its own: how many of its rounds found json at path. */
static int
client(const struct outbox *shared, const char *method, const char *args, int rounds,
    const char *path, const char *json)
{
	struct outbox o = *shared;
	int n = 0;

	store_open(&o.store, o.socket, 10000);
	o.jmap = (struct jmap){o.store, &o.clock, &o.limits, NULL};
	for (int i = 0; i < rounds; i++) {
		json_t *a = outbox_call(&o, FACE_MAPS, method, args);
		json_t *found = pointer_follow(a, str_of(path), NULL);
		char *text =
		    found == NULL ? NULL : json_dumps(found, JSON_COMPACT | JSON_ENCODE_ANY);

		n += text != NULL && strcmp(text, json) == 0;
		free(text);
		json_decref(found);
		json_decref(a);
	}
	store_close(&o.store);
	return n;
}

/* CLIENTS of them at once, each with a name of its own between the halves of args: the sum of
 * what they found. */
static int
clients(const struct outbox *o, const char *method, const char *before, const char *after,
    int rounds, const char *path, const char *json)
{
	pid_t pids[CLIENTS];
	int sum = 0;

	fflush(NULL);
	for (int i = 0; i < CLIENTS; i++) {
		struct buf args = {0};

		buf_printf(&args, "%s\"client-%d\"%s", before, i, after);
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(client(o, method, buf_terminate(&args), rounds, path, json));
		buf_free(&args);
	}
	for (int i = 0; i < CLIENTS; i++) {
		int how = 0;

		CU_ASSERT_EQUAL(waitpid(pids[i], &how, 0), pids[i]);
		CU_ASSERT_TRUE(WIFEXITED(how));
		sum += WEXITSTATUS(how);
	}
	return sum;
}

static void
of_many_clients_in_one_state_one_wins(void)
{
	struct buf args = {0};
	struct outbox o;
	json_t *a;

	outbox_start(&o);
	a = outbox_call(&o, FACE_ARRAYS, D "get", "{}");
	buf_printf(&args, "{\"ifInState\":\"%s\",\"create\":{",
	    json_string_value(json_object_get(a, "state")));
	CU_ASSERT_EQUAL(clients(&o, D "set", buf_terminate(&args), ":" RECORD "}}", 1, "/type",
			    "\"stateMismatch\""),
	    CLIENTS - 1);
	answer_expect(&o, FACE_MAPS, D "query", "{}", "/ids", "[\"" FIRST_ID "\"]");
	json_decref(a);
	buf_free(&args);
	outbox_stop(&o);
}

static void
updates_of_one_record_by_many_all_succeed(void)
{
	static const char before[] = "{\"update\":{\"" FIRST_ID "\":{\"report/orgName\":";
	struct outbox o;

	outbox_start(&o);
	outbox_fill(&o, 1);
	CU_ASSERT_EQUAL(
	    clients(&o, D "set", before, "}}}", ROUNDS, "/updated", "{\"" FIRST_ID "\":null}"),
	    CLIENTS * ROUNDS);
	outbox_stop(&o);
}

/* Stores a record as a version did that had fewer fields: rua only if it is to have it. */
static void
store_older(struct outbox *o, bool with_rua)
{
	struct keys keys = {.domain = STR("a.example"),
	    .created_at = 1,
	    .deliver_at = 2,
	    .n_policies = 1,
	    .policies = {3}};
	struct store_op op = {
	    .kind = STORE_CREATE, .created_by = STORE_NOT_CREATED_HERE, .keys = &keys};
	struct store_set q = {
	    .type = &dmarc_internal_report, .ops = &op, .n = 1, .opid = {1 + with_rua}};
	struct store_results r = {0};
	struct buf body = {0};
	struct err e = {0};

	buf_printf(&body, "{%s\"policyIdentifier\":3,", with_rua ? "\"rua\":[]," : "");
	buf_puts(&body,
	    "\"report\":{\"version\":1.0,\"orgName\":\"O\",\"records\":[{\"count\":7}]},"
	    "\"domain\":\"a.example\",\"createdAt\":\"1970-01-01T00:00:01Z\","
	    "\"deliverAt\":\"1970-01-01T00:00:02Z\"}");
	op.body = buf_str(&body);
	CU_ASSERT_TRUE_FATAL(store_set(o->store, &q, &r, &e));
	CU_ASSERT_EQUAL(r.results[0].outcome, STORE_DONE);
	store_results_free(&r);
	buf_free(&body);
}

/* RFC 8620, 5.1: all properties of the object are returned. */
static void
a_record_from_before_a_field_existed_shows_its_default(void)
{
	static const char *const wanted[] = {"{}", "{\"properties\":[\"report\",\"rua\"]}"};
	static const enum face faces[] = {FACE_ARRAYS, FACE_MAPS};
	struct outbox o;

	outbox_start(&o);
	store_older(&o, false);
	store_older(&o, true);
	for (size_t i = 0; i < 4; i++) {
		enum face face = faces[i / 2];
		const char *none = face == FACE_ARRAYS ? "[]" : "{}";
		json_t *a = outbox_call(&o, face, D "get", wanted[i % 2]);

		CU_ASSERT_TRUE(answer_has(a, "/list/0/rua", none));
		CU_ASSERT_TRUE(answer_has(a, "/list/1/rua", none));
		CU_ASSERT_TRUE(answer_has(a, "/list/1/report/errors", none));
		CU_ASSERT_TRUE(answer_has(a, "/list/1/report/generator", "null"));
		CU_ASSERT_TRUE(answer_has(a, "/list/1/report/records/0/count", "7"));
		CU_ASSERT_TRUE(answer_has(a, "/list/1/report/records/0/dkimResults", none));
		json_decref(a);
	}
	outbox_stop(&o);
}

const CU_TestInfo jmap_store_tests[] = {
    {"what is no Request gets a problem", what_is_no_request_gets_a_problem},
    {"calls go on after one that failed", calls_go_on_after_one_that_failed},
    {"a Response has the Session's state", a_response_has_the_sessions_state},
    {"methods need their capability", methods_need_their_capability},
    {"a request may hold so many calls", a_request_may_hold_so_many_calls},
    {"references cannot blow up an answer", references_cannot_blow_up_an_answer},
    {"an echo is whole or refused", an_echo_is_whole_or_refused},
    {"what references bring counts like what is sent",
	what_references_bring_counts_like_what_is_sent},
    {"creation ids go in and out", creation_ids_go_in_and_out},
    {"permissions are asked for each method and record",
	permissions_are_asked_for_each_method_and_record},
    {"created tells defaults on one face alone", created_tells_defaults_on_one_face_alone},
    {"updated tells what became different", updated_tells_what_became_different},
    {"an update that changes nothing keeps the state",
	an_update_that_changes_nothing_keeps_the_state},
    {"one record under two names is done once", one_record_under_two_names_is_done_once},
    {"an update of what is destroyed is refused", an_update_of_what_is_destroyed_is_refused},
    {"a record can be changed by the call that makes it",
	a_record_can_be_changed_by_the_call_that_makes_it},
    {"ifInState is heeded", if_in_state_is_heeded},
    {"a record from before a field existed shows its default",
	a_record_from_before_a_field_existed_shows_its_default},
    {"a request sent again is done once", a_request_sent_again_is_done_once},
    {"requests without a name are each done", requests_without_a_name_are_each_done},
    {"of many clients in one state one wins", of_many_clients_in_one_state_one_wins},
    {"updates of one record by many all succeed", updates_of_one_record_by_many_all_succeed},
    CU_TEST_INFO_NULL,
};
