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

#define LOG_MAX (1 << 20)

struct cutting {
	const char *data, *side;
	uint64_t *dice;
	struct power_cut *cut;
	struct err *e;
	struct buf names;         /* all d- files */
	char path[DISK_PATH_MAX]; /* of what was looked for */
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
cut_file(struct cutting *c, const struct disk_head *head, int undo, int fd)
{
	struct disk_page page;
	struct stat st;
	uint64_t size;

	if (fstat(fd, &st) != 0)
		return false;
	size = choose_size(c, head->size, (uint64_t)st.st_size);
	while (read(undo, &page, sizeof page) == sizeof page) {
		/* what was cut off, and is not, has no new contents that could have stayed */
		bool gone = size > (uint64_t)st.st_size &&
		    (page.page + 1) * DISK_PAGE > (uint64_t)st.st_size;

		if ((gone || is_lost(c)) && !put_back(fd, &page))
			return false;
	}
	page = (struct disk_page){.page = (head->size + DISK_PAGE - 1) / DISK_PAGE};
	for (; page.page * DISK_PAGE < (uint64_t)st.st_size; page.page++)
		if (is_lost(c) && !put_back(fd, &page))
			return false;
	return ftruncate(fd, (off_t)size) == 0 && fsync(fd) == 0;
}

static bool
cut_file_of(struct cutting *c, const char *undo_path, uint64_t ino)
{
	int undo = open(undo_path, O_RDONLY | O_CLOEXEC), fd = -1;
	struct disk_head head;
	bool ok = undo >= 0;

	/* Without a head all of it was synced, and its number may be another's. */
	if (ok && read(undo, &head, sizeof head) == sizeof head && find(c, ino)) {
		fd = open(c->path, O_RDWR | O_CLOEXEC);
		ok = fd >= 0 && cut_file(c, &head, undo, fd);
	}
	if (!ok)
		failed(c->e, "a file", c->path);
	io_close(&undo);
	io_close(&fd);
	return ok;
}

/* --- names --- */

struct key {
	uint64_t folder;
	const char *name;
};

/* A line of d- files; those that share a name are one group. */
struct change {
	uint64_t number;
	char *op, *kept;
	struct key name, other; /* other: of a rename or exchange */
	char above[256];        /* of a move: what the folder is called that it went to */
	struct key into;        /* of a move: that name */
	bool is_move, synced;   /* synced: it was, in one of its folders */
	size_t group;
	bool lost;
};

static bool
take_names(struct cutting *c, const char *log, uint64_t ino)
{
	struct buf text = {0};
	bool ok = io_read_file(log, LOG_MAX, &text, c->e);

	(void)ino;
	if (ok)
		buf_add_str(&c->names, (struct str){text.s, text.len});
	buf_free(&text);
	return ok;
}

static uint64_t
next_number(char **line)
{
	const char *word = strsep(line, " ");

	return word == NULL ? 0 : strtoull(word, NULL, 10);
}

static struct change
read_change(char *line)
{
	struct change n = {.number = next_number(&line)};

	n.op = strsep(&line, " ");
	n.name.folder = next_number(&line);
	n.name.name = strsep(&line, " ");
	n.other.folder = next_number(&line);
	n.other.name = strsep(&line, " ");
	n.kept = line;
	n.is_move = n.other.folder != 0 && n.other.folder != n.name.folder;
	n.synced = n.is_move; /* until it is seen in its other folder too */
	return n;
}

static int
by_number(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* In the order in which they were made. */
static size_t
read_changes(char *text, struct change *list)
{
	size_t n = 0, kept = 0;
	char *line;

	while ((line = strsep(&text, "\n")) != NULL && *line != '\0')
		list[n++] = read_change(line);
	qsort(list, n, sizeof *list, by_number);
	for (size_t i = 0; i < n; i++)
		if (kept > 0 && list[kept - 1].number == list[i].number)
			list[kept - 1].synced = false;
		else
			list[kept++] = list[i];
	return kept;
}

/* A folder that something has been moved into is not lost without it. */
static void
name_folder(struct cutting *c, struct change *n)
{
	struct stat st;
	char *slash;

	if (!n->is_move || !find(c, n->other.folder))
		return;
	slash = strrchr(c->path, '/');
	*slash = '\0';
	snprintf(n->above, sizeof n->above, "%s", slash + 1);
	if (stat(c->path, &st) == 0)
		n->into = (struct key){st.st_ino, n->above};
}

static bool
same(struct key a, struct key b)
{
	return a.folder != 0 && a.folder == b.folder && strcmp(a.name, b.name) == 0;
}

static bool
share_a_name(const struct change *a, const struct change *b)
{
	const struct key ours[] = {a->name, a->other, a->into},
			 theirs[] = {b->name, b->other, b->into};

	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < 3; k++)
			if (same(ours[i], theirs[k]))
				return true;
	return false;
}

static void
group_changes(struct cutting *c, struct change *list, size_t n)
{
	for (size_t at = 0; at < n; at++) {
		list[at].group = at;
		name_folder(c, &list[at]);
		for (size_t i = 0; i < at; i++) {
			size_t old = list[i].group;

			if (old == at || !share_a_name(&list[i], &list[at]))
				continue;
			for (size_t k = 0; k < at; k++)
				if (list[k].group == old)
					list[k].group = at;
		}
	}
}

/* Of each group the last ones are lost, from one at random on. */
static void
choose_lost(struct cutting *c, struct change *list, size_t n)
{
	for (size_t g = 0; g < n; g++) {
		size_t size = 0, least = 0, kept;

		for (size_t i = 0; i < n; i++) {
			if (list[i].group != g)
				continue;
			size++;
			if (list[i].synced)
				least = size;
		}
		if (size == 0)
			continue;
		kept = least + (size_t)dice_below(c->dice, size - least + 1);
		for (size_t i = 0, at = 0; i < n; i++)
			if (list[i].group == g)
				list[i].lost = at++ >= kept;
	}
}

/* --- undoing.  What is not there any more, or again, is as it shall be: the store was killed
 * between the note and the deed --- */

struct undoing {
	const char *kept; /* whole path; "" for nothing */
	uint64_t inode;   /* what an exchange has kept */
	char name[DISK_PATH_MAX + 256], other[DISK_PATH_MAX + 256];
};

static bool
undo_create(const struct undoing *u)
{
	return unlink(u->name) == 0 || errno == ENOENT;
}

static bool
undo_mkdir(const struct undoing *u)
{
	scratch_remove(u->name);
	return access(u->name, F_OK) != 0;
}

static bool
undo_remove(const struct undoing *u)
{
	return access(u->name, F_OK) == 0 || *u->kept == '\0' || link(u->kept, u->name) == 0;
}

static bool
undo_rmdir(const struct undoing *u)
{
	return access(u->name, F_OK) == 0 || rename(u->kept, u->name) == 0;
}

static bool
undo_rename(const struct undoing *u)
{
	if (access(u->name, F_OK) == 0)
		return true;
	if (rename(u->other, u->name) != 0)
		return errno == ENOENT;
	return (*u->kept == '\0' || link(u->kept, u->other) == 0);
}

static bool
undo_exchange(const struct undoing *u)
{
	struct stat st;

	return lstat(u->other, &st) != 0 || st.st_ino != u->inode ||
	    renameat2(AT_FDCWD, u->name, AT_FDCWD, u->other, RENAME_EXCHANGE) == 0;
}

static const struct {
	const char *op;
	bool (*undo)(const struct undoing *u);
} undos[] = {
    {"create", undo_create},
    {"mkdir", undo_mkdir},
    {"remove", undo_remove},
    {"rmdir", undo_rmdir},
    {"rename", undo_rename},
    {"exchange", undo_exchange},
};

/* False: the folder is gone, and with it what was to be undone there. */
static bool
path_of(struct cutting *c, struct key k, char out[static DISK_PATH_MAX + 256])
{
	if (!find(c, k.folder))
		return false;
	snprintf(out, DISK_PATH_MAX + 256, "%s/%s", c->path, k.name);
	return true;
}

static bool
undo_one(struct cutting *c, const struct change *n)
{
	char kept[DISK_PATH_MAX + 64] = "";
	struct undoing u = {.kept = kept, .inode = strtoull(n->kept, NULL, 10)};

	if (strcmp(n->kept, "-") != 0)
		snprintf(kept, sizeof kept, "%s/%s", c->side, n->kept);
	if (!path_of(c, n->name, u.name) ||
	    (n->other.folder != 0 && !path_of(c, n->other, u.other)))
		return true;
	for (size_t i = 0; i < sizeof undos / sizeof undos[0]; i++)
		if (strcmp(undos[i].op, n->op) == 0)
			return undos[i].undo(&u) || failed(c->e, n->op, u.name);
	errno = EINVAL;
	return failed(c->e, "what is", n->op);
}

static bool
cut_names(struct cutting *c)
{
	struct change *list = NULL;
	size_t n = 0;
	bool ok = false;

	if (!each(c, 'd', take_names))
		goto out;
	buf_terminate(&c->names);
	for (const char *p = c->names.s; *p != '\0'; p++)
		n += *p == '\n';
	list = mem_new(n + 1, sizeof *list);
	n = read_changes(c->names.s, list);
	group_changes(c, list, n);
	choose_lost(c, list, n);
	c->cut->names += n;
	while (n-- > 0) {
		c->cut->names_lost += list[n].lost;
		if (list[n].lost && !undo_one(c, &list[n]))
			goto out;
	}
	ok = true;
out:
	free(list);
	buf_free(&c->names);
	return ok;
}

/* --- all --- */

static bool
forget(struct cutting *c, const char *path, uint64_t ino)
{
	(void)ino;
	scratch_remove(path); /* a file, or an empty folder */
	return access(path, F_OK) != 0 || failed(c->e, "forgetting", path);
}

bool
power_cut(
    const char *data, const char *side, uint64_t *dice, struct power_cut *cut, struct err *e)
{
	struct cutting c = {.data = data, .side = side, .dice = dice, .cut = cut, .e = e};

	/* The files while all their names are there. */
	return each(&c, 'f', cut_file_of) && cut_names(&c) && each(&c, 'f', forget) &&
	    each(&c, 'd', forget) && each(&c, 'k', forget);
}
