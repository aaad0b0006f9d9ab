/* tests/wire.c -- how Stalwart's programs begin: what they ask for before their first call, in
 * their order and with their headers, through both web servers.  Their calls are the cases
 * cli-* and webui-* of tests/api. */
#include <CUnit/CUnit.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/decoder.h"
#include "tests/site.h"
#include "tests/suites.h"
#include "tests/visitor.h"

#define STORE_TIMEOUT_MS 10000
#define SCHEMA "/api/schema"
#define LOCATION "\nLocation: "

/* One program's conversation with an outbox. */
struct talk {
	struct site site;
	struct site_client client;
	const char *authorization;
};

static void
talk_start(struct talk *t, enum front_kind front)
{
	const struct site_plan plan = {.fronts = {front}, .n_fronts = 1};

	site_start_as(&t->site, &plan);
	site_client_open(&t->client, &t->site);
	t->authorization = tokens_header(&t->site.tokens, "admin");
}

static void
talk_stop(struct talk *t)
{
	site_client_close(&t->client);
	CU_ASSERT_TRUE(site_stop(&t->site));
}

/* Sends x with the talk's token; a is for answer_free(). */
static void
say(struct talk *t, struct exchange x, int status, struct answer *a)
{
	struct err e = {0};

	*a = (struct answer){0};
	x.authorization = t->authorization;
	CU_ASSERT_TRUE_FATAL(t->client.transport.send(t->client.transport.arg, &x, a, &e));
	buf_terminate(&a->body);
	buf_terminate(&a->headers);
	CU_ASSERT_EQUAL_FATAL(a->status, status);
}

static json_t *
get_json(struct talk *t, const char *path)
{
	struct answer a;
	json_t *body;

	say(t, (struct exchange){.method = "GET", .path = path}, 200, &a);
	body = json_loadb(a.body.s, a.body.len, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(body);
	answer_free(&a);
	return body;
}

/* Where /api/schema leads, for free(). */
static char *
schema_location(struct talk *t)
{
	struct answer a;
	const char *at;
	char *path;

	say(t, (struct exchange){.method = "GET", .path = SCHEMA}, 307, &a);
	at = strcasestr(a.headers.s, LOCATION);
	CU_ASSERT_PTR_NOT_NULL(at);
	at = at == NULL ? "" : at + strlen(LOCATION);
	path = str_dup((struct str){at, strcspn(at, "\r\n")});
	/* A path, not a URL: the client appends it to what it was given. */
	CU_ASSERT_EQUAL(strncmp(path, SCHEMA "/", strlen(SCHEMA "/")), 0);
	answer_free(&a);
	return path;
}

/* stalwart-cli cuts the URL of the session down to its path, and its last slash off. */
static char *
path_of_api(json_t *session)
{
	const char *url = json_string_value(json_object_get(session, "apiUrl"));
	const char *host = url == NULL ? NULL : strstr(url, "://");
	const char *path = host == NULL ? NULL : strchr(host + strlen("://"), '/');
	size_t len = path == NULL ? 0 : strlen(path);

	CU_ASSERT(len > 1);
	return str_dup((struct str){path, len > 0 && path[len - 1] == '/' ? len - 1 : len});
}

/* --- stalwart-cli --- */

/* It asks for no compression, follows no redirect by itself, and sends no accountId. */
static void
cli_begins(enum front_kind front)
{
	static const char *const fields[] = {"Accept: */*", NULL};
	static const char body[] =
	    "{\"using\":[\"urn:ietf:params:jmap:core\",\"urn:stalwart:jmap\"],\"methodCalls\":["
	    "["
	    "\"x:DmarcInternalReport/get\",{\"ids\":[\"id1\"],\"properties\":null},\"c0\"]]}";
	struct buf why = {0};
	struct talk t;
	struct answer a;
	json_t *session, *schema;
	char *location, *again, *api;

	talk_start(&t, front);
	t.client.fields = fields;
	location = schema_location(&t);
	schema = get_json(&t, location);
	if (!decode_schema(schema, &why))
		CU_FAIL(buf_terminate(&why));
	again = schema_location(&t);
	CU_ASSERT_STRING_EQUAL(again, location);
	session = get_json(&t, "/jmap/session");
	api = path_of_api(session);
	CU_ASSERT_STRING_EQUAL(api, "/jmap");
	say(&t,
	    (struct exchange){.method = "POST",
		.path = api,
		.content_type = "application/json",
		.body = STR(body)},
	    200, &a);
	CU_ASSERT_PTR_NOT_NULL(strstr(a.body.s, "\"notFound\":[\"id1\"]"));
	answer_free(&a);
	json_decref(schema);
	json_decref(session);
	free(location);
	free(again);
	free(api);
	buf_free(&why);
	talk_stop(&t);
}

static void
stalwart_cli_begins(void)
{
	cli_begins(FRONT_NGINX);
	cli_begins(FRONT_APACHE);
}

/* --- the WebUI --- */

/* A browser, with all the compressions that browsers name. */
static void
load_schema(struct talk *t)
{
	static const unsigned char gzip[] = {0x1f, 0x8b};
	struct answer a;
	char *location = schema_location(t);

	say(t, (struct exchange){.method = "GET", .path = location}, 200, &a);
	CU_ASSERT_PTR_NOT_NULL(strcasestr(a.headers.s, "\nContent-Encoding: gzip\r"));
	CU_ASSERT_PTR_NOT_NULL(strcasestr(a.headers.s, "immutable"));
	CU_ASSERT(a.body.len > sizeof gzip && memcmp(a.body.s, gzip, sizeof gzip) == 0);
	answer_free(&a);
	free(location);
}

/* From a name to an access token, with PKCE. */
static void
log_in(struct talk *t, struct visitor *v, char *bearer, size_t size)
{
	json_t *where = get_json(t, "/api/discover/alice");

	CU_ASSERT_PTR_NOT_NULL(json_object_get(where, "authorization_endpoint"));
	CU_ASSERT_PTR_NOT_NULL(json_object_get(where, "token_endpoint"));
	CU_ASSERT_EQUAL(visitor_see_form(v), 200);
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 303);
	CU_ASSERT_EQUAL(visitor_use_code(v, v->code), 200);
	CU_ASSERT(v->expires_in > 0);
	snprintf(bearer, size, "Bearer %s", v->access);
	t->authorization = bearer;
	json_decref(where);
}

