/* tests/fcgi_loop.c -- a worker's loop, met by a web server that speaks FastCGI well, badly or
 * only half. */
#include <CUnit/CUnit.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "fcgi/connection.h"
#include "fcgi/loop.h"
#include "fcgi/params.h"
#include "metrics/list.h"
#include "tests/records.h"
#include "tests/scratch.h"
#include "tests/suites.h"

#define TIMEOUT_MS 15000
#define BODY_MAX 1000
#define PROXY "192.0.2.7" /* a trusted one */

static volatile sig_atomic_t stopping;

struct scene {
	char dir[SCRATCH_DIR_MAX], address[SCRATCH_DIR_MAX + sizeof "unix:/fcgi.sock"];
	pid_t pid; /* of the worker */
};

static void
on_term(int signal)
{
	(void)signal;
	stopping = 1;
}

/* There is no store behind this worker: its paths are /healthz and the refusals. */
static _Noreturn void
be_worker(int listen_fd, long connections)
{
	struct sigaction term = {.sa_handler = on_term}, ignore = {.sa_handler = SIG_IGN};
	struct worker w = {.log = {.program = "test", .level = LOG_LEVEL_ERROR}};
	struct err e = {0};
	sigset_t mask;
	bool ok;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	if (!config_read(&w.config, NULL, &e))
		_exit(2);
	sigaction(SIGTERM, &term, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	w.config.worker_connections = connections;
	w.config.limits.max_size_request = BODY_MAX;
	w.http.jmap.limits = &w.config.limits;
	w.http.public_url = "";
	w.http.server_names = "reports.example.com reports.example";
	nets_parse(STR(PROXY), &w.http.trusted_proxies);
	store_open(&w.http.jmap.store, "/nonexistent/store.sock", 50);
	auth_open(&w.http.auth, w.http.jmap.store, "/nonexistent/store.sock", &w.clock);
	ok = loop_run(&w, listen_fd, &stopping, &e);
	_exit(ok ? 0 : 1);
}

static void
set_scene(struct scene *s, long connections)
{
	struct err e = {0};
	int fd;

	scratch_make(s->dir);
	snprintf(s->address, sizeof s->address, "unix:%s/fcgi.sock", s->dir);
	fd = io_listen(s->address, 16, 0600, &e);
	CU_ASSERT_FATAL(fd >= 0);
	s->pid = fork();
	if (s->pid == 0)
		be_worker(fd, connections);
	io_close(&fd);
}

static void
clear_scene(struct scene *s)
{
	int status = -1;

	kill(s->pid, SIGTERM);
	CU_ASSERT_EQUAL(waitpid(s->pid, &status, 0), s->pid);
	CU_ASSERT_EQUAL(status, 0);
	scratch_remove(s->dir);
}

static int
connect_to(const struct scene *s)
{
	struct err e = {0};
	int fd = io_connect_unix(s->address + strlen("unix:"), TIMEOUT_MS, &e);

	CU_ASSERT_FATAL(fd >= 0);
	return fd;
}

static void
add_record(struct buf *b, unsigned char type, struct str content)
{
	records_add(b, type, 1, content);
}

static void
add_param(struct buf *b, const char *name, const char *value)
{
	records_param(b, str_of(name), str_of(value));
}

struct sent {
	const char *method, *path;
	const char *length; /* CONTENT_LENGTH; NULL: not there */
	struct str body;
	bool keep;
};

/* All of a request but the record that ends its body. */
static void
add_request(struct buf *b, const struct sent *r)
{
	struct buf params = {0};

	add_param(&params, "REQUEST_METHOD", r->method);
	add_param(&params, "REQUEST_URI", r->path);
	if (r->length != NULL)
		add_param(&params, "CONTENT_LENGTH", r->length);
	records_begin(b, 1, FCGI_RESPONDER, r->keep);
	add_record(b, FCGI_PARAMS, buf_str(&params));
	add_record(b, FCGI_PARAMS, (struct str){0});
	if (r->body.len > 0)
		add_record(b, FCGI_STDIN, r->body);
	buf_free(&params);
}

static void
send_all(int fd, struct buf *b)
{
	CU_ASSERT(io_write_full(fd, b->s, b->len));
	buf_free(b);
}

static void
send_request(int fd, const struct sent *r)
{
	struct buf b = {0};

	add_request(&b, r);
	add_record(&b, FCGI_STDIN, (struct str){0});
	send_all(fd, &b);
}

/* The status of the answer; 0: the connection was closed instead. */
static int
status_of_answer(int fd)
{
	struct buf out = {0};
	unsigned char head[8] = {0}, content[65536 + 256];
	int status = 0;

	while (head[1] != FCGI_END_REQUEST) {
		size_t len;

		if (!io_read_full(fd, head, sizeof head))
			goto out;
		len = (size_t)head[4] << 8 | head[5];
		if (!io_read_full(fd, content, len + head[6]))
			goto out;
		buf_add(&out, content, len);
	}
	CU_ASSERT_EQUAL(sscanf(buf_terminate(&out), "Status: %d", &status), 1);
out:
	buf_free(&out);
	return status;
}

static bool
is_closed(int fd)
{
	char byte;

	return recv(fd, &byte, 1, 0) == 0;
}

static const struct sent health = {.method = "GET", .path = "/healthz?x=1", .keep = true};

static void
a_kept_connection_serves_again(void)
{
	struct scene s;
	int fd;

	set_scene(&s, 4);
	fd = connect_to(&s);
	for (int i = 0; i < 3; i++) {
		send_request(fd, &health);
		CU_ASSERT_EQUAL(status_of_answer(fd), 200);
	}
	io_close(&fd);
	clear_scene(&s);
}

static void
a_connection_not_to_be_kept_is_closed(void)
{
	const struct sent once = {.method = "GET", .path = "/healthz"};
	struct scene s;
	int fd;

	set_scene(&s, 4);
	fd = connect_to(&s);
	send_request(fd, &once);
	CU_ASSERT_EQUAL(status_of_answer(fd), 200);
	CU_ASSERT(is_closed(fd));
	io_close(&fd);
	clear_scene(&s);
}

/* A body, its announced length, and what comes of it; 0: the connection is closed. */
static void
bodies_are_read_to_their_end(void)
{
	static char x[BODY_MAX + 1];
	static const struct {
		const char *length;
		size_t len;
		int status;
	} bodies[] = {
	    {"0", 0, 401},
	    {NULL, 0, 401},
	    {"", 0, 401},
	    {"3", 3, 401},
	    {NULL, 3, 401},
	    {"1000", BODY_MAX, 401},
	    {NULL, BODY_MAX, 401},
	    {"1001", BODY_MAX + 1, 401}, /* too large, but a stranger is not told */
	    {NULL, BODY_MAX + 1, 401},
	    {"3", 2, 0},
	    {"3", 4, 0},
	    {"1000", BODY_MAX - 1, 0},
	};
	struct scene s;

	set_scene(&s, 4);
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		const struct sent post = {
		    "POST", "/api", bodies[i].length, {x, bodies[i].len}, true};
		int fd = connect_to(&s);

		send_request(fd, &post);
		CU_ASSERT_EQUAL(status_of_answer(fd), bodies[i].status);
		if (bodies[i].status != 0) {
			send_request(fd, &health);
			CU_ASSERT_EQUAL(status_of_answer(fd), 200);
		}
		io_close(&fd);
	}
	clear_scene(&s);
}

