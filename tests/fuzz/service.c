/* tests/fuzz/service.c -- sends any frames to a store as requests: each gets an answer that a
 * client can read, and the store takes none for damage of its disk. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "storage/maintain.h"
#include "storage/serve/service.h"

#define CACHE_MB 8
#define REQUESTS_MAX 32    /* of one input */
#define RUNS_KEPT 2000     /* inputs between two checkpoints, which keep the folder small */
#define REQUEST_HEAD_LEN 3 /* operation (u8), length (u16, big-endian), then the payload */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct env env;
static struct clock now;
static struct log log_of_errors = {.program = "fuzz", .level = LOG_LEVEL_ERROR};
static struct service service = {.env = &env};
static char folder[] = "/tmp/fuzz-service-XXXXXX";
static pid_t owner;

static void
need(bool ok, const struct err *e)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz/service: %s\n", e->text);
	abort();
}

static void
stop(void)
{
	struct err e = {0};

	if (getpid() != owner)
		return;
	chores_stop(&service.chores);
	writer_stop(&service.writer);
	env_close(&env);
	generation_close(&service.generation);
	token_uses_close(&service.uses);
	folder_remove(folder, &e);
}

static void
start(void)
{
	const struct env_options o = {.dir = folder, .may_create = true, .cache_mb = CACHE_MB};
	const struct chore_schedule never = {0};
	char socket_path[sizeof folder + 8];
	struct err e = {0};

	if (sodium_init() < 0 || mkdtemp(folder) == NULL)
		abort();
	need(env_open(&env, &o, &now, &log_of_errors, &e), &e);
	if (env.db->set_flags(env.db, DB_TXN_NOSYNC, 1) != 0)
		abort();
	need(writer_start(&service.writer, &env, &e), &e);
	need(chores_start(&service.chores, &never, &env, service.writer, &e), &e);
	snprintf(socket_path, sizeof socket_path, "%s/socket", folder);
	need(generation_create(&service.generation, socket_path, &e), &e);
	token_uses_open(&service.uses);
	owner = getpid();
	atexit(stop);
}

/* A reply is one whole frame, and an error in it has words. */
static void
check_reply(const struct reply *r)
{
	struct buf whole = {0};
	struct unpack u;
	struct err e = {0};
	uint8_t code;

	buf_add(&whole, r->head.s, r->head.len);
	buf_add(&whole, r->tail.s, r->tail.len);
	if (!frame_open(&whole, &code, &u) ||
	    get_be32((const uint8_t *)whole.s) != whole.len - FRAME_LENGTH_LEN)
		abort();
	if (code != ERR_NONE &&
	    (!unpack_error(&u, code, &e) || e.text[0] == '\0' || code == ERR_DAMAGED))
		abort();
	buf_free(&whole);
}

static void
ask(uint8_t operation, struct str payload)
{
	struct buf frame = {0};
	struct reply r = {.peer = {.uid = (uid_t)-1}};

	frame_begin(&frame, operation);
	buf_add_str(&frame, payload);
	frame_end(&frame, 0);
	if (!service_answer(&service, &frame, &r))
		abort();
	check_reply(&r);
	buf_free(&frame);
	buf_free(&r.head);
	buf_free(&r.tail);
}

static void
keep_small(void)
{
	static unsigned runs;
	struct err e = {0};

	if (++runs % RUNS_KEPT == 0)
		need(env_checkpoint(&env, &e) && maintain_logs(&env, &e), &e);
}

/* Requests, one behind the other.  A chore is not begun: a backup writes wherever its path
 * says. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t at = 0;

	if (service.env->db == NULL)
		start();
	for (unsigned n = 0; n < REQUESTS_MAX && size - at >= REQUEST_HEAD_LEN; n++) {
		uint8_t operation = data[at];
		size_t len = (size_t)data[at + 1] << 8 | data[at + 2];

		at += REQUEST_HEAD_LEN;
		if (len > size - at)
			len = size - at;
		if (operation != OPERATION_CHORE_BEGIN)
			ask(operation, (struct str){(const char *)data + at, len});
		at += len;
	}
	keep_small();
	return 0;
}
