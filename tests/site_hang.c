/* tests/site_hang.c -- processes that hang or die again and again are replaced, and the others
 * serve meanwhile. */
#include <CUnit/CUnit.h>
#include <pthread.h>
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
#define REQUEST_WAITS_US 300000 /* until a request has reached the store, or come back */

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

/* One /query in a thread of its own. */
struct asking {
	struct site_client client;
	struct answer answer;
	bool ok;
};

static void *
ask_aside(void *arg)
{
	struct asking *a = arg;
	static const char body[] =
	    "{\"using\":[\"urn:stalwart:jmap\"],\"methodCalls\":[[\"x:TlsInternalReport/"
	    "query\",{},\"q\"]]}";
	const struct exchange x = {.method = "POST",
	    .path = "/api",
	    .authorization = tokens_header(a->client.transport.tokens, "admin"),
	    .content_type = "application/json",
	    .body = STR(body)};
	struct err e = {0};

	a->ok = a->client.transport.send(a->client.transport.arg, &x, &a->answer, &e);
	return NULL;
}

/* The store is stopped, so that the request waits in a worker when the fault strikes all of
 * them; whoever gets the request then has not died of it. */
static void
strike_workers(const struct site *s, int signal, struct answer *answer)
{
	pid_t store = child_named(s->outboxd, "outbox-store"), workers[WORKERS_MAX];
	struct asking a = {0};
	pthread_t thread;
	size_t n;

	site_client_open(&a.client, s);
	CU_ASSERT_EQUAL(ask(&a.client), 1); /* the token is known from now on */
	kill(store, SIGSTOP);
	pthread_create(&thread, NULL, ask_aside, &a);
	usleep(REQUEST_WAITS_US);
	n = children_named(s->outboxd, "outbox-worker", workers, WORKERS_MAX);
	for (size_t i = 0; i < n; i++)
		kill(workers[i], signal);
	usleep(REQUEST_WAITS_US);
	kill(store, SIGCONT);
	pthread_join(thread, NULL);
	CU_ASSERT_TRUE(a.ok);
	*answer = a.answer;
	site_client_close(&a.client);
}

static void
a_request_that_crashed_its_worker_is_not_served_again(void)
{
	struct answer answer = {0};
	struct buf log = {0};
	struct site s;

	site_start(&s);
	strike_workers(&s, SIGABRT, &answer); /* which sanitizers leave alone */
	CU_ASSERT_EQUAL(answer.status, 503);
	CU_ASSERT_PTR_NOT_NULL(strstr(buf_terminate(&answer.headers), "Retry-After: 60"));
	CU_ASSERT_PTR_NOT_NULL(strstr(buf_terminate(&answer.body), "not tried again"));
	site_wait_ready(&s);
	site_logs(&s, &log);
	CU_ASSERT_PTR_NOT_NULL(strstr(buf_terminate(&log), "poisonous-request id="));
	buf_free(&log);
	answer_free(&answer);
	CU_ASSERT_TRUE(site_stop(&s));
}

/* Somebody killed them, and the request may well be harmless. */
static void
a_request_whose_worker_was_killed_is_served_by_the_next(void)
{
	struct answer answer = {0};
	struct site s;

	site_start(&s);
	strike_workers(&s, SIGKILL, &answer);
	CU_ASSERT_EQUAL(answer.status, 200);
	answer_free(&answer);
	CU_ASSERT_TRUE(site_stop(&s));
}

const CU_TestInfo site_hang_tests[] = {
    {"a store that hangs is replaced", a_store_that_hangs_is_replaced},
    {"a store that is killed five times in a row is soon back",
	a_store_that_is_killed_five_times_in_a_row_is_soon_back},
    {"a worker that dies again and again leaves the others alone",
	a_worker_that_dies_again_and_again_leaves_the_others_alone},
    {"a request that crashed its worker is not served again",
	a_request_that_crashed_its_worker_is_not_served_again},
    {"a request whose worker was killed is served by the next",
	a_request_whose_worker_was_killed_is_served_by_the_next},
    CU_TEST_INFO_NULL,
};
