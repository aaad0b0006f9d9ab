/* tests/fcgi_loop.c -- a worker's loop, met by a web server that speaks FastCGI well, badly or
 * only half. */
#include <CUnit/CUnit.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "fcgi/loop.h"
#include "tests/scratch.h"
#include "tests/suites.h"

#define TIMEOUT_MS 15000
#define BODY_MAX 1000
#define PROXY "192.0.2.7" /* a trusted one */

/* Records (FastCGI 1.0, 8). */
enum { BEGIN = 1, ABORT = 2, END = 3, PARAMS = 4, STDIN = 5 };
enum { RESPONDER = 1, AUTHORIZER = 2 };

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
	if (!config_read(&w.config, NULL, &e) || FCGX_Init() != 0)
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
add_record(struct buf *b, int type, struct str content)
{
	buf_putc(b, 1); /* version */
	buf_putc(b, (char)type);
	buf_add(b, "\0\1", 2); /* request id */
	buf_putc(b, (char)(content.len >> 8));
	buf_putc(b, (char)(content.len & 0xff));
	buf_add(b, "\0\0", 2); /* no padding */
	buf_add_str(b, content);
}

static void
add_param(struct buf *b, const char *name, const char *value)
{
	buf_putc(b, (char)strlen(name));
	buf_putc(b, (char)strlen(value));
	buf_puts(b, name);
	buf_puts(b, value);
}

struct sent {
	const char *method, *path;
	const char *length; /* CONTENT_LENGTH; NULL: not there */
	struct str body;
	bool keep;
};

static void
add_begin(struct buf *b, int role, bool keep)
{
	const char body[8] = {0, (char)role, (char)keep};

	add_record(b, BEGIN, (struct str){body, sizeof body});
}

/* All of a request but the record that ends its body. */
static void
add_request(struct buf *b, const struct sent *r)
{
	struct buf params = {0};

	add_param(&params, "REQUEST_METHOD", r->method);
	add_param(&params, "REQUEST_URI", r->path);
	if (r->length != NULL)
		add_param(&params, "CONTENT_LENGTH", r->length);
	add_begin(b, RESPONDER, r->keep);
	add_record(b, PARAMS, buf_str(&params));
	add_record(b, PARAMS, (struct str){0});
	if (r->body.len > 0)
		add_record(b, STDIN, r->body);
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
	add_record(&b, STDIN, (struct str){0});
	send_all(fd, &b);
}

/* The status of the answer; 0: the connection was closed instead. */
static int
status_of_answer(int fd)
{
	struct buf out = {0};
	unsigned char head[8] = {0}, content[65536 + 256];
	int status = 0;

	while (head[1] != END) {
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
	add_begin(&b, RESPONDER, true);
	add_record(&b, PARAMS, buf_str(&params));
	add_record(&b, PARAMS, (struct str){0});
	add_record(&b, STDIN, (struct str){0});
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

static void
what_is_not_a_request_is_cut_off(void)
{
	struct scene s;
	struct buf b = {0};
	int fds[3];

	set_scene(&s, 4);
	for (size_t i = 0; i < 3; i++)
		fds[i] = connect_to(&s);
	buf_puts(&b, "GET /healthz HTTP/1.1\r\n\r\n");
	send_all(fds[0], &b);
	CU_ASSERT_EQUAL(status_of_answer(fds[0]), 0);
	add_begin(&b, AUTHORIZER, true);
	add_record(&b, PARAMS, (struct str){0});
	send_all(fds[1], &b);
	CU_ASSERT_EQUAL(status_of_answer(fds[1]), 0);
	add_request(&b, &health);
	add_record(&b, ABORT, (struct str){0});
	send_all(fds[2], &b);
	CU_ASSERT_EQUAL(status_of_answer(fds[2]), 0);
	for (size_t i = 0; i < 3; i++)
		io_close(&fds[i]);
	fds[0] = connect_to(&s);
	send_request(fds[0], &health);
	CU_ASSERT_EQUAL(status_of_answer(fds[0]), 200);
	io_close(&fds[0]);
	clear_scene(&s);
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
	add_record(&b, STDIN, (struct str){0});
	send_all(fd, &b);
	CU_ASSERT_EQUAL(status_of_answer(fd), 200);
	CU_ASSERT(is_closed(fd));
	CU_ASSERT_EQUAL(waitpid(s.pid, &status, 0), s.pid);
	CU_ASSERT_EQUAL(status, 0);
	io_close(&fd);
	scratch_remove(s.dir);
}

const CU_TestInfo fcgi_loop_tests[] = {
    {"a kept connection serves again", a_kept_connection_serves_again},
    {"a connection not to be kept is closed", a_connection_not_to_be_kept_is_closed},
    {"bodies are read to their end", bodies_are_read_to_their_end},
    {"of a field in two lines the last counts", of_a_field_in_two_lines_the_last_counts},
    {"what is not a request is cut off", what_is_not_a_request_is_cut_off},
    {"more connections than places are all served",
	more_connections_than_places_are_all_served},
    {"a request that has begun is answered at the end",
	a_request_that_has_begun_is_answered_at_the_end},
    CU_TEST_INFO_NULL,
};
