/* daemon/supervisor.c -- starts the store, then the workers; restarts what dies; stops
 * everything in order.
 *
 * outboxd owns the listening sockets, so connections queue there while the store or the workers
 * restart. */
#include "daemon/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/signals.h"
#include "base/str.h"
#include "config/version.h"
#include "daemon/child.h"
#include "daemon/notify.h"
#include "daemon/site.h"

#define SECOND_US INT64_C(1000000)

/* Recovery of a large environment takes minutes, and the store sends no heartbeat before it is
 * ready.  There is only one store, so the wait before its restart is short.  Workers have
 * others that serve meanwhile. */
static const struct program store_program = {
    "outbox-store", 900 * SECOND_US, 5 * SECOND_US, SECOND_US / 2};
static const struct program worker_program = {
    "outbox-worker", 30 * SECOND_US, 5 * SECOND_US, 5 * SECOND_US};

enum phase {
	PHASE_STARTING, /* workers wait until the store has been ready once */
	PHASE_CHANGING, /* new workers start; the old ones, if any, still serve */
	PHASE_RUNNING,  /* the old workers, if any, stop one at a time */
	PHASE_ENDING,   /* workers stop */
	PHASE_CLOSING,  /* no workers left; the store stops */
	PHASE_ENDED,
};

struct supervisor {
	struct site site;
	struct log *log;
	char *notify_socket; /* NULL: systemd did not start outboxd */
	int signal_fd;
	enum phase phase;
	bool reload; /* SIGHUP asked for a reload; it begins when no retired worker is left */
	struct child store;
	struct child *workers;
	size_t n_workers;
};

/* How long children may take to stop, in microseconds. */
static int64_t
stop_us(const struct supervisor *s)
{
	return s->site.config.stop_timeout_s * SECOND_US;
}

/* --- workers --- */

static void
add_workers(struct supervisor *s)
{
	size_t more = (size_t)config_workers(&s->site.config);

	s->workers = mem_grow(s->workers, s->n_workers + more, sizeof *s->workers);
	for (size_t i = 0; i < more; i++)
		child_init(&s->workers[s->n_workers++], &worker_program);
}

/* Retired workers serve until they are stopped. */
static void
retire_workers(struct supervisor *s)
{
	for (size_t i = 0; i < s->n_workers; i++)
		child_retire(&s->workers[i]);
}

static void
stop_workers(struct supervisor *s, int64_t now_us)
{
	for (size_t i = 0; i < s->n_workers; i++)
		child_stop(&s->workers[i], stop_us(s), now_us);
}

/* Stops one worker at a time: if all kept connections of a web server ended at once, it would
 * run out of retries.  False once there is none. */
static bool
stop_next_retired(struct supervisor *s, int64_t now_us)
{
	for (size_t i = 0; i < s->n_workers; i++)
		if (s->workers[i].retired) {
			child_stop(&s->workers[i], stop_us(s), now_us);
			return true;
		}
	return false;
}

static void
forget_gone(struct supervisor *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n_workers; i++)
		if (s->workers[i].state != CHILD_GONE)
			s->workers[kept++] = s->workers[i];
	s->n_workers = kept;
}

/* --- phases: each function checks whether its phase is over --- */

static void
step_starting(struct supervisor *s, int64_t now_us)
{
	(void)now_us;
	if (s->store.state != CHILD_READY)
		return;
	add_workers(s);
	s->phase = PHASE_CHANGING;
}

static void
step_changing(struct supervisor *s, int64_t now_us)
{
	(void)now_us;
	for (size_t i = 0; i < s->n_workers; i++)
		if (!s->workers[i].retired && s->workers[i].state != CHILD_READY)
			return;
	s->phase = PHASE_RUNNING;
	notify(s->notify_socket, "READY=1");
	log_line(s->log, LOG_LEVEL_INFO, "serving", "workers=%ld listen=%s",
	    config_workers(&s->site.config), s->site.config.listen);
}

static void
step_running(struct supervisor *s, int64_t now_us)
{
	struct err e = {0};

	/* Only one reload at a time, since the store has connections for two sets of workers.
	 */
	if (stop_next_retired(s, now_us) || !s->reload)
		return;
	s->reload = false;
	if (!site_reload(&s->site, &e)) {
		log_line(s->log, LOG_LEVEL_ERROR, "reload-refused", "why=%s",
		    log_quote(str_of(e.text)).text);
		notify(s->notify_socket, "READY=1");
		return;
	}
	s->log->level = s->site.config.log_level;
	child_stop(&s->store, stop_us(s), now_us);
	retire_workers(s);
	add_workers(s);
	s->phase = PHASE_CHANGING;
}

