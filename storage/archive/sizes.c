/* storage/archive/sizes.c -- how large the database files were at the last checkpoint. */
#include "storage/archive/sizes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/io.h"
#include "storage/archive/pages.h"
#include "storage/env.h"

#define SIZES_NAME "sizes"
#define SIZES_NEW_NAME "sizes.new"
#define SIZES_BYTES_MAX (1u << 20)

struct listing {
	const char *dir;
	struct buf *text; /* a line for each file: its size, its name */
};

static bool
line_add(void *listing, const char *name, struct err *e)
{
	struct listing *l = listing;
	struct stat st;

	if (!env_is_database(name))
		return true;
	if (stat(folder_path(l->dir, name).text, &st) != 0)
		return err_set(
		    e, ERR_SERVER_FAIL, "cannot look at %s: %s", name, strerror(errno));
	buf_printf(l->text, "%lld %s\n", (long long)st.st_size, name);
	return true;
}

static uint64_t
hash_of(struct str text)
{
	uint64_t hash = 0;
	uint8_t bytes[crypto_generichash_BYTES_MIN];

	crypto_generichash(bytes, sizeof bytes, (const uint8_t *)text.s, text.len, NULL, 0);
	memcpy(&hash, bytes, sizeof hash);
	return hash;
}

bool
sizes_list(const char *dir, struct buf *list, struct err *e)
{
	struct listing l = {.dir = dir, .text = list};

	return folder_list(dir, line_add, &l, e);
}

bool
sizes_note(const char *dir, struct str list, uint64_t *last, struct err *e)
{
	struct folder_path path = folder_path(dir, SIZES_NAME);
	struct folder_path aside = folder_path(dir, SIZES_NEW_NAME);
	struct buf text = {0};
	uint64_t hash = hash_of(list);
	bool ok = true;
	int fd = -1;

	if (hash == *last)
		return true;
	buf_add_str(&text, list);
	buf_printf(&text, "%016" PRIx64 "\n", hash);
	fd = open(aside.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || !io_write_full(fd, text.s, text.len) ||
	    rename(aside.text, path.text) != 0)
		ok = err_set(e, errno == ENOSPC ? ERR_SERVER_UNAVAILABLE : ERR_SERVER_FAIL,
		    "cannot write %s: %s", path.text, strerror(errno));
	else
		*last = hash;
	io_close(&fd);
	buf_free(&text);
	return ok;
}

/* "8192 meta": its bytes and its name, NULL if that is no such line. */
static const char *
line_parse(const char *line, long long *bytes)
{
	int name_at = 0;

	return sscanf(line, "%20lld %n", bytes, &name_at) == 1 && name_at > 0 ? line + name_at
									      : NULL;
}

static bool
check_line(const char *dir, const char *line, struct buf *shorter, struct err *e)
{
	struct stat st;
	long long bytes;
	const char *name = line_parse(line, &bytes);

	if (name == NULL)
		return true;
	if (stat(folder_path(dir, name).text, &st) != 0)
		return err_set(e, ERR_DAMAGED, "%s is missing", name);
	if (st.st_size == 0 && bytes > 0)
		return err_set(e, ERR_DAMAGED, "%s had %lld bytes and has none", name, bytes);
	if ((long long)st.st_size < bytes)
		buf_printf(shorter, "%lld %s\n", (long long)st.st_size, name);
	return true;
}

static bool
check_end(const char *dir, const char *line, struct err *e)
{
	long long bytes;
	const char *name = line_parse(line, &bytes);

	return name == NULL || pages_check_end(folder_path(dir, name).text, (uint64_t)bytes, e);
}

bool
sizes_check(const char *dir, struct buf *shorter, struct err *e)
{
	struct folder_path path = folder_path(dir, SIZES_NAME);
	struct buf text = {0};
	struct err unread = {0};
	char wanted[18], *rest, *line;
	size_t at = 0;
	bool ok = true;

	if (!io_read_file(path.text, SIZES_BYTES_MAX, &text, &unread) || text.len < 17)
		goto out;
	at = text.len - 17;
	snprintf(wanted, sizeof wanted, "%016" PRIx64 "\n", hash_of((struct str){text.s, at}));
	if (memcmp(text.s + at, wanted, 17) != 0)
		goto out;
	text.len = at;
	buf_terminate(&text);
	rest = text.s;
	while (ok && (line = strsep(&rest, "\n")) != NULL)
		ok = check_line(dir, line, shorter, e);
out:
	buf_free(&text);
	return ok;
}

bool
sizes_check_ends(const char *dir, struct str shorter, struct err *e)
{
	struct buf text = {0};
	char *rest, *line;
	bool ok = true;

	buf_add_str(&text, shorter);
	buf_terminate(&text);
	rest = text.s;
	while (ok && (line = strsep(&rest, "\n")) != NULL)
		ok = check_end(dir, line, e);
	buf_free(&text);
	return ok;
}
