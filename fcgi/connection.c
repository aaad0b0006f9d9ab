/* fcgi/connection.c -- reads HTTP requests from a connection and sends the answers. */
#include "fcgi/connection.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/io.h"
#include "fcgi/params.h"
#include "fcgi/tally.h"

#define RECEIVE_BYTES (64 << 10) /* bytes of one recv() */
#define RECEIVES_MAX 16          /* recv() calls before other connections are served */
#define LARGE_BODY (64 << 10)    /* bytes: only one body at a time may be larger */
#define BIG (1 << 20)            /* bytes: after a larger body or answer, free the memory */
#define PIECES_MAX 64            /* iovecs in one sendmsg() */
#define STALL_MS 10000           /* a web server that reads nothing for this long is cut off */

void
connection_open(struct connection *c, int fd)
{
	*c = (struct connection){.fd = fd, .quiet_since_us = clock_monotonic_us()};
}

static void
set_began(struct connection *c, struct worker *w, int64_t began_us)
{
	w->unfinished -= c->began_us != 0;
	w->unfinished += began_us != 0;
	c->began_us = began_us;
}

static void
release_large(struct connection *c, struct worker *w)
{
	if (w->large != c)
		return;
	w->large = NULL;
	w->large_is_free = true;
}

void
connection_close(struct connection *c, struct worker *w)
{
	if (c->fd < 0)
		return;
	io_close(&c->fd);
	record_reader_free(&c->reader);
	set_began(c, w, 0);
	release_large(c, w);
	c->paused = false;
}

bool
connection_is_idle(const struct connection *c)
{
	return c->began_us == 0;
}

bool
connection_is_late(const struct connection *c, int64_t now_us)
{
	return c->began_us != 0 && !c->paused &&
	    now_us - c->began_us > CONNECTION_READ_S * INT64_C(1000000);
}

void
connection_resume(struct connection *c)
{
	c->paused = false;
	c->began_us = clock_monotonic_us();
}

/* --- answers --- */

static bool
wait_to_send(int fd, int64_t deadline_us)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int64_t left_ms = (deadline_us - clock_monotonic_us()) / 1000;

	if (left_ms <= 0)
		return false;
	return poll(&p, 1, left_ms < STALL_MS ? (int)left_ms : STALL_MS) > 0 || errno == EINTR;
}

static bool
send_records(int fd, struct record_answer *a, int64_t deadline_us)
{
	struct iovec pieces[PIECES_MAX];
	size_t n;

	while ((n = record_answer_next(a, pieces, PIECES_MAX)) > 0) {
		struct msghdr m = {.msg_iov = pieces, .msg_iovlen = n};
		ssize_t sent = sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent >= 0)
			a->sent += (size_t)sent;
		else if (errno != EINTR && (errno != EAGAIN || !wait_to_send(fd, deadline_us)))
			return false;
	}
	return true;
}

/* Stops sending at three quarters of worker_timeout_s.  Otherwise the heartbeat would end the
 * worker when a web server reads slowly. */
static bool
send_answer(
    struct connection *c, struct worker *w, const struct http_response *a, int64_t started_us)
{
	int64_t timeout_us = w->config.worker_timeout_s * INT64_C(1000000);
	struct record_answer out = {.id = c->reader.id};

	buf_clear(&w->head);
	http_response_head(a, &w->head);
	out.head = buf_str(&w->head);
	if (!a->head)
		out.body = buf_str(&a->body);
	return send_records(c->fd, &out, started_us + timeout_us / 4 * 3);
}

/* --- requests --- */

static bool
is_gone(void *arg)
{
	const struct connection *c = arg;
	struct pollfd p = {.fd = c->fd, .events = POLLRDHUP};

	return poll(&p, 1, 0) > 0;
}

/* Fills in the HTTP request that c has read.  Returns false if the parameters are malformed or
 * the length of the body differs from Content-Length. */
static bool
request_of(struct connection *c, const struct worker *w, struct http_request *r)
{
	const struct record_reader *in = &c->reader;
	struct params p = {0};
	size_t max = w->config.limits.max_size_request;

	if (in->params_bytes <= PARAMS_BYTES_MAX && !params_read(&p, buf_str(&in->params)))
		return false;
	*r = p.request;
	r->params_too_large = in->params_bytes > PARAMS_BYTES_MAX;
	r->body_too_large = in->body_bytes > max;
	r->body = buf_str(&in->body);
	r->spent = in->body.len > BIG ? &c->reader.body : NULL;
	r->is_gone = is_gone;
	r->is_gone_arg = c;
	return !p.has_length || in->endless || in->body_bytes == p.length;
}

static void
set_request_id(struct log *l, struct str id)
{
	memcpy(l->request_id, id.len > 0 ? id.s : "", id.len);
	l->request_id[id.len] = '\0';
}

