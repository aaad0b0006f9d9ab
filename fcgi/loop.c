/* fcgi/loop.c -- waits for the listening socket and all open connections with one epoll. */
#include "fcgi/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "fcgi/connection.h"
#include "fcgi/tally.h"

#define EVENTS_MAX 32      /* connections to serve before the next accept() */
#define QUIET_US 1000000   /* a connection quiet this long may be closed to make room */
#define ROTATE_US 10000    /* if none made room for this long, any idle one may be closed */
#define NO_ROOM_WAIT_MS 10 /* wait before the next attempt to accept */
#define TICK_MS 1000       /* between two checks for late requests */
#define PARTING_MS 5       /* between closing two idle connections at shutdown */

struct loop {
	struct worker *worker;
	int epoll_fd, listen_fd;
	bool tcp;
	bool watching;        /* epoll reports new connections */
	int64_t ticked_us;    /* when late requests were last checked for */
	int64_t made_room_us; /* when a connection was last closed to make room */
	size_t max;
	struct connection *connections;
};

static bool
watch(struct loop *l, int operation, int fd, struct connection *c, bool on)
{
	struct epoll_event ev = {
	    .events = EPOLLRDHUP | (on ? (uint32_t)EPOLLIN : 0), .data.ptr = c};

	return epoll_ctl(l->epoll_fd, operation, fd, &ev) == 0;
}

static bool
has_request(const struct connection *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* Returns the open connection that has been quiet longest; idle tells whether it is an idle one
 * or one in the middle of a request.  NULL if there is none. */
static struct connection *
quietest(const struct loop *l, bool idle)
{
	struct connection *found = NULL;

	for (struct connection *c = l->connections; c < l->connections + l->max; c++)
		if (c->fd >= 0 && connection_is_idle(c) == idle &&
		    (found == NULL || c->quiet_since_us < found->quiet_since_us))
			found = c;
	return found;
}

/* Whether c may be closed to make room.  A connection in the middle of a request may be closed
 * only if no bytes have arrived for QUIET_US. */
static bool
may_go(const struct loop *l, const struct connection *c, int64_t now_us)
{
	bool quiet = c->quiet_since_us <= now_us - QUIET_US;
	bool rotate = connection_is_idle(c) && l->made_room_us <= now_us - ROTATE_US;

	return (quiet || rotate) && !has_request(c);
}

/* Returns a free slot, or else the slot of the quietest connection, so that the connections of
 * one web server cannot shut out another.  NULL if no connection may be closed yet. */
static struct connection *
place(struct loop *l)
{
	int64_t now_us = clock_monotonic_us();
	struct connection *c;

	for (c = l->connections; c < l->connections + l->max; c++)
		if (c->fd < 0)
			return c;
	c = quietest(l, true);
	if (c == NULL)
		c = quietest(l, false);
	return may_go(l, c, now_us) ? c : NULL;
}

/* Returns false if the worker should stop accepting for a while. */
static bool
accept_one(struct loop *l)
{
	struct connection *c = place(l);
	int on = 1, fd;

	if (c == NULL)
		return false;
	fd = accept4(l->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0) {
		if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
			return true; /* another worker was faster, or the web server gave up */
		tally_accept_failed(l->worker, strerror(errno));
		return false;
	}
	if (l->tcp)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (c->fd >= 0)
		l->made_room_us = clock_monotonic_us();
	connection_close(c, l->worker);
	connection_open(c, fd);
	if (!watch(l, EPOLL_CTL_ADD, fd, c, true))
		connection_close(c, l->worker);
	return true;
}

static void
read_from(struct loop *l, struct connection *c, uint32_t events)
{
	c->gone = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
	if (c->paused && c->gone)
		connection_close(c, l->worker);
	else
		connection_read(c, l->worker);
	if (c->fd >= 0 && c->paused)
		watch(l, EPOLL_CTL_MOD, c->fd, c, false);
}

/* Resumes the connections that waited until a large body was served. */
static void
resume_paused(struct loop *l)
{
	l->worker->large_is_free = false;
	for (struct connection *c = l->connections; c < l->connections + l->max; c++)
		if (c->fd >= 0 && c->paused) {
			connection_resume(c);
			watch(l, EPOLL_CTL_MOD, c->fd, c, true);
		}
}

/* Closes late connections and logs summaries, at most once in TICK_MS. */
static void
tick(struct loop *l)
{
	int64_t now_us = clock_monotonic_us();

	if (now_us - l->ticked_us < TICK_MS * INT64_C(1000))
		return;
	l->ticked_us = now_us;
	tally_summarise(l->worker, now_us, false);
	for (struct connection *c = l->connections; c < l->connections + l->max; c++)
		if (c->fd >= 0 && connection_is_late(c, now_us)) {
			tally_broken(l->worker,
			    "the rest of the request did not arrive in time", now_us);
			connection_close(c, l->worker);
		}
}

/* Limits timeout_ms to TICK_MS if the next tick has work to do. */
static int
timeout_of(const struct loop *l, int timeout_ms)
{
	bool ticks = l->worker->unfinished > 0 || tally_waits(l->worker);

	return ticks && (timeout_ms < 0 || timeout_ms > TICK_MS) ? TICK_MS : timeout_ms;
}

/* Serves up to EVENTS_MAX connections that can be read, then accepts one. */
static void
round_of(struct loop *l, int timeout_ms, const sigset_t *mask)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_pwait(l->epoll_fd, events, EVENTS_MAX, timeout_of(l, timeout_ms), mask);
	bool room = true;

	for (int i = 0; i < n; i++)
		if (events[i].data.ptr != NULL)
			read_from(l, events[i].data.ptr, events[i].events);
	for (int i = 0; i < n; i++)
		if (events[i].data.ptr == NULL)
			room = accept_one(l);
	tick(l);
	if (l->worker->large_is_free)
		resume_paused(l);
	if (room != l->watching && watch(l, EPOLL_CTL_MOD, l->listen_fd, NULL, room))
		l->watching = room;
}

