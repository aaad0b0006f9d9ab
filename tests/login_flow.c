/* tests/login_flow.c -- people log in, with a browser, the WebUI, and two workers behind it. */
#include <CUnit/CUnit.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "login/login.h"
#include "login/password.h"
#include "login/slots.h"
#include "tests/local.h"
#include "tests/suites.h"
#include "tests/visitor.h"

#define SHORT_TIMEOUT_MS 50 /* for a store that is known to be away */
#define CALLBACK_PLAIN "http://localhost/admin/oauth/callback"

struct scene {
	struct local local;
	struct visitor visitor;
};

static void
set_scene(struct scene *s)
{
	local_start(&s->local);
	visitor_make_user(s->local.outbox.store);
	visitor_open(&s->visitor, &s->local.client.transport);
}

static void
clear_scene(struct scene *s)
{
	visitor_close(&s->visitor);
	local_stop(&s->local);
}

static bool
holds(const struct buf *b, const char *text)
{
	return b->s != NULL && strstr(b->s, text) != NULL;
}

/* How often text is in the last answer. */
static int
times(const struct visitor *v, const char *text)
{
	int n = 0;

	for (const char *at = v->answer.body.s; (at = strstr(at, text)) != NULL; at++)
		n++;
	return n;
}
#define STYLE_RULES 1 /* that name aria-invalid */

/* Logs in up to the first access token. */
static void
get_in(struct visitor *v)
{
	CU_ASSERT_EQUAL(visitor_see_form(v), 200);
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 303);
	CU_ASSERT_EQUAL(visitor_use_code(v, v->code), 200);
}

/* --- the page --- */

static void
the_page_is_plain_and_guarded(void)
{
	static const char *const parts[] = {"<html lang=\"en\">", "<label for=\"username\">",
	    "<label for=\"password\">", "autocomplete=\"username\"",
	    "autocomplete=\"current-password\"", "value=\"alice\"", "<h1>",
	    "<form method=\"post\""};
	struct scene s;
	struct visitor *v = &s.visitor;
	const char *policy, *cookie;

	set_scene(&s);
	CU_ASSERT_EQUAL(visitor_see_form(v), 200);
	CU_ASSERT_STRING_EQUAL(visitor_header(v, "Content-Type"), "text/html; charset=utf-8");
	CU_ASSERT_STRING_EQUAL(visitor_header(v, "Cache-Control"), "no-store");
	policy = visitor_header(v, "Content-Security-Policy");
	CU_ASSERT_PTR_NOT_NULL(strstr(policy, "default-src 'none'"));
	CU_ASSERT_PTR_NOT_NULL(strstr(policy, "frame-ancestors 'none'"));
	CU_ASSERT_PTR_NOT_NULL(strstr(policy, "form-action 'self' http://localhost"));
	cookie = visitor_header(v, "Set-Cookie");
	CU_ASSERT_EQUAL(strncmp(cookie, "outbox-login=", 13), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(cookie, "; Path=/; HttpOnly; SameSite=Strict"));
	CU_ASSERT_PTR_NULL(strstr(cookie, "Secure"));
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		CU_ASSERT_TRUE(holds(&v->answer.body, parts[i]));
	CU_ASSERT_FALSE(holds(&v->answer.body, "<script"));
	CU_ASSERT_EQUAL(visitor_see_form(v), 200); /* the cookie stays */
	CU_ASSERT_STRING_EQUAL(visitor_header(v, "Set-Cookie"), "");
	s.local.client.http.public_url = "https://reports.example.com";
	v->cookie[0] = '\0';
	visitor_see_form(v);
	cookie = visitor_header(v, "Set-Cookie");
	CU_ASSERT_EQUAL(strncmp(cookie, "__Host-outbox-login=", 20), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(cookie, "; Path=/; HttpOnly; SameSite=Strict; Secure"));
	clear_scene(&s);
}

/* A browser ignores a source that is an IPv6 address, and then blocks the form. */
static void
the_policy_lets_the_form_lead_to_an_ipv6_address(void)
{
	struct scene s;
	const char *source;

	set_scene(&s);
	CU_ASSERT_EQUAL(
	    visitor_get(&s.visitor,
		"/login?client_id=stalwart-webui&response_type=code"
		"&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
		"&code_challenge_method=S256"
		"&redirect_uri=http%3A%2F%2F%5B%3A%3A1%5D%3A8080%2Fadmin%2Foauth%2Fcallback"),
	    200);
	source = strstr(visitor_header(&s.visitor, "Content-Security-Policy"), "form-action ");
	CU_ASSERT_TRUE(source != NULL && strcmp(source, "form-action 'self' http:") == 0);
	clear_scene(&s);
}

