/* tests/site_audit.c -- what outboxctl token does, and what the log of a whole outbox has about
 * who may do what. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/calls.h"
#include "tests/site.h"
#include "tests/suites.h"
#include "tests/typed.h"
#include "tests/visitor.h"

#define LOG_POLLS_MAX 200
#define LOG_POLL_US 50000

/* A whole outbox, and somebody on its machine. */
struct desk {
	struct site site;
	struct typed typed;
	struct buf logs;
};

static void
begin(struct desk *d, const char *settings)
{
	const struct site_plan plan = {
	    .fronts = {FRONT_NGINX}, .n_fronts = 1, .settings = settings};

	*d = (struct desk){0};
	site_start_as(&d->site, &plan);
	typed_begin(&d->typed);
	typed_set(&d->typed, "D", d->site.dir);
}

static void
end(struct desk *d)
{
	buf_free(&d->logs);
	typed_end(&d->typed);
	CU_ASSERT(site_stop(&d->site));
}

static bool
gives(struct desk *d, const char *line, int status, const char *out, const char *err)
{
	return typed_gives(&d->typed, line, status, out, err);
}

static int
count_now(struct desk *d, const char *text)
{
	int n = 0;

	buf_clear(&d->logs);
	site_logs(&d->site, &d->logs);
	for (const char *at = buf_terminate(&d->logs); (at = strstr(at, text)) != NULL; at++)
		n++;
	return n;
}

/* How often the text is in the logs.  A request is logged once it is answered: waits for the
 * first. */
static int
logged(struct desk *d, const char *text)
{
	int n = count_now(d, text);

	for (int i = 0; i < LOG_POLLS_MAX && n == 0; i++) {
		usleep(LOG_POLL_US);
		n = count_now(d, text);
	}
	if (n == 0)
		fprintf(stderr, "\nnot logged: %s\n", text);
	return n;
}

static void
tokens_are_made_rotated_and_revoked(void)
{
	struct desk d;

	begin(&d, NULL);
	/* The token alone on standard output, and its id beside it. */
	CU_ASSERT(gives(&d,
	    "outboxctl --dir \"$D\" token create --subject mta1 --permissions submitter >tok "
	    "2>said; "
	    "wc -l <tok; cut -c 1-4 tok; cat said",
	    0, "1\nrob_\noutboxctl: token ", NULL));
	CU_ASSERT(gives(&d,
	    "id=$(cut -d ' ' -f 3 said); outboxctl --dir \"$D\" token list | grep -c \"^$id \"",
	    0, "1\n", NULL));
	CU_ASSERT(gives(&d,
	    "outboxctl --dir \"$D\" token create --subject m2 --permissions reader --expires "
	    "1d "
	    "--json | grep -c '^{\"id\":\".*\"token\":\"rob_.*\"expiresAt\":\"2'",
	    0, "1\n", NULL));
	CU_ASSERT(gives(&d,
	    "id=$(cut -d ' ' -f 3 said); outboxctl --dir \"$D\" token rotate $id --grace 1h "
	    ">tok2",
	    0, NULL, " of mta1 does not expire"));
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" token rotate --token-file tok2 >tok3", 0,
	    NULL, " of mta1 does not expire"));
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" token rotate --token-file tok2", 1, NULL,
	    "this token is not known"));
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" token rotate --token-file tok3 >/dev/full",
	    1, NULL, "cannot write the token to standard output; it is revoked again"));
	CU_ASSERT(
	    gives(&d, "outboxctl --dir \"$D\" token revoke $(cat tok3)", 0, "revoked ", NULL));
	CU_ASSERT(gives(
	    &d, "outboxctl --dir \"$D\" token revoke --token-file tok", 0, "revoked ", NULL));
	CU_ASSERT(
	    gives(&d, "outboxctl --dir \"$D\" token revoke --subject m2", 0, "revoked ", NULL));
	CU_ASSERT(gives(&d, "outboxctl --dir \"$D\" token revoke --subject m2", 1, NULL,
	    "there is no token of that subject"));
	CU_ASSERT(
	    gives(&d, "outboxctl --dir \"$D\" token list --json | grep -c m2", 1, "0\n", NULL));
	CU_ASSERT(gives(
	    &d, "outboxctl --dir \"$D\" token revoke rob_1", 2, NULL, "this is no token"));
	CU_ASSERT(
	    gives(&d, "outboxctl --dir \"$D\" token rotate 00112233445566778899 --grace 366d",
		2, NULL, "--grace must be"));
	CU_ASSERT(
	    gives(&d, "outboxctl --dir \"$D\" token rotate 00112233445566778899 --grace 365d",
		1, NULL, "there is no token of that id"));
	end(&d);
}

