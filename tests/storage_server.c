/* tests/storage_server.c -- the store's process, as its clients see it. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "config/config.h"
#include "storage/generation.h"
#include "storage/wire/protocol.h"
#include "tests/bare.h"
#include "tests/store_process.h"
#include "tests/suites.h"

#define DMARC (&dmarc_internal_report)
#define TIMEOUT_MS 10000
#define CLIENTS 8

/* Creates one record; its opid is random. */
static bool
create_one(
    struct store *s, const struct state *if_state, struct store_result *made, struct err *e)
{
	struct store_set q = {.type = DMARC, .n = 1, .if_in_state = if_state != NULL};
	struct store_results r;
	struct store_op op;
	struct sample sample;

	sample_make(&sample, 5);
	op = sample_op(&sample, STORE_CREATE, 1);
	q.ops = &op;
	if (if_state != NULL)
		q.state = *if_state;
	randombytes_buf(q.opid, sizeof q.opid);
	if (!store_set(s, &q, &r, e))
		return false;
	*made = r.results[0];
	store_results_free(&r);
	return true;
}

static struct store_status
status_of(struct store *s)
{
	struct store_status status;
	struct err e = {0};

	if (!store_status(s, &status, &e))
		CU_FAIL_FATAL("no status");
	return status;
}

static void
what_is_set_can_be_got_and_is_there_after_a_restart(void)
{
	struct store_get q = {.type = DMARC, .n = 1, .want_bodies = true};
	struct store_process p;
	struct store_result made;
	struct store_status before, after;
	struct store_rows rows;
	struct sample sample;
	struct store *s;
	struct err e = {0};

	store_process_start(&p);
	store_open(&s, p.socket, TIMEOUT_MS);
	CU_ASSERT_TRUE_FATAL(create_one(s, NULL, &made, &e));
	before = status_of(s);
	CU_ASSERT_EQUAL(before.n_types, 2);
	CU_ASSERT_EQUAL(before.types[0].records, 1);
	CU_ASSERT_EQUAL(before.types[0].change, 1);
	CU_ASSERT_EQUAL(before.types[1].records, 0);
	CU_ASSERT_EQUAL(WEXITSTATUS(scratch_end(p.pid, SIGTERM, 10)), 0);
	store_process_again(&p);
	after = status_of(s);
	CU_ASSERT_EQUAL(before.epoch, after.epoch);
	CU_ASSERT_EQUAL(after.types[0].records, 1);
	CU_ASSERT_EQUAL(after.types[0].change, 1);
	sample_make(&sample, 5);
	q.ids = &made.id;
	q.max_bytes = 1000;
	CU_ASSERT_TRUE_FATAL(store_get(s, &q, &rows, &e));
	CU_ASSERT_TRUE(str_is(rows.rows[0].body, sample.body));
	store_rows_free(&rows);
	store_close(&s);
	CU_ASSERT_TRUE(store_process_stop(&p));
}

struct racer {
	const char *socket;
	const struct state *state;
	pthread_t thread;
	bool won;
	struct err e;
};

static void *
race(void *arg)
{
	struct racer *r = arg;
	struct store_result made;
	struct store *s;

	store_open(&s, r->socket, TIMEOUT_MS);
	r->won = create_one(s, r->state, &made, &r->e);
	store_close(&s);
	return NULL;
}

static void
of_eight_clients_with_one_state_exactly_one_wins(void)
{
	enum { ROUNDS = 20 };
	struct store_process p;
	struct store *s;

	store_process_start(&p);
	store_open(&s, p.socket, TIMEOUT_MS);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct store_status now = status_of(s);
		struct state state = {now.epoch, now.types[0].change};
		struct racer racers[CLIENTS];
		unsigned won = 0;

		for (size_t i = 0; i < CLIENTS; i++) {
			racers[i] = (struct racer){.socket = p.socket, .state = &state};
			pthread_create(&racers[i].thread, NULL, race, &racers[i]);
		}
		for (size_t i = 0; i < CLIENTS; i++) {
			pthread_join(racers[i].thread, NULL);
			won += racers[i].won;
			CU_ASSERT_TRUE(racers[i].won || racers[i].e.code == ERR_STATE_MISMATCH);
		}
		CU_ASSERT_EQUAL(won, 1);
	}
	CU_ASSERT_EQUAL(status_of(s).types[0].records, ROUNDS);
	store_close(&s);
	CU_ASSERT_TRUE(store_process_stop(&p));
}

