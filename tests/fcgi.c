/* tests/fcgi.c -- HTTP: paths, methods, and what a request must bring before it is served. */
#include <CUnit/CUnit.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "auth/token.h"
#include "base/host.h"
#include "fcgi/http.h"
#include "fcgi/media.h"
#include "login/login.h"
#include "tests/local.h"
#include "tests/outbox.h"
#include "tests/suites.h"
#include "tests/visitor.h"

#define ECHO                                                                                   \
	"{\"using\":[\"urn:ietf:params:jmap:core\"],\"methodCalls\":[[\"Core/"                 \
	"echo\",{},\"0\"]]}"

struct scene {
	struct outbox outbox;
	struct http http;
	char header[sizeof "Bearer " + TOKEN_LEN];
	struct http_request request; /* a good POST; tests spoil it */
	struct http_response response;
	json_t *json; /* of the response; NULL: none */
};

static void
set_scene(struct scene *s)
{
	struct store_token t = {.subject = "alice", .permissions = ~(permissions)0};
	struct token token;
	char text[TOKEN_LEN + 1];
	struct err e = {0};

	*s = (struct scene){0};
	outbox_start(&s->outbox);
	token_new(&token);
	memcpy(t.id, token.id, sizeof t.id);
	CU_ASSERT_FATAL(store_token_create(s->outbox.store, &t, token.secret, &e));
	token_format(&token, text);
	snprintf(s->header, sizeof s->header, "Bearer %s", text);
	s->http.jmap = s->outbox.jmap;
	s->http.public_url = "";
	s->http.server_names = "reports.example.com";
	auth_open(&s->http.auth, s->outbox.store, s->outbox.socket, &s->outbox.clock);
	s->request = (struct http_request){.method = STR("POST"),
	    .path = STR("/api"),
	    .content_type = STR("application/json"),
	    .authorization = str_of(s->header),
	    .host = STR("reports.example.com"),
	    .body = STR(ECHO)};
}

static void
forget_response(struct scene *s)
{
	http_response_free(&s->response);
	json_decref(s->json);
	s->json = NULL;
}

static void
clear_scene(struct scene *s)
{
	forget_response(s);
	auth_close(&s->http.auth);
	outbox_stop(&s->outbox);
}

static int
serve(struct scene *s)
{
	forget_response(s);
	http_serve(&s->http, &s->request, &s->response);
	s->json = json_loadb(s->response.body.s, s->response.body.len, 0, NULL);
	return s->response.status;
}

static const char *
text_of(const struct scene *s, const char *member)
{
	const char *text = json_string_value(json_object_get(s->json, member));

	return text != NULL ? text : "";
}

/* Every error is an RFC 7807 document that names its own status. */
static void
expect_problem(struct scene *s, int status, const char *type)
{
	CU_ASSERT_EQUAL(serve(s), status);
	CU_ASSERT_STRING_EQUAL(s->response.content_type, "application/problem+json");
	CU_ASSERT_STRING_EQUAL(text_of(s, "type"), type);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(s->json, "status")), status);
	CU_ASSERT(strlen(text_of(s, "detail")) > 0);
	CU_ASSERT_STRING_EQUAL(s->response.cache_control, "no-store");
}

/* --- paths and methods --- */

