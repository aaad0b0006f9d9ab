/* fcgi/loop.c -- waits for the listening socket and the kept connections together. */
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

#define EVENTS_MAX 32      /* served before the listening socket has its turn again */
#define QUIET_US 1000000   /* a connection idle for so long may be closed to make room */
#define ROTATE_US 10000    /* and any idle one, when somebody has waited so long */
#define NO_ROOM_WAIT_MS 10 /* until the next look for room */
#define PARTING_MS 5       /* between the closing of two idle connections at the end */

struct loop {
	struct worker *worker;
	int epoll_fd, listen_fd;
	bool tcp;
	bool watching;        /* the listening socket */
	int64_t made_room_us; /* when a connection was last closed for a new one */
	size_t max;
	struct connection *connections;
};

static bool
watch(struct loop *l, int operation, int fd, struct connection *c, bool on)
{
	struct epoll_event ev = {.events = on ? EPOLLIN : 0, .data.ptr = c};

	return epoll_ctl(l->epoll_fd, operation, fd, &ev) == 0;
}

static bool
has_request(const struct connection *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* The open connection that has been idle longest; NULL if there is none. */
static struct connection *
quietest(const struct loop *l)
{
	struct connection *found = NULL;

	for (struct connection *c = l->connections; c < l->connections + l->max; c++)
		if (c->fd >= 0 && (found == NULL || c->idle_since_us < found->idle_since_us))
			found = c;
	return found;
}

/* A free place, or that of the quietest connection: those of one web server must not keep
 * another out.  NULL if it is too early for that. */
static struct connection *
place(struct loop *l)
{
	int64_t now_us = clock_monotonic_us();
	struct connection *c;

	for (c = l->connections; c < l->connections + l->max; c++)
		if (c->fd < 0)
			return c;
	c = quietest(l);
	if ((c->idle_since_us > now_us - QUIET_US && l->made_room_us > now_us - ROTATE_US) ||
	    has_request(c))
		return NULL;
	return c;
}

/* False if no more connections should be accepted for a while. */
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
		log_line(&l->worker->log, LOG_LEVEL_ERROR, "accept-failed", "why=\"%s\"",
		    strerror(errno));
		return false;
	}
	if (l->tcp)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (c->fd >= 0)
		l->made_room_us = clock_monotonic_us();
	connection_close(c);
	connection_open(c, fd);
	if (!watch(l, EPOLL_CTL_ADD, fd, c, true))
		connection_close(c);
	return true;
}

/* Serves up to EVENTS_MAX connections that can be read, then accepts one. */
static void
round_of(struct loop *l, int timeout_ms, const sigset_t *mask)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_pwait(l->epoll_fd, events, EVENTS_MAX, timeout_ms, mask);
	bool room = true;

	for (int i = 0; i < n; i++)
		if (events[i].data.ptr != NULL)
			connection_serve(events[i].data.ptr, l->worker);
	for (int i = 0; i < n; i++)
		if (events[i].data.ptr == NULL)
			room = accept_one(l);
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
	/* Not blocking: all workers wake for one connection, and those who come too late must
	 * not sleep in accept. */
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
		connection_close(&l->connections[i]);
	free(l->connections);
	io_close(&l->epoll_fd);
}

/* Gives up all connections without losing a request: one at a time, the quietest first, while
 * the others are still served.  A web server that finds many of them dead at once runs out of
 * tries. */
static void
part(struct loop *l)
{
	struct connection *c;
	int64_t next_us = 0;

	epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, l->listen_fd, NULL);
	while ((c = quietest(l)) != NULL) {
		round_of(l, PARTING_MS, NULL);
		if (clock_monotonic_us() >= next_us && !has_request(c)) {
			connection_close(c);
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
	ok = true;
out:
	end(&l);
	return ok;
}
