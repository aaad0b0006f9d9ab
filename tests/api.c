/* tests/api.c -- the cases of tests/api, in this process and through web servers, outboxd and
 * two workers. */
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cases.h"
#include "tests/local.h"
#include "tests/match.h"
#include "tests/site.h"
#include "tests/suites.h"

/* What stands before the colon in the running test's name begins the names of its folders. */
static void
cases_hold(void)
{
	const char *name = CU_get_current_test()->pName;
	struct local l;
	char *prefix = str_dup((struct str){name, strcspn(name, ":")});

	local_start(&l);
	cases_check(&l.client.transport, prefix);
	local_stop(&l);
	free(prefix);
}

static bool
has_test(const char *folder)
{
	bool found = false;

	for (const CU_TestInfo *t = api_tests; t->pName != NULL; t++)
		found = found || strncmp(t->pName, folder, strcspn(t->pName, ":")) == 0;
	return found;
}

static void
every_case_is_run(void)
{
	size_t n;
	char **names = cases_list("", &n);

	CU_ASSERT(n > 0);
	for (size_t i = 0; i < n; i++) {
		if (!has_test(names[i]))
			CU_FAIL("a case belongs to no test of this file");
		free(names[i]);
	}
	free(names);
}

const CU_TestInfo api_tests[] = {
    {"contract-: what the contract's pages show works as written", cases_hold},
    {"http-: paths, methods, content types and tokens", cases_hold},
    {"session-: the session tells all a client needs", cases_hold},
    {"account-: what Stalwart's WebUI asks of who has logged in", cases_hold},
    {"discovery-: where to log in", cases_hold},
    {"schema-: the schema document is found by its hash", cases_hold},
    {"download-: reports as their receivers get them", cases_hold},
    {"echo-: Core/echo returns its arguments", cases_hold},
    {"request-: a request is checked, then each call answered", cases_hold},
    {"reference-: arguments are taken from earlier answers", cases_hold},
    {"permission-: a token may do what its permissions say", cases_hold},
    {"get-: Foo/get", cases_hold},
    {"set-: Foo/set", cases_hold},
    {"patch-: an update is a patch", cases_hold},
    {"changes-: Foo/changes", cases_hold},
    {"query-: Foo/query", cases_hold},
    {"queryChanges-: Foo/queryChanges", cases_hold},
    {"value-: values are checked and made canonical", cases_hold},
    {"maps-: the second face shows sets and lists as objects", cases_hold},
    {"cli-: what stalwart-cli sends", cases_hold},
    {"webui-: what Stalwart's WebUI sends", cases_hold},
    {"jmapc-: what jmapc sends", cases_hold},
    {"jam-: what jmap-jam sends", cases_hold},
    {"every case is run", every_case_is_run},
    CU_TEST_INFO_NULL,
};

static void
all_cases_hold(enum front_kind front, bool tcp)
{
	const struct site_plan plan = {.fronts = {front}, .n_fronts = 1, .tcp = tcp};
	struct site s;
	struct site_client c;

	site_start_as(&s, &plan);
	site_client_open(&c, &s);
	cases_check(&c.transport, "");
	site_client_close(&c);
	CU_ASSERT_TRUE(site_stop(&s));
}

static void
all_cases_hold_through_nginx(void)
{
	all_cases_hold(FRONT_NGINX, false);
}

static void
all_cases_hold_through_nginx_over_tcp(void)
{
	all_cases_hold(FRONT_NGINX, true);
}

static void
all_cases_hold_through_apache(void)
{
	all_cases_hold(FRONT_APACHE, false);
}

static void
all_cases_hold_through_apache_over_tcp(void)
{
	all_cases_hold(FRONT_APACHE, true);
}

const CU_TestInfo site_tests[] = {
    {"every case holds through nginx and two workers", all_cases_hold_through_nginx},
    {"every case holds through nginx, over TCP", all_cases_hold_through_nginx_over_tcp},
    {"every case holds through Apache", all_cases_hold_through_apache},
    {"every case holds through Apache, over TCP", all_cases_hold_through_apache_over_tcp},
    CU_TEST_INFO_NULL,
};
