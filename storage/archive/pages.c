/* storage/archive/pages.c -- the checksums of a database file's pages. */
#include "storage/archive/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "storage/database.h"

/* Where Berkeley DB keeps the checksum of a page and of a file's first page, and of how many
 * bytes the latter is. */
#define SUM_AT 28
#define FIRST_SUM_AT 492
#define FIRST_LEN 512
#define SUM_LEN 4
#define LAST_PAGE_AT 32 /* in the first page: the number of the last */

#define TRIES 5 /* a page may be read while it is written */
#define TRY_PAUSE_NS 20000000

static bool
is_zero(const uint8_t *page)
{
	return page[0] == 0 && memcmp(page, page + 1, DATABASE_PAGE_BYTES - 1) == 0;
}

/* A page of zeros is one that was never written. */
static bool
is_right(const uint8_t *page, bool first)
{
	size_t at = first ? FIRST_SUM_AT : SUM_AT;
	size_t len = first ? FIRST_LEN : DATABASE_PAGE_BYTES;
	uint32_t sum = 0, stored;

	if (is_zero(page))
		return true;
	memcpy(&stored, page + at, SUM_LEN);
	for (size_t i = 0; i < len; i++)
		sum = sum * 33 + (i >= at && i < at + SUM_LEN ? 0 : page[i]);
	return sum == stored;
}

/* Once more from the disk, until it is whole. */
static bool
is_right_after_all(int fd, off_t at, uint8_t *page)
{
	const struct timespec pause = {.tv_nsec = TRY_PAUSE_NS};

	for (unsigned i = 0; i < TRIES; i++) {
		nanosleep(&pause, NULL);
		if (pread(fd, page, DATABASE_PAGE_BYTES, at) != DATABASE_PAGE_BYTES)
			return true; /* the file was cut meanwhile */
		if (is_right(page, at == 0))
			return true;
	}
	return false;
}

bool
pages_check(const char *path, bool (*between)(void *arg), void *arg, struct err *e)
{
	uint8_t *piece = mem_new(PAGES_PIECE, DATABASE_PAGE_BYTES);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 1;
	bool ok = false;

	if (fd < 0) {
		err_set(e, errno == ENOENT ? ERR_DAMAGED : ERR_SERVER_FAIL,
		    "cannot open %s: %s", path, strerror(errno));
		goto out;
	}
	for (off_t at = 0; n > 0; at += n) {
		n = pread(fd, piece, (size_t)PAGES_PIECE * DATABASE_PAGE_BYTES, at);
		for (ssize_t i = 0; i + DATABASE_PAGE_BYTES <= n; i += DATABASE_PAGE_BYTES)
			if (!is_right(piece + i, at + i == 0) &&
			    !is_right_after_all(fd, at + i, piece + i)) {
				err_set(e, ERR_DAMAGED, "page %lld of %s is damaged",
				    (long long)((at + i) / DATABASE_PAGE_BYTES), path);
				goto out;
			}
		if (n > 0 && !between(arg))
			break;
		n = n > 0 ? n / DATABASE_PAGE_BYTES * DATABASE_PAGE_BYTES : n;
	}
	ok = n >= 0 || errno == EINTR ||
	    err_set(e, ERR_DAMAGED, "cannot read %s: %s", path, strerror(errno));
out:
	io_close(&fd);
	free(piece);
	return ok;
}

static bool
page_read(int fd, uint64_t number, uint8_t page[static DATABASE_PAGE_BYTES])
{
	return pread(fd, page, DATABASE_PAGE_BYTES, (off_t)(number * DATABASE_PAGE_BYTES)) ==
	    DATABASE_PAGE_BYTES &&
	    !is_zero(page) && is_right(page, number == 0);
}

bool
pages_check_end(const char *path, uint64_t from, struct err *e)
{
	uint8_t page[DATABASE_PAGE_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t number = 0;
	uint32_t last = 0;
	bool ok = false;

	if (fd < 0) {
		err_set(e, errno == ENOENT ? ERR_DAMAGED : ERR_SERVER_FAIL,
		    "cannot open %s: %s", path, strerror(errno));
		goto out;
	}
	if (page_read(fd, 0, page)) {
		memcpy(&last, page + LAST_PAGE_AT, sizeof last);
		for (number = from / DATABASE_PAGE_BYTES; number <= last; number++)
			if (!page_read(fd, number, page))
				break;
		ok = number > last;
	}
	if (!ok)
		err_set(e, ERR_DAMAGED,
		    "page %llu of %s, which has %u, is not what was written",
		    (unsigned long long)number, path, last + 1);
out:
	io_close(&fd);
	return ok;
}