static void
step_ending(struct supervisor *s, int64_t now_us)
{
	if (s->n_workers > 0)
		return;
	child_retire(&s->store);
	child_stop(&s->store, stop_us(s), now_us);
	s->phase = PHASE_CLOSING;
}

static void
step_closing(struct supervisor *s, int64_t now_us)
{
	(void)now_us;
	if (s->store.state == CHILD_GONE)
		s->phase = PHASE_ENDED;
}

static void (*const steps[])(struct supervisor *s, int64_t now_us) = {
    [PHASE_STARTING] = step_starting,
    [PHASE_CHANGING] = step_changing,
    [PHASE_RUNNING] = step_running,
    [PHASE_ENDING] = step_ending,
    [PHASE_CLOSING] = step_closing,
};

/* Steps each child, then the phase. */
static void
step(struct supervisor *s)
{
	struct child_place place = {
	    .dir = s->site.programs_dir, .config_fd = s->site.config_fd, .log = s->log};
	int64_t now_us = clock_monotonic_us();

	place.metrics_fd = s->site.metrics_fd;
	place.poison_fd = -1;
	place.listen_fd = s->site.store_fd;
	child_step(&s->store, &place, now_us);
	place.listen_fd = s->site.fcgi_fd;
	place.poison_fd = s->site.poison_fd;
	for (size_t i = 0; i < s->n_workers; i++)
		child_step(&s->workers[i], &place, now_us);
	forget_gone(s);
	steps[s->phase](s, now_us);
}

/* --- signals --- */

/* How strongly the end of a worker counts against the request that it served.  A worker ends
 * itself only because the request hangs or uses up all memory. */
static unsigned
blame(int status)
{
	static const int faults[] = {
	    SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGSYS, SIGTRAP, SIGXCPU};

	if (WIFEXITED(status))
		return WEXITSTATUS(status) == 0 ? 0 : POISON_FATAL;
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
		if (WTERMSIG(status) == faults[i])
			return POISON_FATAL;
	return WTERMSIG(status) == SIGKILL ? 1 : 0;
}

static void
remember_request(struct supervisor *s, const struct child *c, int status)
{
	char id[LOG_REQUEST_ID_MAX + 1];

	if (!poison_ended(
		s->site.poison, c->pid, blame(status), clock_monotonic_us() / SECOND_US, id))
		return;
	metrics_add(s->site.metrics, METRIC_POISON, METRIC_LABELS("found"), 1);
	log_line(s->log, LOG_LEVEL_ERROR, "poisonous-request", "id=%s child=%d",
	    id[0] != '\0' ? id : "-", (int)c->pid);
}

static void
end_child(struct supervisor *s, struct child *c, int status, int64_t now_us)
{
	if (c->state != CHILD_STOPPING)
		metrics_add(
		    s->site.metrics, METRIC_RESTARTS, METRIC_LABELS(c->program->name), 1);
	remember_request(s, c, status);
	child_ended(c, status, s->log, now_us);
}

static void
reap(struct supervisor *s)
{
	int64_t now_us = clock_monotonic_us();
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == s->store.pid)
			end_child(s, &s->store, status, now_us);
		for (size_t i = 0; i < s->n_workers; i++)
			if (pid == s->workers[i].pid)
				end_child(s, &s->workers[i], status, now_us);
	}
}

static void
ask_reload(struct supervisor *s)
{
	char state[64];

	log_line(s->log, LOG_LEVEL_INFO, "reload", "config=%s", s->site.config_path);
	snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)clock_monotonic_us());
	notify(s->notify_socket, state);
	s->reload = true;
}

/* "signal=SIGUSR1 from_pid=1234 from_uid=0" */
static void
log_signal(const struct supervisor *s, enum log_level level, const char *event,
    const struct signalfd_siginfo *info)
{
	const char *name = sigabbrev_np((int)info->ssi_signo);
	char number[16];

	snprintf(number, sizeof number, "%u", info->ssi_signo);
	log_line(s->log, level, event, "signal=%s%s from_pid=%u from_uid=%u",
	    name != NULL ? "SIG" : "", name != NULL ? name : number, info->ssi_pid,
	    info->ssi_uid);
}

static void
begin_end(struct supervisor *s, const struct signalfd_siginfo *info)
{
	if (s->phase >= PHASE_ENDING)
		return;
	log_signal(s, LOG_LEVEL_INFO, "stopping", info);
	notify(s->notify_socket, "STOPPING=1");
	retire_workers(s);
	stop_workers(s, clock_monotonic_us());
	s->phase = PHASE_ENDING;
}