/* The status of a request whose answer names the host that a proxy tells, in two lines. */
static int
status_of_hosts(int fd, const char *first, const char *second)
{
	struct buf b = {0}, params = {0};

	add_param(&params, "REQUEST_METHOD", "GET");
	add_param(&params, "REQUEST_URI", "/api/discover/a");
	add_param(&params, "REMOTE_ADDR", PROXY);
	add_param(&params, "HTTP_X_FORWARDED_HOST", first);
	add_param(&params, "HTTP_X_FORWARDED_HOST", second);
	records_begin(&b, 1, FCGI_RESPONDER, true);
	add_record(&b, FCGI_PARAMS, buf_str(&params));
	add_record(&b, FCGI_PARAMS, (struct str){0});
	add_record(&b, FCGI_STDIN, (struct str){0});
	send_all(fd, &b);
	buf_free(&params);
	return status_of_answer(fd);
}

static void
of_a_field_in_two_lines_the_last_counts(void)
{
	struct scene s;
	int fd;

	set_scene(&s, 4);
	fd = connect_to(&s);
	CU_ASSERT_EQUAL(status_of_hosts(fd, "not a host", "reports.example"), 200);
	CU_ASSERT_EQUAL(status_of_hosts(fd, "reports.example", "not a host"), 400);
	io_close(&fd);
	clear_scene(&s);
}