/* Posts calls with the WebUI's nine capabilities; the arguments of answer number i are to be
 * had from call_answer(). */
static json_t *
call(struct talk *t, const char *calls)
{
	struct buf body = {0};
	struct answer a;
	json_t *reply;

	buf_printf(&body,
	    "{\"using\":[\"urn:ietf:params:jmap:core\",\"urn:stalwart:jmap\","
	    "\"urn:ietf:params:jmap:blob\",\"urn:ietf:params:jmap:mail\","
	    "\"urn:ietf:params:jmap:calendars\",\"urn:ietf:params:jmap:contacts\","
	    "\"urn:ietf:params:jmap:principals\",\"urn:ietf:params:jmap:sieve\","
	    "\"urn:ietf:params:jmap:vacationresponse\"],\"methodCalls\":[%s]}",
	    calls);
	say(t,
	    (struct exchange){.method = "POST",
		.path = "/jmap/",
		.content_type = "application/json",
		.body = buf_str(&body)},
	    200, &a);
	reply = json_loadb(a.body.s, a.body.len, 0, NULL);
	buf_free(&body);
	answer_free(&a);
	return reply;
}

static json_t *
call_answer(const json_t *reply, size_t i)
{
	return json_array_get(json_array_get(json_object_get(reply, "methodResponses"), i), 1);
}

/* Creates a report as its form does; the id is for free(). */
static char *
create(struct talk *t, const char *domain)
{
	struct buf calls = {0};
	json_t *reply, *created;
	char *id;

	buf_printf(&calls,
	    "[\"x:TlsInternalReport/set\",{\"accountId\":\"outbox\",\"create\":{\"new-0\":{"
	    "\"report\":{\"reportId\":\"r\",\"dateRangeStart\":\"2026-01-01T00:00:00.000Z\","
	    "\"dateRangeEnd\":\"2026-01-02T00:00:00.000Z\"},\"domain\":\"%s\","
	    "\"createdAt\":\"2026-01-02T00:00:00.000Z\","
	    "\"deliverAt\":\"2026-01-03T00:00:00.000Z\"}}},\"0\"]",
	    domain);
	reply = call(t, buf_terminate(&calls));
	created = json_object_get(json_object_get(call_answer(reply, 0), "created"), "new-0");
	CU_ASSERT_EQUAL(json_object_size(created), 1); /* more would be shown to the user */
	id = str_dup(str_of(json_string_value(json_object_get(created, "id"))));
	json_decref(reply);
	buf_free(&calls);
	return id;
}

