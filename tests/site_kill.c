/* tests/site_kill.c -- clients write through a web server while processes are killed and
 * reloaded: nothing acknowledged is lost, nothing is done twice, and nobody sees a gap, but for
 * who was behind Apache when a worker was killed. */
#include <CUnit/CUnit.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/calls.h"
#include "tests/children.h"
#include "tests/site.h"
#include "tests/suites.h"

#define WRITERS 4
#define BLOWS 20
#define BLOW_PAUSE_US 100000
#define POLLS_MAX 100 /* of that pause each */
#define STOP_S 20

/* A client that makes records, one a request, until it is told to stop. */
struct writer {
	struct site_client client;
	unsigned number;
	atomic_bool *stop;
	unsigned made, failed; /* acknowledged; anything else */
	struct err last;       /* failure */
};

static void
write_one(struct writer *w)
{
	struct err e = {0};
	struct buf args = {0};
	json_t *answer;

	buf_printf(&args,
	    "{\"create\":{\"a\":{\"domain\":\"w%u.example\",\"createdAt\":\"2026-01-01T00:00:"
	    "00Z\","
	    "\"deliverAt\":\"2026-01-01T00:00:00Z\",\"report\":{\"reportId\":\"r\","
	    "\"dateRangeStart\":"
	    "\"2026-01-01T00:00:00Z\",\"dateRangeEnd\":\"2026-01-01T00:00:00Z\"}}}}",
	    w->number);
	if (call_text(&w->client.transport, "/api", "x:TlsInternalReport/set", buf_str(&args),
		&answer, &e) &&
	    json_object_size(answer_member(answer, "created")) == 1) {
		w->made++;
	} else {
		w->failed++;
		w->last = e;
	}
	json_decref(answer);
	buf_free(&args);
}

static void *
write_on(void *arg)
{
	struct writer *w = arg;

	while (!*w->stop)
		write_one(w);
	return NULL;
}

/* The records this writer's domain has. */
static unsigned
count_records(struct writer *w)
{
	struct err e = {0};
	struct buf args = {0};
	json_t *answer;
	unsigned n;

	buf_printf(&args,
	    "{\"filter\":{\"domain\":\"w%u.example\"},\"limit\":0,\"calculateTotal\":true}",
	    w->number);
	CU_ASSERT_TRUE(call_text(&w->client.transport, "/api", "x:TlsInternalReport/query",
	    buf_str(&args), &answer, &e));
	n = (unsigned)json_integer_value(answer_member(answer, "total"));
	json_decref(answer);
	buf_free(&args);
	return n;
}

static void
kill_a_worker(const struct site *s)
{
	pid_t pid = child_named(s->outboxd, "outbox-worker");

	if (pid > 0)
		kill(pid, SIGKILL);
}

/* It has what it was serving, and connections that nginx keeps. */
static void
stop_a_worker(const struct site *s)
{
	pid_t pid = child_named(s->outboxd, "outbox-worker");

	if (pid > 0)
		kill(pid, SIGSTOP);
}

/* One that serves: killed over and over before it does, it would be away for longer than
 * anybody waits. */
static void
kill_the_store(const struct site *s)
{
	site_wait_ready(s);
	pid_t pid = child_named(s->outboxd, "outbox-store");

	if (pid > 0)
		kill(pid, SIGKILL);
}

static void
reload(const struct site *s)
{
	kill(s->outboxd, SIGHUP);
}

/* Every acknowledged record is there once, and no other. */
static void
nothing_failed(struct writer *w)
{
	CU_assertImplementation(w->failed == 0, __LINE__, w->last.text, __FILE__, "", CU_FALSE);
	CU_ASSERT(w->made > 0);
	CU_ASSERT_EQUAL(count_records(w), w->made);
}

/* Who got a 503 does not know whether the record was made; it was not made more than once. */
static void
failures_are_unsure(struct writer *w)
{
	unsigned there = count_records(w);

	CU_ASSERT(w->made > 0);
	CU_ASSERT(there >= w->made);
	CU_ASSERT(there <= w->made + w->failed);
	if (w->failed > 0)
		CU_ASSERT_PTR_NOT_NULL(strstr(w->last.text, "status 503"));
}

/* What strikes the outbox again and again, and what must hold for each writer afterwards. */
struct blows {
	void (*blow)(const struct site *s);
	unsigned times;
	useconds_t pause_us;
	void (*check)(struct writer *w);
};

/* Strikes while the writers write.  On a machine with much else to do a store needs longer to
 * come back than workers wait for it by default. */
