/* tests/storage_kill.c -- kill -9 of the store while clients write: nothing acknowledged is
 * lost, nothing is done twice.
 *
 * OUTBOX_KILLS: how often; some ten by default. */
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/bare.h"
#include "tests/store_process.h"
#include "tests/suites.h"

#define DMARC (&dmarc_internal_report)
#define CLIENTS 6
#define KILLS 12
#define PAUSE_MIN_US 20000
#define PAUSE_MAX_US 300000
#define TIMEOUT_MS 20000
#define OWN_MAX 20000 /* records a client has made */
#define OPS_MAX 5

/* A record as its one client knows it from the answers it got. */
struct own {
	uint64_t id, change;
	unsigned seed; /* of the sample that is its body */
	bool gone;
};

struct client {
	const char *socket;
	const atomic_bool *stop;
	pthread_t thread;
	struct own *own;
	size_t n;
	uint64_t *changes; /* all that were acknowledged */
	size_t n_changes;
	size_t replayed,
	    refused; /* answers that were kept for us; ops that did not go as they had to */
	int64_t longest_us;
	char error[256];
};

/* Random ops on records that no other client touches, each at most once in a set. */
static size_t
choose_ops(struct client *c, struct sample *samples, struct store_op *ops, unsigned *seeds,
    size_t *whose)
{
	size_t n = 1 + randombytes_uniform(OPS_MAX), made = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned dice = randombytes_uniform(10);
		/* neighbours, so that none is chosen twice */
		size_t at = c->n < OPS_MAX
		    ? 0
		    : (randombytes_uniform((uint32_t)(c->n / OPS_MAX)) * OPS_MAX + i);

		seeds[i] = randombytes_uniform(100000);
		sample_make(&samples[i], seeds[i]);
		ops[i] = sample_op(&samples[i], STORE_CREATE, (uint32_t)i);
		whose[i] = c->n + made;
		for (size_t k = 0; k < i; k++)
			if (whose[k] == at)
				dice = 0;
		if (dice < 5 || c->n < OPS_MAX || c->own[at].gone) {
			made++;
			continue;
		}
		whose[i] = at;
		ops[i].kind = dice < 9 ? STORE_UPDATE : STORE_DESTROY;
		ops[i].id = c->own[at].id;
		ops[i].if_change = c->own[at].change;
	}
	return n;
}

static void
note_answer(struct client *c, const struct store_op *ops, const struct store_results *r,
    const unsigned *seeds, const size_t *whose)
{
	c->replayed += r->replayed;
	for (size_t i = 0; i < r->n; i++) {
		struct own *o = &c->own[whose[i]];

		if (r->results[i].outcome != STORE_DONE) {
			c->refused++;
			continue;
		}
		*o = (struct own){r->results[i].id, r->results[i].change, seeds[i],
		    ops[i].kind == STORE_DESTROY};
		if (whose[i] >= c->n)
			c->n = whose[i] + 1;
		c->changes = mem_grow(c->changes, c->n_changes + 1, sizeof *c->changes);
		c->changes[c->n_changes++] = r->results[i].change;
	}
}

static void *
write_until_told(void *arg)
{
	struct client *c = arg;
	struct sample samples[OPS_MAX];
	struct store_op ops[OPS_MAX];
	unsigned seeds[OPS_MAX];
	size_t whose[OPS_MAX] = {0};
	struct store *s;

	c->own = mem_new(OWN_MAX, sizeof *c->own);
	store_open(&s, c->socket, TIMEOUT_MS);
	while (!*c->stop && c->n + OPS_MAX < OWN_MAX) {
		struct store_set q = {.type = DMARC, .ops = ops};
		int64_t began_us = clock_monotonic_us();
		struct store_results r;
		struct err e = {0};

		q.n = choose_ops(c, samples, ops, seeds, whose);
		randombytes_buf(q.opid, sizeof q.opid);
		if (!store_set(s, &q, &r, &e)) {
			snprintf(c->error, sizeof c->error, "%s", e.text);
			break;
		}
		note_answer(c, ops, &r, seeds, whose);
		store_results_free(&r);
		if (clock_monotonic_us() - began_us > c->longest_us)
			c->longest_us = clock_monotonic_us() - began_us;
	}
	store_close(&s);
	return NULL;
}

/* Most kills come while it serves and makes its files smaller, every third soon after its
 * start: it may be recovering. */