static bool
start(struct loop *l, struct worker *w, int listen_fd, struct err *e)
{
	struct sockaddr_storage a = {0};
	socklen_t len = sizeof a;
	int flags = fcntl(listen_fd, F_GETFL);

	*l = (struct loop){.worker = w, .listen_fd = listen_fd, .watching = true};
	l->max = (size_t)w->config.worker_connections;
	l->connections = mem_new(l->max, sizeof *l->connections);
	for (size_t i = 0; i < l->max; i++)
		l->connections[i].fd = -1;
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	/* Non-blocking: one new connection wakes all workers, and the workers that come too
	 * late must not block in accept4(). */
	if (l->epoll_fd < 0 || flags < 0 ||
	    fcntl(listen_fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    getsockname(listen_fd, (struct sockaddr *)&a, &len) != 0 ||
	    !watch(l, EPOLL_CTL_ADD, listen_fd, NULL, true))
		return err_set(e, ERR_SERVER_FAIL, "cannot wait for the FastCGI socket: %s",
		    strerror(errno));
	l->tcp = a.ss_family != AF_UNIX;
	return true;
}

static void
end(struct loop *l)
{
	for (size_t i = 0; i < l->max; i++)
		connection_close(&l->connections[i], l->worker);
	free(l->connections);
	io_close(&l->epoll_fd);
}

/* Closes all connections without losing a request: one idle connection at a time, the quietest
 * first, while the others are still served.  If many were closed at once, a web server could
 * use up its retries on them. */
static void
part(struct loop *l)
{
	struct connection *c;
	int64_t next_us = 0;

	epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, l->listen_fd, NULL);
	while ((c = quietest(l, true)) != NULL || quietest(l, false) != NULL) {
		round_of(l, PARTING_MS, NULL);
		if (c != NULL && c->fd >= 0 && connection_is_idle(c) &&
		    clock_monotonic_us() >= next_us && !has_request(c)) {
			connection_close(c, l->worker);
			next_us = clock_monotonic_us() + PARTING_MS * INT64_C(1000);
		}
	}
}

bool
loop_run(struct worker *w, int listen_fd, const volatile sig_atomic_t *stopping, struct err *e)
{
	struct loop l;
	sigset_t mask;
	bool ok = false;

	if (!start(&l, w, listen_fd, e))
		goto out;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	sigdelset(&mask, SIGTERM);
	sigdelset(&mask, SIGINT);
	sigdelset(&mask, SIGQUIT);
	while (!*stopping)
		round_of(&l, l.watching ? -1 : NO_ROOM_WAIT_MS, &mask);
	part(&l);
	tally_summarise(w, clock_monotonic_us(), true);
	ok = true;
out:
	end(&l);
	return ok;
}
