/* tests/chaos/powercut.c -- what a disk has after a power cut: of all that was not synced, any
 * part. */
#include "tests/chaos/powercut.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/chaos/dice.h"
#include "tests/chaos/disk.h"
#include "tests/scratch.h"

#define NAMES_MAX 4096 /* unsynced changes in one folder */
#define LOG_MAX (1 << 20)

struct cutting {
	const char *data, *side;
	uint64_t *dice;
	struct power_cut *cut;
	struct err *e;
	uint64_t ino; /* that is looked for */
	char path[DISK_PATH_MAX];
};

static bool
failed(struct err *e, const char *what, const char *path)
{
	return err_set(e, ERR_SERVER_FAIL, "power cut: %s %s: %s", what, path, strerror(errno));
}

/* Below dir; false if nothing there has that number. */
static bool
find_inode(struct cutting *c, const char *dir, uint64_t ino)
{
	DIR *d = opendir(dir);
	const struct dirent *f;
	bool found = false;

	while (d != NULL && !found && (f = readdir(d)) != NULL) {
		char path[DISK_PATH_MAX];
		struct stat st;

		if (strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0 ||
		    (size_t)snprintf(path, sizeof path, "%s/%s", dir, f->d_name) >=
			sizeof path ||
		    lstat(path, &st) != 0)
			continue;
		found = st.st_ino == ino;
		if (found)
			memcpy(c->path, path, sizeof path);
		else if (S_ISDIR(st.st_mode))
			found = find_inode(c, path, ino);
	}
	if (d != NULL)
		closedir(d);
	return found;
}

/* One that was removed. */
static bool
find_kept(struct cutting *c, uint64_t ino)
{
	return find_inode(c, c->side, ino) && strncmp(strrchr(c->path, '/'), "/k-", 3) == 0;
}

static bool
find(struct cutting *c, uint64_t ino)
{
	struct stat st;

	if (stat(c->data, &st) == 0 && st.st_ino == ino) {
		snprintf(c->path, sizeof c->path, "%s", c->data);
		return true;
	}
	return find_inode(c, c->data, ino) || find_kept(c, ino);
}

/* --- files --- */

static bool
is_lost(struct cutting *c)
{
	bool lost = dice_below(c->dice, 2) == 0;

	c->cut->pages++;
	c->cut->pages_lost += lost;
	return lost;
}

/* The old page, or nothing where there was none. */
static bool
put_back(int fd, const struct disk_page *p)
{
	static const uint8_t zeros[DISK_PAGE];
	off_t at = (off_t)(p->page * DISK_PAGE);

	return pwrite(fd, zeros, DISK_PAGE, at) == DISK_PAGE &&
	    pwrite(fd, p->bytes, p->len, at) == (ssize_t)p->len;
}

/* Old, new, or between. */
static uint64_t
choose_size(struct cutting *c, uint64_t old, uint64_t now)
{
	uint64_t low = old < now ? old : now, high = old < now ? now : old;
	uint64_t first = low / DISK_PAGE + 1, pages = high / DISK_PAGE;

	switch (dice_below(c->dice, 3)) {
	case 0:
		return old;
	case 1:
		return now;
	default:
		if (old > now || pages < first)
			return old;
		return (first + dice_below(c->dice, pages - first + 1)) * DISK_PAGE;
	}
}

static bool
cut_file(struct cutting *c, int undo, int fd)
{
	struct disk_head head;
	struct disk_page page;
	struct stat st;
	uint64_t size;

	if (read(undo, &head, sizeof head) != sizeof head)
		return true; /* all of it was synced */
	if (fstat(fd, &st) != 0)
		return false;
	size = choose_size(c, head.size, (uint64_t)st.st_size);
	while (read(undo, &page, sizeof page) == sizeof page) {
		/* what was cut off, and is not, has no new contents that could have stayed */
		bool gone = size > (uint64_t)st.st_size &&
		    (page.page + 1) * DISK_PAGE > (uint64_t)st.st_size;

		if ((gone || is_lost(c)) && !put_back(fd, &page))
			return false;
	}
	page = (struct disk_page){.page = (head.size + DISK_PAGE - 1) / DISK_PAGE};
	for (; page.page * DISK_PAGE < (uint64_t)st.st_size; page.page++)
		if (is_lost(c) && !put_back(fd, &page))
			return false;
	return ftruncate(fd, (off_t)size) == 0 && fsync(fd) == 0;
}

static bool
cut_file_of(struct cutting *c, const char *undo_path, uint64_t ino)
{
	int undo = open(undo_path, O_RDONLY | O_CLOEXEC), fd = -1;
	bool ok = true;

	if (find(c, ino)) {
		fd = open(c->path, O_RDWR | O_CLOEXEC);
		ok = undo >= 0 && fd >= 0 && cut_file(c, undo, fd);
	}
	if (!ok)
		failed(c->e, "a file", c->path);
	io_close(&undo);
	io_close(&fd);
	return ok;
}

/* --- names --- */

/* A line of a d- file, taken apart; those that share a name are one group. */
struct change {
	char *op, *name, *other, *kept; /* other: a rename's new name */
	size_t group;
	bool lost;
};

