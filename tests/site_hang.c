/* tests/site_hang.c -- processes that hang or die again and again are replaced, and the others
 * serve meanwhile. */
#include <CUnit/CUnit.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/calls.h"
#include "tests/children.h"
#include "tests/site.h"
#include "tests/suites.h"

#define SECOND_US INT64_C(1000000)
#define POLL_US 2000
#define REPLACED_WITHIN_US (30 * SECOND_US)
#define STORE_KILLS 5
#define STORE_BACK_WITHIN_US (10 * SECOND_US) /* on a machine that is busy */
#define LOOP_MAX_US (60 * SECOND_US)
#define KILLS 6
#define KILLS_TAKE_US (15 * SECOND_US / 10) /* with 0, 0.1, 0.2, 0.4 and 0.8 s between */
#define WORKERS_MAX 16

static const char query[] = "{\"limit\":1}";

/* One /query: 1 answered, 0 not while the store is away (503), -1 anything else. */
static int
ask(const struct site_client *c)
{
	struct err e = {0};
	json_t *answer = NULL;
	int how = -1;

	if (call_text(
		&c->transport, "/api", "x:TlsInternalReport/query", str_of(query), &answer, &e))
		how = answer_member(answer, "ids") != NULL ? 1 : -1;
	else if (strstr(e.text, "status 503") != NULL)
		how = 0;
	json_decref(answer);
	return how;
}

static void
a_store_that_hangs_is_replaced(void)
{
	struct site s;
	struct site_client c;
	pid_t hung, now;
	int64_t until_us;
	int how = 0;

	site_start(&s);
	site_client_open(&c, &s);
	hung = child_named(s.outboxd, "outbox-store");
	CU_ASSERT_FATAL(hung > 0);
	CU_ASSERT_EQUAL(ask(&c), 1);
	kill(hung, SIGSTOP);
	until_us = clock_monotonic_us() + REPLACED_WITHIN_US;
	do {
		how = ask(&c);
		CU_ASSERT_NOT_EQUAL(how, -1);
		now = child_named(s.outboxd, "outbox-store");
		usleep(POLL_US);
	} while ((how != 1 || now == 0 || now == hung) && clock_monotonic_us() < until_us);
	CU_ASSERT_EQUAL(how, 1);
	CU_ASSERT(now > 0 && now != hung);
	site_client_close(&c);
	CU_ASSERT_TRUE(site_stop(&s));
}

/* Each time as soon as it is there, so in its recovery or just after it. */
static void
a_store_that_is_killed_five_times_in_a_row_is_soon_back(void)
{
	struct site s;
	struct site_client c;
	pid_t store, killed = 0;
	int64_t last_us = 0;

	site_start(&s);
	site_client_open(&c, &s);
	for (unsigned kills = 0; kills < STORE_KILLS; usleep(POLL_US)) {
		store = child_named(s.outboxd, "outbox-store");
		if (store <= 0 || store == killed)
			continue;
		kill(store, SIGKILL);
		killed = store;
		kills++;
		last_us = clock_monotonic_us();
	}
	while (ask(&c) != 1 && clock_monotonic_us() - last_us < STORE_BACK_WITHIN_US)
		continue;
	CU_ASSERT(clock_monotonic_us() - last_us < STORE_BACK_WITHIN_US);
	site_client_close(&c);
	CU_ASSERT_TRUE(site_stop(&s));
}

/* The worker that was started last dies as soon as it is there; the other serves. */
static void
a_worker_that_dies_again_and_again_leaves_the_others_alone(void)
{
	struct site s;
	struct site_client c;
	pid_t workers[WORKERS_MAX], steady, killed = 0;
	unsigned kills = 0, refused = 0, served = 0;
	int64_t began_us;

	site_start(&s);
	site_client_open(&c, &s);
	CU_ASSERT_EQUAL_FATAL(
	    children_named(s.outboxd, "outbox-worker", workers, WORKERS_MAX), 2);
	steady = workers[0];
	began_us = clock_monotonic_us();
	while (kills < KILLS && clock_monotonic_us() - began_us < LOOP_MAX_US) {
		size_t n = children_named(s.outboxd, "outbox-worker", workers, WORKERS_MAX);

		for (size_t i = 0; i < n; i++)
			if (workers[i] != steady && workers[i] != killed) {
				killed = workers[i];
				kill(killed, SIGKILL);
				kills++;
			}
		if (ask(&c) == 1)
			served++;
		else
			refused++;
		usleep(POLL_US);
	}
	CU_ASSERT_EQUAL(kills, KILLS);
	CU_ASSERT(clock_monotonic_us() - began_us >= KILLS_TAKE_US);
	CU_ASSERT_EQUAL(refused, 0);
	CU_ASSERT(served > 10);
	CU_ASSERT_EQUAL(kill(steady, 0), 0);
	site_client_close(&c);
	CU_ASSERT_TRUE(site_stop(&s));
}

const CU_TestInfo site_hang_tests[] = {
    {"a store that hangs is replaced", a_store_that_hangs_is_replaced},
    {"a store that is killed five times in a row is soon back",
	a_store_that_is_killed_five_times_in_a_row_is_soon_back},
    {"a worker that dies again and again leaves the others alone",
	a_worker_that_dies_again_and_again_leaves_the_others_alone},
    CU_TEST_INFO_NULL,
};