static void
nobody_is_sent_to_an_address_that_is_not_listed(void)
{
	static const char *const bad[] = {"/login",
	    "/login?client_id=x&redirect_uri=https://e/",
	    "/login?client_id=stalwart-webui&redirect_uri=https%3A%2F%2Fevil.example%2F",
	    "/login?" VISITOR_REQUEST "&client_id=stalwart-webui", "/login?%"};
	struct scene s;

	set_scene(&s);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		CU_ASSERT_EQUAL(visitor_get(&s.visitor, bad[i]), 400);
		CU_ASSERT_STRING_EQUAL(s.visitor.location, "");
		CU_ASSERT_TRUE(holds(&s.visitor.answer.body, "<h1>"));
		CU_ASSERT_TRUE(
		    holds(&s.visitor.answer.body, "href=\"http://outbox.test/admin/\""));
		CU_ASSERT_EQUAL(visitor_post(&s.visitor, "/login", bad[i] + 6), 400);
		CU_ASSERT_STRING_EQUAL(s.visitor.location, "");
	}
	clear_scene(&s);
}

static void
the_client_is_told_what_it_asks_wrongly(void)
{
	struct scene s;

	set_scene(&s);
	CU_ASSERT_EQUAL(visitor_get(&s.visitor,
			    "/login?client_id=stalwart-webui&redirect_uri=" VISITOR_CALLBACK
			    "&response_type=token&state=a%26b"),
	    303);
	CU_ASSERT_STRING_EQUAL(s.visitor.location,
	    CALLBACK_PLAIN "?error=unsupported_response_type&error_description=response_type%"
			   "20must%20be%20code&state=a%26b&iss=http%3A%2F%2Foutbox.test");
	clear_scene(&s);
}

static void
whoever_cancels_is_sent_back_without_a_code(void)
{
	char form[1024];
	struct scene s;

	set_scene(&s);
	visitor_see_form(&s.visitor);
	snprintf(
	    form, sizeof form, "%s&form_token=%s&cancel=yes", VISITOR_REQUEST, s.visitor.field);
	CU_ASSERT_EQUAL(visitor_post(&s.visitor, "/login", form), 303);
	CU_ASSERT_PTR_NOT_NULL(strstr(s.visitor.location,
	    "?error=access_denied&error_description=The%20login%20was%20cancelled&"));
	CU_ASSERT_PTR_NOT_NULL(strstr(s.visitor.location, "&state=" VISITOR_STATE));
	clear_scene(&s);
}

/* --- the flow --- */

static void
a_password_becomes_a_code_and_that_a_session(void)
{
	struct scene s;
	struct visitor *v = &s.visitor;
	char expected[256];

	set_scene(&s);
	CU_ASSERT_EQUAL(visitor_see_form(v), 200);
	v->origin = "http://outbox.test";
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 303);
	snprintf(expected, sizeof expected,
	    CALLBACK_PLAIN "?code=%s&state=" VISITOR_STATE "&iss=http%%3A%%2F%%2Foutbox.test",
	    v->code);
	CU_ASSERT_STRING_EQUAL(v->location, expected);
	CU_ASSERT_EQUAL(strncmp(v->code, TOKEN_PREFIX_CODE, 4), 0);
	CU_ASSERT_EQUAL(visitor_use_code(v, v->code), 200);
	CU_ASSERT_STRING_EQUAL(visitor_header(v, "Content-Type"), "application/json");
	CU_ASSERT_STRING_EQUAL(visitor_header(v, "Cache-Control"), "no-store");
	CU_ASSERT_STRING_EQUAL(visitor_header(v, "Pragma"), "no-cache");
	CU_ASSERT_TRUE(holds(&v->answer.body, "\"token_type\":\"Bearer\""));
	CU_ASSERT_TRUE(v->expires_in > GRANT_ACCESS_S - 60 && v->expires_in <= GRANT_ACCESS_S);
	/* RFC 6749, 5.1: what the client has, which is not what it asked for. */
	CU_ASSERT_TRUE(holds(&v->answer.body,
	    "\"scope\":\"sysDmarcInternalReportGet sysDmarcInternalReportQuery"));
	CU_ASSERT_TRUE(holds(&v->answer.body, "sysMetricsGet\"}"));
	CU_ASSERT_EQUAL(visitor_see_session(v, v->access), 200);
	CU_ASSERT_TRUE(holds(&v->answer.body, "\"username\":\"alice\""));
	CU_ASSERT_EQUAL(visitor_see_session(v, v->refresh), 401);
	CU_ASSERT_EQUAL(visitor_see_session(v, v->code), 401);
	clear_scene(&s);
}