static const struct {
	const char *method, *path;
	int status;
	const char *allow;
} served[] = {
    {"POST", "/api", 200, NULL},
    {"POST", "/api/", 200, NULL},
    {"POST", "/jmap", 200, NULL},
    {"POST", "/jmap/", 200, NULL},
    {"GET", "/jmap/session", 200, NULL},
    {"HEAD", "/jmap/session", 200, NULL},
    {"GET", "/.well-known/jmap", 200, NULL},
    {"GET", "/healthz", 200, NULL},
    {"GET", "/readyz", 200, NULL},
    {"GET", "/metrics", 200, NULL},
    {"HEAD", "/metrics", 200, NULL},
    {"POST", "/metrics", 405, "GET, HEAD, OPTIONS"},
    {"OPTIONS", "/api", 204, "POST, OPTIONS"},
    {"OPTIONS", "/jmap/session", 204, "GET, HEAD, OPTIONS"},
    {"OPTIONS", "/login", 204, "GET, HEAD, POST, OPTIONS"},
    {"OPTIONS", "/auth/token", 204, "POST, OPTIONS"},
    {"OPTIONS", "/auth/revoke", 204, "POST, OPTIONS"},
    {"GET", "/api", 405, "POST, OPTIONS"},
    {"PUT", "/login", 405, "GET, HEAD, POST, OPTIONS"},
    {"GET", "/auth/token", 405, "POST, OPTIONS"},
    {"GET", "/auth/revoke", 405, "POST, OPTIONS"},
    {"HEAD", "/jmap/", 405, "POST, OPTIONS"},
    {"PUT", "/api", 405, "POST, OPTIONS"},
    {"post", "/api", 405, "POST, OPTIONS"},
    {"", "/api", 405, "POST, OPTIONS"},
    {"POST", "/jmap/session", 405, "GET, HEAD, OPTIONS"},
    {"DELETE", "/healthz", 405, "GET, HEAD, OPTIONS"},
    {"GET", "/", 404, NULL},
    {"GET", "", 404, NULL},
    {"POST", "/api//", 404, NULL},
    {"POST", "/API", 404, NULL},
    {"POST", "/api/x", 404, NULL},
    {"GET", "/jmap/session/", 404, NULL},
    {"OPTIONS", "/nowhere", 404, NULL},
};

static void
paths_take_their_methods(void)
{
	struct scene s;

	set_scene(&s);
	for (size_t i = 0; i < sizeof served / sizeof served[0]; i++) {
		s.request.method = str_of(served[i].method);
		s.request.path = str_of(served[i].path);
		if (serve(&s) != served[i].status) {
			printf(
			    "%s %s: %d\n", served[i].method, served[i].path, s.response.status);
			CU_FAIL("another status");
		}
		CU_ASSERT_EQUAL(s.response.allow == NULL, served[i].allow == NULL);
		CU_ASSERT(str_equal(str_of(s.response.allow), str_of(served[i].allow)));
	}
	clear_scene(&s);
}

static void
errors_are_problem_documents(void)
{
	struct scene s;

	set_scene(&s);
	s.request.path = STR("/nowhere");
	expect_problem(&s, 404, "about:blank");
	s.request.path = STR("/api");
	s.request.method = STR("GET");
	expect_problem(&s, 405, "about:blank");
	s.request.method = STR("POST");
	s.request.content_type = STR("text/plain");
	expect_problem(&s, 415, "urn:ietf:params:jmap:error:notJSON");
	s.request.content_type = STR("application/json");
	s.request.body = STR("{");
	expect_problem(&s, 400, "urn:ietf:params:jmap:error:notJSON");
	s.request.authorization = STR("Bearer x");
	expect_problem(&s, 401, "about:blank");
	clear_scene(&s);
}

static void
head_counts_its_body_and_keeps_it(void)
{
	struct scene s;

	set_scene(&s);
	s.request.method = STR("HEAD");
	s.request.path = STR("/healthz");
	CU_ASSERT_EQUAL(serve(&s), 200);
	CU_ASSERT_TRUE(s.response.head);
	CU_ASSERT(s.response.body.len > 0);
	s.request.method = STR("GET");
	CU_ASSERT_EQUAL(serve(&s), 200);
	CU_ASSERT_FALSE(s.response.head);
	clear_scene(&s);
}

/* --- what a POST must bring, in the order in which it is asked for --- */

