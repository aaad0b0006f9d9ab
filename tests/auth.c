/* tests/auth.c -- tokens, permissions, and who is let in. */
#include <CUnit/CUnit.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "auth/auth.h"
#include "auth/permission.h"
#include "auth/subject.h"
#include "auth/token.h"
#include "tests/outbox.h"
#include "tests/suites.h"

#define NOW_S 1800000000

/* --- text of tokens --- */

static void
a_token_reads_back_as_it_was_written(void)
{
	struct token made, read;
	char text[TOKEN_LEN + 1];

	for (int i = 0; i < 100; i++) {
		token_new(&made);
		token_format(&made, text);
		CU_ASSERT_EQUAL(strlen(text), TOKEN_LEN);
		CU_ASSERT(token_parse(str_of(text), &read));
		CU_ASSERT_EQUAL(memcmp(&made, &read, sizeof made), 0);
	}
}

#define ZEROS                                                                                  \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" /* two short of a token */

static void
only_whole_tokens_are_read(void)
{
	static const char *const bad[] = {"", "rob_", "rob_" ZEROS, "rob_" ZEROS "A",
	    "rob_" ZEROS "AAA", "Rob_" ZEROS "AA", "robA" ZEROS "AA",
	    "rob_" ZEROS "A=", "rob_" ZEROS "A+", "rob_" ZEROS "A/", "rob_" ZEROS "A ",
	    "rob_" ZEROS "A\n", "rob_" ZEROS "A\x92"};
	struct token t;

	CU_ASSERT(token_parse(STR("rob_" ZEROS "AA"), &t));
	CU_ASSERT(token_parse(STR("rob_" ZEROS "-_"), &t));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CU_ASSERT_FALSE(token_parse(str_of(bad[i]), &t));
	CU_ASSERT_FALSE(token_parse((struct str){"rob_" ZEROS "A\0", TOKEN_LEN}, &t));
	CU_ASSERT_FALSE(token_parse((struct str){0}, &t));
}

static void
a_token_id_is_twenty_hexadecimal_digits(void)
{
	static const uint8_t id[STORE_TOKEN_ID_LEN] = {0, 1, 0xfe, 0xff};
	uint8_t read[STORE_TOKEN_ID_LEN];
	char text[TOKEN_ID_TEXT_LEN + 1];

	token_id_format(id, text);
	CU_ASSERT_STRING_EQUAL(text, "0001feff000000000000");
	CU_ASSERT(token_id_parse(STR("0001FEff000000000000"), read));
	CU_ASSERT_EQUAL(memcmp(id, read, sizeof id), 0);
	CU_ASSERT_FALSE(token_id_parse(STR("0001feff00000000000"), read));
	CU_ASSERT_FALSE(token_id_parse(STR("0001feff0000000000000"), read));
	CU_ASSERT_FALSE(token_id_parse(STR("0001feff00000000000g"), read));
	CU_ASSERT_FALSE(token_id_parse((struct str){0}, read));
}

/* --- permissions --- */

static void
permission_bits_never_change(void)
{
	CU_ASSERT_EQUAL(permission_of(&dmarc_internal_report, ACTION_GET), 1);
	CU_ASSERT_EQUAL(permission_of(&dmarc_internal_report, ACTION_DESTROY), 16);
	CU_ASSERT_EQUAL(permission_of(&tls_internal_report, ACTION_GET), 256);
	CU_ASSERT_EQUAL(permission_of(&tls_internal_report, ACTION_QUERY), 512);
	CU_ASSERT_EQUAL(permission_of(&tls_internal_report, ACTION_CREATE), 1024);
	CU_ASSERT_EQUAL(permission_of(&tls_internal_report, ACTION_UPDATE), 2048);
	CU_ASSERT_EQUAL(permission_of(&tls_internal_report, ACTION_DESTROY), 4096);
}

#define DMARC "sysDmarcInternalReport"
#define TLS "sysTlsInternalReport"