/* The total of the list's first page. */
static json_int_t
list(struct talk *t)
{
	json_t *reply = call(t,
	    "[\"x:TlsInternalReport/query\",{\"accountId\":\"outbox\",\"limit\":25,"
	    "\"position\":0,\"calculateTotal\":true},\"0\"],[\"x:TlsInternalReport/get\","
	    "{\"accountId\":\"outbox\",\"#ids\":{\"resultOf\":\"0\",\"name\":"
	    "\"x:TlsInternalReport/query\",\"path\":\"/ids\"},\"properties\":[\"id\","
	    "\"domain\",\"createdAt\",\"deliverAt\"]},\"1\"]");
	json_int_t total = json_integer_value(json_object_get(call_answer(reply, 0), "total"));

	CU_ASSERT_EQUAL(
	    (json_int_t)json_array_size(json_object_get(call_answer(reply, 1), "list")), total);
	json_decref(reply);
	return total;
}

/* One /set of member, which the answer must tell as done. */
static void
set(struct talk *t, const char *member, const char *value, const char *done)
{
	struct buf calls = {0};
	json_t *reply;

	buf_printf(&calls,
	    "[\"x:TlsInternalReport/set\",{\"accountId\":\"outbox\",\"%s\":%s},\"0\"]", member,
	    value);
	reply = call(t, buf_terminate(&calls));
	CU_ASSERT_PTR_NOT_NULL(json_object_get(call_answer(reply, 0), done));
	CU_ASSERT_FALSE(json_is_null(json_object_get(call_answer(reply, 0), done)));
	json_decref(reply);
	buf_free(&calls);
}

static void
manage(struct talk *t)
{
	char *a = create(t, "a.example"), *b = create(t, "b.example"),
	     *c = create(t, "c.example");
	struct buf value = {0};

	CU_ASSERT_EQUAL(list(t), 3);
	buf_printf(&value,
	    "{\"%s\":{\"mailRua/a~1b@example.com\":true,\"deliverAt\":"
	    "\"2026-11-15T20:34:00.000Z\"}}",
	    a);
	set(t, "update", buf_terminate(&value), "updated");
	buf_clear(&value);
	buf_printf(&value, "[\"%s\"]", a);
	set(t, "destroy", buf_terminate(&value), "destroyed");
	CU_ASSERT_EQUAL(list(t), 2);
	buf_clear(&value);
	buf_printf(&value, "[\"%s\",\"%s\"]", b, c);
	set(t, "destroy", buf_terminate(&value), "destroyed");
	CU_ASSERT_EQUAL(list(t), 0);
	buf_free(&value);
	free(a);
	free(b);
	free(c);
}

static void
add_visitor(const struct site *s)
{
	char socket[SCRATCH_DIR_MAX + 32];
	struct store *store;

	snprintf(socket, sizeof socket, "%s/run/store.sock", s->dir);
	store_open(&store, socket, STORE_TIMEOUT_MS);
	visitor_make_user(store);
	store_close(&store);
}

static void
webui_runs(enum front_kind front)
{
	static const char *const fields[] = {
	    "Accept: */*", "Accept-Encoding: gzip, deflate, br, zstd", NULL};
	char bearer[sizeof "Bearer " + TOKEN_LEN];
	struct talk t;
	struct visitor v;
	json_t *session, *account;

	talk_start(&t, front);
	add_visitor(&t.site);
	visitor_open(&v, &t.client.transport);
	t.authorization = NULL;
	log_in(&t, &v, bearer, sizeof bearer);
	t.client.fields = fields;
	session = get_json(&t, "/jmap/session");
	CU_ASSERT_STRING_EQUAL(
	    json_string_value(json_object_get(
		json_object_get(session, "primaryAccounts"), "urn:ietf:params:jmap:core")),
	    "outbox");
	load_schema(&t);
	account = get_json(&t, "/api/account");
	CU_ASSERT(json_array_size(json_object_get(account, "permissions")) >= 10);
	manage(&t);
	json_decref(session);
	json_decref(account);
	visitor_close(&v);
	talk_stop(&t);
}

static void
the_webui_runs(void)
{
	webui_runs(FRONT_NGINX);
	webui_runs(FRONT_APACHE);
}

const CU_TestInfo wire_tests[] = {
    {"stalwart-cli finds the schema, the session and its first answer", stalwart_cli_begins},
    {"the WebUI goes from a name through the login to an empty list", the_webui_runs},
    CU_TEST_INFO_NULL,
};