static void
a_stranger_learns_nothing_but_401(void)
{
	struct scene s;

	set_scene(&s);
	s.request.authorization = (struct str){0};
	s.request.content_type = (struct str){0};
	s.request.body = STR("not JSON");
	s.request.body_too_large = true;
	expect_problem(&s, 401, "about:blank");
	CU_ASSERT_STRING_EQUAL(s.response.authenticate, "Bearer realm=\"report-outbox\"");
	s.request.authorization = STR("Bearer rob_guess");
	expect_problem(&s, 401, "about:blank");
	CU_ASSERT_PTR_NOT_NULL(strstr(s.response.authenticate, "error=\"invalid_token\""));
	CU_ASSERT_STRING_EQUAL(s.response.subject, "");
	clear_scene(&s);
}

static void
a_body_over_the_limit_is_413(void)
{
	struct scene s;

	set_scene(&s);
	s.request.body = (struct str){0};
	s.request.body_too_large = true;
	expect_problem(&s, 413, "urn:ietf:params:jmap:error:limit");
	CU_ASSERT_STRING_EQUAL(text_of(&s, "limit"), "maxSizeRequest");
	s.request.content_type = STR("text/plain");
	CU_ASSERT_EQUAL(serve(&s), 415);
	clear_scene(&s);
}

static void
only_json_in_utf_8_is_taken(void)
{
	static const struct {
		const char *content_type;
		bool json;
	} types[] = {
	    {"application/json", true},
	    {"Application/JSON", true},
	    {"application/json;charset=utf-8", true},
	    {"application/json ; charset=\"UTF-8\"", true},
	    {"application/json; charset=utf-8; version=1", true},
	    {"application/json; x=\"; charset=latin1\"", true},
	    {"application/json; x=\"\\\"; charset=latin1\"", true},
	    {"application/json;", true},
	    {"application/json; charset=iso-8859-1", false},
	    {"application/json; charset=\"utf-16\"", false},
	    {"application/json; charset=", false},
	    {"application/json; charset", false},
	    {"application/json; version=1; CHARSET=utf-7", false},
	    {"application/jsonp", false},
	    {"application/problem+json", false},
	    {"text/json", false},
	    {"application/x-www-form-urlencoded", false},
	    {"application/json, text/plain", false},
	    {"", false},
	    {";", false},
	    {"\"application/json\"", false},
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (media_is_json(str_of(types[i].content_type)) != types[i].json) {
			printf("%s\n", types[i].content_type);
			CU_FAIL("taken for the other");
		}
	CU_ASSERT_FALSE(media_is_json((struct str){0}));
}

static void
any_coding_but_identity_is_refused(void)
{
	static const struct {
		const char *coding;
		bool identity;
	} codings[] = {
	    {"", true},
	    {"identity", true},
	    {"IDENTITY", true},
	    {" identity , identity", true},
	    {",", true},
	    {"gzip", false},
	    {"x-gzip", false},
	    {"deflate", false},
	    {"br", false},
	    {"identity, gzip", false},
	    {"gzip, identity", false},
	    {"identity;q=1", false},
	    {"\"identity\"", false},
	    {"identityx", false},
	};

	for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++)
		if (media_is_identity(str_of(codings[i].coding)) != codings[i].identity) {
			printf("%s\n", codings[i].coding);
			CU_FAIL("taken for the other");
		}
	CU_ASSERT_TRUE(media_is_identity((struct str){0}));
}

/* A route that takes a POST takes a body: a new one has to look at the encoding too. */
static void
no_path_takes_an_encoded_body(void)
{
	struct scene s;
	size_t tried = 0;

	set_scene(&s);
	s.request.content_encoding = STR("gzip");
	for (size_t i = 0; i < sizeof served / sizeof served[0]; i++) {
		s.request.method = STR("POST");
		s.request.path = str_of(served[i].path);
		if (serve(&s) == 404 || s.response.status == 405)
			continue;
		expect_problem(&s, 415, "about:blank");
		CU_ASSERT(str_is(str_of(s.response.accept_encoding), "identity"));
		tried++;
	}
	CU_ASSERT(tried >= 6);
	s.request.method = STR("GET");
	s.request.path = STR("/healthz");
	CU_ASSERT_EQUAL(serve(&s), 200);
	clear_scene(&s);
}

