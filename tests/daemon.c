/* tests/daemon.c -- children: started, watched, stopped; and the files outboxd keeps. */
#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "daemon/child.h"
#include "daemon/notify.h"
#include "daemon/pidfile.h"
#include "tests/scratch.h"
#include "tests/suites.h"

#define MS INT64_C(1000)
#define SECOND (1000 * MS)

/* A folder with one program in it, and a child that is to run it; the time is whatever a test
 * says. */
struct scene {
	char dir[SCRATCH_DIR_MAX], path[SCRATCH_DIR_MAX + sizeof "/program"];
	struct program program;
	struct child child;
	struct child_place place;
	struct log log;
};

static void
set_scene(struct scene *s, const char *script)
{
	struct buf text = {0};
	struct err e = {0};

	*s = (struct scene){.log = {.program = "test", .level = LOG_LEVEL_ERROR}};
	scratch_make(s->dir);
	snprintf(s->path, sizeof s->path, "%s/program", s->dir);
	buf_printf(&text, "#!/bin/sh\n%s\n", script);
	CU_ASSERT_FATAL(io_write_file(s->path, buf_str(&text), 0700, &e));
	buf_free(&text);
	s->program = (struct program){"program", 5 * SECOND, 2 * SECOND, 5 * SECOND};
	s->place = (struct child_place){.dir = s->dir, .log = &s->log};
	s->place.listen_fd = s->place.config_fd = s->place.metrics_fd =
	    open(s->path, O_RDONLY | O_CLOEXEC);
	s->place.poison_fd = -1;
	child_init(&s->child, &s->program);
}

static void
clear_scene(struct scene *s)
{
	if (s->child.pid > 0) {
		kill(s->child.pid, SIGKILL);
		waitpid(s->child.pid, NULL, 0);
	}
	io_close(&s->child.ready_fd);
	io_close(&s->place.config_fd);
	scratch_remove(s->dir);
}

/* Until the child has written, or ended. */
static void
hear(struct scene *s, int64_t now_us)
{
	struct pollfd fd = {.fd = s->child.ready_fd, .events = POLLIN};

	CU_ASSERT_EQUAL_FATAL(poll(&fd, 1, 10000), 1);
	child_hear(&s->child, &s->log, now_us);
}

static int
end(struct scene *s, int64_t now_us)
{
	int status = -1;

	CU_ASSERT_EQUAL_FATAL(waitpid(s->child.pid, &status, 0), s->child.pid);
	child_ended(&s->child, status, &s->log, now_us);
	return status;
}

static void
a_child_is_ready_when_it_says_so(void)
{
	struct scene s;

	set_scene(&s, "printf r >&4; exec sleep 60");
	CU_ASSERT_EQUAL(s.child.state, CHILD_WAITING);
	child_step(&s.child, &s.place, 0);
	CU_ASSERT_EQUAL(s.child.state, CHILD_STARTING);
	hear(&s, 7 * MS);
	CU_ASSERT_EQUAL(s.child.state, CHILD_READY);
	CU_ASSERT_EQUAL(s.child.due_us, 7 * MS + 2 * SECOND);
	clear_scene(&s);
}

/* Descriptor 0 and 3 are what they should be, or it does not get to saying that it is ready. */
static void
a_child_finds_its_descriptors(void)
{
	struct scene s;

	set_scene(&s,
	    "read line <&0; test \"$line\" = '#!/bin/sh' || exit 1\n"
	    "cmp -s /proc/self/fd/3 \"$0\" || exit 2\n"
	    "cmp -s /proc/self/fd/5 \"$0\" || exit 4\n"
	    "test \"$*\" = '--config /proc/self/fd/3 --ready-fd 4 --metrics-fd 5' || exit 3\n"
	    "printf r >&4; exec sleep 60");
	child_step(&s.child, &s.place, 0);
	hear(&s, 0);
	CU_ASSERT_EQUAL(s.child.state, CHILD_READY);
	clear_scene(&s);
}