/* A list, the bits it means (0: it is refused), and the list as it is shown. */
static const struct {
	const char *list;
	permissions bits;
	const char *shown;
} lists[] = {
    {"admin", PERMISSION_METRICS | 0x1f1f, "admin"},
    {"monitor", UINT64_C(1) << 63, "monitor"},
    {"sysMetricsGet", UINT64_C(1) << 63, "monitor"},
    {"monitor,submitter", PERMISSION_METRICS | 0x0404,
	DMARC "Create," TLS "Create,sysMetricsGet"},
    {"reader", 0x0303, "reader"},
    {"submitter", 0x0404, "submitter"},
    {"reader,submitter", 0x0707,
	DMARC "Get," DMARC "Query," DMARC "Create," TLS "Get," TLS "Query," TLS "Create"},
    {TLS "Get", 0x0100, TLS "Get"},
    {TLS "Get," DMARC "Destroy," TLS "Get", 0x0110, DMARC "Destroy," TLS "Get"},
    {DMARC "Get," DMARC "Query," TLS "Get," TLS "Query", 0x0303, "reader"},
    {"", 0, NULL},
    {",", 0, NULL},
    {"admin,", 0, NULL},
    {",admin", 0, NULL},
    {"Admin", 0, NULL},
    {" admin", 0, NULL},
    {"administrator", 0, NULL},
    {"adm", 0, NULL},
    {DMARC, 0, NULL},
    {"DmarcInternalReportGet", 0, NULL},
};

static void
permissions_have_names(void)
{
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		permissions p = 0;
		struct buf shown = {0};
		struct err e = {0};

		CU_ASSERT_EQUAL(
		    permissions_parse(str_of(lists[i].list), &p, &e), lists[i].bits != 0);
		CU_ASSERT_EQUAL(p, lists[i].bits);
		CU_ASSERT_EQUAL(e.code, lists[i].bits != 0 ? ERR_NONE : ERR_INVALID_ARGUMENTS);
		if (lists[i].bits != 0) {
			permissions_format(p, &shown);
			CU_ASSERT_STRING_EQUAL(buf_terminate(&shown), lists[i].shown);
		}
		buf_free(&shown);
	}
}

static void
an_unknown_permission_is_named(void)
{
	permissions p;
	struct err e = {0};

	CU_ASSERT_FALSE(permissions_parse(STR("reader,all"), &p, &e));
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "\"all\""));
}

/* --- subjects --- */