static void
what_was_done_is_told_for_the_log(void)
{
	struct scene s;

	set_scene(&s);
	s.request.body =
	    STR("{\"using\":[\"urn:ietf:params:jmap:core\"],"
		"\"methodCalls\":[[\"Core/echo\",{},\"0\"],[\"No/such\",{},\"1\"]]}");
	CU_ASSERT_EQUAL(serve(&s), 200);
	CU_ASSERT_STRING_EQUAL(s.response.subject, "alice");
	CU_ASSERT_EQUAL(s.response.done.calls, 2);
	CU_ASSERT_EQUAL(s.response.done.errors, 1);
	clear_scene(&s);
}

/* --- session --- */

static void
session_urls_are_as_the_client_came(void)
{
	struct scene s;

	set_scene(&s);
	s.request.method = STR("GET");
	s.request.path = STR("/.well-known/jmap");
	s.request.host = STR("[::1]:8080");
	CU_ASSERT_EQUAL(serve(&s), 200);
	CU_ASSERT_STRING_EQUAL(text_of(&s, "apiUrl"), "http://[::1]:8080/jmap/");
	CU_ASSERT_STRING_EQUAL(s.response.cache_control, "no-cache, no-store, must-revalidate");
	s.request.https = true;
	s.request.host = STR("reports.example.com");
	CU_ASSERT_EQUAL(serve(&s), 200);
	CU_ASSERT_STRING_EQUAL(text_of(&s, "apiUrl"), "https://reports.example.com/jmap/");
	s.http.public_url = "https://public.example.com/x";
	s.request.host = STR("a\"b");
	CU_ASSERT_EQUAL(serve(&s), 200);
	CU_ASSERT_STRING_EQUAL(text_of(&s, "apiUrl"), "https://public.example.com/x/jmap/");
	s.request.authorization = (struct str){0};
	expect_problem(&s, 401, "about:blank");
	clear_scene(&s);
}

static void
a_host_that_is_none_is_refused(void)
{
	static const char *const hosts[] = {"", "a\"b", "a b", "a/b", "a\\b", "a@b", "a?b",
	    "<a>", "\xc3\xa4", ":80", "a:", "a:b", "a:65536", "a:1:2", "::1", "[::1", "[a]",
	    "[]", "[::1]a"};
	char longest[HOST_NAME_LEN + 2];
	struct scene s;

	set_scene(&s);
	s.request.method = STR("GET");
	s.request.path = STR("/jmap/session");
	for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
		s.request.host = str_of(hosts[i]);
		expect_problem(&s, 400, "about:blank");
	}
	memset(longest, 'a', sizeof longest);
	longest[HOST_NAME_LEN] = '\0';
	s.http.server_names = longest;
	s.request.host = (struct str){longest, HOST_NAME_LEN};
	CU_ASSERT_EQUAL(serve(&s), 200);
	longest[HOST_NAME_LEN] = 'a';
	longest[HOST_NAME_LEN + 1] = '\0';
	s.request.host = (struct str){longest, HOST_NAME_LEN + 1};
	CU_ASSERT_EQUAL(serve(&s), 400);
	clear_scene(&s);
}

/* What may be a Host where there is no public_url. */
static const struct {
	const char *host;
	bool ours;
} hosts_of[] = {
    {"localhost", true},
    {"LocalHost:8080", true},
    {"127.0.0.1", true},
    {"127.255.0.9:65535", true},
    {"[::1]:8080", true},
    {"reports.example.com", true},
    {"Reports.Example.COM:8443", true},
    {"[2001:db8::1]", true},
    {"evil.example", false},
    {"reports.example.com.evil.example", false},
    {"example.com", false},
    {"reports.example.co", false},
    {"128.0.0.1", false},
    {"127.0.0.1.evil.example", false},
    {"127.1", false},
    {"0.0.0.0", false},
    {"[::]", false},
    {"[2001:db8::2]", false},
    {"localhost.evil.example", false},
};

