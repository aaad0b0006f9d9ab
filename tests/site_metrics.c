/* tests/site_metrics.c -- /metrics and outboxctl status of a whole outbox, whose processes come
 * and go. */
#include <CUnit/CUnit.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "tests/calls.h"
#include "tests/children.h"
#include "tests/exposition.h"
#include "tests/site.h"
#include "tests/suites.h"

#define POLL_US 20000
#define WAIT_US INT64_C(30000000)
#define QUERIES 20
#define PAGE_MAX (1 << 16)

static const char calls[] =
    "outbox_method_calls_total{type=\"TlsInternalReport\",verb=\"query\",result=\"ok\"}";
static const char store_restarts[] = "outbox_restarts_total{program=\"outbox-store\"}";
static const char worker_restarts[] = "outbox_restarts_total{program=\"outbox-worker\"}";

static bool
query(const struct site_client *c)
{
	struct err e = {0};
	json_t *answer = NULL;
	bool ok = call_text(&c->transport, "/api", "x:TlsInternalReport/query",
		      STR("{\"limit\":1}"), &answer, &e) &&
	    answer_member(answer, "ids") != NULL;

	json_decref(answer);
	return ok;
}

/* The number of a sample of /metrics, which nginx asks for from this machine; -1: none. */
static double
ask(const struct site_client *c, const char *sample)
{
	const struct exchange x = {.method = "GET", .path = "/metrics"};
	struct answer a = {0};
	struct err e = {0};
	double value = -1;

	CU_ASSERT_TRUE(c->transport.send(c->transport.arg, &x, &a, &e));
	CU_ASSERT_EQUAL(a.status, 200);
	CU_ASSERT_TRUE(exposition_check(buf_str(&a.body), &e));
	if (!exposition_value(buf_str(&a.body), sample, &value))
		value = -1;
	answer_free(&a);
	return value;
}

/* Until a sample has that number. */
static bool
comes_to(const struct site_client *c, const char *sample, double value)
{
	int64_t until_us = clock_monotonic_us() + WAIT_US;

	while (ask(c, sample) != value) {
		if (clock_monotonic_us() > until_us)
			return false;
		usleep(POLL_US);
	}
	return true;
}

static void
counts_outlive_the_processes_that_counted(void)
{
	struct site s;
	struct site_client c;

	site_start(&s);
	site_client_open(&c, &s);
	for (int i = 0; i < QUERIES; i++)
		CU_ASSERT_TRUE(query(&c));
	CU_ASSERT_EQUAL(ask(&c, calls), QUERIES);
	CU_ASSERT_EQUAL(ask(&c, worker_restarts), 0);
	CU_ASSERT_EQUAL(ask(&c, store_restarts), 0);
	kill(child_named(s.outboxd, "outbox-worker"), SIGKILL);
	kill(child_named(s.outboxd, "outbox-store"), SIGKILL);
	CU_ASSERT_TRUE(comes_to(&c, worker_restarts, 1));
	CU_ASSERT_TRUE(comes_to(&c, store_restarts, 1));
	CU_ASSERT_TRUE(comes_to(&c, "outbox_up", 1));
	CU_ASSERT_EQUAL(ask(&c, calls), QUERIES);
	CU_ASSERT_TRUE(query(&c));
	CU_ASSERT_EQUAL(ask(&c, calls), QUERIES + 1);
	CU_ASSERT_EQUAL(ask(&c, "outbox_metrics_lost_total"), 0);
	site_client_close(&c);
	CU_ASSERT_TRUE(site_stop(&s));
}

static void
outboxctl_status_tells_the_same(void)
{
	static const char *const said[] = {"store answers, epoch ", "\nTlsInternalReport ",
	    "\nrequests ", "\nmethod calls   20, of which 0 ", "; p50 ", "\ncommits ",
	    "\nrestarts       outbox-store 0, outbox-worker 0\n", "\nrunning for ", " free; "};
	struct site s;
	struct site_client c;
	char program[PATH_MAX], config[SCRATCH_DIR_MAX + 16], page[SCRATCH_DIR_MAX + 16];
	const char *const argv[] = {program, "--config", config, "status", NULL};
	struct buf text = {0};
	struct err e = {0};

	site_start(&s);
	site_client_open(&c, &s);
	for (int i = 0; i < QUERIES; i++)
		CU_ASSERT_TRUE(query(&c));
	scratch_program("outboxctl", program);
	snprintf(config, sizeof config, "%s/outbox.conf", s.dir);
	snprintf(page, sizeof page, "%s/status", s.dir);
	CU_ASSERT_EQUAL(scratch_end(scratch_spawn(argv, page), 0, 30), 0);
	CU_ASSERT_TRUE_FATAL(io_read_file(page, PAGE_MAX, &text, &e));
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
		if (strstr(buf_terminate(&text), said[i]) == NULL) {
			printf("%s\n%s", said[i], text.s);
			CU_FAIL("it does not say that");
		}
	buf_free(&text);
	site_client_close(&c);
	CU_ASSERT_TRUE(site_stop(&s));
}

const CU_TestInfo site_metrics_tests[] = {
    {"counts outlive the processes that counted", counts_outlive_the_processes_that_counted},
    {"outboxctl status tells the same", outboxctl_status_tells_the_same},
    CU_TEST_INFO_NULL,
};
