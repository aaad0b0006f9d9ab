/* tests/site.c -- a whole outbox as it runs on a server. */
#include "tests/site.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"

#define LOG_MAX (16u << 20) /* bytes of outboxd's log */
#define LOG_END 8192        /* bytes of the logs that are printed when an assertion failed */
#define READY_WAIT_MS 20000
#define READY_POLL_MS 20
#define STOP_WAIT_S 20
#define STORE_TIMEOUT_MS 10000

/* What the programs and the web servers have written. */
void
site_logs(const struct site *s, struct buf *out)
{
	char path[SCRATCH_DIR_MAX + 32];
	struct err e = {0};

	snprintf(path, sizeof path, "%s/outboxd.log", s->dir);
	buf_printf(out, "%s:\n", path);
	if (!io_read_file(path, LOG_MAX, out, &e))
		buf_printf(out, "%s\n", e.text);
	for (size_t i = 0; i < s->n_fronts; i++)
		front_logs(&s->fronts[i], out);
}

static void
give_up(const struct site *s, const char *what)
{
	struct buf logs = {0};

	site_logs(s, &logs);
	fprintf(stderr, "tests/site: %s\n%s", what, buf_terminate(&logs));
	exit(1);
}

/* Others may pass, but not look: a web server that root started serves as somebody else. */
static void
open_to_fronts(const struct site *s, const char *path)
{
	if (chmod(path, 0711) < 0)
		give_up(s, path);
}

static void
make_folder(struct site *s)
{
	char path[SCRATCH_DIR_MAX + 32];

	scratch_make(s->dir);
	open_to_fronts(s, s->dir);
	snprintf(path, sizeof path, "%s/run", s->dir);
	if (mkdir(path, 0711) < 0)
		give_up(s, path);
	open_to_fronts(s, path);
}

/* Options that a test may set for itself: an option must not come twice. */
static const struct {
	const char *name, *line;
} own_options[] = {
    {"workers", "workers = 2\n"},
    {"log_level", "log_level = \"warn\"\n"},
    {"redirect_uris", "redirect_uris = \"http://localhost/admin/oauth/callback\"\n"},
};

static void
write_config(struct site *s, const char *settings)
{
	char path[SCRATCH_DIR_MAX + 32];
	struct buf conf = {0};
	struct err e = {0};

	buf_printf(&conf,
	    "data_dir = \"%s/data\"\nrun_dir = \"%s/run\"\nlisten = \"%s\"\n"
	    "listen_mode = 0666\n%s",
	    s->dir, s->dir, s->listen, settings);
	for (size_t i = 0; i < sizeof own_options / sizeof own_options[0]; i++)
		if (strstr(settings, own_options[i].name) == NULL)
			buf_puts(&conf, own_options[i].line);
	snprintf(path, sizeof path, "%s/outbox.conf", s->dir);
	if (!io_write_file(path, buf_str(&conf), 0600, &e))
		give_up(s, e.text);
	buf_free(&conf);
}

static void
choose_listen(struct site *s, bool tcp)
{
	s->reserved_fd = -1;
	if (tcp)
		front_reserve("127.0.0.1", s->listen, &s->reserved_fd);
	else
		snprintf(s->listen, sizeof s->listen, "unix:%s/run/fastcgi.sock", s->dir);
}

void
site_outboxd_again(struct site *s)
{
	char program[PATH_MAX], config[SCRATCH_DIR_MAX + 32], log[SCRATCH_DIR_MAX + 16];
	const char *const argv[] = {program, "--config", config, NULL};

	scratch_program("outboxd", program);
	snprintf(config, sizeof config, "%s/outbox.conf", s->dir);
	snprintf(log, sizeof log, "%s/outboxd.log", s->dir);
	s->outboxd = scratch_spawn(argv, log);
}

