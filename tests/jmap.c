/* tests/jmap.c -- the parts of jmap/ that need no store. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "jmap/arguments.h"
#include "jmap/call.h"
#include "jmap/capability.h"
#include "jmap/ijson.h"
#include "jmap/jmap.h"
#include "jmap/reference.h"
#include "jmap/state.h"
#include "jmap/write.h"
#include "tests/suites.h"

static const struct type *const dmarc = &dmarc_internal_report;
static const struct type *const tls = &tls_internal_report;

static json_t *
parse(const char *text)
{
	json_t *v = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(v);
	return v;
}

/* --- I-JSON --- */

#define SMALL 1000 /* bytes of a request */

static const struct {
	const char *why, *text;
} not_ijson[] = {
    {"nothing", ""},
    {"blanks", "  \n"},
    {"half", "{\"using\":"},
    {"something behind it", "{} {}"},
    {"a comment", "{} // all"},
    {"a byte order mark", "\xef\xbb\xbf{}"},
    {"a member twice", "{\"a\":1,\"a\":1}"},
    {"a member twice, deep down", "[{\"a\":{\"b\":1,\"c\":1,\"b\":2}}]"},
    {"a member twice, once escaped", "{\"a\":1,\"\\u0061\":1}"},
    {"not a number", "[NaN]"},
    {"a number in the place of a name", "{1.5:1}"},
    {"a leading zero", "[01]"},
    {"single quotes", "{'a':1}"},
    {"a comma too many", "[1,]"},
    {"a control byte", "[\"\n\"]"},
    {"bytes that are not UTF-8", "[\"\xff\"]"},
    {"an overlong form", "[\"\xc0\xaf\"]"},
    {"a surrogate in UTF-8", "[\"\xed\xa0\x80\"]"},
    {"half a surrogate pair", "[\"\\ud800\"]"},
    {"the other half", "[\"\\udc00\"]"},
    {"U+FFFF", "[\"\xef\xbf\xbf\"]"},
    {"U+FFFE, escaped", "[\"\\ufffe\"]"},
    {"U+FDD0 in a name", "[{\"\xef\xb7\x90\":1}]"},
    {"U+1FFFE", "[\"\xf0\x9f\xbf\xbe\"]"},
    {"U+10FFFF, escaped", "[\"\\udbff\\udfff\"]"},
};

static void
what_is_not_ijson_is_refused(void)
{
	for (size_t i = 0; i < sizeof not_ijson / sizeof not_ijson[0]; i++) {
		struct err e = {0};
		json_t *v = NULL;

		if (ijson_parse(str_of(not_ijson[i].text), SMALL, &v, &e))
			CU_FAIL("accepted");
		if (e.code != ERR_NOT_JSON)
			fprintf(stderr, "%s: code %d\n", not_ijson[i].why, e.code);
		CU_ASSERT_EQUAL(e.code, ERR_NOT_JSON);
		CU_ASSERT_PTR_NULL(v);
		json_decref(v);
	}
}

static void
what_is_ijson_is_read(void)
{
	static const char *const good[] = {
	    "{}",
	    "3",
	    " [1, -2, 3.5, 1e3, true, null] ",
	    "[\"\\u0000\"]",
	    "[\"\xef\xb7\x8f\xef\xb7\xb0\xef\xbf\xbd\"]", /* beside the noncharacters */
	    "[\"\xf0\x9f\x98\x80\"]",
	    "[\"\xf0\x9f\xbf\xbd\"]",
	};

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct err e = {0};
		json_t *v = NULL;

		CU_ASSERT_TRUE(ijson_parse(str_of(good[i]), SMALL, &v, &e));
		json_decref(v);
	}
}

static void
deep_nesting_is_not_json(void)
{
	struct buf text = {0};
	struct err e = {0};
	json_t *v = NULL;

	for (int i = 0; i < 100000; i++)
		buf_putc(&text, '[');
	CU_ASSERT_FALSE(ijson_parse(buf_str(&text), 10 * text.len, &v, &e));
	CU_ASSERT_EQUAL(e.code, ERR_LIMIT);
	e = (struct err){0};
	CU_ASSERT_FALSE(ijson_parse(buf_str(&text), 100 * text.len, &v, &e));
	CU_ASSERT_EQUAL(e.code, ERR_NOT_JSON);
	buf_free(&text);
}

