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

/* A browser, with all the compressions that browsers name. */
static void
webui_loads(enum front_kind front)
{
	static const char *const fields[] = {
	    "Accept: */*", "Accept-Encoding: gzip, deflate, br, zstd", NULL};
	static const unsigned char gzip[] = {0x1f, 0x8b};
	struct talk t;
	struct answer a;
	json_t *account;
	char *location;

	talk_start(&t, front);
	t.client.fields = fields;
	location = schema_location(&t);
	say(&t, (struct exchange){.method = "GET", .path = location}, 200, &a);
	CU_ASSERT_PTR_NOT_NULL(strcasestr(a.headers.s, "\nContent-Encoding: gzip\r"));
	CU_ASSERT_PTR_NOT_NULL(strcasestr(a.headers.s, "immutable"));
	CU_ASSERT(a.body.len > sizeof gzip && memcmp(a.body.s, gzip, sizeof gzip) == 0);
	account = get_json(&t, "/api/account");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(account, "permissions")), 10);
	json_decref(account);
	answer_free(&a);
	free(location);
	talk_stop(&t);
}

static void
the_webui_loads(void)
{
	webui_loads(FRONT_NGINX);
	webui_loads(FRONT_APACHE);
}

const CU_TestInfo wire_tests[] = {
    {"stalwart-cli finds the schema, the session and its first answer", stalwart_cli_begins},
    {"the WebUI loads the schema compressed, and the account", the_webui_loads},
    CU_TEST_INFO_NULL,
};