static void
only_our_names_become_urls(void)
{
	static const char *const paths[] = {"/jmap/session", "/.well-known/jmap",
	    "/api/discover/alice", "/.well-known/oauth-authorization-server"};
	struct scene s;

	set_scene(&s);
	s.http.server_names = "  reports.example.com [2001:db8::1] ";
	s.request.method = STR("GET");
	for (size_t p = 0; p < sizeof paths / sizeof paths[0]; p++)
		for (size_t i = 0; i < sizeof hosts_of / sizeof hosts_of[0]; i++) {
			int status;

			s.request.path = str_of(paths[p]);
			s.request.host = str_of(hosts_of[i].host);
			status = serve(&s);
			CU_assertImplementation((status != 421) == hosts_of[i].ours, __LINE__,
			    hosts_of[i].host, __FILE__, "", CU_FALSE);
		}
	s.request.path = STR("/jmap/session");
	s.request.host = STR("evil.example");
	s.request.path = STR("/login");
	CU_ASSERT_EQUAL(serve(&s), 421);
	s.request.path = STR("/jmap/session");
	expect_problem(&s, 421, "about:blank");
	CU_ASSERT_PTR_NOT_NULL(strstr(text_of(&s, "detail"), "evil.example"));
	s.http.public_url = "https://public.example.com";
	CU_ASSERT_EQUAL(serve(&s), 200);
	clear_scene(&s);
}

/* RFC 8620, 2 and 3.4 */
static void
the_state_of_an_answer_is_of_the_session_at_its_host(void)
{
	static const char *const hosts[] = {"localhost", "reports.example.com"};
	char states[2][64];
	struct scene s;

	set_scene(&s);
	for (size_t i = 0; i < 2; i++) {
		s.request.host = str_of(hosts[i]);
		s.request.method = STR("GET");
		s.request.path = STR("/jmap/session");
		CU_ASSERT_EQUAL(serve(&s), 200);
		snprintf(states[i], sizeof states[i], "%s", text_of(&s, "state"));
		s.request.method = STR("POST");
		s.request.path = STR("/jmap/");
		CU_ASSERT_EQUAL(serve(&s), 200);
		CU_ASSERT_STRING_EQUAL(text_of(&s, "sessionState"), states[i]);
	}
	CU_ASSERT_STRING_NOT_EQUAL(states[0], states[1]);
	s.request.host = STR("evil.example");
	CU_ASSERT_EQUAL(serve(&s), 200);
	CU_ASSERT_STRING_NOT_EQUAL(text_of(&s, "sessionState"), states[0]);
	clear_scene(&s);
}

/* --- a store that is away --- */

#define TO_A_STORE(calls)                                                                      \
	"{\"using\":[\"urn:ietf:params:jmap:core\",\"urn:stalwart:jmap\"],"                    \
	"\"methodCalls\":[" calls "]}"
#define QUERY "[\"x:TlsInternalReport/query\",{},\"q\"]"
#define GET_OF_QUERY                                                                           \
	"[\"x:TlsInternalReport/get\",{\"#ids\":{\"resultOf\":\"q\","                          \
	"\"name\":\"x:TlsInternalReport/query\",\"path\":\"/ids\"}},\"g\"]"

/* What the calls of a request answer together, where each one that needs the store fails. */
static const struct {
	const char *request;
	int status;
} without_store[] = {
    {TO_A_STORE(QUERY), 503},
    {TO_A_STORE(QUERY "," GET_OF_QUERY), 503},
    {TO_A_STORE(QUERY ",[\"Core/echo\",{},\"e\"]"), 200},
    {TO_A_STORE(QUERY ",[\"No/such\",{},\"e\"]"), 200},
    {TO_A_STORE(GET_OF_QUERY), 200},
    {TO_A_STORE("[\"Core/echo\",{},\"e\"]"), 200},
    {TO_A_STORE(""), 200},
};