static void
a_child_that_keeps_dying_waits_longer_each_time(void)
{
	static const int64_t waits[] = {0, 100 * MS, 200 * MS, 400 * MS, 800 * MS, 1600 * MS,
	    3200 * MS, 5 * SECOND, 5 * SECOND};
	struct scene s;
	int64_t now_us = 0;

	set_scene(&s, "exit 3");
	for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
		child_step(&s.child, &s.place, now_us);
		CU_ASSERT_EQUAL(WEXITSTATUS(end(&s, now_us)), 3);
		CU_ASSERT_EQUAL(s.child.due_us, now_us + waits[i]);
		child_step(&s.child, &s.place, s.child.due_us - 1);
		CU_ASSERT_EQUAL(s.child.pid, 0);
		now_us = s.child.due_us;
	}
	clear_scene(&s);
}

static void
a_child_waits_no_longer_than_its_program_allows(void)
{
	struct scene s;
	int64_t now_us = 0;

	set_scene(&s, "exit 3");
	s.program.backoff_us = 500 * MS;
	for (int i = 0; i < 10; i++) {
		child_step(&s.child, &s.place, now_us);
		end(&s, now_us);
		CU_ASSERT(s.child.due_us - now_us <= 500 * MS);
		now_us = s.child.due_us;
	}
	CU_ASSERT_EQUAL(now_us, (100 + 200 + 400) * MS + 6 * 500 * MS);
	clear_scene(&s);
}

static void
a_child_that_lived_is_started_again_at_once(void)
{
	struct scene s;

	set_scene(&s, "printf r >&4; exec sleep 60");
	s.child.backoff_us = 800 * MS;
	child_step(&s.child, &s.place, 0);
	hear(&s, 0);
	kill(s.child.pid, SIGKILL);
	end(&s, 10 * SECOND);
	CU_ASSERT_EQUAL(s.child.due_us, 10 * SECOND);
	s.child.backoff_us = 800 * MS;
	child_step(&s.child, &s.place, 10 * SECOND);
	hear(&s, 10 * SECOND);
	kill(s.child.pid, SIGKILL);
	end(&s, 20 * SECOND - 1);
	CU_ASSERT_EQUAL(s.child.due_us, 20 * SECOND - 1 + 800 * MS);
	clear_scene(&s);
}

static void
a_child_without_a_heartbeat_is_killed(void)
{
	struct scene s;

	set_scene(&s, "printf r >&4; exec sleep 60");
	child_step(&s.child, &s.place, 0);
	child_step(&s.child, &s.place, 5 * SECOND - 1);
	hear(&s, 5 * SECOND - 1);
	child_step(&s.child, &s.place, 7 * SECOND - 2);
	CU_ASSERT_EQUAL(waitpid(s.child.pid, NULL, WNOHANG), 0);
	child_step(&s.child, &s.place, 7 * SECOND - 1);
	CU_ASSERT_EQUAL(WTERMSIG(end(&s, 7 * SECOND)), SIGKILL);
	CU_ASSERT_EQUAL(s.child.state, CHILD_WAITING);
	clear_scene(&s);
}

static void
a_child_that_never_gets_ready_is_killed(void)
{
	struct scene s;

	set_scene(&s, "exec sleep 60");
	child_step(&s.child, &s.place, 0);
	child_step(&s.child, &s.place, 5 * SECOND);
	CU_ASSERT_EQUAL(WTERMSIG(end(&s, 5 * SECOND)), SIGKILL);
	clear_scene(&s);
}

static void
a_stopped_child_is_started_again_unless_retired(void)
{
	struct scene s;

	set_scene(&s, "printf r >&4; exec sleep 60");
	child_step(&s.child, &s.place, 0);
	hear(&s, 0);
	child_stop(&s.child, SECOND, 0);
	CU_ASSERT_EQUAL(WTERMSIG(end(&s, MS)), SIGTERM);
	CU_ASSERT_EQUAL(s.child.state, CHILD_WAITING);
	CU_ASSERT_EQUAL(s.child.due_us, MS);
	child_step(&s.child, &s.place, MS);
	hear(&s, MS);
	child_retire(&s.child);
	CU_ASSERT_EQUAL(s.child.state, CHILD_READY);
	child_stop(&s.child, SECOND, MS);
	end(&s, MS);
	CU_ASSERT_EQUAL(s.child.state, CHILD_GONE);
	child_step(&s.child, &s.place, 60 * SECOND);
	CU_ASSERT_EQUAL(s.child.pid, 0);
	clear_scene(&s);
}