/* A few bytes may not become a tree of gigabytes. */
static void
a_request_of_many_tiny_values_is_over_the_limit(void)
{
	static const char *const bombs[] = {"{},", "[],", "\"\",", "0,", "{\"\":0},"};

	for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
		struct buf text = {0};
		struct err e = {0};
		json_t *v = NULL;

		buf_putc(&text, '[');
		while (text.len < SMALL - 10)
			buf_puts(&text, bombs[i]);
		buf_puts(&text, "0]");
		CU_ASSERT_FALSE(ijson_parse(buf_str(&text), SMALL, &v, &e));
		CU_ASSERT_EQUAL(e.code, ERR_LIMIT);
		CU_ASSERT_STRING_EQUAL(e.limit, "maxSizeRequest");
		buf_free(&text);
	}
}

/* --- states --- */

static void
states_are_read_as_they_are_written(void)
{
	static const struct state states[] = {{0, 0}, {1, 7}, {UINT32_MAX, UINT64_MAX}};

	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
		char text[STATE_MAX + 1];
		struct state s = {0};

		state_format(states[i], text);
		CU_ASSERT_TRUE(state_parse(str_of(text), &s));
		CU_ASSERT_EQUAL(s.epoch, states[i].epoch);
		CU_ASSERT_EQUAL(s.change, states[i].change);
	}
}

static void
other_texts_are_no_states(void)
{
	static const char *const bad[] = {
	    "",
	    "0",
	    "00000001",
	    "00000001-",
	    "0000001-1",
	    "00000001-01",
	    "00000001-x",
	    "00000001--1",
	    "00000001-1 ",
	    "0000000A-1",
	    "00000001-18446744073709551616",
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct state s;

		CU_ASSERT_FALSE(state_parse(str_of(bad[i]), &s));
	}
	CU_ASSERT_FALSE(state_parse((struct str){0}, &(struct state){0}));
}

/* --- result references --- */

/* RFC 8620, 3.7, and RFC 6901, 5. */
static void
pointers_lead_where_the_rfc_says(void)
{
	static const struct {
		const char *path, *found; /* NULL: nowhere */
	} cases[] = {
	    {"",
		"{\"a/"
		"b\":1,\"m~n\":2,\"\":3,\"list\":[{\"id\":\"x\",\"t\":[1,2]},{\"id\":\"y\","
		"\"t\":[3]}],"
		"\"*\":{\"*\":4}}"},
	    {"/a~1b", "1"},
	    {"/m~0n", "2"},
	    {"/", "3"},
	    {"/list/0/id", "\"x\""},
	    {"/list/1/t", "[3]"},
	    {"/list/*/id", "[\"x\",\"y\"]"},
	    {"/list/*/t", "[1,2,3]"},
	    {"/list/*/t/*", "[1,2,3]"},
	    {"/list/*/t/0", "[1,3]"},
	    {"/list/*", "[{\"id\":\"x\",\"t\":[1,2]},{\"id\":\"y\",\"t\":[3]}]"},
	    {"/*/*", "4"},
	    {"/list/*/t/1", NULL},
	    {"/list/2", NULL},
	    {"/list/00", NULL},
	    {"/list/-", NULL},
	    {"/list/-1", NULL},
	    {"/list/x", NULL},
	    {"/list/0/id/0", NULL},
	    {"/nobody", NULL},
	    {"list", NULL},
	    {"/a~b", NULL},
	    {"/m~", NULL},
	    {"/list/18446744073709551616", NULL},
	};
	json_t *v = parse(cases[0].found);

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json_t *found = pointer_follow(v, str_of(cases[i].path), NULL);

		if (cases[i].found == NULL) {
			CU_ASSERT_PTR_NULL(found);
		} else {
			json_t *want = parse(cases[i].found);

			if (!json_equal(found, want))
				fprintf(stderr, "%s is wrong\n", cases[i].path);
			CU_ASSERT_TRUE(json_equal(found, want));
			json_decref(want);
		}
		json_decref(found);
	}
	json_decref(v);
}

