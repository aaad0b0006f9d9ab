/* storage/archive/trial.c -- a backup is tried by outbox-store --verify, in a process of its
 * own. */
#include "storage/archive/trial.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"

#define PRIORITY 10 /* clients come first */
#define POLL_US 50000
#define TOLD_MAX 4096 /* bytes of what it says that are read */

/* In the new process, which was forked from one with many threads: no more than system calls.
 */
static _Noreturn void
become(const char *const argv[], int told_fd, pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpriority(PRIO_PROCESS, 0, PRIORITY);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent && dup2(told_fd, STDOUT_FILENO) >= 0 &&
	    dup2(told_fd, STDERR_FILENO) >= 0)
		execv("/proc/self/exe", (char *const *)argv);
	_exit(EX_OSERR);
}

/* The last line that it wrote, without its end. */
static struct str
last_line(int fd, char text[static TOLD_MAX])
{
	off_t len = lseek(fd, 0, SEEK_END);
	off_t from = len > TOLD_MAX ? len - TOLD_MAX : 0;
	ssize_t n = pread(fd, text, TOLD_MAX, from);
	size_t end = n > 0 ? (size_t)n : 0, begin;

	while (end > 0 && text[end - 1] == '\n')
		end--;
	for (begin = end; begin > 0 && text[begin - 1] != '\n';)
		begin--;
	return (struct str){text + begin, end - begin};
}

static bool
judge(int status, int told_fd, const char *dir, struct err *e)
{
	char text[TOLD_MAX];
	struct str why = last_line(told_fd, text);
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;

	if (code == EX_OK)
		return true;
	return err_set(e, code == EXIT_FAILURE ? ERR_DAMAGED : ERR_SERVER_UNAVAILABLE,
	    "%s: %.*s", dir, (int)(why.len < 160 ? why.len : 160), why.s);
}

/* Until it ends, or is ended because the chore is to stop. */
static bool
wait_for(struct chore *c, pid_t pid, int *status, struct err *e)
{
	bool go_on = true;
	pid_t ended;

	while ((ended = waitpid(pid, status, go_on ? WNOHANG : 0)) == 0) {
		usleep(POLL_US);
		go_on = chore_goes_on(c, e);
		if (!go_on)
			kill(pid, SIGKILL);
	}
	if (ended < 0)
		return err_set(e, ERR_SERVER_UNAVAILABLE, "cannot learn how a trial ended: %s",
		    strerror(errno));
	return go_on;
}

bool
trial_run(struct chore *c, const char *dir, const char *logs, struct err *e)
{
	char cache_mb[16];
	const char *argv[] = {
	    "outbox-store", "--cache-mb", cache_mb, "--verify", dir, "--logs", logs, NULL};
	int told_fd = memfd_create("outbox-trial", MFD_CLOEXEC);
	pid_t parent = getpid(), pid = -1;
	bool ok = false;
	int status;

	snprintf(cache_mb, sizeof cache_mb, "%u", c->env->cache_mb);
	if (logs == NULL)
		argv[5] = NULL;
	if (told_fd >= 0)
		pid = fork();
	if (pid == 0)
		become(argv, told_fd, parent);
	if (pid < 0) {
		err_set(e, ERR_SERVER_UNAVAILABLE, "cannot start a trial: %s", strerror(errno));
		goto out;
	}
	ok = wait_for(c, pid, &status, e) && judge(status, told_fd, dir, e);
out:
	io_close(&told_fd);
	return ok;
}