static void
a_child_that_will_not_stop_is_killed(void)
{
	struct scene s;

	set_scene(&s, "trap '' TERM; printf r >&4; exec sleep 60");
	child_step(&s.child, &s.place, 0);
	hear(&s, 0);
	child_stop(&s.child, SECOND, 0);
	child_stop(&s.child, SECOND, SECOND / 2); /* asking twice gives no more time */
	child_step(&s.child, &s.place, SECOND - 1);
	CU_ASSERT_EQUAL(waitpid(s.child.pid, NULL, WNOHANG), 0);
	child_step(&s.child, &s.place, SECOND);
	CU_ASSERT_EQUAL(WTERMSIG(end(&s, SECOND)), SIGKILL);
	clear_scene(&s);
}

static void
a_program_that_is_not_there_is_tried_again(void)
{
	struct scene s;

	set_scene(&s, "");
	s.program.name = "missing";
	s.log.level = (enum log_level) - 1; /* says so, but not here */
	child_step(&s.child, &s.place, 0);
	CU_ASSERT_EQUAL(WEXITSTATUS(end(&s, 0)), 127);
	CU_ASSERT_EQUAL(s.child.state, CHILD_WAITING);
	clear_scene(&s);
}

/* --- files --- */

static void
one_process_holds_a_pid_file(void)
{
	char dir[SCRATCH_DIR_MAX], path[SCRATCH_DIR_MAX + sizeof "/pid"], expected[32];
	struct buf text = {0};
	struct err e = {0};
	int first, second;

	scratch_make(dir);
	snprintf(path, sizeof path, "%s/pid", dir);
	first = pidfile_open(path, &e);
	CU_ASSERT_FATAL(first >= 0);
	CU_ASSERT_EQUAL(pidfile_open(path, &e), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "another outboxd is running"));
	e = (struct err){0};
	snprintf(expected, sizeof expected, "%d\n", (int)getpid());
	CU_ASSERT_FATAL(io_read_file(path, 64, &text, &e));
	CU_ASSERT_STRING_EQUAL(buf_terminate(&text), expected);
	pidfile_close(&first, path);
	CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
	second = pidfile_open(path, &e);
	CU_ASSERT(second >= 0);
	pidfile_close(&second, path);
	buf_free(&text);
	scratch_remove(dir);
}

static void
systemd_is_told(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	char dir[SCRATCH_DIR_MAX], heard[32] = "";
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	scratch_make(dir);
	snprintf(a.sun_path, sizeof a.sun_path, "%s/notify", dir);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	notify(NULL, "READY=1");
	notify("", "READY=1");
	notify("/nonexistent/socket", "READY=1");
	CU_ASSERT_EQUAL(recv(fd, heard, sizeof heard, 0), -1);
	notify(a.sun_path, "READY=1");
	CU_ASSERT_EQUAL(recv(fd, heard, sizeof heard, 0), 7);
	CU_ASSERT_STRING_EQUAL(heard, "READY=1");
	io_close(&fd);
	scratch_remove(dir);
}

const CU_TestInfo daemon_tests[] = {
    {"a child is ready when it says so", a_child_is_ready_when_it_says_so},
    {"a child finds its descriptors", a_child_finds_its_descriptors},
    {"a child that keeps dying waits longer each time",
	a_child_that_keeps_dying_waits_longer_each_time},
    {"a child waits no longer than its program allows",
	a_child_waits_no_longer_than_its_program_allows},
    {"a child that lived is started again at once",
	a_child_that_lived_is_started_again_at_once},
    {"a child without a heartbeat is killed", a_child_without_a_heartbeat_is_killed},
    {"a child that never gets ready is killed", a_child_that_never_gets_ready_is_killed},
    {"a stopped child is started again unless retired",
	a_stopped_child_is_started_again_unless_retired},
    {"a child that will not stop is killed", a_child_that_will_not_stop_is_killed},
    {"a program that is not there is tried again", a_program_that_is_not_there_is_tried_again},
    {"one process holds a pid file", one_process_holds_a_pid_file},
    {"systemd is told", systemd_is_told},
    CU_TEST_INFO_NULL,
};