static const char earlier[] = "{\"ids\":[\"d1\"]}{\"type\":\"serverFail\"}";

static void
answer_earlier(struct answers *all)
{
	answers_add(all, (struct answer){STR("x:A/query"), STR("q"), 0, 14, NULL});
	answers_add(all, (struct answer){STR("error"), STR("e"), 14, 21, NULL});
	answers_add(all, (struct answer){STR("x:A/query"), STR("e"), 0, 14, NULL});
}

static void
references_become_arguments(void)
{
	struct answers all = {.room = 1000};
	struct err e = {0};
	json_t *args =
	    parse("{\"#ids\":{\"resultOf\":\"q\",\"name\":\"x:A/query\",\"path\":\"/ids\"},"
		  "\"b\":{\"#c\":1}}");
	json_t *want = parse("{\"ids\":[\"d1\"],\"b\":{\"#c\":1}}");

	answer_earlier(&all);
	CU_ASSERT_TRUE(references_resolve(&args, &all, str_of(earlier), &e));
	CU_ASSERT_TRUE(json_equal(args, want));
	answers_free(&all);
	json_decref(args);
	json_decref(want);
}

static void
references_that_fail_are_named(void)
{
	static const struct {
		const char *args;
		enum err_code code;
	} bad[] = {
	    {"{\"ids\":[],\"#ids\":{\"resultOf\":\"q\",\"name\":\"x:A/query\",\"path\":\"/"
	     "ids\"}}",
		ERR_INVALID_ARGUMENTS},
	    {"{\"ids\":null,\"#ids\":{}}", ERR_INVALID_ARGUMENTS},
	    {"{\"#ids\":null}", ERR_INVALID_RESULT_REFERENCE},
	    {"{\"#ids\":{\"resultOf\":\"q\",\"name\":\"x:A/query\"}}",
		ERR_INVALID_RESULT_REFERENCE},
	    {"{\"#ids\":{\"resultOf\":\"q\",\"name\":\"x:A/get\",\"path\":\"/ids\"}}",
		ERR_INVALID_RESULT_REFERENCE},
	    {"{\"#ids\":{\"resultOf\":\"later\",\"name\":\"x:A/query\",\"path\":\"/ids\"}}",
		ERR_INVALID_RESULT_REFERENCE},
	    {"{\"#ids\":{\"resultOf\":\"e\",\"name\":\"x:A/query\",\"path\":\"/ids\"}}",
		ERR_INVALID_RESULT_REFERENCE},
	    {"{\"#ids\":{\"resultOf\":\"q\",\"name\":\"x:A/query\",\"path\":\"/list\"}}",
		ERR_INVALID_RESULT_REFERENCE},
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct answers all = {.room = 1000};
		struct err e = {0};
		json_t *args = parse(bad[i].args);

		answer_earlier(&all);
		CU_ASSERT_FALSE(references_resolve(&args, &all, str_of(earlier), &e));
		CU_ASSERT_EQUAL(e.code, bad[i].code);
		answers_free(&all);
		json_decref(args);
	}
}

static void
references_take_so_much_and_no_more(void)
{
	static const char reference[] =
	    "{\"#ids\":{\"resultOf\":\"q\",\"name\":\"x:A/query\",\"path\":\"/ids\"}}";
	size_t enough = ijson_weight((struct str){earlier, 14}) + strlen("[\"d1\"]");

	for (size_t less = 0; less < 2; less++) {
		struct answers all = {.room = enough - less};
		struct err e = {0};
		json_t *args = parse(reference);

		answer_earlier(&all);
		CU_ASSERT_EQUAL(
		    references_resolve(&args, &all, str_of(earlier), &e), less == 0);
		CU_ASSERT_EQUAL(e.code, less == 0 ? ERR_NONE : ERR_INVALID_RESULT_REFERENCE);
		answers_free(&all);
		json_decref(args);
	}
}

/* --- names of methods --- */

