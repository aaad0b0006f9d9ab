/* daemon/pidfile.c -- keeps a second outboxd from starting. */
#include "daemon/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

int
pidfile_open(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	struct stat s;

	if (fd < 0) {
		err_set(e, ERR_SERVER_FAIL, "cannot open %s: %s", path, strerror(errno));
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		err_set(e, ERR_SERVER_FAIL,
		    "%s is locked: another outboxd is running in this run_dir", path);
		io_close(&fd);
		return -1;
	}
	/* The former owner may have removed the file between open and lock.  A lock on a
	 * removed file would not stop another outboxd. */
	if (fstat(fd, &s) != 0 || s.st_nlink == 0) {
		io_close(&fd);
		return pidfile_open(path, e);
	}
	if (ftruncate(fd, 0) != 0 || dprintf(fd, "%d\n", (int)getpid()) < 0) {
		err_set(e, ERR_SERVER_FAIL, "cannot write %s: %s", path, strerror(errno));
		io_close(&fd);
	}
	return fd;
}

void
pidfile_close(int *fd, const char *path)
{
	if (*fd >= 0)
		unlink(path);
	io_close(fd);
}