static void
a_subject_is_printable_text(void)
{
	static const char *const good[] = {"a", "mta.example.com", "J\xc3\xbcrgen", "a b",
	    "\xe6\x97\xa5\xe6\x9c\xac", "\xf0\x9f\x93\xa8", "\xc2\xa0", "\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {"", "a\n", "\t", "\x7f", "\xc2\x85", "\xff", "\xc3",
	    "\xc3(", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
	    "\xf8\x88\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\x80", "a\x1b[31m"};
	char longest[STORE_SUBJECT_MAX + 1];

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		CU_ASSERT(subject_is_valid(str_of(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CU_ASSERT_FALSE(subject_is_valid(str_of(bad[i])));
	memset(longest, 'x', sizeof longest);
	CU_ASSERT(subject_is_valid((struct str){longest, STORE_SUBJECT_MAX}));
	CU_ASSERT_FALSE(subject_is_valid((struct str){longest, STORE_SUBJECT_MAX + 1}));
	CU_ASSERT_FALSE(subject_is_valid((struct str){"a\0b", 3}));
}

/* --- verification, by a real store --- */

struct scene {
	struct outbox outbox;
	struct clock clock;
	struct auth *auth;
	struct token token;
	char header[sizeof "Bearer " + TOKEN_LEN];
};

static void
format_header(const struct token *t, char out[static sizeof "Bearer " + TOKEN_LEN])
{
	char text[TOKEN_LEN + 1];

	token_format(t, text);
	snprintf(out, sizeof "Bearer " + TOKEN_LEN, "Bearer %s", text);
}

/* A token that may get DMARC reports, until NOW_S + 60. */
static void
set_scene(struct scene *s)
{
	struct store_token t = {.subject = "alice",
	    .permissions = permission_of(&dmarc_internal_report, ACTION_GET),
	    .created_s = NOW_S,
	    .expires_s = NOW_S + 60};
	struct err e = {0};

	outbox_start(&s->outbox);
	s->clock.fixed_s = NOW_S;
	token_new(&s->token);
	memcpy(t.id, s->token.id, sizeof t.id);
	CU_ASSERT_FATAL(store_token_create(s->outbox.store, &t, s->token.secret, &e));
	format_header(&s->token, s->header);
	auth_open(&s->auth, s->outbox.store, s->outbox.socket, &s->clock);
}

static void
clear_scene(struct scene *s)
{
	auth_close(&s->auth);
	outbox_stop(&s->outbox);
}

static enum err_code
verify(struct scene *s, const char *header, struct principal *p, struct err *e)
{
	*e = (struct err){0};
	*p = (struct principal){0};
	auth_verify(s->auth, str_of(header), p, e);
	return e->code;
}

static void
a_good_token_tells_who_and_what(void)
{
	struct scene s = {0};
	struct principal p;
	struct err e;

	set_scene(&s);
	for (int cached = 0; cached < 2; cached++) {
		CU_ASSERT_EQUAL(verify(&s, s.header, &p, &e), ERR_NONE);
		CU_ASSERT_STRING_EQUAL(p.subject, "alice");
		CU_ASSERT_EQUAL(p.permissions, 1);
		CU_ASSERT_EQUAL(p.expires_s, NOW_S + 60);
	}
	clear_scene(&s);
}

static void
headers_are_read_as_rfc_6750_says(void)
{
	static const struct {
		const char *before, *after; /* around the token */
		const char *word;           /* in the text of the error; NULL: it is let in */
	} headers[] = {
	    {"Bearer ", "", NULL},
	    {"bearer ", "", NULL},
	    {"BEARER   ", "", NULL},
	    {"Bearer\t", "", "scheme"},
	    {" Bearer ", "", "scheme"},
	    {"Bearer", "", "scheme"},
	    {"Basic ", "", "scheme"},
	    {"", "", "scheme"},
	    {"Bearer ", " ", "malformed"},
	    {"Bearer ", "=", "malformed"},
	    {"Bearer ", ",", "malformed"},
	    {"Bearer x", "", "malformed"},
	};
	struct scene s = {0};
	struct principal p;
	struct err e;
	char header[128];

	set_scene(&s);
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		snprintf(header, sizeof header, "%s%s%s", headers[i].before,
		    s.header + strlen("Bearer "), headers[i].after);
		CU_ASSERT_EQUAL(verify(&s, header, &p, &e),
		    headers[i].word == NULL ? ERR_NONE : ERR_UNAUTHORIZED);
		if (headers[i].word != NULL)
			CU_ASSERT_PTR_NOT_NULL(strstr(e.text, headers[i].word));
	}
	CU_ASSERT_EQUAL(verify(&s, NULL, &p, &e), ERR_UNAUTHORIZED);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "missing"));
	CU_ASSERT_EQUAL(verify(&s, "Bearer", &p, &e), ERR_UNAUTHORIZED);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "malformed"));
	clear_scene(&s);
}

static void
the_challenge_names_an_error_only_for_bearer_tokens(void)
{
	CU_ASSERT_PTR_NULL(strstr(auth_challenge((struct str){0}), "error="));
	CU_ASSERT_PTR_NULL(strstr(auth_challenge(STR("Basic eHg6eHg=")), "error="));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(auth_challenge(STR("Bearer x")), "error=\"invalid_token\""));
	CU_ASSERT_EQUAL(strncmp(auth_challenge((struct str){0}), "Bearer realm=", 13), 0);
}

static void
an_unknown_token_and_a_wrong_secret_look_alike(void)
{
	struct scene s = {0};
	struct principal p;
	struct err unknown, wrong;
	struct token t;
	char header[sizeof s.header];

	set_scene(&s);
	t = s.token;
	t.secret[0] ^= 1;
	format_header(&t, header);
	CU_ASSERT_EQUAL(verify(&s, header, &p, &wrong), ERR_UNAUTHORIZED);
	t = s.token;
	t.id[0] ^= 1;
	format_header(&t, header);
	CU_ASSERT_EQUAL(verify(&s, header, &p, &unknown), ERR_UNAUTHORIZED);
	CU_ASSERT_STRING_EQUAL(unknown.text, wrong.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(unknown.text, "refused"));
	CU_ASSERT_EQUAL(p.permissions, 0);
	clear_scene(&s);
}