static void
take_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signal_fd, &info, sizeof info) == sizeof info) {
		switch (info.ssi_signo) {
		case SIGCHLD:
			reap(s);
			break;
		case SIGHUP:
			ask_reload(s);
			break;
		case SIGTERM:
		case SIGINT:
		case SIGQUIT:
			begin_end(s, &info);
			break;
		default:
			log_signal(s, LOG_LEVEL_WARN, "signal-ignored", &info);
		}
	}
}

/* --- the loop --- */

/* Milliseconds until something is due; -1: never. */
static int
wait_ms(const struct supervisor *s)
{
	int64_t due_us = s->store.due_us, now_us = clock_monotonic_us();

	for (size_t i = 0; i < s->n_workers; i++)
		if (s->workers[i].due_us < due_us)
			due_us = s->workers[i].due_us;
	if (due_us == INT64_MAX)
		return -1;
	return due_us <= now_us ? 0 : (int)((due_us - now_us) / 1000 + 1);
}

static void
wait_and_listen(struct supervisor *s)
{
	struct pollfd *fds = mem_new(2 + s->n_workers, sizeof *fds);
	int64_t now_us;

	fds[0] = (struct pollfd){.fd = s->signal_fd, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = s->store.ready_fd, .events = POLLIN};
	for (size_t i = 0; i < s->n_workers; i++)
		fds[2 + i] = (struct pollfd){.fd = s->workers[i].ready_fd, .events = POLLIN};
	if (poll(fds, 2 + s->n_workers, wait_ms(s)) > 0) {
		now_us = clock_monotonic_us();
		if (fds[1].revents != 0)
			child_hear(&s->store, s->log, now_us);
		for (size_t i = 0; i < s->n_workers; i++)
			if (fds[2 + i].revents != 0)
				child_hear(&s->workers[i], s->log, now_us);
		take_signals(s);
	}
	free(fds);
}

/* --- beginning and end --- */

static bool
open_signals(struct supervisor *s, struct err *e)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGCHLD};
	sigset_t mask;

	signals_useless(&mask); /* these are logged and change nothing */
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		sigaddset(&mask, signals[i]);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_IGN); /* the reader of the log may close it */
	/* The process that started outboxd may have ignored SIGCHLD: no child's end would be
	 * reported. */
	signal(SIGCHLD, SIG_DFL);
	s->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signal_fd >= 0 ||
	    err_set(e, ERR_SERVER_FAIL, "cannot wait for signals: %s", strerror(errno));
}

/* Makes these series before their first event, so that Prometheus sees them rise from 0. */
static void
begin_metrics(struct metrics *m)
{
	static const struct clock real = {0};

	metrics_set(m, METRIC_START_TIME, METRIC_NO_LABELS, clock_now_s(&real));
	metrics_set(m, METRIC_BUILD, METRIC_LABELS(OUTBOX_VERSION), 1);
	metrics_add(m, METRIC_RESTARTS, METRIC_LABELS(store_program.name), 0);
	metrics_add(m, METRIC_RESTARTS, METRIC_LABELS(worker_program.name), 0);
	metrics_add(m, METRIC_POISON, METRIC_LABELS("found"), 0);
	metrics_add(m, METRIC_POISON, METRIC_LABELS("refused"), 0);
}

static bool
begin(struct supervisor *s, const char *config_path, struct err *e)
{
	if (!site_open(&s->site, config_path, e) || !open_signals(s, e))
		return false;
	s->log->level = s->site.config.log_level;
	if (geteuid() == 0)
		log_line(s->log, LOG_LEVEL_WARN, "root",
		    "why=\"outboxd, the store and the workers run as root, and their files "
		    "belong "
		    "to root: fit for a container or a trial\"");
	if (getenv("NOTIFY_SOCKET") != NULL) {
		s->notify_socket = str_dup(str_of(getenv("NOTIFY_SOCKET")));
		unsetenv("NOTIFY_SOCKET"); /* the children must not notify systemd */
	}
	child_init(&s->store, &store_program);
	begin_metrics(s->site.metrics);
	return true;
}

bool
supervise(const char *config_path, struct log *log, struct err *e)
{
	struct supervisor s = {.log = log, .signal_fd = -1};
	bool ok = false;

	if (!begin(&s, config_path, e))
		goto out;
	step(&s);
	while (s.phase != PHASE_ENDED) {
		wait_and_listen(&s);
		step(&s);
	}
	log_line(log, LOG_LEVEL_INFO, "stopped", " ");
	ok = true;
out:
	site_close(&s.site);
	io_close(&s.signal_fd);
	free(s.notify_socket);
	free(s.workers);
	return ok;
}
