/* daemon/child.c -- starts, watches and stops one process. */
#include "daemon/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"

#define CONFIG_FD 3
#define READY_FD 4
#define METRICS_FD 5
#define POISON_FD 6
#define ABOVE_FIXED_FDS 10

#define BACKOFF_FIRST_US 100000
#define START_FAILED_US 5000000
#define LIVED_US 10000000 /* a child that was ready for this long is started again at once */

void
child_init(struct child *c, const struct program *program)
{
	*c = (struct child){.program = program, .ready_fd = -1};
}

static bool
move_fd(int from, int to)
{
	return from >= 0 && dup2(from, to) == to;
}

/* Runs in the new process. */
static _Noreturn void
become(const struct child *c, const struct child_place *place, int ready_fd, pid_t parent)
{
	struct buf path = {0};
	sigset_t none;
	/* Move them first: one could have a number that another must get. */
	int listen_fd = fcntl(place->listen_fd, F_DUPFD_CLOEXEC, ABOVE_FIXED_FDS);
	int config_fd = fcntl(place->config_fd, F_DUPFD_CLOEXEC, ABOVE_FIXED_FDS);
	int metrics_fd = fcntl(place->metrics_fd, F_DUPFD_CLOEXEC, ABOVE_FIXED_FDS);
	int poison_fd = fcntl(place->poison_fd, F_DUPFD_CLOEXEC, ABOVE_FIXED_FDS);
	bool has_poison = place->poison_fd >= 0;

	ready_fd = fcntl(ready_fd, F_DUPFD_CLOEXEC, ABOVE_FIXED_FDS);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(
	    0, 0); /* Ctrl-C then signals outboxd alone, which stops its children in order */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	buf_printf(&path, "%s/%s", place->dir, c->program->name);
	if (getppid() == parent && move_fd(listen_fd, STDIN_FILENO) &&
	    move_fd(config_fd, CONFIG_FD) && move_fd(ready_fd, READY_FD) &&
	    move_fd(metrics_fd, METRICS_FD) && (!has_poison || move_fd(poison_fd, POISON_FD)))
		execl(buf_terminate(&path), c->program->name, "--config", "/proc/self/fd/3",
		    "--ready-fd", "4", "--metrics-fd", "5",
		    has_poison ? "--poison-fd" : (char *)NULL, "6", (char *)NULL);
	log_line(place->log, LOG_LEVEL_ERROR, "exec-failed", "program=%s why=\"%s\"", path.s,
	    strerror(errno));
	_exit(127);
}

static void
start(struct child *c, const struct child_place *place, int64_t now_us)
{
	int ready[2] = {-1, -1};
	pid_t parent = getpid();

	c->pid = 0;
	if (pipe2(ready, O_CLOEXEC) == 0)
		c->pid = fork();
	if (c->pid == 0 && ready[0] >= 0)
		become(c, place, ready[1], parent);
	io_close(&ready[1]);
	if (c->pid <= 0) {
		log_line(place->log, LOG_LEVEL_ERROR, "start-failed", "program=%s why=\"%s\"",
		    c->program->name, strerror(errno));
		io_close(&ready[0]);
		c->pid = 0;
		c->due_us = now_us + START_FAILED_US;
		return;
	}
	fcntl(ready[0], F_SETFL, O_NONBLOCK);
	c->ready_fd = ready[0];
	c->state = CHILD_STARTING;
	c->due_us = now_us + c->program->start_us;
	log_line(place->log, LOG_LEVEL_INFO, "started", "program=%s child=%d", c->program->name,
	    (int)c->pid);
}

void
child_step(struct child *c, const struct child_place *place, int64_t now_us)
{
	if (c->state == CHILD_GONE || now_us < c->due_us)
		return;
	if (c->state == CHILD_WAITING) {
		start(c, place, now_us);
		return;
	}
	log_line(place->log, LOG_LEVEL_ERROR,
	    c->state == CHILD_STOPPING ? "slow-to-stop" : "silent",
	    "program=%s child=%d why=\"%s, so it is killed\"", c->program->name, (int)c->pid,
	    c->state == CHILD_STOPPING       ? "it has not stopped in time"
		: c->state == CHILD_STARTING ? "it has not become ready in time"
					     : "it gives no sign of life");
	kill(c->pid, SIGKILL);
	c->due_us = INT64_MAX;
}

void
child_hear(struct child *c, const struct log *log, int64_t now_us)
{
	char beats[64];
	ssize_t n = read(c->ready_fd, beats, sizeof beats);

	if (n == 0)
		io_close(&c->ready_fd); /* it has ended, or will soon */
	if (n <= 0 || (c->state != CHILD_STARTING && c->state != CHILD_READY))
		return;
	if (c->state == CHILD_STARTING) {
		log_line(log, LOG_LEVEL_INFO, "ready", "program=%s child=%d", c->program->name,
		    (int)c->pid);
		c->state = CHILD_READY;
		c->ready_us = now_us;
	}
	c->due_us = now_us + c->program->silence_us;
}

void
child_retire(struct child *c)
{
	c->retired = true;
	if (c->pid == 0)
		c->state = CHILD_GONE;
}

void
child_stop(struct child *c, int64_t stop_us, int64_t now_us)
{
	if (c->pid == 0 || c->state == CHILD_STOPPING)
		return;
	kill(c->pid, SIGTERM);
	c->state = CHILD_STOPPING;
	c->due_us = now_us + stop_us;
}

static int64_t
next_backoff(int64_t backoff_us, int64_t max_us)
{
	if (backoff_us == 0)
		return BACKOFF_FIRST_US;
	return backoff_us * 2 < max_us ? backoff_us * 2 : max_us;
}

void
child_ended(struct child *c, int status, const struct log *log, int64_t now_us)
{
	bool asked = c->state == CHILD_STOPPING;
	bool lived = c->state == CHILD_READY && now_us - c->ready_us >= LIVED_US;
	int64_t wait_us = asked || lived ? 0 : c->backoff_us;
	char how[64];

	if (WIFSIGNALED(status))
		snprintf(how, sizeof how, "signal=%d (%s)", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else
		snprintf(how, sizeof how, "status=%d", WEXITSTATUS(status));
	log_line(log, asked ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, "ended",
	    "program=%s child=%d %s", c->program->name, (int)c->pid, how);
	c->backoff_us = asked ? 0 : next_backoff(wait_us, c->program->backoff_us);
	c->pid = 0;
	io_close(&c->ready_fd);
	c->state = c->retired ? CHILD_GONE : CHILD_WAITING;
	c->due_us = now_us + wait_us;
}
