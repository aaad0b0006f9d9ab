/* storage/server.c -- answers the frames of workers, one thread a connection. */
#include "storage/server.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "storage/set.h"
#include "storage/tokens.h"

/* A connection that has served something larger gives the memory back. */
#define KEEP_BUFFER_BYTES (1u << 20)

struct connection {
	struct server *server;
	struct connection *next, **link; /* link: what points to it */
	int fd;
};

struct server {
	struct env *env;
	struct writer *writer;
	struct generation *generation;
	size_t connections_max;
	pthread_mutex_t lock;
	pthread_cond_t fewer;
	struct connection *connections; /* under lock, as the rest */
	size_t n;
	bool stopping;
};

/* A reply while it is made: payload in head, bytes that need no copy in tail. */
struct reply {
	struct buf head, tail;
};

static bool
malformed(struct err *e)
{
	return err_set(e, ERR_SERVER_FAIL, "the store was sent a malformed request");
}

/* Runs a job in the writer's thread and waits for its commit. */
static bool
write_job(struct server *s, bool (*run)(struct batch *, void *, struct err *, struct err *),
    void *arg, size_t bytes, size_t ops, struct err *e)
{
	struct job j = {.run = run, .arg = arg, .bytes = bytes, .ops = ops};

	return writer_do(s->writer, &j, e);
}

static bool
serve_get(struct server *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct store_rows rows;
	struct store_get q;
	bool ok;

	if (!unpack_get(u, &q))
		return malformed(e);
	ok = read_get(s->env, &q, &rows, e);
	free((void *)(uintptr_t)q.ids);
	if (!ok)
		return false;
	pack_rows(&r->head, &rows);
	buf_free(&r->tail);
	r->tail = rows.frame;
	rows.frame = (struct buf){0};
	store_rows_free(&rows);
	return true;
}

static bool
serve_set(struct server *s, struct unpack *u, struct reply *r, struct err *e)
{
	size_t bytes = (size_t)(u->end - u->at);
	struct set_job job = {0};
	struct set_request q;
	bool ok;

	if (!unpack_set(u, &q))
		return malformed(e);
	job.request = &q;
	ok = write_job(s, set_run, &job, bytes, q.n, e);
	if (ok)
		buf_add_str(&r->head, buf_str(&job.answer));
	buf_free(&job.answer);
	set_request_free(&q);
	return ok;
}

static bool
serve_query(struct server *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct store_query q;
	struct store_ids ids;
	struct filter f;
	bool ok;

	if (!unpack_query(u, &q, &f))
		return malformed(e);
	ok = read_query(s->env, &q, &ids, e);
	filter_free(&f);
	if (!ok)
		return false;
	pack_query_ids(&r->head, &ids);
	store_ids_free(&ids);
	return true;
}

static bool
serve_changes(struct server *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct store_changes q;
	struct store_changed changed;

	if (!unpack_changes(u, &q))
		return malformed(e);
	if (!read_changes(s->env, &q, &changed, e))
		return false;
	pack_changed(&r->head, &changed);
	store_changed_free(&changed);
	return true;
}

static bool
serve_query_changes(struct server *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct store_query_changes q;
	struct store_query_changed changed;
	struct filter f;
	bool ok;

	if (!unpack_query_changes(u, &q, &f))
		return malformed(e);
	ok = read_query_changes(s->env, &q, &changed, e);
	filter_free(&f);
	if (!ok)
		return false;
	pack_query_changed(&r->head, &changed);
	store_query_changed_free(&changed);
	return true;
}

static bool
serve_token_create(struct server *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct token_job job = {0};
	bool ok;

	(void)r;
	unpack_token(u, &job.token);
	unpack_bytes(u, job.secret, sizeof job.secret);
	ok = unpack_done(u) ? write_job(s, token_create_run, &job, 0, 1, e) : malformed(e);
	sodium_memzero(&job, sizeof job);
	return ok;
}

static bool
serve_token_verify(struct server *s, struct unpack *u, struct reply *r, struct err *e)
{
	uint8_t id[STORE_TOKEN_ID_LEN], secret[STORE_TOKEN_SECRET_LEN];
	struct store_token t;
	bool ok;

	unpack_bytes(u, id, sizeof id);
	unpack_bytes(u, secret, sizeof secret);
	ok = unpack_done(u) ? token_verify(s->env, id, secret, &t, e) : malformed(e);
	sodium_memzero(secret, sizeof secret);
	if (ok)
		pack_token(&r->head, &t);
	return ok;
}

static bool
serve_token_list(struct server *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct store_tokens tokens;

	if (!unpack_done(u))
		return malformed(e);
	if (!token_list(s->env, &tokens, e))
		return false;
	pack_tokens(&r->head, &tokens);
	store_tokens_free(&tokens);
	return true;
}

static bool
serve_token_revoke(struct server *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct token_job job = {0};

	(void)r;
	unpack_bytes(u, job.token.id, sizeof job.token.id);
	if (!unpack_done(u))
		return malformed(e);
	if (!write_job(s, token_revoke_run, &job, 0, 1, e))
		return false;
	generation_raise(s->generation);
	return true;
}

static bool
serve_status(struct server *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct store_status status = {0};

	if (!unpack_done(u))
		return malformed(e);
	for (const struct type *const *t = model_types; *t != NULL; t++) {
		struct snapshot view;
		size_t i = status.n_types++;
		bool ok;

		if (!snapshot_begin(&view, s->env, *t, e))
			return false;
		status.epoch = view.state.epoch;
		status.types[i].type = *t;
		status.types[i].change = view.state.change;
		status.types[i].oldest = view.oldest;
		ok = database_count(view.table->rows, view.txn, &status.types[i].records, e);
		snapshot_end(&view);
		if (!ok)
			return false;
	}
	pack_status(&r->head, &status);
	return true;
}