/* The worker, and another connection to it, live on. */
static void
expect_alive(const struct scene *s)
{
	int fd = connect_to(s);

	send_request(fd, &health);
	CU_ASSERT_EQUAL(status_of_answer(fd), 200);
	io_close(&fd);
	CU_ASSERT_EQUAL(waitpid(s->pid, NULL, WNOHANG), 0);
}

static void
what_is_not_a_request_is_cut_off(void)
{
	struct scene s;
	struct buf b = {0};
	int fd;

	set_scene(&s, 4);
	fd = connect_to(&s);
	buf_puts(&b, "GET /healthz HTTP/1.1\r\n\r\n");
	send_all(fd, &b);
	CU_ASSERT(is_closed(fd));
	io_close(&fd);
	expect_alive(&s);
	clear_scene(&s);
}

/* A reply of the worker that is no answer to a request: its type, or 0 for a closed connection.
 */
static int
type_of_reply(int fd)
{
	unsigned char head[FCGI_HEADER_LEN], content[65535 + 255];

	if (!io_read_full(fd, head, sizeof head) ||
	    !io_read_full(fd, content, ((size_t)head[4] << 8 | head[5]) + head[6]))
		return 0;
	return head[1];
}

/* Each of these ended a worker in libfcgi 2.4.2, made it lose memory, or would have waited. */
static void
management_records_end_no_worker(void)
{
	struct scene s;
	struct buf b = {0}, asked = {0};
	int fd;

	set_scene(&s, 4);
	fd = connect_to(&s);
	for (int i = 0; i < 12; i++)
		add_param(&asked, "FCGI_MAX_REQS", "");
	records_add(&b, FCGI_GET_VALUES, 0, buf_str(&asked));
	send_all(fd, &b);
	CU_ASSERT_EQUAL(type_of_reply(fd), FCGI_GET_VALUES_RESULT);
	records_add(&b, 200, 0, STR("whatever"));
	send_all(fd, &b);
	CU_ASSERT_EQUAL(type_of_reply(fd), FCGI_UNKNOWN_TYPE);
	send_request(fd, &health);
	CU_ASSERT_EQUAL(status_of_answer(fd), 200);
	records_add(&b, FCGI_GET_VALUES, 0, (struct str){"\x05", 1});
	send_all(fd, &b);
	CU_ASSERT(is_closed(fd));
	io_close(&fd);
	expect_alive(&s);
	buf_free(&asked);
	clear_scene(&s);
}

static void
an_aborted_request_leaves_its_connection_usable(void)
{
	struct scene s;
	struct buf b = {0};
	int fd;

	set_scene(&s, 4);
	fd = connect_to(&s);
	add_request(&b, &health);
	add_record(&b, FCGI_ABORT_REQUEST, (struct str){0});
	send_all(fd, &b);
	CU_ASSERT_EQUAL(type_of_reply(fd), FCGI_END_REQUEST);
	send_request(fd, &health);
	CU_ASSERT_EQUAL(status_of_answer(fd), 200);
	io_close(&fd);
	clear_scene(&s);
}

static void
half_a_request_holds_nobody(void)
{
	struct scene s;
	struct buf b = {0};
	int fds[3];

	set_scene(&s, 8);
	for (size_t i = 0; i < 3; i++)
		fds[i] = connect_to(&s);
	add_request(&b, &health);
	send_all(fds[0], &b);
	buf_puts(&b, "\x01\x01");
	send_all(fds[1], &b);
	expect_alive(&s);
	add_record(&b, FCGI_STDIN, (struct str){0});
	send_all(fds[0], &b);
	CU_ASSERT_EQUAL(status_of_answer(fds[0]), 200);
	for (size_t i = 0; i < 3; i++)
		io_close(&fds[i]);
	clear_scene(&s);
}