static void
a_token_is_known_by_its_secret_until_it_is_revoked(void)
{
	struct store_token t = {.id = {1}, .subject = "mta", .permissions = 5, .created_s = 10};
	struct store_token older = {
	    .id = {2}, .subject = "old", .created_s = 9, .expires_s = 99};
	uint8_t secret[STORE_TOKEN_SECRET_LEN] = {7}, other[STORE_TOKEN_SECRET_LEN] = {8};
	struct generation *g = NULL;
	struct store_process p;
	struct store_tokens list;
	struct store_token back;
	struct err e = {0};
	struct store *s;
	uint64_t before;

	store_process_start(&p);
	store_open(&s, p.socket, TIMEOUT_MS);
	CU_ASSERT_TRUE_FATAL(store_token_create(s, &t, secret, &e));
	CU_ASSERT_TRUE(store_token_create(s, &t, secret, &e)); /* sent again */
	CU_ASSERT_TRUE(store_token_create(s, &older, secret, &e));
	CU_ASSERT_FALSE(store_token_create(s, &t, other, &e));
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_FAIL);
	e = (struct err){0};
	CU_ASSERT_TRUE(store_token_verify(s, t.id, secret, &back, &e));
	CU_ASSERT_STRING_EQUAL(back.subject, "mta");
	CU_ASSERT_EQUAL(back.permissions, 5);
	CU_ASSERT_FALSE(store_token_verify(s, t.id, other, &back, &e));
	CU_ASSERT_EQUAL(e.code, ERR_UNAUTHORIZED);
	CU_ASSERT_TRUE_FATAL(store_token_list(s, &list, &e));
	CU_ASSERT_EQUAL_FATAL(list.n, 2);
	CU_ASSERT_STRING_EQUAL(list.list[0].subject, "old");
	CU_ASSERT_EQUAL(list.list[0].expires_s, 99);
	store_tokens_free(&list);
	e = (struct err){0};
	CU_ASSERT_TRUE_FATAL(generation_open(&g, p.socket, &e));
	before = generation_now(g);
	CU_ASSERT_TRUE(store_token_revoke(s, t.id, &e));
	CU_ASSERT_TRUE(generation_now(g) > before);
	CU_ASSERT_FALSE(store_token_revoke(s, t.id, &e));
	CU_ASSERT_EQUAL(e.code, ERR_NOT_FOUND);
	e = (struct err){0};
	CU_ASSERT_FALSE(store_token_verify(s, t.id, secret, &back, &e));
	CU_ASSERT_EQUAL(e.code, ERR_UNAUTHORIZED);
	generation_close(&g);
	store_close(&s);
	CU_ASSERT_TRUE(store_process_stop(&p));
}

static void
a_secret_is_in_no_file_of_the_store(void)
{
	static const char needle[STORE_TOKEN_SECRET_LEN + 1] =
	    "this-is-the-secret-of-the-token!";
	struct store_token t = {.id = {1}, .subject = "mta"};
	struct store_process p;
	const char *const grep[] = {"grep", "-rqF", needle, p.dir, NULL};
	struct err e = {0};
	struct store *s;
	int status = 0;

	store_process_start(&p);
	store_open(&s, p.socket, TIMEOUT_MS);
	CU_ASSERT_TRUE(store_token_create(s, &t, (const uint8_t *)needle, &e));
	store_close(&s);
	CU_ASSERT_EQUAL(WEXITSTATUS(scratch_end(p.pid, SIGTERM, 10)), 0);
	waitpid(scratch_spawn(grep, "/dev/null"), &status, 0);
	CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	scratch_remove(p.dir);
}

