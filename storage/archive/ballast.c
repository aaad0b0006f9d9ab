/* storage/archive/ballast.c -- disk space kept for when there is none left. */
#include "storage/archive/ballast.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/io.h"

#define BALLAST_NAME "ballast"

/* UINT64_MAX if that cannot be told. */
static uint64_t
free_bytes(const char *dir)
{
	struct statvfs fs;

	return statvfs(dir, &fs) == 0 ? (uint64_t)fs.f_bavail * fs.f_frsize : UINT64_MAX;
}

bool
ballast_disk_is_full(const char *dir)
{
	return free_bytes(dir) < BALLAST_LOW_BYTES;
}

bool
ballast_give_up(const char *dir, const struct log *log)
{
	if (unlink(folder_path(dir, BALLAST_NAME).text) != 0)
		return false;
	log_line(
	    log, LOG_LEVEL_WARN, "ballast-given-up", "dir=%s", log_quote(str_of(dir)).text);
	return true;
}

/* Not worth an error: there is room without it. */
static void
make(const char *path, uint64_t bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0 && posix_fallocate(fd, 0, (off_t)bytes) != 0)
		unlink(path);
	io_close(&fd);
}

void
ballast_adjust(const char *dir, uint64_t bytes, uint64_t keep_free, const struct log *log)
{
	struct folder_path path = folder_path(dir, BALLAST_NAME);
	struct stat st = {0};
	bool there = stat(path.text, &st) == 0;
	uint64_t available = free_bytes(dir);

	if (there && (available < BALLAST_LOW_BYTES || bytes == 0)) {
		ballast_give_up(dir, log);
		return;
	}
	if ((uint64_t)st.st_size < bytes && available != UINT64_MAX &&
	    available > keep_free + bytes)
		make(path.text, bytes);
}