static void
a_code_that_comes_twice_ends_the_session(void)
{
	struct scene s;
	struct visitor *v = &s.visitor;
	char first[TOKEN_LEN + 1], refresh[TOKEN_LEN + 1];

	set_scene(&s);
	get_in(v);
	memcpy(first, v->access, sizeof first);
	memcpy(refresh, v->refresh, sizeof refresh);
	CU_ASSERT_EQUAL(visitor_see_session(v, first), 200); /* and is remembered */
	CU_ASSERT_EQUAL(visitor_use_code(v, v->code), 400);
	CU_ASSERT_TRUE(holds(&v->answer.body, "\"error\":\"invalid_grant\""));
	CU_ASSERT_EQUAL(visitor_see_session(v, first), 401);
	CU_ASSERT_EQUAL(visitor_use_refresh(v, refresh), 400);
	clear_scene(&s);
}

static void
a_refresh_token_rotates_and_an_old_one_ends_the_session(void)
{
	struct scene s;
	struct visitor *v = &s.visitor;
	char refresh[3][TOKEN_LEN + 1];

	set_scene(&s);
	get_in(v);
	for (int i = 0; i < 3; i++) {
		memcpy(refresh[i], v->refresh, sizeof refresh[i]);
		CU_ASSERT_EQUAL(visitor_use_refresh(v, refresh[i]), 200);
		CU_ASSERT_STRING_NOT_EQUAL(v->refresh, refresh[i]);
		CU_ASSERT_EQUAL(visitor_see_session(v, v->access), 200);
	}
	memcpy(refresh[0], v->access, sizeof refresh[0]);
	CU_ASSERT_EQUAL(visitor_use_refresh(v, refresh[2]), 200); /* within its grace */
	CU_ASSERT_STRING_EQUAL(v->access, refresh[0]);
	CU_ASSERT_EQUAL(visitor_use_refresh(v, refresh[1]), 400);
	CU_ASSERT_TRUE(holds(&v->answer.body, "invalid_grant"));
	CU_ASSERT_EQUAL(visitor_see_session(v, refresh[0]), 401);
	clear_scene(&s);
}

static void
another_password_ends_the_session_at_once(void)
{
	char hash[STORE_PASSWORD_MAX + 1];
	struct scene s;
	struct visitor *v = &s.visitor;
	struct err e = {0};

	set_scene(&s);
	get_in(v);
	CU_ASSERT_EQUAL(visitor_see_session(v, v->access), 200);
	CU_ASSERT_TRUE(password_hash(STR("another one"), hash, &e));
	CU_ASSERT_TRUE(
	    store_user_set_password(s.local.outbox.store, STR(VISITOR_NAME), hash, &e));
	CU_ASSERT_EQUAL(visitor_see_session(v, v->access), 401);
	visitor_see_form(v);
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 403);
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, "another one"), 303);
	CU_ASSERT_EQUAL(visitor_use_code(v, v->code), 200);
	CU_ASSERT_TRUE(store_user_remove(s.local.outbox.store, STR(VISITOR_NAME), &e));
	CU_ASSERT_EQUAL(visitor_see_session(v, v->access), 401);
	CU_ASSERT_FALSE(store_user_remove(s.local.outbox.store, STR(VISITOR_NAME), &e));
	CU_ASSERT_EQUAL(e.code, ERR_NOT_FOUND);
	clear_scene(&s);
}

/* --- the end of a login (RFC 7009) --- */

static void
a_login_ends_with_any_of_its_tokens_for_all_workers(void)
{
	static const char *const hints[] = {NULL, "&token_type_hint=refresh_token",
	    "&token_type_hint=access_token", "&token_type_hint=unheard_of"};
	struct local_client second;
	struct visitor other;
	struct scene s;
	struct visitor *v = &s.visitor;

	set_scene(&s);
	local_client_open(&second, &s.local);
	visitor_open(&other, &second.transport);
	for (size_t i = 0; i < 2 * sizeof hints / sizeof hints[0]; i++) {
		const char *hint = hints[i / 2];
		char access[TOKEN_LEN + 1], refresh[TOKEN_LEN + 1];

		get_in(v);
		memcpy(access, v->access, sizeof access);
		memcpy(refresh, v->refresh, sizeof refresh);
		CU_ASSERT_EQUAL(visitor_see_session(v, access), 200);
		CU_ASSERT_EQUAL(visitor_see_session(&other, access), 200);
		CU_ASSERT_EQUAL(visitor_revoke(v, i % 2 == 0 ? refresh : access, hint), 200);
		CU_ASSERT_EQUAL(v->answer.body.len, 0);
		CU_ASSERT_STRING_EQUAL(visitor_header(v, "Cache-Control"), "no-store");
		CU_ASSERT_EQUAL(visitor_see_session(v, access), 401);
		CU_ASSERT_EQUAL(visitor_see_session(&other, access), 401);
		CU_ASSERT_EQUAL(visitor_use_refresh(v, refresh), 400);
		CU_ASSERT_EQUAL(visitor_revoke(v, refresh, NULL), 200); /* again */
	}
	visitor_close(&other);
	local_client_close(&second);
	clear_scene(&s);
}

