/* tests/chaos/disk_control.c -- steers the disk shim of an outbox-store. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/chaos/disk.h"

static bool
control_failed(struct err *e, const char *path)
{
	return err_set(e, ERR_SERVER_FAIL, "%s: %s", path, strerror(errno));
}

bool
disk_begin(const char *shim, const char *data, const char *side, struct err *e)
{
	const struct disk_control none = {.room = -1};
	char path[DISK_PATH_MAX];

	if (access(shim, R_OK) != 0)
		return control_failed(e, shim);
	if (mkdir(side, 0700) != 0)
		return control_failed(e, side);
	snprintf(path, sizeof path, "%s/disk.so", side);
	if (symlink(shim, path) != 0)
		return control_failed(e, path);
	setenv("LD_PRELOAD", path, 1);
	snprintf(path, sizeof path, "%s/control", side);
	if (!io_write_file(path, (struct str){(const char *)&none, sizeof none}, 0600, e))
		return false;
	setenv(DISK_DATA_NAME, data, 1);
	setenv(DISK_SIDE_NAME, side, 1);
	return true;
}

bool
disk_set(const char *side, const struct disk_control *want, struct err *e)
{
	char path[DISK_PATH_MAX];
	struct disk_control *c = MAP_FAILED;
	bool started;
	int fd;

	snprintf(path, sizeof path, "%s/control", side);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		c = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	io_close(&fd);
	if (c == MAP_FAILED)
		return control_failed(e, path);
	c->room = want->room;
	c->overwriting = want->overwriting;
	c->unseen = want->unseen;
	c->sync_us = want->sync_us;
	started = c->starts > 0;
	munmap(c, sizeof *c);
	return started ||
	    err_set(e, ERR_SERVER_FAIL, "no outbox-store has loaded the disk shim");
}
