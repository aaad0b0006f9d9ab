/* storage/archive/logfile.c -- Berkeley DB's log files as files. */
#include "storage/archive/logfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"

/* A record begins with where the record before it begins, its own length with these twelve
 * bytes, and its checksum; all in the machine's byte order. */
#define RECORD_HEAD_LEN 12
#define LOGFILE_BYTES_MAX (256u << 20) /* far more than any file of ours has */

int
log_place_compare(struct log_place a, struct log_place b)
{
	if (a.file != b.file)
		return a.file < b.file ? -1 : 1;
	return a.offset < b.offset ? -1 : a.offset > b.offset;
}

struct logfile_name
logfile_name(uint32_t file)
{
	struct logfile_name name;

	snprintf(name.text, sizeof name.text, "log.%010u", file);
	return name;
}

bool
logfile_number(const char *name, uint32_t *file)
{
	uint64_t n = 0;

	if (strlen(name) != LOGFILE_NAME_LEN || strncmp(name, "log.", 4) != 0)
		return false;
	for (const char *digit = name + 4; *digit != '\0'; digit++) {
		if (*digit < '0' || *digit > '9')
			return false;
		n = n * 10 + (uint64_t)(*digit - '0');
	}
	*file = (uint32_t)n;
	return n > 0 && n <= UINT32_MAX;
}

bool
logfile_range(const char *dir, uint32_t *first, uint32_t *last, struct err *e)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	uint32_t n = 0, file;

	*first = *last = 0;
	if (d == NULL && errno == ENOENT)
		return true;
	if (d == NULL)
		return err_set(e, ERR_SERVER_FAIL, "cannot list %s: %s", dir, strerror(errno));
	while ((entry = readdir(d)) != NULL)
		if (logfile_number(entry->d_name, &file)) {
			*first = n == 0 || file < *first ? file : *first;
			*last = file > *last ? file : *last;
			n++;
		}
	closedir(d);
	if (n > 0 && n != *last - *first + 1)
		return err_set(e, ERR_DAMAGED, "of the logs %u to %u in %s only %u are there",
		    *first, *last, dir, n);
	return true;
}

bool
logfile_read(const char *dir, uint32_t file, uint32_t offset, size_t max, struct buf *bytes,
    struct err *e)
{
	struct buf path = {0};
	bool ok = false;
	ssize_t n = 1;
	int fd;

	if (max > LOGFILE_BYTES_MAX)
		max = LOGFILE_BYTES_MAX;
	buf_clear(bytes);
	buf_printf(&path, "%s/%s", dir, logfile_name(file).text);
	fd = open(buf_terminate(&path), O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		err_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_SERVER_FAIL,
		    "cannot open %s: %s", path.s, strerror(errno));
		goto out;
	}
	while (n > 0 && bytes->len < max) {
		size_t more = max - bytes->len < 1u << 20 ? max - bytes->len : 1u << 20;

		buf_reserve(bytes, more);
		n = pread(fd, bytes->s + bytes->len, more, (off_t)offset + (off_t)bytes->len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			bytes->len += (size_t)n;
	}
	if (n < 0) {
		err_set(e, ERR_DAMAGED, "cannot read %s: %s", path.s, strerror(errno));
		goto out;
	}
	ok = true;
out:
	io_close(&fd);
	buf_free(&path);
	return ok;
}

static uint32_t
number_at(const char *at)
{
	uint32_t n;

	memcpy(&n, at, sizeof n);
	return n;
}

/* As Berkeley DB computes it for logs that are not encrypted. */
static bool
checksum_is_right(const char *record, uint32_t prev, uint32_t len)
{
	const uint8_t *at = (const uint8_t *)record + RECORD_HEAD_LEN;
	const uint8_t *end = (const uint8_t *)record + len;
	uint32_t sum = 0;

	while (at < end)
		sum = sum * 33 + *at++;
	return (sum ^ prev ^ len) == number_at(record + 8);
}

size_t
logfile_whole(struct str bytes, size_t *last)
{
	size_t at = 0;

	while (bytes.len - at >= RECORD_HEAD_LEN) {
		uint32_t prev = number_at(bytes.s + at), len = number_at(bytes.s + at + 4);

		if (len < RECORD_HEAD_LEN || len > bytes.len - at ||
		    !checksum_is_right(bytes.s + at, prev, len))
			break;
		if (last != NULL)
			*last = at;
		at += len;
	}
	return at;
}

bool
pace_goes_on(struct pace *p)
{
	p->stopped = p->stopped || (p->between != NULL && !p->between(p->arg));
	return !p->stopped;
}

bool
logfile_end(const char *dir, struct log_place from, struct log_place *end, struct err *e)
{
	return logfile_end_paced(dir, from, end, &(struct pace){0}, e);
}

bool
logfile_end_paced(const char *dir, struct log_place from, struct log_place *end,
    struct pace *pace, struct err *e)
{
	struct buf bytes = {0};
	bool ok = false, known = false;
	size_t last = 0;

	*end = from;
	for (struct log_place at = from; pace_goes_on(pace);
	     at = (struct log_place){at.file + 1, 0}) {
		struct err missing = {0};
		size_t whole;

		if (!logfile_read(dir, at.file, at.offset, SIZE_MAX, &bytes, &missing)) {
			if (missing.code == ERR_NOT_FOUND)
				break;
			*e = missing;
			goto out;
		}
		/* A file's first record names the last of the file before. */
		if (at.offset == 0 && known && bytes.len >= RECORD_HEAD_LEN &&
		    number_at(bytes.s) != last)
			break;
		whole = logfile_whole(buf_str(&bytes), &last);
		if (whole == 0 && at.offset == 0)
			break;
		last += at.offset;
		known = whole > 0;
		*end = (struct log_place){at.file, at.offset + (uint32_t)whole};
	}
	ok = true;
out:
	buf_free(&bytes);
	return ok;
}

static bool
is_zero(struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.s[i] != '\0')
			return false;
	return true;
}

bool
logfile_clear_after(const char *dir, struct log_place end, struct err *e)
{
	struct buf path = {0}, tail = {0};
	bool ok = false;
	int fd = -1;

	if (!logfile_read(dir, end.file, end.offset, SIZE_MAX, &tail, e))
		goto out;
	if (is_zero(buf_str(&tail))) {
		ok = true;
		goto out;
	}
	buf_printf(&path, "%s/%s", dir, logfile_name(end.file).text);
	fd = open(buf_terminate(&path), O_WRONLY | O_CLOEXEC);
	if (fd < 0 || ftruncate(fd, end.offset) != 0 ||
	    ftruncate(fd, (off_t)(end.offset + tail.len)) != 0 || fsync(fd) != 0) {
		err_set(e, ERR_SERVER_FAIL, "cannot clear the end of %s: %s", path.s,
		    strerror(errno));
		goto out;
	}
	ok = true;
out:
	io_close(&fd);
	buf_free(&path);
	buf_free(&tail);
	return ok;
}
