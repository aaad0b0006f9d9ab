/* tests/poison.c -- a request that ended a worker is known from then on, to every process. */
#include <CUnit/CUnit.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "poison/poison.h"
#include "tests/suites.h"

#define NOW 1000

struct scene {
	struct poison *outboxd, *worker;
	int fd;
	char id[LOG_REQUEST_ID_MAX + 1];
};

static void
set_scene(struct scene *s)
{
	struct err e = {0};

	*s = (struct scene){0};
	CU_ASSERT_TRUE_FATAL(poison_make(&s->outboxd, &s->fd, &e));
	CU_ASSERT_TRUE_FATAL(poison_open(&s->worker, s->fd, &e));
}

static void
clear_scene(struct scene *s)
{
	poison_close(&s->worker);
	poison_close(&s->outboxd);
	io_close(&s->fd);
	CU_ASSERT_PTR_NULL(s->worker);
}

/* A worker that ends while it serves the request; its pid. */
static pid_t
die_of(struct scene *s, uint64_t hash, const char *id)
{
	pid_t pid = fork();

	if (pid == 0) {
		poison_serve(s->worker, hash, str_of(id));
		_exit(1);
	}
	CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
	return pid;
}

static bool
end_of(struct scene *s, uint64_t hash, unsigned weight, int64_t now_s)
{
	return poison_ended(s->outboxd, die_of(s, hash, "id-1"), weight, now_s, s->id);
}

static void
a_request_that_ended_a_worker_is_known(void)
{
	struct scene s;

	set_scene(&s);
	CU_ASSERT_FALSE(poison_knows(s.worker, 5, NOW));
	CU_ASSERT_TRUE(end_of(&s, 5, POISON_FATAL, NOW));
	CU_ASSERT_STRING_EQUAL(s.id, "id-1");
	CU_ASSERT_TRUE(poison_knows(s.worker, 5, NOW));
	CU_ASSERT_FALSE(poison_knows(s.worker, 6, NOW));
	CU_ASSERT_TRUE(poison_knows(s.worker, 5, NOW + POISON_KEEP_S - 1));
	CU_ASSERT_FALSE(poison_knows(s.worker, 5, NOW + POISON_KEEP_S));
	clear_scene(&s);
}

static void
a_kill_counts_when_it_comes_twice(void)
{
	struct scene s;

	set_scene(&s);
	CU_ASSERT_FALSE(end_of(&s, 5, 1, NOW));
	CU_ASSERT_FALSE(poison_knows(s.worker, 5, NOW));
	CU_ASSERT_FALSE(end_of(&s, 5, 1, NOW + POISON_KEEP_S)); /* the first is forgotten */
	CU_ASSERT_TRUE(end_of(&s, 5, 1, NOW + POISON_KEEP_S + 1));
	CU_ASSERT_TRUE(poison_knows(s.worker, 5, NOW + POISON_KEEP_S + 1));
	clear_scene(&s);
}

static void
an_end_without_a_request_or_without_blame_is_nothing(void)
{
	struct scene s;

	set_scene(&s);
	CU_ASSERT_FALSE(end_of(&s, 0, POISON_FATAL, NOW));
	CU_ASSERT_FALSE(end_of(&s, 5, 0, NOW));
	CU_ASSERT_FALSE(poison_knows(s.worker, 5, NOW));
	CU_ASSERT_FALSE(poison_ended(s.outboxd, getpid(), POISON_FATAL, NOW, s.id));
	poison_serve(NULL, 5, (struct str){0});
	CU_ASSERT_FALSE(poison_knows(NULL, 5, NOW));
	clear_scene(&s);
}

/* The one behind the last that is remembered, and the oldest goes. */
static void
the_oldest_request_is_forgotten_first(void)
{
	struct scene s;

	set_scene(&s);
	for (unsigned i = 1; i <= POISON_ENTRIES; i++)
		CU_ASSERT_TRUE(end_of(&s, i, POISON_FATAL, NOW + i / 8));
	CU_ASSERT_TRUE(poison_knows(s.worker, 1, NOW));
	CU_ASSERT_TRUE(end_of(&s, 7777, POISON_FATAL, NOW + 100));
	CU_ASSERT_FALSE(poison_knows(s.worker, 1, NOW));
	CU_ASSERT_TRUE(poison_knows(s.worker, 2, NOW));
	CU_ASSERT_TRUE(poison_knows(s.worker, POISON_ENTRIES, NOW));
	CU_ASSERT_TRUE(poison_knows(s.worker, 7777, NOW));
	clear_scene(&s);
}