static void
methods_are_a_type_and_a_verb(void)
{
	static const struct {
		const char *name;
		const struct type *const *type; /* NULL: no such method */
		const char *verb;
	} cases[] = {
	    {"x:DmarcInternalReport/get", &dmarc, "get"},
	    {"x:dmarc-internal-report/get", &dmarc, "get"},
	    {"x:tls-internal-report/queryChanges", &tls, "queryChanges"},
	    {"x:TlsInternalReport/set", &tls, "set"},
	    {"x:dmarcinternalreport/get", NULL, NULL},
	    {"x:dmarc-internal-report-/get", NULL, NULL},
	    {"x:dmarc-internal/get", NULL, NULL},
	    {"x:-dmarc-internal-report/get", NULL, NULL},
	    {"DmarcInternalReport/get", NULL, NULL},
	    {"x:DmarcInternalReport/copy", NULL, NULL},
	    {"x:DmarcInternalReport/", NULL, NULL},
	    {"x:DmarcInternalReport", NULL, NULL},
	    {"x:DmarcInternalReport/get/", NULL, NULL},
	    {"x:DmarcInternalReport/echo", NULL, NULL},
	    {"Core/get", NULL, NULL},
	    {"x:/get", NULL, NULL},
	    {"", NULL, NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct method m;
		bool found = method_named(str_of(cases[i].name), &m);

		CU_ASSERT_EQUAL(found, cases[i].type != NULL);
		if (!found || cases[i].type == NULL)
			continue;
		CU_ASSERT_PTR_EQUAL(m.type, *cases[i].type);
		CU_ASSERT_STRING_EQUAL(m.verb->name, cases[i].verb);
		CU_ASSERT_STRING_EQUAL(m.capability, JMAP_CAPABILITY_OUTBOX);
	}
}

/* --- the session, problems, capabilities --- */

static json_t *
session_at(const char *base, const struct limits *limits, const struct principal *p)
{
	const struct jmap j = {.limits = limits};
	struct buf out = {0};
	json_t *v;

	jmap_session(&j, p, str_of(base), &out);
	v = json_loadb(out.s, out.len, JSON_REJECT_DUPLICATES, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(v);
	buf_free(&out);
	return v;
}

static json_t *
session(const struct limits *limits, const struct principal *p)
{
	return session_at("https://reports.example.com", limits, p);
}

static void
the_session_has_what_rfc_8620_wants(void)
{
	static const char *const urls[] = {
	    "apiUrl", "downloadUrl", "uploadUrl", "eventSourceUrl", "username", "state"};
	static const char *const core[] = {"maxSizeUpload", "maxConcurrentUpload",
	    "maxSizeRequest", "maxConcurrentRequests", "maxCallsInRequest", "maxObjectsInGet",
	    "maxObjectsInSet"};
	struct principal p = {.subject = "alice \"\\", .permissions = ~(permissions)0};
	json_t *s = session(&limits_default, &p), *account, *capability;

	capability = json_object_get(json_object_get(s, "capabilities"), JMAP_CAPABILITY_CORE);
	for (size_t i = 0; i < sizeof core / sizeof core[0]; i++)
		CU_ASSERT_TRUE(json_is_integer(json_object_get(capability, core[i])));
	CU_ASSERT_TRUE(json_is_array(json_object_get(capability, "collationAlgorithms")));
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
		CU_ASSERT_TRUE(json_is_string(json_object_get(s, urls[i])));
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(s, "apiUrl")),
	    "https://reports.example.com/jmap/");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(s, "username")), p.subject);
	CU_ASSERT_STRING_EQUAL(
	    json_string_value(
		json_object_get(json_object_get(s, "primaryAccounts"), JMAP_CAPABILITY_OUTBOX)),
	    JMAP_ACCOUNT_ID);
	account = json_object_get(json_object_get(s, "accounts"), JMAP_ACCOUNT_ID);
	CU_ASSERT_TRUE(json_is_false(json_object_get(account, "isReadOnly")));
	CU_ASSERT_TRUE(json_is_object(json_object_get(
	    json_object_get(account, "accountCapabilities"), JMAP_CAPABILITY_OUTBOX)));
	json_decref(s);
}

