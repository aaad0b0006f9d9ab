/* storage/archive/apart.c -- work on files that may be damaged, in a process of its own. */
#include "storage/archive/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"

static _Noreturn void
run_and_tell(bool (*run)(void *, struct err *), void *arg, pid_t parent, int fd)
{
	struct err mine = {0};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent && !run(arg, &mine))
		err_set(&mine, ERR_SERVER_FAIL, "failed");
	_exit(io_write_full(fd, &mine, sizeof mine) ? 0 : 1);
}

static bool
ended_otherwise(int status, struct err *e)
{
	if (WIFSIGNALED(status))
		return err_set(
		    e, ERR_DAMAGED, "looking at it ended with signal %d", WTERMSIG(status));
	return err_set(e,
	    WEXITSTATUS(status) == EX_TEMPFAIL ? ERR_SERVER_UNAVAILABLE : ERR_DAMAGED,
	    "looking at it ended with status %d", WEXITSTATUS(status));
}

bool
apart_run(bool (*run)(void *arg, struct err *e), void *arg, struct err *e)
{
	struct err theirs = {0};
	int fds[2], status = 0;
	pid_t parent = getpid(), pid;
	bool told;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return err_set(
		    e, ERR_SERVER_UNAVAILABLE, "cannot make a pipe: %s", strerror(errno));
	fflush(NULL); /* or the other would write it once more */
	pid = fork();
	if (pid == 0)
		run_and_tell(run, arg, parent, fds[1]);
	io_close(&fds[1]);
	told = pid > 0 && io_read_full(fds[0], &theirs, sizeof theirs);
	io_close(&fds[0]);
	if (pid < 0)
		return err_set(
		    e, ERR_SERVER_UNAVAILABLE, "cannot start a process: %s", strerror(errno));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!told)
		return ended_otherwise(status, e);
	if (theirs.code != ERR_NONE)
		*e = theirs;
	return theirs.code == ERR_NONE;
}