static void
strike(enum front_kind front, const struct blows *b)
{
	const struct site_plan plan = {
	    .fronts = {front}, .n_fronts = 1, .settings = "store_timeout_ms = 30000\n"};
	struct site s;
	struct writer writers[WRITERS];
	pthread_t threads[WRITERS];
	atomic_bool stop = false;

	site_start_as(&s, &plan);
	for (unsigned i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){.number = i, .stop = &stop};
		site_client_open(&writers[i].client, &s);
		pthread_create(&threads[i], NULL, write_on, &writers[i]);
	}
	for (unsigned i = 0; i < b->times; i++) {
		usleep(b->pause_us);
		b->blow(&s);
	}
	usleep(b->pause_us);
	stop = true;
	for (unsigned i = 0; i < WRITERS; i++) {
		pthread_join(threads[i], NULL);
		b->check(&writers[i]);
		site_client_close(&writers[i].client);
	}
	CU_ASSERT_TRUE(site_stop(&s));
}

static const struct blows worker_kills = {kill_a_worker, BLOWS, BLOW_PAUSE_US, nothing_failed};
static const struct blows store_kills = {
    kill_the_store, BLOWS / 4, 10 * BLOW_PAUSE_US, nothing_failed};
static const struct blows reloads = {reload, BLOWS / 4, 5 * BLOW_PAUSE_US, nothing_failed};

static void
a_killed_worker_costs_nobody_a_request(void)
{
	strike(FRONT_NGINX, &worker_kills);
}

static void
a_worker_that_hangs_costs_nobody_a_request(void)
{
	static const struct blows stops = {stop_a_worker, 1, 5 * BLOW_PAUSE_US, nothing_failed};

	strike(FRONT_NGINX, &stops);
}

static void
a_killed_store_costs_nobody_a_request(void)
{
	strike(FRONT_NGINX, &store_kills);
}

static void
a_reload_costs_nobody_a_request(void)
{
	strike(FRONT_NGINX, &reloads);
}

static void
a_killed_worker_behind_apache_does_nothing_twice(void)
{
	static const struct blows kills = {
	    kill_a_worker, BLOWS, BLOW_PAUSE_US, failures_are_unsure};

	strike(FRONT_APACHE, &kills);
}

static void
a_killed_store_behind_apache_costs_nobody_a_request(void)
{
	strike(FRONT_APACHE, &store_kills);
}

static void
a_reload_behind_apache_costs_nobody_a_request(void)
{
	strike(FRONT_APACHE, &reloads);
}

/* As what starts it may have left it: a process that ignores SIGCHLD hears of no child's end.
 */
static void
an_outboxd_told_to_ignore_its_children_hears_them_end(void)
{
	pid_t store, again = 0;
	struct site s;

	site_start(&s);
	scratch_end(s.outboxd, SIGTERM, STOP_S);
	signal(SIGCHLD, SIG_IGN);
	site_outboxd_again(&s);
	signal(SIGCHLD, SIG_DFL);
	site_wait_ready(&s);
	store = child_named(s.outboxd, "outbox-store");
	CU_ASSERT_TRUE_FATAL(store > 0);
	kill(store, SIGKILL);
	for (int i = 0; i < POLLS_MAX && (again == 0 || again == store); i++) {
		usleep(BLOW_PAUSE_US);
		again = child_named(s.outboxd, "outbox-store");
	}
	CU_ASSERT_TRUE(again != 0 && again != store);
	CU_ASSERT_TRUE(site_stop(&s));
}

const CU_TestInfo site_kill_tests[] = {
    {"a killed worker costs nobody a request", a_killed_worker_costs_nobody_a_request},
    {"a worker that hangs costs nobody a request", a_worker_that_hangs_costs_nobody_a_request},
    {"a killed store costs nobody a request", a_killed_store_costs_nobody_a_request},
    {"a reload costs nobody a request", a_reload_costs_nobody_a_request},
    {"behind Apache, a killed worker costs those it served a 503, and nothing is done twice",
	a_killed_worker_behind_apache_does_nothing_twice},
    {"behind Apache, a killed store costs nobody a request",
	a_killed_store_behind_apache_costs_nobody_a_request},
    {"behind Apache, a reload costs nobody a request",
	a_reload_behind_apache_costs_nobody_a_request},
    {"an outboxd told to ignore its children hears them end",
	an_outboxd_told_to_ignore_its_children_hears_them_end},
    CU_TEST_INFO_NULL,
};