static void
the_session_state_follows_what_it_shows(void)
{
	const struct principal alice = {.subject = "alice", .permissions = 1};
	const struct principal bob = {.subject = "bob", .permissions = 1};
	const struct principal more = {.subject = "alice", .permissions = 3};
	struct limits fewer = limits_default;
	json_t *s[6];

	fewer.max_objects_in_get--;
	s[0] = session(&limits_default, &alice);
	s[1] = session(&limits_default, &alice);
	s[2] = session(&limits_default, &bob);
	s[3] = session(&limits_default, &more);
	s[4] = session(&fewer, &alice);
	s[5] = session_at("https://other.example.com", &limits_default, &alice);
	for (int i = 1; i < 6; i++)
		CU_ASSERT_EQUAL(
		    json_equal(json_object_get(s[0], "state"), json_object_get(s[i], "state")),
		    i == 1);
	for (int i = 0; i < 6; i++)
		json_decref(s[i]);
}

static void
a_session_that_may_not_write_says_so(void)
{
	struct principal p = {.subject = "reader"};
	json_t *s, *account;

	p.permissions = permission_of(dmarc, ACTION_GET) | permission_of(tls, ACTION_QUERY);
	s = session(&limits_default, &p);
	account = json_object_get(json_object_get(s, "accounts"), JMAP_ACCOUNT_ID);
	CU_ASSERT_TRUE(json_is_true(json_object_get(account, "isReadOnly")));
	json_decref(s);
}

static void
problems_are_rfc_7807_documents(void)
{
	struct err e = {0};
	struct buf out = {0};
	json_t *v;

	err_set_limit(&e, "maxCallsInRequest", "At most \"%d\" \xc3", 64);
	jmap_problem(&e, &out);
	v = parse(buf_terminate(&out));
	CU_ASSERT_STRING_EQUAL(
	    json_string_value(json_object_get(v, "type")), "urn:ietf:params:jmap:error:limit");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(v, "status")), 400);
	CU_ASSERT_STRING_EQUAL(
	    json_string_value(json_object_get(v, "limit")), "maxCallsInRequest");
	CU_ASSERT_STRING_EQUAL(
	    json_string_value(json_object_get(v, "detail")), "At most \"64\" ?");
	json_decref(v);
	buf_clear(&out);
	e = (struct err){.code = ERR_UNAUTHORIZED};
	jmap_problem(&e, &out);
	v = parse(buf_terminate(&out));
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(v, "type")), "about:blank");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(v, "status")), 401);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(v, "title")), "Unauthorized");
	json_decref(v);
	buf_free(&out);
}

static void
unknown_capabilities_are_told_from_tolerated_ones(void)
{
	CU_ASSERT_TRUE(capability_is_known(STR(JMAP_CAPABILITY_OUTBOX)));
	CU_ASSERT_TRUE(capability_is_known(STR("urn:ietf:params:jmap:vacationresponse")));
	CU_ASSERT_FALSE(capability_is_known(STR("urn:ietf:params:jmap:websocket")));
	CU_ASSERT_FALSE(capability_is_known(STR("")));
	CU_ASSERT_FALSE(capability_is_known(STR("urn:ietf:params:jmap:core ")));
}

const CU_TestInfo jmap_tests[] = {
    {"what is not I-JSON is refused", what_is_not_ijson_is_refused},
    {"what is I-JSON is read", what_is_ijson_is_read},
    {"nesting too deep is not JSON", deep_nesting_is_not_json},
    {"a request of many tiny values is over the limit",
	a_request_of_many_tiny_values_is_over_the_limit},
    {"states are read as they are written", states_are_read_as_they_are_written},
    {"other texts are no states", other_texts_are_no_states},
    {"pointers lead where the RFC says", pointers_lead_where_the_rfc_says},
    {"references become arguments", references_become_arguments},
    {"references that fail are named", references_that_fail_are_named},
    {"references take so much and no more", references_take_so_much_and_no_more},
    {"methods are a type and a verb", methods_are_a_type_and_a_verb},
    {"the session has what RFC 8620 wants", the_session_has_what_rfc_8620_wants},
    {"the session's state follows what it shows", the_session_state_follows_what_it_shows},
    {"a session that may not write says so", a_session_that_may_not_write_says_so},
    {"problems are RFC 7807 documents", problems_are_rfc_7807_documents},
    {"unknown capabilities are told from tolerated ones",
	unknown_capabilities_are_told_from_tolerated_ones},
    CU_TEST_INFO_NULL,
};