static void
each_change_of_rights_is_logged_at_every_level(void)
{
	struct desk d;

	begin(&d, "log_level = \"error\"\n");
	CU_ASSERT(gives(&d,
	    "outboxctl --dir \"$D\" token create --subject mta1 --permissions submitter 2>&1 "
	    ">tok "
	    "| "
	    "cut -d ' ' -f 3 >id",
	    0, NULL, NULL));
	CU_ASSERT(gives(
	    &d, "outboxctl --dir \"$D\" token rotate $(cat id) >tok2", 0, NULL, "token "));
	CU_ASSERT(gives(
	    &d, "outboxctl --dir \"$D\" token revoke --token-file tok2", 0, "revoked", NULL));
	CU_ASSERT(
	    gives(&d, "outboxctl --dir \"$D\" token revoke $(cat id)", 1, NULL, "there is no"));
	CU_ASSERT(gives(&d,
	    "echo 'correct horse' | outboxctl --dir \"$D\" user add alice --permissions reader "
	    "&& "
	    "echo 'correct house' | outboxctl --dir \"$D\" user passwd alice && "
	    "outboxctl --dir \"$D\" user remove alice",
	    0, NULL, NULL));
	CU_ASSERT(
	    gives(&d, "outboxctl --dir \"$D\" user remove alice", 1, NULL, "there is no user"));
	CU_ASSERT(logged(&d, " audit outbox-store[") >= 8);
	CU_ASSERT_EQUAL(logged(&d,
			    " subject=\"mta1\" permissions=submitter expires=never "
			    "outcome=done\n"),
	    2); /* the first, and the one that replaced it */
	CU_ASSERT_EQUAL(logged(&d, " token-rotate by_uid="), 1);
	CU_ASSERT_EQUAL(logged(&d, " grace_s=0 outcome=done\n"), 1);
	CU_ASSERT_EQUAL(logged(&d, " user-add by_uid="), 1);
	CU_ASSERT_EQUAL(logged(&d, " user-passwd by_uid="), 1);
	CU_ASSERT_EQUAL(logged(&d, " user=\"alice\" permissions=reader outcome=done\n"), 1);
	CU_ASSERT_EQUAL(
	    logged(
		&d, " user=\"alice\" outcome=refused why=\"there is no user of that name\"\n"),
	    1);
	CU_ASSERT_EQUAL(
	    logged(&d, " outcome=refused why=\"there is no token of that id\"\n"), 1);
	CU_ASSERT(gives(&d, "cat id", 0, "", NULL));
	CU_ASSERT_PTR_NOT_NULL(strstr(d.logs.s, " token="));
	/* Nothing secret: no token, no password, no hash of one. */
	CU_ASSERT_PTR_NULL(strstr(d.logs.s, TOKEN_PREFIX));
	CU_ASSERT_PTR_NULL(strstr(d.logs.s, "correct"));
	CU_ASSERT_PTR_NULL(strstr(d.logs.s, "argon2"));
	end(&d);
}

static void
a_subject_cannot_forge_a_log_line(void)
{
	struct desk d;

	begin(&d, NULL);
	CU_ASSERT(gives(&d,
	    "outboxctl --dir \"$D\" token create --permissions reader --subject "
	    "'m\" outcome=done by_uid=7 x=\"\\'",
	    0, "rob_", "token "));
	CU_ASSERT_EQUAL(
	    logged(&d,
		" subject=\"m\\x22 outcome=done by_uid=7 x=\\x22\\x5c\" permissions=reader "),
	    1);
	CU_ASSERT(gives(&d,
	    "outboxctl --dir \"$D\" token create --permissions reader --subject \"$(printf "
	    "'m\\nx')\"",
	    2, NULL, "a subject is"));
	CU_ASSERT(
	    gives(&d, "outboxctl --dir \"$D\" token revoke --subject \"$(printf 'm\\nx')\"", 2,
		NULL, "a subject is"));
	end(&d);
}

static void
a_request_and_a_login_are_logged_with_the_tokens_id(void)
{
	const char *admin;
	uint8_t id[STORE_TOKEN_ID_LEN] = {0};
	char text[TOKEN_ID_TEXT_LEN + 1], line[128];
	struct token token;
	struct site_client c;
	struct visitor v;
	struct desk d;

	begin(&d, "log_level = \"info\"\n");
	site_client_open(&c, &d.site);
	admin = tokens_header(&d.site.tokens, "admin") + strlen("Bearer ");
	CU_ASSERT_TRUE_FATAL(token_parse(str_of(admin), &token));
	token_id_format(token.id, text);
	visitor_open(&v, &c.transport);
	CU_ASSERT_EQUAL(visitor_see_session(&v, admin), 200);
	snprintf(line, sizeof line, " subject=\"admin@example.com\" token=%s calls=0 ", text);
	CU_ASSERT(logged(&d, line) >= 1);
	CU_ASSERT(logged(&d, " subject=\"\" token=- calls=0 ") >= 1); /* /readyz */

	CU_ASSERT(gives(&d,
	    "echo 'correct horse' | outboxctl --dir \"$D\" user add alice --permissions reader",
	    0, NULL, NULL));
	visitor_see_form(&v);
	CU_ASSERT_EQUAL(visitor_log_in(&v, "alice", "correct horse"), 303);
	CU_ASSERT_EQUAL(visitor_use_code(&v, v.code), 200);
	CU_ASSERT_TRUE_FATAL(token_parse(str_of(v.access), &token));
	memcpy(id, token.id, sizeof id);
	token_id_format(id, text);
	snprintf(
	    line, sizeof line, " login client=\"127.0.0.1\" token=%s subject=\"alice\" ", text);
	CU_ASSERT_EQUAL(logged(&d, line), 1);
	snprintf(line, sizeof line, " path=\"/auth/token\" status=200 ");
	CU_ASSERT_EQUAL(logged(&d, line), 1);
	CU_ASSERT_EQUAL(visitor_see_session(&v, v.access), 200);
	snprintf(line, sizeof line, " subject=\"alice\" token=%s calls=0 ", text);
	CU_ASSERT(logged(&d, line) >= 1);
	visitor_close(&v);
	site_client_close(&c);
	end(&d);
}

const CU_TestInfo site_audit_tests[] = {
    {"tokens are made, rotated and revoked", tokens_are_made_rotated_and_revoked},
    {"each change of rights is logged at every level",
	each_change_of_rights_is_logged_at_every_level},
    {"a subject cannot forge a log line", a_subject_cannot_forge_a_log_line},
    {"a request and a login are logged with the token's id",
	a_request_and_a_login_are_logged_with_the_tokens_id},
    CU_TEST_INFO_NULL,
};