static void
an_older_token_of_a_login_ends_it_too(void)
{
	struct scene s;
	struct visitor *v = &s.visitor;
	char first[TOKEN_LEN + 1];

	set_scene(&s);
	get_in(v);
	memcpy(first, v->refresh, sizeof first);
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(visitor_use_refresh(v, v->refresh), 200);
	CU_ASSERT_EQUAL(visitor_revoke(v, first, NULL), 200);
	CU_ASSERT_EQUAL(visitor_see_session(v, v->access), 401);
	clear_scene(&s);
}

static void
an_unknown_token_ends_no_login(void)
{
	static const struct {
		const char *form, *error; /* NULL: 200 (RFC 7009, 2.2) */
	} forms[] = {
	    {"", "invalid_request"},
	    {"%", "invalid_request"},
	    {"client_id=stalwart-webui", "invalid_request"},
	    {"client_id=stalwart-webui&token=", "invalid_request"},
	    {"token=x", "invalid_request"},
	    {"token=x&token=y&client_id=stalwart-webui", "invalid_request"},
	    {"token=x&client_id=another", "invalid_client"},
	    {"token=x&client_id=stalwart-webui", NULL},
	    {"token=ror_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	     "&client_id=stalwart-webui",
		NULL},
	    {"token=roc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	     "&client_id=stalwart-webui",
		NULL},
	};
	struct scene s;
	struct visitor *v = &s.visitor;
	const char *api;

	set_scene(&s);
	api = tokens_header(&s.local.tokens, "admin") + strlen("Bearer ");
	get_in(v);
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		char error[64];

		snprintf(error, sizeof error, "{\"error\":\"%s\",", forms[i].error);
		CU_ASSERT_EQUAL(visitor_post(v, "/auth/revoke", forms[i].form),
		    forms[i].error == NULL ? 200 : 400);
		if (forms[i].error != NULL)
			CU_ASSERT_TRUE(holds(&v->answer.body, error));
	}
	CU_ASSERT_EQUAL(visitor_get(v, "/auth/revoke"), 405);
	CU_ASSERT_EQUAL(visitor_see_session(v, v->access), 200);
	/* A token of outboxctl's was given to no client. */
	CU_ASSERT_EQUAL(visitor_revoke(v, api, NULL), 400);
	CU_ASSERT_TRUE(holds(&v->answer.body, "\"unsupported_token_type\""));
	CU_ASSERT_EQUAL(visitor_see_session(v, api), 200);
	clear_scene(&s);
}