/* A request that has a part more or less than a limit allows, in one parameter. */
static int
status_with_params(const struct scene *s, size_t bytes)
{
	static char x[PARAMS_BYTES_MAX * RECORD_SKIPPED_TIMES];
	struct buf b = {0}, params = {0};
	int fd = connect_to(s), status;

	add_param(&params, "REQUEST_METHOD", "GET");
	add_param(&params, "DOCUMENT_URI", "/healthz");
	records_param(&params, STR("HTTP_X"), (struct str){x, bytes - params.len - 11});
	CU_ASSERT_EQUAL(params.len, bytes);
	records_begin(&b, 1, FCGI_RESPONDER, true);
	for (size_t at = 0; at < bytes; at += 60000)
		add_record(&b, FCGI_PARAMS,
		    (struct str){params.s + at, bytes - at < 60000 ? bytes - at : 60000});
	add_record(&b, FCGI_PARAMS, (struct str){0});
	add_record(&b, FCGI_STDIN, (struct str){0});
	send_all(fd, &b);
	status = status_of_answer(fd);
	io_close(&fd);
	buf_free(&params);
	return status;
}

static void
headers_that_are_too_long_are_431(void)
{
	struct scene s;

	set_scene(&s, 4);
	CU_ASSERT_EQUAL(status_with_params(&s, PARAMS_BYTES_MAX), 200);
	CU_ASSERT_EQUAL(status_with_params(&s, PARAMS_BYTES_MAX + 1), 431);
	expect_alive(&s);
	clear_scene(&s);
}

static void
a_request_must_be_whole_in_time(void)
{
	const int64_t late_us = CONNECTION_READ_S * INT64_C(1000000);
	struct connection c = {.fd = 0, .began_us = 5};

	CU_ASSERT_FALSE(connection_is_late(&c, 5 + late_us));
	CU_ASSERT_TRUE(connection_is_late(&c, 6 + late_us));
	c.paused = true; /* it waits for us */
	CU_ASSERT_FALSE(connection_is_late(&c, 6 + late_us));
	c.paused = false;
	c.began_us = 0;
	CU_ASSERT_FALSE(connection_is_late(&c, 6 + late_us));
}

static void
more_connections_than_places_are_all_served(void)
{
	struct scene s;
	int fds[8];

	set_scene(&s, 2);
	for (size_t i = 0; i < 8; i++) {
		fds[i] = connect_to(&s);
		send_request(fds[i], &health);
	}
	for (size_t i = 0; i < 8; i++)
		CU_ASSERT_EQUAL(status_of_answer(fds[i]), 200);
	for (size_t i = 0; i < 8; i++)
		io_close(&fds[i]);
	clear_scene(&s);
}

static void
a_request_that_has_begun_is_answered_at_the_end(void)
{
	struct scene s;
	struct buf b = {0};
	int fd, status;

	set_scene(&s, 4);
	fd = connect_to(&s);
	send_request(fd, &health);
	CU_ASSERT_EQUAL(status_of_answer(fd), 200);
	add_request(&b, &health);
	send_all(fd, &b);
	kill(s.pid, SIGTERM);
	add_record(&b, FCGI_STDIN, (struct str){0});
	send_all(fd, &b);
	CU_ASSERT_EQUAL(status_of_answer(fd), 200);
	CU_ASSERT(is_closed(fd));
	CU_ASSERT_EQUAL(waitpid(s.pid, &status, 0), s.pid);
	CU_ASSERT_EQUAL(status, 0);
	io_close(&fd);
	scratch_remove(s.dir);
}

/* How many requests were given up. */
static int64_t
abandoned(const struct worker *w)
{
	struct metric_list list = {0};
	const struct metric_series *s;
	int64_t n;

	metric_list_read(&list, w->http.jmap.metrics);
	s = metric_find(&list, METRIC_ABANDONED, NULL);
	n = s == NULL ? 0 : s->cells[0];
	metric_list_free(&list);
	return n;
}