/* Serves r, or refuses it if it ended a worker before.  A request without an id is always
 * served, because nothing tells it from others. */
static void
serve_unless_poisonous(struct worker *w, struct http_request *r, struct http_response *a)
{
	uint64_t hash = r->request_id.len == 0
	    ? 0
	    : poison_hash(w->poison, r->request_id, r->path, r->body);

	r->poisonous =
	    hash != 0 && poison_knows(w->poison, hash, clock_monotonic_us() / 1000000);
	if (r->poisonous)
		metrics_add(w->http.jmap.metrics, METRIC_POISON, METRIC_LABELS("refused"), 1);
	else
		poison_serve(w->poison, hash, r->request_id);
	http_serve(&w->http, r, a);
}

/* Serves one request.  Returns false if the connection must be closed afterwards. */
static bool
answer(struct connection *c, struct worker *w)
{
	int64_t started_us = clock_monotonic_us();
	struct http_request r = {0};
	struct http_response a;
	bool sent, big = c->reader.body.len > BIG;

	if (!request_of(c, w, &r)) {
		tally_broken(w,
		    "the parameters are malformed, or the body does not have the length "
		    "that Content-Length says",
		    started_us);
		return false;
	}
	set_request_id(&w->log, r.request_id);
	serve_unless_poisonous(w, &r, &a);
	sent = send_answer(c, w, &a, started_us);
	tally_request(w, &r, c->reader.body_bytes, &a, started_us);
	poison_serve(w->poison, 0, (struct str){0});
	set_request_id(&w->log, (struct str){0});
	big = big || a.body.len > BIG;
	http_response_free(&a);
	if (big) {
		buf_free(&c->reader.body);
		malloc_trim(0);
	}
	return sent;
}

static bool
serve(struct connection *c, struct worker *w)
{
	bool ok, keep;

	if (c->gone) {
		metrics_add(w->http.jmap.metrics, METRIC_ABANDONED, METRIC_NO_LABELS, 1);
		return false;
	}
	heartbeat_request(w->heartbeat, true);
	ok = answer(c, w);
	heartbeat_request(w->heartbeat, false);
	keep = c->reader.keep && !c->reader.endless;
	record_next(&c->reader);
	release_large(c, w);
	return ok && keep;
}

/* --- bytes --- */

/* Sends the short FastCGI records that are not part of an answer.  Returns false if they do not
 * fit into the socket buffer: then the web server does not read. */
static bool
send_told(const struct connection *c, struct buf *told)
{
	ssize_t n =
	    told->len == 0 ? 0 : send(c->fd, told->s, told->len, MSG_NOSIGNAL | MSG_DONTWAIT);
	bool ok = n == (ssize_t)told->len;

	buf_clear(told);
	return ok;
}

/* Returns false if the connection must be closed. */
static bool
take(struct connection *c, struct worker *w, struct str bytes)
{
	const struct record_limits limits = {.params_bytes = PARAMS_BYTES_MAX,
	    .body_bytes = w->config.limits.max_size_request,
	    .connections = (unsigned)w->config.worker_connections};

	while (bytes.len > 0) {
		enum record_end end = record_read(&c->reader, &limits, &bytes, &w->told);

		if (!send_told(c, &w->told) || end == RECORD_CLOSE)
			return false;
		if (end == RECORD_BAD) {
			tally_broken(w,
			    "the bytes are not a FastCGI record that a web server sends",
			    clock_monotonic_us());
			return false;
		}
		if (end == RECORD_REQUEST && !serve(c, w))
			return false;
	}
	return true;
}

/* Only one body at a time may grow beyond LARGE_BODY, to save memory.  The other connections
 * pause. */
static bool
may_read(struct connection *c, struct worker *w)
{
	if (c->reader.body.len <= LARGE_BODY || w->large == c)
		return true;
	if (w->large == NULL)
		w->large = c;
	c->paused = w->large != c;
	return !c->paused;
}

static void
note_progress(struct connection *c, struct worker *w)
{
	bool begun = c->reader.state != RECORD_IDLE || c->reader.head_bytes > 0;

	c->quiet_since_us = clock_monotonic_us();
	if (!begun)
		set_began(c, w, 0);
	else if (c->began_us == 0)
		set_began(c, w, c->quiet_since_us);
}

void
connection_read(struct connection *c, struct worker *w)
{
	buf_reserve(&w->received, RECEIVE_BYTES);
	for (unsigned reads = 0; reads < RECEIVES_MAX && may_read(c, w); reads++) {
		ssize_t n = recv(c->fd, w->received.s, RECEIVE_BYTES, MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n <= 0 || !take(c, w, (struct str){w->received.s, (size_t)n})) {
			connection_close(c, w);
			return;
		}
		if (n < RECEIVE_BYTES)
			break;
	}
	note_progress(c, w);
}