static void
a_request_whose_every_call_lacks_the_store_is_503(void)
{
	struct scene s;
	struct store *here, *away;

	set_scene(&s);
	here = s.http.jmap.store;
	store_open(&away, "/nonexistent/store.sock", 50);
	CU_ASSERT_EQUAL(serve(&s), 200); /* the token is known from now on */
	s.http.jmap.store = away;
	for (size_t i = 0; i < sizeof without_store / sizeof without_store[0]; i++) {
		s.request.path = i % 2 == 0 ? STR("/api") : STR("/jmap");
		s.request.body = str_of(without_store[i].request);
		CU_ASSERT_EQUAL(serve(&s), without_store[i].status);
		if (without_store[i].status == 200) {
			CU_ASSERT_PTR_NOT_NULL(json_object_get(s.json, "methodResponses"));
			continue;
		}
		expect_problem(&s, 503, "about:blank");
		CU_ASSERT(s.response.retry_after_s > 0);
		CU_ASSERT_EQUAL(s.response.cause.code, ERR_NOT_READY);
	}
	s.http.jmap.store = here;
	store_close(&away);
	clear_scene(&s);
}

/* A client that is there for a number of calls. */
static bool
leave(void *arg)
{
	int *left = arg;

	return (*left)-- <= 0;
}

static void
no_more_is_done_for_a_client_that_has_gone(void)
{
	struct scene s;
	int left = 2;

	set_scene(&s);
	s.request.is_gone = leave;
	s.request.is_gone_arg = &left;
	s.request.body =
	    STR("{\"using\":[\"urn:ietf:params:jmap:core\"],"
		"\"methodCalls\":[[\"Core/echo\",{},\"0\"],[\"Core/echo\",{},\"1\"],"
		"[\"Core/echo\",{},\"2\"],[\"Core/echo\",{},\"3\"]]}");
	CU_ASSERT_EQUAL(serve(&s), 499);
	CU_ASSERT_EQUAL(s.response.done.calls, 2);
	left = 4;
	CU_ASSERT_EQUAL(serve(&s), 200);
	CU_ASSERT_EQUAL(s.response.done.calls, 4);
	clear_scene(&s);
}

static void
a_poisonous_request_is_503_without_any_work(void)
{
	struct scene s;

	set_scene(&s);
	s.request.poisonous = true;
	expect_problem(&s, 503, "about:blank");
	CU_ASSERT_EQUAL(s.response.retry_after_s, 60);
	CU_ASSERT_EQUAL(s.response.done.calls, 0);
	CU_ASSERT_STRING_EQUAL(s.response.subject, "");
	clear_scene(&s);
}