static void
a_token_expires_to_the_second_even_when_cached(void)
{
	struct scene s = {0};
	struct principal p;
	struct err e;

	set_scene(&s);
	s.clock.fixed_s = NOW_S + 59;
	CU_ASSERT_EQUAL(verify(&s, s.header, &p, &e), ERR_NONE);
	s.clock.fixed_s = NOW_S + 60;
	CU_ASSERT_EQUAL(verify(&s, s.header, &p, &e), ERR_UNAUTHORIZED);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "refused"));
	clear_scene(&s);
}

static void
a_revoke_works_at_once(void)
{
	struct scene s = {0};
	struct principal p;
	struct err e;

	set_scene(&s);
	CU_ASSERT_EQUAL(verify(&s, s.header, &p, &e), ERR_NONE);
	CU_ASSERT_EQUAL(verify(&s, s.header, &p, &e), ERR_NONE);
	CU_ASSERT(store_token_revoke(s.outbox.store, s.token.id, &e));
	CU_ASSERT_EQUAL(verify(&s, s.header, &p, &e), ERR_UNAUTHORIZED);
	clear_scene(&s);
}

/* The cache at work: a second store handle, whose store is away, would notice. */
static void
a_cached_token_needs_no_store(void)
{
	struct scene s = {0};
	struct store *away;
	struct principal p;
	struct err e;
	struct token other;
	char header[sizeof s.header];

	set_scene(&s);
	CU_ASSERT_EQUAL(verify(&s, s.header, &p, &e), ERR_NONE);
	kill(s.outbox.pid, SIGSTOP);
	CU_ASSERT_EQUAL(verify(&s, s.header, &p, &e), ERR_NONE);
	kill(s.outbox.pid, SIGCONT);
	auth_close(&s.auth);
	store_open(&away, "/nonexistent/store.sock", 50);
	auth_open(&s.auth, away, "/nonexistent/store.sock", &s.clock);
	token_new(&other);
	format_header(&other, header);
	CU_ASSERT_EQUAL(verify(&s, header, &p, &e), ERR_SERVER_UNAVAILABLE);
	auth_close(&s.auth);
	store_close(&away);
	clear_scene(&s);
}

static void
more_tokens_than_the_cache_holds_are_all_let_in(void)
{
	struct scene s = {0};
	static char headers[AUTH_CACHE_ENTRIES + 50][sizeof s.header];
	size_t n = sizeof headers / sizeof headers[0];
	struct principal p;
	struct err e = {0};

	set_scene(&s);
	for (size_t i = 0; i < n; i++) {
		struct store_token t = {.created_s = NOW_S, .permissions = i + 1};
		struct token made;

		token_new(&made);
		memcpy(t.id, made.id, sizeof t.id);
		snprintf(t.subject, sizeof t.subject, "s%zu", i);
		CU_ASSERT(store_token_create(s.outbox.store, &t, made.secret, &e));
		format_header(&made, headers[i]);
	}
	for (int again = 0; again < 3; again++)
		for (size_t i = 0; i < n; i++) {
			CU_ASSERT_EQUAL(verify(&s, headers[i], &p, &e), ERR_NONE);
			CU_ASSERT_EQUAL(p.permissions, i + 1);
		}
	clear_scene(&s);
}

const CU_TestInfo auth_tests[] = {
    {"a token reads back as it was written", a_token_reads_back_as_it_was_written},
    {"only whole tokens are read", only_whole_tokens_are_read},
    {"a token id is twenty hexadecimal digits", a_token_id_is_twenty_hexadecimal_digits},
    {"permission bits never change", permission_bits_never_change},
    {"permissions have names", permissions_have_names},
    {"an unknown permission is named", an_unknown_permission_is_named},
    {"a subject is printable text", a_subject_is_printable_text},
    {"a good token tells who and what", a_good_token_tells_who_and_what},
    {"headers are read as RFC 6750 says", headers_are_read_as_rfc_6750_says},
    {"the challenge names an error only for bearer tokens",
	the_challenge_names_an_error_only_for_bearer_tokens},
    {"an unknown token and a wrong secret look alike",
	an_unknown_token_and_a_wrong_secret_look_alike},
    {"a token expires to the second, even when cached",
	a_token_expires_to_the_second_even_when_cached},
    {"a revoke works at once", a_revoke_works_at_once},
    {"a cached token needs no store", a_cached_token_needs_no_store},
    {"more tokens than the cache holds are all let in",
	more_tokens_than_the_cache_holds_are_all_let_in},
    CU_TEST_INFO_NULL,
};