/* What strangers might send; each on a connection of its own, which is then left open. */
static const struct {
	const char *what;
	struct str bytes;
} garbage[] = {
    {"nothing at all", {"", 0}},
    {"half a length", {"\0\0", 2}},
    {"half a frame", {"\0\0\1\0\1\1abc", 9}},
    {"an impossible length", {"\377\377\377\377\1\1", 6}},
    {"a promise of much", {"\012\0\0\0\1\2abcdef", 12}},
    {"another version", {"\0\0\0\2\2\12", 6}},
    {"no such operation", {"\0\0\0\2\1\377", 6}},
    {"operation 0", {"\0\0\0\2\1\0", 6}},
    {"a get of nothing", {"\0\0\0\2\1\1", 6}},
    {"HTTP", {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27}},
};

static void
garbage_harms_nobody_else(void)
{
	enum { N = sizeof garbage / sizeof garbage[0] };
	struct store_process p;
	struct store_result made;
	struct store *s;
	struct err e = {0};
	int fds[N];

	store_process_start(&p);
	store_open(&s, p.socket, TIMEOUT_MS);
	CU_ASSERT_TRUE(create_one(s, NULL, &made, &e));
	for (size_t i = 0; i < N; i++) {
		fds[i] = io_connect_unix(p.socket, TIMEOUT_MS, &e);
		CU_ASSERT_TRUE_FATAL(fds[i] >= 0);
		CU_ASSERT_TRUE(io_write_full(fds[i], garbage[i].bytes.s, garbage[i].bytes.len));
		CU_ASSERT_TRUE(create_one(s, NULL, &made, &e));
	}
	CU_ASSERT_EQUAL(status_of(s).types[0].records, N + 1);
	for (size_t i = 0; i < N; i++)
		close(fds[i]);
	store_close(&s);
	CU_ASSERT_TRUE(store_process_stop(&p));
}

static void
a_malformed_request_is_told_so(void)
{
	struct store_process p;
	struct buf frame = {0};
	struct unpack u;
	struct err e = {0};
	uint8_t code = 0;
	int fd;
	struct store *s;

	store_process_start(&p);
	store_open(&s, p.socket, TIMEOUT_MS);
	status_of(s); /* it is there */
	store_close(&s);
	fd = io_connect_unix(p.socket, TIMEOUT_MS, &e);
	frame_begin(&frame, OPERATION_GET);
	frame_end(&frame, 0);
	CU_ASSERT_TRUE(io_write_full(fd, frame.s, frame.len));
	CU_ASSERT_TRUE_FATAL(frame_read(fd, &frame, clock_monotonic_us() + 5000000));
	CU_ASSERT_TRUE(frame_open(&frame, &code, &u));
	CU_ASSERT_EQUAL(code, ERR_SERVER_FAIL);
	CU_ASSERT_TRUE(unpack_error(&u, code, &e));
	buf_free(&frame);
	close(fd);
	CU_ASSERT_TRUE(store_process_stop(&p));
}

static void
connections_past_the_limit_are_closed(void)
{
	struct store_process p;
	struct config config;
	struct store *s;
	struct err e = {0};
	char byte;
	int *fds, past;
	long max;

	CU_ASSERT_TRUE_FATAL(config_read(&config, NULL, &e));
	max = config.store_connections;
	config_free(&config);
	fds = mem_new((size_t)max, sizeof *fds);
	store_process_start(&p);
	store_open(&s, p.socket, TIMEOUT_MS);
	status_of(s); /* the first connection */
	for (long i = 1; i < max; i++) {
		fds[i] = io_connect_unix(p.socket, 1000, &e);
		CU_ASSERT_TRUE_FATAL(fds[i] >= 0);
	}
	past = io_connect_unix(p.socket, TIMEOUT_MS, &e);
	CU_ASSERT_FALSE(io_read_full(past, &byte, 1)); /* at once, not after the timeout */
	CU_ASSERT_EQUAL(status_of(s).n_types, 2);
	io_set_timeout(fds[max - 1], 100);
	CU_ASSERT_EQUAL(recv(fds[max - 1], &byte, 1, 0), -1); /* this one is open */
	close(past);
	for (long i = 1; i < max; i++)
		close(fds[i]);
	free(fds);
	store_close(&s);
	CU_ASSERT_TRUE(store_process_stop(&p));
}