static void
a_request_whose_client_has_gone_is_not_served(void)
{
	struct worker w = {.log = {.program = "test", .level = LOG_LEVEL_ERROR}};
	struct connection c;
	struct err e = {0};
	struct buf b = {0};

	CU_ASSERT_TRUE_FATAL(config_read(&w.config, NULL, &e));
	CU_ASSERT_TRUE_FATAL(metrics_open(&w.http.jmap.metrics, -1, &e));
	for (int gone = 0; gone <= 1; gone++) {
		int fds[2];

		CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		io_set_timeout(fds[0], TIMEOUT_MS);
		connection_open(&c, fds[1]);
		send_request(fds[0], &health);
		c.gone = gone;
		connection_read(&c, &w);
		CU_ASSERT_EQUAL(status_of_answer(fds[0]), gone ? 0 : 200);
		CU_ASSERT_EQUAL(c.fd < 0, gone);
		CU_ASSERT_EQUAL(abandoned(&w), gone);
		connection_close(&c, &w);
		io_close(&fds[0]);
	}
	CU_ASSERT_EQUAL(w.unfinished, 0);
	buf_free(&w.received);
	buf_free(&w.head);
	metrics_close(&w.http.jmap.metrics);
	config_free(&w.config);
	buf_free(&b);
}

/* Two bodies of more than 64 KiB, half of each at a time. */
static void
large_bodies_take_turns(void)
{
	static char x[100000];
	struct worker w = {.log = {.program = "test", .level = LOG_LEVEL_ERROR}};
	struct connection c[2];
	struct err e = {0};
	int fds[2][2];

	CU_ASSERT_TRUE_FATAL(config_read(&w.config, NULL, &e));
	for (int i = 0; i < 2; i++) {
		struct buf b = {0};

		CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, fds[i]), 0);
		connection_open(&c[i], fds[i][1]);
		add_request(&b, &(struct sent){"GET", "/healthz", NULL, {x, 60000}, true});
		add_record(&b, FCGI_STDIN, (struct str){x, 40000});
		send_all(fds[i][0], &b);
		connection_read(&c[i], &w);
		connection_read(&c[i], &w);
	}
	CU_ASSERT_PTR_EQUAL(w.large, &c[0]);
	CU_ASSERT_FALSE(c[0].paused);
	CU_ASSERT_TRUE(c[1].paused);
	CU_ASSERT_EQUAL(w.unfinished, 2);
	connection_close(&c[0], &w);
	CU_ASSERT_TRUE(w.large_is_free);
	connection_resume(&c[1]);
	connection_read(&c[1], &w);
	CU_ASSERT_PTR_EQUAL(w.large, &c[1]);
	CU_ASSERT_FALSE(c[1].paused);
	connection_close(&c[1], &w);
	CU_ASSERT_EQUAL(w.unfinished, 0);
	for (int i = 0; i < 2; i++)
		io_close(&fds[i][0]);
	buf_free(&w.received);
	config_free(&w.config);
}

const CU_TestInfo fcgi_loop_tests[] = {
    {"a kept connection serves again", a_kept_connection_serves_again},
    {"a connection not to be kept is closed", a_connection_not_to_be_kept_is_closed},
    {"bodies are read to their end", bodies_are_read_to_their_end},
    {"of a field in two lines the last counts", of_a_field_in_two_lines_the_last_counts},
    {"what is not a request is cut off", what_is_not_a_request_is_cut_off},
    {"management records end no worker", management_records_end_no_worker},
    {"an aborted request leaves its connection usable",
	an_aborted_request_leaves_its_connection_usable},
    {"half a request holds nobody", half_a_request_holds_nobody},
    {"headers that are too long are 431", headers_that_are_too_long_are_431},
    {"a request must be whole in time", a_request_must_be_whole_in_time},
    {"a request whose client has gone is not served",
	a_request_whose_client_has_gone_is_not_served},
    {"large bodies take turns", large_bodies_take_turns},
    {"more connections than places are all served",
	more_connections_than_places_are_all_served},
    {"a request that has begun is answered at the end",
	a_request_that_has_begun_is_answered_at_the_end},
    CU_TEST_INFO_NULL,
};