static void
kill_often(struct store_process *p, unsigned kills)
{
	struct store *s;

	store_open(&s, p->socket, TIMEOUT_MS);
	for (unsigned i = 1; i <= kills; i++) {
		uint64_t number;
		struct err e = {0};

		if (i % 3 != 0)
			CU_ASSERT_TRUE_FATAL(
			    store_chore_begin(s, STORE_COMPACT, "", &number, &e));
		usleep(PAUSE_MIN_US + randombytes_uniform(PAUSE_MAX_US - PAUSE_MIN_US));
		scratch_end(p->pid, SIGKILL, 10);
		store_process_again(p);
	}
	store_close(&s);
	usleep(PAUSE_MAX_US);
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Every change number up to the last was acknowledged to exactly one op. */
static void
changes_are_each_of(const struct client *clients, uint64_t last)
{
	uint64_t *all = NULL;
	size_t n = 0, wrong = 0;

	for (size_t i = 0; i < CLIENTS; i++)
		n += clients[i].n_changes;
	all = mem_new(n, sizeof *all);
	n = 0;
	for (size_t i = 0; i < CLIENTS; i++) {
		memcpy(all + n, clients[i].changes, clients[i].n_changes * sizeof *all);
		n += clients[i].n_changes;
	}
	qsort(all, n, sizeof *all, by_number);
	for (size_t i = 0; i < n; i++)
		wrong += all[i] != i + 1;
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(n, last);
	free(all);
}

/* What a client was told is what the environment holds. */
static void
records_are_as_told(struct env *env, const struct client *c)
{
	size_t lost = 0, wrong = 0, back = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct store_get q = {
		    .type = DMARC, .ids = &c->own[i].id, .n = 1, .want_bodies = true};
		struct store_rows rows;
		struct sample sample;
		struct err e = {0};

		q.max_bytes = SIZE_MAX;
		CU_ASSERT_TRUE_FATAL(read_get(env, &q, &rows, &e));
		sample_make(&sample, c->own[i].seed);
		if (c->own[i].gone)
			back += rows.rows[0].change != 0;
		else if (rows.rows[0].change == 0)
			lost++;
		else
			wrong += rows.rows[0].change != c->own[i].change ||
			    !str_is(rows.rows[0].body, sample.body);
		store_rows_free(&rows);
	}
	CU_ASSERT_EQUAL(lost, 0);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(back, 0);
}

/* The environment that the last of the killed stores left. */
static void
environment_is_as_told(const struct store_process *p, const struct client *clients)
{
	struct clock clock = {0};
	struct log log = {.program = "tests", .level = LOG_LEVEL_ERROR};
	char data[STORE_SOCKET_MAX];
	struct env_options o = {.dir = data, .cache_mb = 16, .lock_wait_ms = 1000};
	struct counters counters;
	struct err e = {0};
	struct env env;

	snprintf(data, sizeof data, "%s/data/store", p->dir);
	CU_ASSERT_TRUE_FATAL(env_open(&env, &o, &clock, &log, &e));
	CU_ASSERT_TRUE(table_is_sound(&env, DMARC));
	CU_ASSERT_TRUE(env_counters(&env, NULL, DMARC, &counters, &e));
	changes_are_each_of(clients, counters.change);
	for (size_t i = 0; i < CLIENTS; i++)
		records_are_as_told(&env, &clients[i]);
	env_close(&env);
}

static void
a_store_that_is_killed_loses_and_doubles_nothing(void)
{
	const char *wanted = getenv("OUTBOX_KILLS");
	uint64_t kills = KILLS;
	struct client clients[CLIENTS] = {0};
	struct store_process p;
	atomic_bool stop = false;
	size_t acknowledged = 0, replayed = 0;
	int64_t longest_us = 0;

	if (wanted != NULL)
		str_to_u64(str_of(wanted), 100000, &kills);
	store_process_start(&p);
	for (size_t i = 0; i < CLIENTS; i++) {
		clients[i].socket = p.socket;
		clients[i].stop = &stop;
		pthread_create(&clients[i].thread, NULL, write_until_told, &clients[i]);
	}
	kill_often(&p, (unsigned)kills);
	stop = true;
	for (size_t i = 0; i < CLIENTS; i++) {
		pthread_join(clients[i].thread, NULL);
		CU_ASSERT_STRING_EQUAL(clients[i].error, "");
		CU_ASSERT_EQUAL(clients[i].refused, 0);
		acknowledged += clients[i].n_changes;
		replayed += clients[i].replayed;
		if (clients[i].longest_us > longest_us)
			longest_us = clients[i].longest_us;
	}
	scratch_end(p.pid, SIGKILL, 10);
	environment_is_as_told(&p, clients);
	printf("kills %llu, ops acknowledged %zu, sets answered again %zu, longest wait %lld "
	       "ms ... ",
	    (unsigned long long)kills, acknowledged, replayed, (long long)longest_us / 1000);
	for (size_t i = 0; i < CLIENTS; i++) {
		free(clients[i].own);
		free(clients[i].changes);
	}
	scratch_remove(p.dir);
}

const CU_TestInfo storage_kill_tests[] = {
    {"a store that is killed loses and doubles nothing",
	a_store_that_is_killed_loses_and_doubles_nothing},
    CU_TEST_INFO_NULL,
};