/* Each on an address of its own, as if it were on another machine. */
static void
start_fronts(struct site *s, const struct site_plan *plan)
{
	for (size_t i = 0; i < plan->n_fronts; i++) {
		char dir[SCRATCH_DIR_MAX + 32], address[sizeof "127.0.0.255"];

		snprintf(dir, sizeof dir, "%s/front%zu", s->dir, i);
		snprintf(address, sizeof address, "127.0.0.%u", (unsigned)(uint8_t)(i + 1));
		front_start(&s->fronts[i], plan->fronts[i], address, dir, s->listen);
		s->n_fronts++;
	}
}

static bool
is_ready(struct site_client *c)
{
	const struct exchange x = {.method = "GET", .path = "/readyz"};
	struct answer a = {0};
	struct err e = {0};
	bool ready = c->transport.send(c->transport.arg, &x, &a, &e) && a.status == 200;

	answer_free(&a);
	return ready;
}

/* Until /readyz answers 200 through that web server. */
static void
wait_for_front(const struct site *s, size_t front)
{
	struct site_client c;
	bool ready;

	site_client_open_at(&c, s, front);
	for (int ms = 0; !(ready = is_ready(&c)) && ms < READY_WAIT_MS; ms += READY_POLL_MS) {
		if (!front_runs(&s->fronts[front]))
			give_up(s, "a web server ended at its start");
		if (waitpid(s->outboxd, NULL, WNOHANG) != 0)
			give_up(s, "outboxd ended at its start");
		usleep(READY_POLL_MS * 1000);
	}
	site_client_close(&c);
	if (!ready)
		give_up(s, "the outbox is not ready");
}

void
site_wait_ready(const struct site *s)
{
	for (size_t i = 0; i < s->n_fronts; i++)
		wait_for_front(s, i);
}

static void
make_tokens(struct site *s)
{
	char socket[SCRATCH_DIR_MAX + 32];
	struct store *store;
	struct err e = {0};

	snprintf(socket, sizeof socket, "%s/run/store.sock", s->dir);
	store_open(&store, socket, STORE_TIMEOUT_MS);
	if (!tokens_make(&s->tokens, store, &e))
		give_up(s, e.text);
	store_close(&store);
}

void
site_start_as(struct site *s, const struct site_plan *plan)
{
	*s = (struct site){.failures = CU_get_number_of_failure_records()};
	make_folder(s);
	choose_listen(s, plan->tcp);
	write_config(s, plan->settings != NULL ? plan->settings : "");
	site_outboxd_again(s);
	start_fronts(s, plan);
	site_wait_ready(s);
	make_tokens(s);
}

void
site_start(struct site *s)
{
	static const struct site_plan usual = {.fronts = {FRONT_NGINX}, .n_fronts = 1};

	site_start_as(s, &usual);
}

bool
site_halt(struct site *s)
{
	struct buf logs = {0};
	bool fronts = true;
	int outboxd;
	bool clean;

	for (size_t i = 0; i < s->n_fronts; i++)
		fronts = front_stop(&s->fronts[i]) && fronts;
	outboxd = scratch_end(s->outboxd, SIGTERM, STOP_WAIT_S);
	io_close(&s->reserved_fd);
	site_logs(s, &logs);
	clean = fronts && outboxd == 0 && strstr(buf_terminate(&logs), "Sanitizer") == NULL &&
	    strstr(logs.s, "runtime error") == NULL;
	if (!clean)
		fprintf(stderr, "tests/site: web servers %s, outboxd %d\n%s",
		    fronts ? "clean" : "not clean", outboxd, logs.s);
	else if (CU_get_number_of_failure_records() > s->failures)
		fprintf(stderr, "tests/site: the end of the logs:\n%s\n",
		    logs.s + (logs.len > LOG_END ? logs.len - LOG_END : 0));
	buf_free(&logs);
	return clean;
}

bool
site_stop(struct site *s)
{
	bool clean = site_halt(s);

	scratch_remove(s->dir);
	return clean;
}