static void
logins_are_listed_and_ended(void)
{
	struct store_logins list;
	struct scene s;
	struct visitor *v = &s.visitor;
	struct store *store;
	struct err e = {0};
	char kept[TOKEN_LEN + 1];

	set_scene(&s);
	store = s.local.outbox.store;
	get_in(v);
	memcpy(kept, v->access, sizeof kept);
	get_in(v);
	visitor_see_form(v);
	CU_ASSERT_EQUAL(visitor_log_in(v, "Alice ", VISITOR_PASSWORD), 303); /* not used */
	CU_ASSERT_TRUE_FATAL(store_login_list(store, &list, &e));
	CU_ASSERT_EQUAL_FATAL(list.n, 2);
	CU_ASSERT_STRING_EQUAL(list.list[1].user, VISITOR_NAME);
	CU_ASSERT_STRING_EQUAL(list.list[1].client, "stalwart-webui");
	CU_ASSERT_STRING_EQUAL(list.list[1].address, LOCAL_ADDRESS);
	CU_ASSERT_TRUE(list.list[0].begun_s <= list.list[1].begun_s);
	CU_ASSERT_TRUE(list.list[1].begun_s <= list.list[1].used_s);
	CU_ASSERT_TRUE(list.list[1].used_s < list.list[1].ends_s);
	CU_ASSERT_EQUAL(visitor_see_session(v, v->access), 200);
	CU_ASSERT_EQUAL(visitor_see_session(v, kept), 200);
	CU_ASSERT_TRUE(store_login_end(store, list.list[0].id, &e));
	CU_ASSERT_FALSE(store_login_end(store, list.list[0].id, &e));
	CU_ASSERT_EQUAL(e.code, ERR_NOT_FOUND);
	CU_ASSERT_EQUAL(
	    (visitor_see_session(v, v->access) == 200) + (visitor_see_session(v, kept) == 200),
	    1);
	store_logins_free(&list);
	e = (struct err){0};
	CU_ASSERT_TRUE(store_user_end_logins(store, STR(VISITOR_NAME), &e));
	CU_ASSERT_EQUAL(visitor_see_session(v, v->access), 401);
	CU_ASSERT_EQUAL(visitor_see_session(v, kept), 401);
	CU_ASSERT_TRUE(store_login_list(store, &list, &e));
	CU_ASSERT_EQUAL(list.n, 0);
	store_logins_free(&list);
	get_in(v); /* the password is as it was */
	CU_ASSERT_FALSE(store_user_end_logins(store, STR("nobody"), &e));
	CU_ASSERT_EQUAL(e.code, ERR_NOT_FOUND);
	clear_scene(&s);
}

/* --- names and passwords as people type them --- */

static void
a_name_is_one_however_it_is_typed(void)
{
	static const char *const names[] = {
	    "alice", "Alice", "alice+", "%20ALICE%20", "alice%C2%A0", "%EF%BC%A1lice"};
	struct scene s;
	struct visitor *v = &s.visitor;

	set_scene(&s);
	visitor_see_form(v);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		CU_ASSERT_EQUAL(visitor_log_in(v, names[i], VISITOR_PASSWORD), 303);
		CU_ASSERT_EQUAL(visitor_use_code(v, v->code), 200);
		CU_ASSERT_EQUAL(visitor_see_session(v, v->access), 200);
		CU_ASSERT_TRUE(holds(&v->answer.body, "\"username\":\"alice\""));
	}
	for (int i = 0; i < ATTEMPTS_A_NAME; i++)
		visitor_log_in(v, i % 2 == 0 ? "ALICE" : "alice+", "wrong");
	CU_ASSERT_EQUAL(visitor_log_in(v, "alice", VISITOR_PASSWORD), 429);
	clear_scene(&s);
}

/* Stored as they were typed, before names and passwords had a normal form. */
static void
a_user_of_before_still_logs_in(void)
{
	static const struct {
		const char *name, *typed, *password;
	} users[] = {
	    {"Alice", "Alice", "big letters"},
	    {"Bob ", "Bob+", "a blank behind"},
	    {"ju\xcc\x88rgen", "ju%CC%88rgen", "u\xcc\x88ml\xc3\xa4ute"},
	};
	struct scene s;
	struct visitor *v = &s.visitor;

	set_scene(&s); /* and with alice, who is another */
	visitor_see_form(v);
	for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
		struct store_user u = {.permissions = 1};
		struct err e = {0};

		snprintf(u.name, sizeof u.name, "%s", users[i].name);
		CU_ASSERT_EQUAL(
		    crypto_pwhash_str(u.password, users[i].password, strlen(users[i].password),
			crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN),
		    0);
		CU_ASSERT_TRUE(store_user_add(s.local.outbox.store, &u, &e));
		CU_ASSERT_EQUAL(visitor_log_in(v, users[i].typed, users[i].password), 303);
		CU_ASSERT_EQUAL(visitor_use_code(v, v->code), 200);
		CU_ASSERT_EQUAL(visitor_see_session(v, v->access), 200);
	}
	CU_ASSERT_EQUAL(visitor_log_in(v, "alice", VISITOR_PASSWORD), 303);
	CU_ASSERT_EQUAL(visitor_log_in(v, "ALICE", VISITOR_PASSWORD), 303);
	clear_scene(&s);
}

/* --- when the store does not answer --- */

