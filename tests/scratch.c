/* tests/scratch.c -- a folder of a test's own, and the programs of the build it belongs to. */
#include "tests/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/folder.h"

#define POLL_US 5000

static void
give_up(const char *what)
{
	fprintf(stderr, "tests/scratch: %s: %s\n", what, strerror(errno));
	exit(1);
}

void
scratch_make(char dir[static SCRATCH_DIR_MAX])
{
	static const char name[] = "/outbox-XXXXXX";
	const char *tmp = getenv("TMPDIR");

	if (tmp == NULL || strlen(tmp) + sizeof name > SCRATCH_DIR_MAX)
		tmp = "/tmp";
	snprintf(dir, SCRATCH_DIR_MAX, "%s%s", tmp, name);
	if (mkdtemp(dir) == NULL)
		give_up(dir);
}

void
scratch_remove(const char *dir)
{
	struct err e = {0};

	folder_remove(dir, &e);
}

void
scratch_program(const char *name, char out[static PATH_MAX])
{
	char self[PATH_MAX / 2] = "";

	if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
		give_up("/proc/self/exe");
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(self, '/');

		if (slash != NULL)
			*slash = '\0';
	}
	snprintf(out, PATH_MAX, "%s/%s", self, name);
}

pid_t
scratch_spawn(const char *const argv[], const char *log)
{
	pid_t pid = fork();
	int fd;

	if (pid < 0)
		give_up("fork");
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
		_exit(127);
	execvp(argv[0], (char *const *)argv);
	perror(argv[0]);
	_exit(127);
}

int
scratch_end(pid_t pid, int signal, unsigned wait_s)
{
	int status = 0;

	kill(pid, signal);
	for (unsigned i = 0; i < wait_s * 1000000u / POLL_US; i++) {
		if (waitpid(pid, &status, WNOHANG) != 0)
			return status;
		usleep(POLL_US);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return status;
}
