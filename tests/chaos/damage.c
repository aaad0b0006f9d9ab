/* tests/chaos/damage.c -- breaks one file of a store's folder, as disks and people do. */
#include "tests/chaos/damage.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/chaos/dice.h"
#include "tests/chaos/disk.h"

#define BAD_BYTES 2048
#define FILES_MAX 64

/* What is broken, and how far chance has chosen. */
struct breaking {
	const char *store;
	uint64_t *dice;
	char path[DISK_PATH_MAX];
	off_t size;
};

static bool
failed(const struct breaking *b, struct err *e)
{
	return err_set(e, ERR_SERVER_FAIL, "damage: %s: %s", b->path, strerror(errno));
}

/* --- which file --- */

static bool
is_log(const char *name)
{
	return strncmp(name, "log.", 4) == 0;
}

static bool
is_database(const char *name)
{
	return name[0] != '.' && !is_log(name) && strncmp(name, "__db", 4) != 0 &&
	    strchr(name, '.') != NULL && isupper((unsigned char)name[0]);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Names that fit, sorted; how many. */
static size_t
list_files(const char *store, bool (*fits)(const char *name), char names[static FILES_MAX][256])
{
	DIR *d = opendir(store);
	const struct dirent *f;
	size_t n = 0;

	while (d != NULL && n < FILES_MAX && (f = readdir(d)) != NULL)
		if (fits(f->d_name))
			snprintf(names[n++], sizeof names[0], "%.255s", f->d_name);
	if (d != NULL)
		closedir(d);
	qsort(names, n, sizeof names[0], by_name);
	return n;
}

/* Any database, or the last log. */
static bool
choose_file(struct breaking *b, bool log, struct err *e)
{
	char names[FILES_MAX][256];
	size_t n = list_files(b->store, log ? is_log : is_database, names);
	struct stat st;

	snprintf(b->path, sizeof b->path, "%s/%s", b->store,
	    n == 0 ? "" : names[log ? n - 1 : dice_below(b->dice, n)]);
	if (n == 0 || stat(b->path, &st) != 0)
		return failed(b, e);
	b->size = st.st_size;
	return true;
}

/* --- how --- */

static bool
spoil(struct breaking *b, off_t at, size_t len, struct err *e)
{
	uint8_t bytes[BAD_BYTES] = {0};
	int fd = open(b->path, O_RDWR | O_CLOEXEC);
	bool ok = fd >= 0 && pread(fd, bytes, len, at) == (ssize_t)len;

	for (size_t i = 0; i < len; i++)
		bytes[i] ^= (uint8_t)(1 + dice_below(b->dice, 255));
	ok = ok && pwrite(fd, bytes, len, at) == (ssize_t)len;
	io_close(&fd);
	return ok || failed(b, e);
}

static bool
spoil_page(struct breaking *b, struct err *e)
{
	uint64_t page = dice_below(b->dice, (uint64_t)b->size / DISK_PAGE);

	return spoil(b, (off_t)(page * DISK_PAGE + DISK_PAGE - BAD_BYTES), BAD_BYTES, e);
}

static bool
flip_byte(struct breaking *b, struct err *e)
{
	return spoil(b, b->size / 2, 1, e);
}

static bool
halve(struct breaking *b, struct err *e)
{
	return truncate(b->path, b->size / 2) == 0 || failed(b, e);
}

static bool
empty(struct breaking *b, struct err *e)
{
	return truncate(b->path, 0) == 0 || failed(b, e);
}

static bool delete (struct breaking *b, struct err *e)
{
	return unlink(b->path) == 0 || failed(b, e);
}

static bool
delete_all(struct breaking *b, struct err *e)
{
	char names[FILES_MAX][256];
	size_t n = list_files(b->store, is_database, names);

	for (size_t i = 0; i < n; i++) {
		snprintf(b->path, sizeof b->path, "%s/%s", b->store, names[i]);
		if (unlink(b->path) != 0)
			return failed(b, e);
	}
	return true;
}

static const struct {
	const char *name;
	bool log;     /* of the last log, or of a database */
	bool serving; /* also while a store has it open */
	bool hidden;  /* until somebody looks there */
	bool (*make)(struct breaking *b, struct err *e);
} damages[] = {
    {"2 KB of a page overwritten", .serving = true, .hidden = true, .make = spoil_page},
    {"2 KB of a page overwritten", .serving = true, .hidden = true, .make = spoil_page},
    {"cut to a half", .serving = true, .hidden = true, .make = halve},
    {"cut to nothing", .make = empty},
    {"deleted", .make = delete},
    {"deleted with all other databases", .make = delete_all},
    {"deleted", .log = true, .make = delete},
    {"cut to a half", .log = true, .make = halve},
    {"a byte in its middle changed", .log = true, .make = flip_byte},
};

bool
damage(const char *store, bool serving, uint64_t *dice, char text[static DAMAGE_TEXT_MAX],
    bool *hidden, struct err *e)
{
	struct breaking b = {.store = store, .dice = dice};
	size_t i;

	do
		i = (size_t)dice_below(dice, sizeof damages / sizeof damages[0]);
	while (serving && !damages[i].serving);
	*hidden = damages[i].hidden;
	if (!choose_file(&b, damages[i].log, e))
		return false;
	snprintf(
	    text, DAMAGE_TEXT_MAX, "%.400s: %s", b.path + strlen(store) + 1, damages[i].name);
	return damages[i].make(&b, e);
}