static bool
is_named(const struct change *c, const char *name)
{
	return name != NULL &&
	    (strcmp(c->name, name) == 0 || (c->other != NULL && strcmp(c->other, name) == 0));
}

static size_t
read_changes(char *text, struct change *list)
{
	size_t n = 0;
	char *line;

	while (n < NAMES_MAX && (line = strsep(&text, "\n")) != NULL && *line != '\0') {
		struct change *c = &list[n];

		*c = (struct change){.group = n};
		c->op = strsep(&line, " ");
		c->name = strsep(&line, " ");
		if (strcmp(c->op, "rename") == 0)
			c->other = strsep(&line, " ");
		c->kept = line;
		n++;
		for (size_t i = 0; i < n - 1; i++)
			if (is_named(&list[i], c->name) || is_named(&list[i], c->other)) {
				size_t old = list[i].group;

				for (size_t k = 0; k < n; k++)
					if (list[k].group == old)
						list[k].group = n - 1;
			}
	}
	return n;
}

static bool
restore(const struct cutting *c, const char *kept, const char *as)
{
	char from[DISK_PATH_MAX + 64];

	snprintf(from, sizeof from, "%s/%s", c->side, kept);
	return strcmp(kept, "-") == 0 || link(from, as) == 0;
}

/* What is not there any more, or again, is as it shall be: the store was killed between the
 * note and the deed. */
static bool
undo(const struct cutting *c, const char *dir, const struct change *n)
{
	char name[DISK_PATH_MAX + 256], other[DISK_PATH_MAX + 256];

	snprintf(name, sizeof name, "%s/%s", dir, n->name);
	snprintf(other, sizeof other, "%s/%s", dir, n->other == NULL ? "" : n->other);
	if (strcmp(n->op, "create") == 0)
		return unlink(name) == 0 || errno == ENOENT;
	if (strcmp(n->op, "mkdir") == 0) {
		scratch_remove(name);
		return access(name, F_OK) != 0;
	}
	if (strcmp(n->op, "rmdir") == 0)
		return mkdir(name, 0700) == 0 || errno == EEXIST;
	if (strcmp(n->op, "remove") == 0)
		return access(name, F_OK) == 0 || restore(c, n->kept, name);
	if (access(name, F_OK) == 0)
		return true;
	return rename(other, name) == 0 && restore(c, n->kept, other);
}

/* Of each group the last ones are lost, from one at random on. */
static void
choose_lost(struct cutting *c, struct change *list, size_t n)
{
	for (size_t g = 0; g < n; g++) {
		size_t size = 0, kept;

		for (size_t i = 0; i < n; i++)
			size += list[i].group == g;
		if (size == 0)
			continue;
		kept = (size_t)dice_below(c->dice, size + 1);
		for (size_t i = 0, at = 0; i < n; i++)
			if (list[i].group == g)
				list[i].lost = at++ >= kept;
	}
}

static bool
cut_names_of(struct cutting *c, const char *log, uint64_t ino)
{
	struct change *list = mem_new(NAMES_MAX, sizeof *list);
	struct buf text = {0};
	bool ok = false;
	size_t n;

	if (!io_read_file(log, LOG_MAX, &text, c->e))
		goto out;
	buf_terminate(&text);
	n = find(c, ino) ? read_changes(text.s, list) : 0;
	choose_lost(c, list, n);
	c->cut->names += n;
	while (n-- > 0) {
		if (!list[n].lost)
			continue;
		c->cut->names_lost++;
		if (!undo(c, c->path, &list[n])) {
			failed(c->e, list[n].op, list[n].name);
			goto out;
		}
	}
	ok = true;
out:
	free(list);
	buf_free(&text);
	return ok;
}

/* --- all --- */

/* Every file of that sort in the side folder. */
static bool
each(struct cutting *c, char sort,
    bool (*take)(struct cutting *c, const char *path, uint64_t ino))
{
	DIR *d = opendir(c->side);
	const struct dirent *f;
	bool ok = true;

	if (d == NULL)
		return failed(c->e, "the side folder", c->side);
	while (ok && (f = readdir(d)) != NULL) {
		char path[DISK_PATH_MAX];
		uint64_t ino;

		if (f->d_name[0] != sort || f->d_name[1] != '-' ||
		    !str_to_u64(str_of(f->d_name + 2), UINT64_MAX, &ino))
			continue;
		snprintf(path, sizeof path, "%s/%s", c->side, f->d_name);
		ok = take(c, path, ino);
	}
	closedir(d);
	return ok;
}

static bool
forget(struct cutting *c, const char *path, uint64_t ino)
{
	(void)ino;
	return unlink(path) == 0 || failed(c->e, "forgetting", path);
}

bool
power_cut(
    const char *data, const char *side, uint64_t *dice, struct power_cut *cut, struct err *e)
{
	struct cutting c = {.data = data, .side = side, .dice = dice, .cut = cut, .e = e};

	/* The files while all their names are there. */
	return each(&c, 'f', cut_file_of) && each(&c, 'd', cut_names_of) &&
	    each(&c, 'f', forget) && each(&c, 'd', forget) && each(&c, 'k', forget);
}