static void
without_a_store_it_lives_but_is_not_ready(void)
{
	struct scene s;
	struct store *here, *away;

	set_scene(&s);
	here = s.http.jmap.store;
	store_open(&away, "/nonexistent/store.sock", 50);
	s.http.jmap.store = away;
	s.request.method = STR("GET");
	s.request.path = STR("/healthz");
	CU_ASSERT_EQUAL(serve(&s), 200);
	s.request.path = STR("/readyz");
	expect_problem(&s, 503, "about:blank");
	CU_ASSERT(s.response.retry_after_s > 0);
	auth_close(&s.http.auth);
	auth_open(&s.http.auth, away, "/nonexistent/store.sock", &s.outbox.clock);
	s.request.method = STR("POST");
	s.request.path = STR("/api");
	expect_problem(&s, 503, "about:blank");
	CU_ASSERT(s.response.retry_after_s > 0);
	CU_ASSERT_PTR_NULL(s.response.authenticate);
	CU_ASSERT_EQUAL(s.response.cause.code, ERR_NOT_READY);
	login_open(&s.http.login,
	    &(struct login_options){.store = away, .redirects = LOCAL_REDIRECTS});
	s.request.method = STR("GET");
	s.request.path = STR("/login");
	s.request.query = STR(VISITOR_REQUEST);
	CU_ASSERT_EQUAL(serve(&s), 503);
	CU_ASSERT_STRING_EQUAL(s.response.content_type, "text/html; charset=utf-8");
	CU_ASSERT_EQUAL(s.response.cause.code, ERR_SERVER_UNAVAILABLE);
	CU_ASSERT_PTR_NULL(strstr(buf_terminate(&s.response.body), s.response.cause.text));
	s.request.path = STR("/healthz");
	CU_ASSERT_EQUAL(serve(&s), 200);
	CU_ASSERT_EQUAL(s.response.cause.code, ERR_NONE);
	login_close(&s.http.login);
	s.http.jmap.store = here;
	store_close(&away);
	clear_scene(&s);
}

/* --- the header --- */

static void
the_header_has_one_line_a_field(void)
{
	struct http_response r = {.status = 405,
	    .content_type = "application/problem+json",
	    .allow = "POST",
	    .cache_control = "no-store"};
	struct buf head = {0};

	buf_puts(&r.body, "12345");
	http_response_head(&r, &head);
	CU_ASSERT_STRING_EQUAL(buf_terminate(&head),
	    "Status: 405 Method Not Allowed\r\n"
	    "Content-Type: application/problem+json\r\n"
	    "Content-Length: 5\r\n"
	    "Allow: POST\r\n"
	    "Cache-Control: no-store\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "\r\n");
	buf_clear(&head);
	http_response_free(&r);
	r = (struct http_response){.status = 503,
	    .authenticate = "Bearer",
	    .retry_after_s = 3,
	    .cache_control = "no-store"};
	http_response_head(&r, &head);
	CU_ASSERT_STRING_EQUAL(buf_terminate(&head),
	    "Status: 503 Service Unavailable\r\n"
	    "Content-Length: 0\r\n"
	    "WWW-Authenticate: Bearer\r\n"
	    "Cache-Control: no-store\r\n"
	    "Retry-After: 3\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "\r\n");
	buf_free(&head);
}

const CU_TestInfo fcgi_tests[] = {
    {"paths take their methods", paths_take_their_methods},
    {"errors are problem documents", errors_are_problem_documents},
    {"HEAD counts its body and keeps it", head_counts_its_body_and_keeps_it},
    {"a stranger learns nothing but 401", a_stranger_learns_nothing_but_401},
    {"a body over the limit is 413", a_body_over_the_limit_is_413},
    {"only JSON in UTF-8 is taken", only_json_in_utf_8_is_taken},
    {"any coding but identity is refused", any_coding_but_identity_is_refused},
    {"no path takes an encoded body", no_path_takes_an_encoded_body},
    {"what was done is told for the log", what_was_done_is_told_for_the_log},
    {"session URLs are as the client came", session_urls_are_as_the_client_came},
    {"a host that is none is refused", a_host_that_is_none_is_refused},
    {"only loopback and listed names become URLs", only_our_names_become_urls},
    {"the state of an answer is that of the session at the same host",
	the_state_of_an_answer_is_of_the_session_at_its_host},
    {"no more is done for a client that has gone", no_more_is_done_for_a_client_that_has_gone},
    {"a poisonous request is 503 without any work",
	a_poisonous_request_is_503_without_any_work},
    {"without a store it lives but is not ready", without_a_store_it_lives_but_is_not_ready},
    {"a request whose every call lacks the store is 503",
	a_request_whose_every_call_lacks_the_store_is_503},
    {"the header has one line a field", the_header_has_one_line_a_field},
    CU_TEST_INFO_NULL,
};
