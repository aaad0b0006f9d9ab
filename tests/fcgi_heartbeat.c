/* tests/fcgi_heartbeat.c -- a worker tells that it lives, and ends when a request does not. */
#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "fcgi/heartbeat.h"
#include "tests/suites.h"

#define WAIT_MS 20000

/* A process with a heartbeat, for ever in one request if it serves at all. */
static pid_t
start(bool serves, long timeout_s, int *beats)
{
	int fds[2] = {-1, -1};
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		struct heartbeat *h = NULL;
		struct err e = {0};
		int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

		io_close(&fds[0]);
		dup2(nowhere, STDERR_FILENO);
		if (!heartbeat_start(&h, fds[1], timeout_s, &e))
			_exit(3);
		heartbeat_request(h, true);
		heartbeat_request(h, serves);
		for (;;)
			pause();
	}
	io_close(&fds[1]);
	*beats = fds[0];
	return pid;
}

/* Waits for that many beats; false if they do not come. */
static bool
hear(int fd, unsigned beats)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char byte;

	while (beats > 0 && poll(&p, 1, WAIT_MS) == 1 && read(fd, &byte, 1) == 1)
		beats--;
	return beats == 0;
}

static void
end(pid_t pid, int *fd)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	io_close(fd);
}

static void
a_worker_beats_while_it_serves(void)
{
	int fd, status = -1;
	pid_t pid = start(true, 3600, &fd);

	CU_ASSERT_TRUE(hear(fd, 3));
	CU_ASSERT_EQUAL(waitpid(pid, &status, WNOHANG), 0);
	end(pid, &fd);
}

static void
a_request_that_takes_too_long_ends_the_worker(void)
{
	int fd, status = -1;
	pid_t pid = start(true, 1, &fd);

	while (hear(fd, 1))
		continue;
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_TRUE(WIFEXITED(status));
	CU_ASSERT_EQUAL(WEXITSTATUS(status), 1);
	io_close(&fd);
}

static void
a_worker_that_serves_nothing_lives_on(void)
{
	int fd, status = -1;
	pid_t pid = start(false, 1, &fd);

	CU_ASSERT_TRUE(hear(fd, 4));
	CU_ASSERT_EQUAL(waitpid(pid, &status, WNOHANG), 0);
	end(pid, &fd);
}

/* A pipe holds 64 KiB; here it is full before the first beat. */
static void
a_parent_that_does_not_listen_holds_nobody(void)
{
	static const char bytes[4096];
	struct heartbeat *h = NULL;
	struct err e = {0};
	int fds[2] = {-1, -1};

	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	while (write(fds[1], bytes, sizeof bytes) > 0)
		continue;
	fcntl(fds[1], F_SETFL, 0);
	CU_ASSERT_TRUE_FATAL(heartbeat_start(&h, fds[1], 60, &e));
	heartbeat_stop(&h);
	CU_ASSERT_PTR_NULL(h);
	heartbeat_stop(&h);
	io_close(&fds[0]);
	io_close(&fds[1]);
}

const CU_TestInfo fcgi_heartbeat_tests[] = {
    {"a worker beats while it serves", a_worker_beats_while_it_serves},
    {"a request that takes too long ends the worker",
	a_request_that_takes_too_long_ends_the_worker},
    {"a worker that serves nothing lives on", a_worker_that_serves_nothing_lives_on},
    {"a parent that does not listen holds nobody", a_parent_that_does_not_listen_holds_nobody},
    CU_TEST_INFO_NULL,
};
