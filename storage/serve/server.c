/* storage/serve/server.c -- answers the frames of workers, with one thread per connection. */
#include "storage/serve/server.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "storage/serve/audit.h"

/* A connection frees a larger buffer after each request. */
#define KEEP_BUFFER_BYTES (1u << 20)

struct connection {
	struct server *server;
	struct connection *next, **link; /* link: the pointer to this one */
	_Atomic int64_t busy_since_us;
	int fd;
};

struct server {
	struct service service;
	size_t connections_max;
	pthread_mutex_t lock;
	pthread_cond_t fewer;
	struct connection *connections; /* under lock, like the members below */
	size_t n;
	bool stopping;
};

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
	io_close(&c->fd); /* under lock: server_stop() must not shut down a reused descriptor */
	s->service.connections = --s->n;
	pthread_cond_signal(&s->fewer); /* s may be gone after the unlock */
	pthread_mutex_unlock(&s->lock);
	free(c);
}

static bool
answer(struct connection *c, const struct buf *frame, struct reply *r)
{
	bool ok;

	c->busy_since_us = clock_monotonic_us();
	ok = service_answer(&c->server->service, frame, r);
	c->busy_since_us = 0;
	return ok;
}

static void *
connection_thread(void *arg)
{
	struct connection *c = arg;
	struct buf frame = {0};
	struct reply r = {.peer = peer_of(c->fd), .asked_by = &c->fd};

	while (frame_wait(c->fd, FRAME_NO_DEADLINE) &&
	    frame_read(c->fd, &frame, frame_deadline()) && answer(c, &frame, &r)) {
		/* The request may hold a secret. */
		sodium_memzero(frame.s, frame.len < KEEP_BUFFER_BYTES ? frame.len : 0);
		shrink(&frame);
		if (!frame_write(c->fd, buf_str(&r.head), buf_str(&r.tail), frame_deadline()))
			break;
		/* So may the reply. */
		sodium_memzero(r.head.s, r.head.len < KEEP_BUFFER_BYTES ? r.head.len : 0);
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
server_start(struct server **out, const struct service *service, size_t connections_max)
{
	struct server *s = mem_new(1, sizeof *s);
	pthread_condattr_t monotonic;

	s->service = *service;
	s->connections_max = connections_max;
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->fewer, &monotonic);
	pthread_condattr_destroy(&monotonic);
	*out = s;
}

void
server_refuse(struct server **out, struct env *env, const char *why, size_t connections_max)
{
	struct service service = {.env = env, .refusal = why};

	server_start(out, &service, connections_max);
}

/* Adds the connection to the list; false if there is no room.  The caller holds the lock. */
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
	s->service.connections = ++s->n;
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
		log_line(s->service.env->log, LOG_LEVEL_WARN, "too-many-connections",
		    "max=%zu option=store_connections", s->connections_max);
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

int64_t
server_busy_us(struct server *s)
{
	int64_t now_us = clock_monotonic_us(), longest_us = 0;

	pthread_mutex_lock(&s->lock);
	for (const struct connection *c = s->connections; c != NULL; c = c->next) {
		int64_t since_us = c->busy_since_us;

		if (since_us != 0 && now_us - since_us > longest_us)
			longest_us = now_us - since_us;
	}
	pthread_mutex_unlock(&s->lock);
	return longest_us;
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
		shutdown(c->fd, SHUT_RD); /* requests that have arrived are still answered */
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