static void
a_login_without_the_store_says_so_and_offers_the_form_again(void)
{
	struct login *there = NULL, *known = NULL, *new = NULL;
	struct store *store = NULL;
	struct scene s;
	struct visitor *v = &s.visitor;
	struct login_options options = {.redirects = LOCAL_REDIRECTS, .slots = 1};

	set_scene(&s);
	store_open(&store, s.local.outbox.socket, SHORT_TIMEOUT_MS);
	options.store = store;
	options.slots_path = s.local.client.slots;
	login_open(&known, &options);
	login_open(&new, &options);
	there = s.local.client.http.login;
	s.local.client.http.login = known;
	visitor_see_form(v);
	outbox_halt(&s.local.outbox);
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 503);
	CU_ASSERT_TRUE(strtol(visitor_header(v, "Retry-After"), NULL, 10) > 0);
	CU_ASSERT_TRUE(holds(&v->answer.body, "its store does not answer"));
	CU_ASSERT_TRUE(holds(&v->answer.body, "<form method=\"post\""));
	CU_ASSERT_TRUE(holds(&v->answer.body, "value=\"alice\""));
	CU_ASSERT_EQUAL(times(v, "aria-invalid"), STYLE_RULES);
	s.local.client.http.login = new; /* of a worker that has shown no form yet */
	CU_ASSERT_EQUAL(visitor_see_form(v), 503);
	CU_ASSERT_TRUE(holds(&v->answer.body, "its store does not answer"));
	CU_ASSERT_TRUE(holds(&v->answer.body,
	    "<a href=\"login?response_type=code&amp;code_challenge_method=S256"
	    "&amp;client_id=stalwart-webui&amp;redirect_uri=" VISITOR_CALLBACK
	    "&amp;state=" VISITOR_STATE));
	outbox_again(&s.local.outbox);
	s.local.client.http.login = known;
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 303);
	s.local.client.http.login = there;
	login_close(&known);
	login_close(&new);
	store_close(&store);
	clear_scene(&s);
}

/* What a browser shows again at Back depends on it: see tests/browser/login.mjs. */
static void
each_form_that_is_sent_changes_a_cookie_and_no_form(void)
{
	struct scene s;
	struct visitor *v = &s.visitor;
	char sent[2][2048], field[sizeof v->field];

	set_scene(&s);
	visitor_see_form(v);
	memcpy(field, v->field, sizeof field);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 303);
		snprintf(sent[i], sizeof sent[i], "%s", visitor_header(v, "Set-Cookie"));
		CU_ASSERT_EQUAL(strncmp(sent[i], "outbox-login-sent=", 18), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(sent[i], "; Path=/; HttpOnly; SameSite=Strict"));
	}
	CU_ASSERT_STRING_NOT_EQUAL(sent[0], sent[1]);
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, "wrong"), 403);
	CU_ASSERT_STRING_NOT_EQUAL(visitor_header(v, "Set-Cookie"), "");
	CU_ASSERT_STRING_EQUAL(v->field, field);
	clear_scene(&s);
}

/* --- guesses --- */

static void
a_wrong_name_and_a_wrong_password_look_alike(void)
{
	struct scene s;
	struct visitor *v = &s.visitor;
	struct buf known = {0};

	set_scene(&s);
	visitor_see_form(v);
	CU_ASSERT_EQUAL(visitor_log_in(v, "alice", "wrong password"), 403);
	CU_ASSERT_STRING_EQUAL(v->location, "");
	buf_add_str(&known, buf_str(&v->answer.body));
	memcpy(strstr(buf_terminate(&known), "\"alice\""), "\"alicf\"", 7);
	CU_ASSERT_EQUAL(visitor_log_in(v, "alicf", "wrong password"), 403);
	CU_ASSERT_STRING_EQUAL(v->answer.body.s, known.s);
	CU_ASSERT_TRUE(holds(&v->answer.body, "role=\"alert\""));
	CU_ASSERT_EQUAL(times(v, "aria-invalid=\"true\" aria-describedby=\"complaint\""), 2);
	CU_ASSERT_FALSE(holds(&v->answer.body, "wrong password\""));
	CU_ASSERT_EQUAL(visitor_log_in(v, "", VISITOR_PASSWORD), 400);
	CU_ASSERT_EQUAL(times(v, "aria-invalid"), 1 + STYLE_RULES);
	CU_ASSERT_EQUAL(visitor_log_in(v, "alice", ""), 400);
	CU_ASSERT_EQUAL(times(v, "aria-invalid"), 1 + STYLE_RULES);
	CU_ASSERT_EQUAL(visitor_log_in(v, "alice%0a", VISITOR_PASSWORD), 403);
	CU_ASSERT_EQUAL(visitor_log_in(v, "alice", VISITOR_PASSWORD), 303);
	buf_free(&known);
	clear_scene(&s);
}

