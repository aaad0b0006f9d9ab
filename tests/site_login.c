/* tests/site_login.c -- people log in through real web servers and workers, and no log tells
 * their secrets. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "tests/site.h"
#include "tests/suites.h"
#include "tests/visitor.h"

#define SECRETS_MAX 8
#define STORE_TIMEOUT_MS 10000

/* What must be in no log. */
struct secrets {
	size_t n;
	char list[SECRETS_MAX][TOKEN_LEN + 1];
};

static void
remember(struct secrets *s, const char *secret)
{
	CU_ASSERT_TRUE_FATAL(s->n < SECRETS_MAX && secret[0] != '\0');
	snprintf(s->list[s->n++], sizeof s->list[0], "%s", secret);
}

static void
log_in_through(struct site *s, size_t front, struct secrets *secrets)
{
	struct site_client c;
	struct visitor v;
	char origin[64];

	site_client_open_at(&c, s, front);
	visitor_open(&v, &c.transport);
	snprintf(origin, sizeof origin, "http://%s", s->fronts[front].listen);
	v.origin = origin;
	CU_ASSERT_EQUAL(visitor_see_form(&v), 200);
	remember(secrets, v.field);
	CU_ASSERT_EQUAL(visitor_log_in(&v, VISITOR_NAME, "wrong horse"), 403);
	CU_ASSERT_EQUAL(visitor_log_in(&v, VISITOR_NAME, VISITOR_PASSWORD), 303);
	remember(secrets, v.code);
	CU_ASSERT_EQUAL(visitor_use_code(&v, v.code), 200);
	remember(secrets, v.access);
	remember(secrets, v.refresh);
	CU_ASSERT_EQUAL(visitor_see_session(&v, v.access), 200);
	CU_ASSERT_EQUAL(visitor_use_refresh(&v, v.refresh), 200);
	CU_ASSERT_EQUAL(visitor_see_session(&v, v.access), 200);
	remember(secrets, v.refresh);
	CU_ASSERT_EQUAL(visitor_use_code(&v, v.code), 400);
	CU_ASSERT_EQUAL(visitor_see_session(&v, v.access), 401);
	visitor_close(&v);
	site_client_close(&c);
}

/* What the log of each web server has of a login. */
static const char *const lines[] = {
    [FRONT_NGINX] = "\"method\":\"POST\",\"path\":\"/login\",\"status\":303",
    [FRONT_APACHE] = " POST /login 303 ",
};

static void
logs_hold_no(const struct site *s, const struct secrets *secrets)
{
	struct buf logs = {0};

	site_logs(s, &logs);
	/* They do log. */
	CU_ASSERT_PTR_NOT_NULL(strstr(buf_terminate(&logs), lines[s->fronts[0].kind]));
	CU_ASSERT_PTR_NOT_NULL(strstr(logs.s, " login-end by_uid="));
	CU_ASSERT_PTR_NULL(strstr(logs.s, "horse"));
	CU_ASSERT_PTR_NULL(strstr(logs.s, VISITOR_STATE));
	CU_ASSERT_PTR_NULL(strstr(logs.s, TOKEN_PREFIX));
	CU_ASSERT_PTR_NULL(strstr(logs.s, TOKEN_PREFIX_CODE));
	CU_ASSERT_PTR_NULL(strstr(logs.s, TOKEN_PREFIX_REFRESH));
	for (size_t i = 0; i < secrets->n; i++)
		CU_ASSERT_PTR_NULL(strstr(logs.s, secrets->list[i]));
	buf_free(&logs);
}

static void
log_in_at(enum front_kind front)
{
	const struct site_plan plan = {
	    .fronts = {front}, .n_fronts = 1, .settings = "log_level = \"debug\"\n"};
	char socket[SCRATCH_DIR_MAX + 32];
	struct secrets secrets = {0};
	struct store *store;
	struct site s;

	site_start_as(&s, &plan);
	snprintf(socket, sizeof socket, "%s/run/store.sock", s.dir);
	store_open(&store, socket, STORE_TIMEOUT_MS);
	visitor_make_user(store);
	store_close(&store);
	log_in_through(&s, 0, &secrets);
	CU_ASSERT_TRUE(site_halt(&s));
	logs_hold_no(&s, &secrets);
	scratch_remove(s.dir);
}

static void
a_login_through_nginx_leaves_no_secret_in_a_log(void)
{
	log_in_at(FRONT_NGINX);
}

static void
a_login_through_apache_leaves_no_secret_in_a_log(void)
{
	log_in_at(FRONT_APACHE);
}

const CU_TestInfo site_login_tests[] = {
    {"a login through nginx leaves no secret in a log",
	a_login_through_nginx_leaves_no_secret_in_a_log},
    {"a login through Apache leaves no secret in a log",
	a_login_through_apache_leaves_no_secret_in_a_log},
    CU_TEST_INFO_NULL,
};
