/* base/folder.c -- folders and whole files on disk. */
#include "base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"

#define COPY_BYTES (1u << 20)
#define REMOVE_OPEN_FOLDERS 16
#define LOCK_RETRY_NS 10000000

static bool
failed(struct err *e, const char *what, const char *path)
{
	bool full = errno == ENOSPC || errno == EDQUOT;

	return err_set(e, full ? ERR_SERVER_UNAVAILABLE : ERR_SERVER_FAIL, "cannot %s %s: %s",
	    what, path, strerror(errno));
}

struct folder_path
folder_path(const char *dir, const char *name)
{
	struct folder_path p;

	snprintf(p.text, sizeof p.text, "%s/%s", dir, name);
	return p;
}

bool
folder_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool
folder_make(const char *path, struct err *e)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST || failed(e, "make", path);
}

bool
folder_sync(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		failed(e, "sync", path);
	io_close(&fd);
	return ok;
}

bool
folder_parent_sync(const char *path, struct err *e)
{
	struct folder_path parent;
	char *slash;

	snprintf(parent.text, sizeof parent.text, "%s", path);
	slash = strrchr(parent.text, '/');
	if (slash == NULL)
		return folder_sync(".", e);
	slash[slash == parent.text] = '\0';
	return folder_sync(parent.text, e);
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

bool
folder_remove(const char *path, struct err *e)
{
	if (nftw(path, remove_one, REMOVE_OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) != 0 &&
	    errno != ENOENT)
		return failed(e, "remove", path);
	return true;
}

bool
folder_remove_file(const char *path, struct err *e)
{
	if (unlink(path) != 0 && errno != ENOENT)
		return failed(e, "remove", path);
	return folder_parent_sync(path, e);
}

bool
folder_move(const char *from, const char *to, struct err *e)
{
	if (rename(from, to) != 0)
		return failed(e, "rename", from);
	return folder_parent_sync(to, e) && folder_parent_sync(from, e);
}

bool
folder_exchange(const char *a, const char *b, bool *supported, struct err *e)
{
	*supported = renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0;
	if (*supported)
		return folder_parent_sync(a, e) && folder_parent_sync(b, e);
	return errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP ||
	    failed(e, "exchange", a);
}

int
folder_lock(const char *path, unsigned wait_ms, struct err *e)
{
	const struct timespec pause = {.tv_nsec = LOCK_RETRY_NS};
	int64_t until_us = clock_monotonic_us() + (int64_t)wait_ms * 1000;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0) {
		failed(e, "open", path);
		return -1;
	}
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if ((errno != EWOULDBLOCK && errno != EINTR) ||
		    clock_monotonic_us() >= until_us) {
			if (errno == EWOULDBLOCK)
				err_set(e, ERR_SERVER_UNAVAILABLE,
				    "another process holds the lock %s", path);
			failed(e, "lock", path);
			io_close(&fd);
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	return fd;
}

bool
folder_list(const char *path, bool (*each)(void *arg, const char *name, struct err *e),
    void *arg, struct err *e)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	bool ok = true;

	if (d == NULL)
		return failed(e, "list", path);
	while (ok && (entry = readdir(d)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			ok = each(arg, entry->d_name, e);
	closedir(d);
	return ok;
}

bool
folder_sync_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		failed(e, "sync", path);
	io_close(&fd);
	return ok;
}

/* Copies up to that many bytes, a block at a time. */
static bool
copy_bytes(int in, int out, uint64_t bytes, const char *from, const char *to, struct err *e)
{
	struct buf piece = {0};
	bool ok = false;

	buf_reserve(&piece, COPY_BYTES);
	while (bytes > 0) {
		ssize_t n = read(in, piece.s, bytes < COPY_BYTES ? bytes : COPY_BYTES);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			failed(e, "read", from);
			goto out;
		}
		if (n == 0)
			break;
		if (!io_write_full(out, piece.s, (size_t)n)) {
			failed(e, "write", to);
			goto out;
		}
		bytes -= (uint64_t)n;
	}
	ok = true;
out:
	buf_free(&piece);
	return ok;
}

bool
folder_copy_file(const char *from, const char *to, uint64_t bytes, struct err *e)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = -1;
	bool ok = false;

	if (in < 0)
		return failed(e, "open", from);
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (out < 0) {
		failed(e, "make", to);
		goto out;
	}
	if (!copy_bytes(in, out, bytes, from, to, e))
		goto out;
	if (fsync(out) != 0) {
		failed(e, "sync", to);
		goto out;
	}
	ok = true;
out:
	io_close(&in);
	io_close(&out);
	return ok;
}
