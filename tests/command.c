/* tests/command.c -- outboxctl as a process, on the outbox of a test. */
#include "tests/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/scratch.h"

#define WORDS_MAX 16

static void
give_up(const char *what)
{
	fprintf(stderr, "tests/command: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* A file that is gone when it is closed. */
static int
file_of(struct str content)
{
	char path[] = "/tmp/outbox-XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd < 0 || unlink(path) != 0 || !io_write_full(fd, content.s, content.len) ||
	    lseek(fd, 0, SEEK_SET) != 0)
		give_up(path);
	return fd;
}

static struct buf
content_of(int fd)
{
	struct buf b = {0};
	off_t len = lseek(fd, 0, SEEK_END);

	if (len < 0 || lseek(fd, 0, SEEK_SET) != 0)
		give_up("lseek");
	buf_reserve(&b, (size_t)len + 1);
	if (len > 0 && !io_read_full(fd, b.s, (size_t)len))
		give_up("read");
	b.len = (size_t)len;
	buf_terminate(&b);
	return b;
}

struct commanded
outboxctl(const char *dir, struct str in, const char *const words[])
{
	int fds[3] = {file_of(in), file_of(STR("")), file_of(STR(""))};
	char program[PATH_MAX];
	const char *argv[WORDS_MAX] = {program, "--dir", dir};
	struct commanded c = {.status = -1};
	int status = 0;
	pid_t pid;

	scratch_program("outboxctl", program);
	for (size_t i = 0; words[i] != NULL && i + 4 < WORDS_MAX; i++)
		argv[i + 3] = words[i];
	pid = fork();
	if (pid < 0)
		give_up("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (int i = 0; i < 3; i++)
			if (dup2(fds[i], i) < 0)
				_exit(127);
		execv(program, (char *const *)argv);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status))
		c.status = WEXITSTATUS(status);
	c.out = content_of(fds[1]);
	c.err = content_of(fds[2]);
	for (int i = 0; i < 3; i++)
		io_close(&fds[i]);
	return c;
}

void
commanded_free(struct commanded *c)
{
	buf_free(&c->out);
	buf_free(&c->err);
	*c = (struct commanded){0};
}