static void
guesses_are_limited_across_workers_and_a_restart(void)
{
	struct local_client second;
	struct visitor other;
	struct scene s;
	long wait_s;

	set_scene(&s);
	local_client_open(&second, &s.local);
	visitor_open(&other, &second.transport);
	visitor_see_form(&s.visitor);
	visitor_see_form(&other);
	for (int i = 0; i < ATTEMPTS_A_NAME; i++)
		CU_ASSERT_EQUAL(
		    visitor_log_in(i % 2 == 0 ? &s.visitor : &other, "alice", "wrong"), 403);
	CU_ASSERT_EQUAL(visitor_log_in(&other, "alice", VISITOR_PASSWORD), 429);
	CU_ASSERT_TRUE(holds(&other.answer.body, "too many attempts"));
	wait_s = strtol(visitor_header(&other, "Retry-After"), NULL, 10);
	CU_ASSERT_TRUE(wait_s > 0 && wait_s <= ATTEMPT_WAIT_FIRST_S);
	outbox_crash(&s.local.outbox);
	CU_ASSERT_EQUAL(visitor_log_in(&s.visitor, "alice", VISITOR_PASSWORD), 429);
	CU_ASSERT_EQUAL(visitor_log_in(&s.visitor, "bob", "wrong"), 403);
	visitor_close(&other);
	local_client_close(&second);
	clear_scene(&s);
}

static void
too_many_passwords_at_once_wait_and_do_not_count(void)
{
	struct scene s;
	struct visitor *v = &s.visitor;
	struct err e = {0};
	int slot;

	set_scene(&s);
	visitor_see_form(v);
	CU_ASSERT_TRUE(slot_take(s.local.client.slots, 1, &slot, &e) && slot >= 0);
	for (int i = 0; i < ATTEMPTS_A_NAME; i++)
		CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, "wrong"), 429);
	CU_ASSERT_STRING_EQUAL(visitor_header(v, "Retry-After"), "1");
	CU_ASSERT_TRUE(holds(&v->answer.body, "again in 1 second."));
	io_close(&slot);
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 303);
	clear_scene(&s);
}

/* --- forms of others --- */

static void
a_form_without_its_cookie_is_refused(void)
{
	struct scene s;
	struct visitor *v = &s.visitor;
	char field[sizeof v->field], cookie[sizeof v->cookie];

	set_scene(&s);
	visitor_see_form(v);
	memcpy(field, v->field, sizeof field);
	memcpy(cookie, v->cookie, sizeof cookie);
	v->cookie[0] = '\0';
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 403);
	CU_ASSERT_TRUE(holds(&v->answer.body, "cookies"));
	memcpy(v->field, field, sizeof field); /* the field of another cookie */
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 403);
	CU_ASSERT_STRING_EQUAL(v->location, "");
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 303);
	memcpy(v->cookie, cookie, sizeof cookie);
	memcpy(v->field, field, sizeof field);
	v->field[0] = v->field[0] == 'A' ? 'B' : 'A';
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 403);
	clear_scene(&s);
}

static void
a_form_from_another_site_is_refused(void)
{
	static const char *const origins[] = {"https://evil.example", "null",
	    "http://outbox.test.evil.example", "https://outbox.test", "http://outbox.test:81"};
	struct scene s;
	struct visitor *v = &s.visitor;

	set_scene(&s);
	visitor_see_form(v);
	for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
		v->origin = origins[i];
		CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 403);
		CU_ASSERT_STRING_EQUAL(v->location, "");
	}
	v->origin = "http://outbox.test";
	CU_ASSERT_EQUAL(visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD), 303);
	clear_scene(&s);
}

/* --- the token endpoint --- */

#define ID "client_id=stalwart-webui&"
#define VERIFIER_FIELD "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CODE "roc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" /* of nobody */

static const struct {
	const char *form, *error;
} asked[] = {
    {"", "invalid_request"},
    {"%", "invalid_request"},
    {ID, "invalid_request"},
    {"grant_type=refresh_token&refresh_token=x", "invalid_request"},
    {ID "grant_type=refresh_token", "invalid_request"},
    {ID "grant_type=refresh_token&refresh_token=", "invalid_request"},
    {ID "grant_type=refresh_token&grant_type=refresh_token&refresh_token=x", "invalid_request"},
    {ID "grant_type=refresh_token&refresh_token=x", "invalid_grant"},
    {ID "grant_type=refresh_token&refresh_token=" CODE, "invalid_grant"},
    {ID "grant_type=password&username=alice&password=x", "unsupported_grant_type"},
    {ID "grant_type=client_credentials", "unsupported_grant_type"},
    {"client_id=another&grant_type=refresh_token&refresh_token=x", "invalid_client"},
    {ID "grant_type=authorization_code&redirect_uri=x" VERIFIER_FIELD, "invalid_request"},
    {ID "grant_type=authorization_code&code=" CODE VERIFIER_FIELD, "invalid_request"},
    {ID "grant_type=authorization_code&redirect_uri=x&code=" CODE, "invalid_request"},
    {ID "grant_type=authorization_code&redirect_uri=x&code=" CODE "&code_verifier=x",
	"invalid_grant"},
    {ID "grant_type=authorization_code&redirect_uri=x&code=x" VERIFIER_FIELD, "invalid_grant"},
    {ID "grant_type=authorization_code&redirect_uri=x&code=" CODE VERIFIER_FIELD,
	"invalid_grant"},
};