static void
a_store_that_does_not_answer_is_unavailable_in_time(void)
{
	enum { WAIT_MS = 300, ANSWER_MAX_US = 10 * 1000000 }; /* on a machine that is busy */
	struct store_process p;
	struct store_status status;
	struct store *s, *nobody;
	struct err e = {0};
	int64_t began_us;

	store_process_start(&p);
	store_open(&s, p.socket, TIMEOUT_MS);
	status_of(s);
	store_close(&s);
	store_open(&s, p.socket, WAIT_MS);
	store_open(&nobody, "/nonexistent/store.sock", WAIT_MS);
	began_us = clock_monotonic_us();
	CU_ASSERT_FALSE(store_status(nobody, &status, &e));
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_UNAVAILABLE);
	CU_ASSERT_TRUE(clock_monotonic_us() - began_us >= WAIT_MS * 900);
	kill(p.pid, SIGSTOP);
	e = (struct err){0};
	began_us = clock_monotonic_us();
	CU_ASSERT_FALSE(store_status(s, &status, &e));
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_UNAVAILABLE);
	CU_ASSERT_TRUE(clock_monotonic_us() - began_us < ANSWER_MAX_US);
	kill(p.pid, SIGCONT);
	store_close(&nobody);
	store_close(&s);
	CU_ASSERT_TRUE(store_process_stop(&p));
}

static void
its_parent_hears_when_it_serves_and_that_it_lives(void)
{
	char program[PATH_MAX], data[STORE_SOCKET_MAX], socket[STORE_SOCKET_MAX];
	char dir[SCRATCH_DIR_MAX], number[16], byte;
	const char *argv[] = {
	    program, "--dir", data, "--listen", socket, "--ready-fd", number, NULL};
	struct pollfd ready;
	int fds[2];
	pid_t pid;

	scratch_make(dir);
	scratch_program("outbox-store", program);
	snprintf(data, sizeof data, "%s/data", dir);
	snprintf(socket, sizeof socket, "%s/sock", dir);
	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	snprintf(number, sizeof number, "%d", fds[1]);
	pid = scratch_spawn(argv, "/dev/null");
	close(fds[1]);
	ready = (struct pollfd){.fd = fds[0], .events = POLLIN};
	for (unsigned beats = 0; beats < 3; beats++) {
		CU_ASSERT_EQUAL(poll(&ready, 1, beats == 0 ? 10000 : 3000), 1);
		CU_ASSERT_EQUAL(read(fds[0], &byte, 1), 1);
		CU_ASSERT_EQUAL(access(socket, F_OK), 0);
	}
	CU_ASSERT_EQUAL(WEXITSTATUS(scratch_end(pid, SIGTERM, 10)), 0);
	CU_ASSERT_EQUAL(read(fds[0], &byte, 1), 0);
	close(fds[0]);
	scratch_remove(dir);
}

const CU_TestInfo storage_server_tests[] = {
    {"what is set can be got, and is there after a restart",
	what_is_set_can_be_got_and_is_there_after_a_restart},
    {"of eight clients with one state exactly one wins",
	of_eight_clients_with_one_state_exactly_one_wins},
    {"a token is known by its secret until it is revoked",
	a_token_is_known_by_its_secret_until_it_is_revoked},
    {"a secret is in no file of the store", a_secret_is_in_no_file_of_the_store},
    {"garbage harms nobody else", garbage_harms_nobody_else},
    {"a malformed request is told so", a_malformed_request_is_told_so},
    {"connections past the limit are closed", connections_past_the_limit_are_closed},
    {"a store that does not answer is unavailable in time",
	a_store_that_does_not_answer_is_unavailable_in_time},
    {"its parent hears when it serves and that it lives",
	its_parent_hears_when_it_serves_and_that_it_lives},
    CU_TEST_INFO_NULL,
};