static bool (*const operations[OPERATION__COUNT])(
    struct server *s, struct unpack *u, struct reply *r, struct err *e) = {
    [OPERATION_GET] = serve_get,
    [OPERATION_SET] = serve_set,
    [OPERATION_QUERY] = serve_query,
    [OPERATION_CHANGES] = serve_changes,
    [OPERATION_QUERY_CHANGES] = serve_query_changes,
    [OPERATION_TOKEN_CREATE] = serve_token_create,
    [OPERATION_TOKEN_VERIFY] = serve_token_verify,
    [OPERATION_TOKEN_LIST] = serve_token_list,
    [OPERATION_TOKEN_REVOKE] = serve_token_revoke,
    [OPERATION_STATUS] = serve_status,
};

/* The reply to the request in frame.  False if that is none, and the connection is of no use.
 */
static bool
answer(struct server *s, const struct buf *frame, struct reply *r)
{
	struct err e = {0};
	struct unpack u;
	uint8_t operation;

	if (!frame_open(frame, &operation, &u))
		return false;
	frame_begin(&r->head, ERR_NONE);
	buf_clear(&r->tail);
	if (operation >= OPERATION__COUNT || operations[operation] == NULL)
		malformed(&e);
	else
		operations[operation](s, &u, r, &e);
	if (e.code == ERR_NONE && r->head.len + r->tail.len > STORE_FRAME_MAX)
		err_set(&e, ERR_REQUEST_TOO_LARGE, "the answer is larger than %u bytes",
		    STORE_FRAME_MAX);
	if (e.code != ERR_NONE) {
		frame_begin(&r->head, (uint8_t)e.code);
		buf_clear(&r->tail);
		pack_error(&r->head, &e);
	}
	frame_end(&r->head, r->tail.len);
	return true;
}

static void
shrink(struct buf *b)
{
	if (b->cap > KEEP_BUFFER_BYTES)
		buf_free(b);
}

static int64_t
frame_deadline(void)
{
	return clock_monotonic_us() + SERVER_FRAME_MS * INT64_C(1000);
}

static void
connection_end(struct connection *c)
{
	struct server *s = c->server;

	pthread_mutex_lock(&s->lock);
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	io_close(
	    &c->fd); /* under lock: server_stop() must not shut down a descriptor used anew */
	s->n--;
	pthread_cond_signal(&s->fewer); /* s may be gone after the unlock */
	pthread_mutex_unlock(&s->lock);
	free(c);
}

static void *
connection_thread(void *arg)
{
	struct connection *c = arg;
	struct buf frame = {0};
	struct reply r = {0};

	while (frame_wait(c->fd, FRAME_NO_DEADLINE) &&
	    frame_read(c->fd, &frame, frame_deadline()) && answer(c->server, &frame, &r)) {
		/* What was asked may hold a secret. */
		sodium_memzero(frame.s, frame.len < KEEP_BUFFER_BYTES ? frame.len : 0);
		shrink(&frame);
		if (!frame_write(c->fd, buf_str(&r.head), buf_str(&r.tail), frame_deadline()))
			break;
		shrink(&r.head);
		shrink(&r.tail);
	}
	buf_free(&frame);
	buf_free(&r.head);
	buf_free(&r.tail);
	connection_end(c);
	return NULL;
}

void
server_start(struct server **out, struct env *env, struct writer *w, struct generation *g,
    size_t connections_max)
{
	struct server *s = mem_new(1, sizeof *s);
	pthread_condattr_t monotonic;

	s->env = env;
	s->writer = w;
	s->generation = g;
	s->connections_max = connections_max;
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->fewer, &monotonic);
	pthread_condattr_destroy(&monotonic);
	*out = s;
}

/* Room for it, or false.  Under lock. */
static bool
connection_begin(struct server *s, struct connection *c)
{
	if (s->n >= s->connections_max || s->stopping)
		return false;
	c->next = s->connections;
	c->link = &s->connections;
	if (c->next != NULL)
		c->next->link = &c->next;
	s->connections = c;
	s->n++;
	return true;
}

void
server_connection(struct server *s, int fd)
{
	struct connection *c = mem_new(1, sizeof *c);
	pthread_attr_t detached;
	pthread_t thread;
	bool room;

	*c = (struct connection){.server = s, .fd = fd};
	pthread_mutex_lock(&s->lock);
	room = connection_begin(s, c);
	pthread_mutex_unlock(&s->lock);
	if (!room) {
		log_line(s->env->log, LOG_LEVEL_WARN, "too-many-connections", "max=%zu",
		    s->connections_max);
		io_close(&fd);
		free(c);
		return;
	}
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &detached, connection_thread, c) != 0)
		connection_end(c);
	pthread_attr_destroy(&detached);
}

bool
server_stop(struct server **server)
{
	struct server *s = *server;
	struct timespec until;
	int rc = 0;

	if (s == NULL)
		return true;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += SERVER_STOP_MS / 1000;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	for (struct connection *c = s->connections; c != NULL; c = c->next)
		shutdown(c->fd, SHUT_RD); /* what has come is still read and answered */
	while (s->n > 0 && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&s->fewer, &s->lock, &until);
	rc = s->n > 0 ? ETIMEDOUT : 0;
	pthread_mutex_unlock(&s->lock);
	if (rc != 0)
		return false;
	pthread_cond_destroy(&s->fewer);
	pthread_mutex_destroy(&s->lock);
	free(s);
	*server = NULL;
	return true;
}