static void
the_token_endpoint_names_its_errors(void)
{
	struct scene s;
	struct visitor *v = &s.visitor;

	set_scene(&s);
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		json_t *json;

		CU_ASSERT_EQUAL(visitor_post(v, "/auth/token", asked[i].form), 400);
		json = json_loads(v->answer.body.s, 0, NULL);
		CU_ASSERT_STRING_EQUAL(
		    json_string_value(json_object_get(json, "error")), asked[i].error);
		CU_ASSERT_TRUE(
		    json_string_length(json_object_get(json, "error_description")) > 0);
		CU_ASSERT_STRING_EQUAL(visitor_header(v, "Cache-Control"), "no-store");
		json_decref(json);
	}
	CU_ASSERT_EQUAL(visitor_get(v, "/auth/token"), 405);
	clear_scene(&s);
}

static void
a_code_of_another_verifier_is_refused_and_stays_good(void)
{
	char form[512];
	struct scene s;
	struct visitor *v = &s.visitor;

	set_scene(&s);
	visitor_see_form(v);
	visitor_log_in(v, VISITOR_NAME, VISITOR_PASSWORD);
	snprintf(form, sizeof form,
	    ID "grant_type=authorization_code&redirect_uri=%s&code=%s"
	       "&code_verifier=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    VISITOR_CALLBACK, v->code);
	CU_ASSERT_EQUAL(visitor_post(v, "/auth/token", form), 400);
	CU_ASSERT_EQUAL(visitor_use_code(v, v->code), 200);
	clear_scene(&s);
}

const CU_TestInfo login_flow_tests[] = {
    {"the page is plain and guarded", the_page_is_plain_and_guarded},
    {"the policy lets the form lead to an IPv6 address",
	the_policy_lets_the_form_lead_to_an_ipv6_address},
    {"nobody is sent to an address that is not listed",
	nobody_is_sent_to_an_address_that_is_not_listed},
    {"the client is told what it asks wrongly", the_client_is_told_what_it_asks_wrongly},
    {"whoever cancels is sent back without a code",
	whoever_cancels_is_sent_back_without_a_code},
    {"a password becomes a code, and that a session",
	a_password_becomes_a_code_and_that_a_session},
    {"a code that comes twice ends the session", a_code_that_comes_twice_ends_the_session},
    {"a refresh token rotates, and an old one ends the session",
	a_refresh_token_rotates_and_an_old_one_ends_the_session},
    {"another password ends the session at once", another_password_ends_the_session_at_once},
    {"a login ends with any of its tokens, for all workers",
	a_login_ends_with_any_of_its_tokens_for_all_workers},
    {"an older token of a login ends it too", an_older_token_of_a_login_ends_it_too},
    {"an unknown token ends no login", an_unknown_token_ends_no_login},
    {"logins are listed and ended", logins_are_listed_and_ended},
    {"a name is one, however it is typed", a_name_is_one_however_it_is_typed},
    {"a user of before still logs in", a_user_of_before_still_logs_in},
    {"a login without the store says so, and offers the form again",
	a_login_without_the_store_says_so_and_offers_the_form_again},
    {"each form that is sent changes a cookie, and no form",
	each_form_that_is_sent_changes_a_cookie_and_no_form},
    {"a wrong name and a wrong password look alike",
	a_wrong_name_and_a_wrong_password_look_alike},
    {"guesses are limited across workers and a restart",
	guesses_are_limited_across_workers_and_a_restart},
    {"too many passwords at once wait and do not count",
	too_many_passwords_at_once_wait_and_do_not_count},
    {"a form without its cookie is refused", a_form_without_its_cookie_is_refused},
    {"a form from another site is refused", a_form_from_another_site_is_refused},
    {"the token endpoint names its errors", the_token_endpoint_names_its_errors},
    {"a code of another verifier is refused and stays good",
	a_code_of_another_verifier_is_refused_and_stays_good},
    CU_TEST_INFO_NULL,
};