/* More workers than have a place at once, one after the other; and what a worker without a
 * place serves is not known, and no harm. */
static void
the_place_of_a_worker_is_free_after_its_end(void)
{
	struct scene s;

	set_scene(&s);
	for (unsigned i = 0; i < POISON_WORKERS + 2; i++)
		CU_ASSERT_TRUE(end_of(&s, 5, POISON_FATAL, NOW));
	clear_scene(&s);
}

/* The request comes back before outboxd has seen the end of its worker. */
static void
who_asks_too_early_waits_for_outboxd(void)
{
	struct scene s;
	pid_t dead, slow;
	int64_t began_us;

	set_scene(&s);
	dead = die_of(&s, 5, "id-1");
	slow = fork();
	if (slow == 0) {
		usleep(30000);
		poison_ended(s.outboxd, dead, POISON_FATAL, NOW, s.id);
		_exit(0);
	}
	CU_ASSERT_TRUE(poison_knows(s.worker, 5, NOW));
	waitpid(slow, NULL, 0);
	die_of(&s, 6, "id-2");
	began_us = clock_monotonic_us();
	CU_ASSERT_FALSE(poison_knows(s.worker, 6, NOW)); /* but not for ever */
	CU_ASSERT(clock_monotonic_us() - began_us >= POISON_WAIT_MS * 1000 / 2);
	clear_scene(&s);
}

static void
an_id_that_is_none_is_not_told(void)
{
	struct scene s;

	set_scene(&s);
	CU_ASSERT_TRUE(poison_ended(s.outboxd, die_of(&s, 5, "a\nb"), POISON_FATAL, NOW, s.id));
	CU_ASSERT_STRING_EQUAL(s.id, "");
	clear_scene(&s);
}

static void
a_request_is_its_id_its_path_and_its_body(void)
{
	struct scene s;
	uint64_t hash;

	set_scene(&s);
	hash = poison_hash(s.worker, STR("id"), STR("/api"), STR("body"));
	CU_ASSERT_EQUAL(hash, poison_hash(s.outboxd, STR("id"), STR("/api"), STR("body")));
	CU_ASSERT_NOT_EQUAL(hash, poison_hash(s.worker, STR("ie"), STR("/api"), STR("body")));
	CU_ASSERT_NOT_EQUAL(hash, poison_hash(s.worker, STR("id"), STR("/apj"), STR("body")));
	CU_ASSERT_NOT_EQUAL(hash, poison_hash(s.worker, STR("id"), STR("/api"), STR("bodz")));
	CU_ASSERT_NOT_EQUAL(hash, poison_hash(s.worker, STR("id/api"), STR(""), STR("body")));
	CU_ASSERT_NOT_EQUAL(0, poison_hash(s.worker, STR("id"), STR("/"), (struct str){0}));
	clear_scene(&s);
}

static void
what_is_no_table_is_refused(void)
{
	struct poison *p;
	struct err e = {0};
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	CU_ASSERT_FALSE(poison_open(&p, fds[0], &e));
	CU_ASSERT_PTR_NULL(p);
	io_close(&fds[0]);
	io_close(&fds[1]);
}

const CU_TestInfo poison_tests[] = {
    {"a request that ended a worker is known", a_request_that_ended_a_worker_is_known},
    {"a kill counts when it comes twice", a_kill_counts_when_it_comes_twice},
    {"an end without a request or without blame is nothing",
	an_end_without_a_request_or_without_blame_is_nothing},
    {"the oldest request is forgotten first", the_oldest_request_is_forgotten_first},
    {"the place of a worker is free after its end",
	the_place_of_a_worker_is_free_after_its_end},
    {"who asks too early waits for outboxd", who_asks_too_early_waits_for_outboxd},
    {"an id that is none is not told", an_id_that_is_none_is_not_told},
    {"a request is its id, its path and its body", a_request_is_its_id_its_path_and_its_body},
    {"what is no table is refused", what_is_no_table_is_refused},
    CU_TEST_INFO_NULL,
};
