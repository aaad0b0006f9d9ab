/* tests/chaos/disk_undo.c -- in the shim: what is needed to undo what is not yet synced.
 *
 * Only system calls are used here, as the functions of the C library are the shim's own. */
#include "tests/chaos/disk_undo.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
	char data[DISK_PATH_MAX], side[DISK_PATH_MAX];
	size_t data_len;
	pthread_mutex_t lock;
	struct tracked *all; /* under lock */
	pthread_mutex_t names;
	unsigned kept; /* under names: the last k- file */
	_Atomic uint64_t *changes;
} undo = {.lock = PTHREAD_MUTEX_INITIALIZER, .names = PTHREAD_MUTEX_INITIALIZER};

_Noreturn void
undo_give_up(const char *what, const char *which)
{
	char line[2 * DISK_PATH_MAX];
	int n = snprintf(line, sizeof line, "disk: %s: %s: %s\n", what, which, strerror(errno));

	syscall(SYS_write, STDERR_FILENO, line, (size_t)n);
	abort();
}

void
undo_begin(const char *data, const char *side, _Atomic uint64_t *changes)
{
	if (data == NULL || side == NULL || realpath(side, undo.side) == NULL)
		undo_give_up("there is no side folder", side == NULL ? "" : side);
	if (realpath(data, undo.data) == NULL)
		undo_give_up("there is no data folder", data);
	undo.data_len = strlen(undo.data);
	undo.changes = changes;
}

/* --- paths --- */

/* The folder that dir_fd stands for. */
static void
folder_of(int dir_fd, char out[static DISK_PATH_MAX])
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof link, dir_fd == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d",
	    dir_fd);
	n = readlink(link, out, DISK_PATH_MAX - 1);
	if (n < 0)
		undo_give_up("a folder cannot be found", link);
	out[n] = '\0';
}

bool
undo_path(int dir_fd, const char *path, struct undo_path *p)
{
	char whole[2 * DISK_PATH_MAX], base[DISK_PATH_MAX] = "";
	char *slash;

	if (path[0] != '/')
		folder_of(dir_fd, base);
	snprintf(whole, sizeof whole, "%s/%s", base, path);
	while ((slash = strrchr(whole, '/')) != NULL && slash[1] == '\0' && slash > whole)
		*slash = '\0';
	if (slash == NULL || strlen(slash + 1) >= sizeof p->name)
		return false;
	snprintf(p->name, sizeof p->name, "%s", slash + 1);
	*slash = '\0';
	if (realpath(whole[0] == '\0' ? "/" : whole, p->dir) == NULL)
		return false;
	if (strncmp(p->dir, undo.data, undo.data_len) == 0)
		return p->dir[undo.data_len] == '/' || p->dir[undo.data_len] == '\0';
	/* The folder itself is opened to be synced. */
	snprintf(whole, sizeof whole, "%s/%s", p->dir, p->name);
	return strcmp(whole, undo.data) == 0;
}

static int
side_open(char sort, uint64_t ino, int flags)
{
	char path[DISK_PATH_MAX + 64];
	long fd;

	snprintf(path, sizeof path, "%s/%c-%llu", undo.side, sort, (unsigned long long)ino);
	fd = syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
	if (fd < 0 && (flags & O_CREAT))
		undo_give_up("cannot be opened", path);
	return (int)fd;
}

/* --- files --- */

static void
mark_saved(struct tracked *t, uint64_t page)
{
	if (page >= t->n_saved) {
		uint64_t n = (page + 1 + 4095) / 4096 * 4096;

		t->saved = realloc(t->saved, n / 8);
		if (t->saved == NULL)
			undo_give_up("no memory", "");
		memset(t->saved + t->n_saved / 8, 0, (n - t->n_saved) / 8);
		t->n_saved = n;
	}
	t->saved[page / 8] |= (uint8_t)(1u << page % 8);
}

static bool
is_saved(const struct tracked *t, uint64_t page)
{
	return page < t->n_saved && (t->saved[page / 8] >> page % 8 & 1);
}

/* Under t->lock: what is unsynced, also by a store before this one or a process beside it. */
static void
load(struct tracked *t)
{
	struct disk_head head;
	struct disk_page page;
	struct stat st;

	if (t->undo_fd < 0)
		t->undo_fd = side_open('f', t->ino, O_RDWR | O_APPEND);
	if (t->undo_fd < 0 || fstat(t->undo_fd, &st) != 0 || st.st_size == t->undo_len)
		return;
	t->undo_len = st.st_size;
	if (t->n_saved > 0)
		memset(t->saved, 0, t->n_saved / 8);
	t->dirty = syscall(SYS_pread64, t->undo_fd, &head, sizeof head, 0) == sizeof head;
	if (t->dirty)
		t->synced_size = head.size;
	for (off_t at = sizeof head;
	     syscall(SYS_pread64, t->undo_fd, &page, sizeof page, at) == sizeof page;
	     at += (off_t)sizeof page)
		mark_saved(t, page.page);
}

/* The one of that inode, made if there is none. */
static struct tracked *
find_tracked(uint64_t ino)
{
	struct tracked *t;

	pthread_mutex_lock(&undo.lock);
	for (t = undo.all; t != NULL && t->ino != ino; t = t->next)
		continue;
	if (t == NULL) {
		t = calloc(1, sizeof *t);
		if (t == NULL)
			undo_give_up("no memory", "");
		*t = (struct tracked){.ino = ino, .undo_fd = -1, .next = undo.all};
		pthread_mutex_init(&t->lock, NULL);
		undo.all = t;
	}
	pthread_mutex_unlock(&undo.lock);
	return t;
}

struct tracked *
undo_track(int fd, bool made)
{
	struct tracked *t;
	struct stat st;

	if (fstat(fd, &st) != 0 || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return NULL;
	t = find_tracked(st.st_ino);
	pthread_mutex_lock(&t->lock);
	t->folder = S_ISDIR(st.st_mode);
	if (!t->folder)
		load(t);
	if (made && !t->folder) {
		undo_synced(t); /* the number may have been another file's */
		undo_save(t, fd, 0, 0);
	}
	pthread_mutex_unlock(&t->lock);
	return t;
}

static void
append(int fd, const void *bytes, size_t len)
{
	if (syscall(SYS_write, fd, bytes, len) != (long)len)
		undo_give_up("the side folder cannot be written", undo.side);
}

static void
make_dirty(struct tracked *t, uint64_t size)
{
	const struct disk_head head = {size};

	if (t->undo_fd < 0)
		t->undo_fd = side_open('f', t->ino, O_RDWR | O_CREAT | O_APPEND);
	append(t->undo_fd, &head, sizeof head);
	t->undo_len = sizeof head;
	t->synced_size = size;
	t->dirty = true;
}

void
undo_save(struct tracked *t, int fd, uint64_t from, uint64_t until)
{
	char path[64];
	struct stat st;
	int own_fd = -1;

	if (fstat(fd, &st) != 0)
		undo_give_up("a file has no size", "");
	load(t);
	if (!t->dirty)
		make_dirty(t, (uint64_t)st.st_size);
	for (uint64_t p = from / DISK_PAGE; p * DISK_PAGE < until; p++) {
		struct disk_page page = {.page = p};
		long n;

		if (p * DISK_PAGE >= t->synced_size || is_saved(t, p))
			continue;
		if (own_fd < 0) { /* theirs may be for writing only */
			snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
			own_fd =
			    (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
		}
		n = syscall(SYS_pread64, own_fd, page.bytes, DISK_PAGE, p * DISK_PAGE);
		if (n < 0)
			undo_give_up("old bytes cannot be read", path);
		page.len = (uint64_t)n;
		append(t->undo_fd, &page, sizeof page);
		t->undo_len += (off_t)sizeof page;
		mark_saved(t, p);
	}
	if (own_fd >= 0)
		syscall(SYS_close, own_fd);
}

/* --- names --- */

static void
kept_path(unsigned n, char out[static DISK_PATH_MAX + 64])
{
	snprintf(out, DISK_PATH_MAX + 64, "%s/k-%u", undo.side, n);
}

static void
whole_path(const struct undo_path *p, char out[static DISK_PATH_MAX + 260])
{
	snprintf(out, DISK_PATH_MAX + 260, "%s/%s", p->dir, p->name);
}

/* Keeps a link to what has that name; its number, or 0 if there is nothing. */
static unsigned
keep(const struct undo_path *p)
{
	char from[DISK_PATH_MAX + 260], to[DISK_PATH_MAX + 64];
	struct stat st;

	whole_path(p, from);
	if (lstat(from, &st) != 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		undo_give_up("a folder cannot be kept", from);
	do {
		kept_path(++undo.kept, to);
	} while (syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0) != 0 && errno == EEXIST);
	return undo.kept;
}

static uint64_t
folder_number(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) != 0)
		undo_give_up("a folder is gone", dir);
	return st.st_ino;
}

void
undo_names_lock(void)
{
	pthread_mutex_lock(&undo.names);
}

void
undo_names_unlock(void)
{
	pthread_mutex_unlock(&undo.names);
}

struct note {
	const char *op, *kept;
	const struct undo_path *name, *other; /* other: NULL for none */
};

/* Into the log of each folder it concerns. */
static void
write_down(const struct note *n)
{
	uint64_t from = folder_number(n->name->dir);
	uint64_t to = n->other == NULL ? 0 : folder_number(n->other->dir);
	const char *other = n->other == NULL ? "-" : n->other->name;
	char line[1024];
	int len, fd;

	if (strpbrk(n->name->name, " \n") != NULL || strpbrk(other, " \n") != NULL)
		undo_give_up("a name with a space", n->name->name);
	len = snprintf(line, sizeof line, "%llu %s %llu %s %llu %s %s\n",
	    (unsigned long long)++*undo.changes, n->op, (unsigned long long)from, n->name->name,
	    (unsigned long long)to, other, n->kept);
	fd = side_open('d', from, O_WRONLY | O_CREAT | O_APPEND);
	append(fd, line, (size_t)len);
	syscall(SYS_close, fd);
	if (to == 0 || to == from)
		return;
	fd = side_open('d', to, O_WRONLY | O_CREAT | O_APPEND);
	append(fd, line, (size_t)len);
	syscall(SYS_close, fd);
}

void
undo_name(const char *op, const struct undo_path *p)
{
	unsigned n = strcmp(op, "remove") == 0 ? keep(p) : 0;
	char kept[32] = "-";

	if (n > 0)
		snprintf(kept, sizeof kept, "k-%u", n);
	write_down(&(struct note){.op = op, .name = p, .kept = kept});
}

void
undo_two_names(const char *op, const struct undo_path *p, const struct undo_path *other)
{
	char path[DISK_PATH_MAX + 260], kept[32] = "-";
	struct stat st;
	unsigned n;

	if (strcmp(op, "exchange") == 0) {
		whole_path(p, path);
		if (lstat(path, &st) != 0)
			return;
		snprintf(kept, sizeof kept, "%llu", (unsigned long long)st.st_ino);
	} else if ((n = keep(other)) > 0) {
		snprintf(kept, sizeof kept, "k-%u", n);
	}
	write_down(&(struct note){.op = op, .name = p, .other = other, .kept = kept});
}

/* -1 and errno if it is none, or has anything in it. */
static int
look_empty(const char *path)
{
	int fd = (int)syscall(
	    SYS_openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *f;
	bool empty = true;

	if (d == NULL)
		return -1;
	while (empty && (f = readdir(d)) != NULL)
		empty = strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0;
	closedir(d);
	errno = ENOTEMPTY;
	return empty ? 0 : -1;
}

int
undo_remove_folder(const struct undo_path *p)
{
	char path[DISK_PATH_MAX + 260], to[DISK_PATH_MAX + 64];

	whole_path(p, path);
	if (look_empty(path) != 0)
		return -1;
	do {
		kept_path(++undo.kept, to);
	} while (syscall(SYS_mkdirat, AT_FDCWD, to, 0700) != 0 && errno == EEXIST);
	write_down(&(struct note){.op = "rmdir", .name = p, .kept = strrchr(to, '/') + 1});
	return (int)syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, to, 0);
}

void
undo_fresh_folder(const struct undo_path *p)
{
	char path[DISK_PATH_MAX + 260];
	struct stat st;

	whole_path(p, path);
	if (stat(path, &st) != 0)
		undo_give_up("a new folder is gone", path);
	for (const char *sort = "df"; *sort != '\0'; sort++) {
		int fd = side_open(*sort, st.st_ino, O_WRONLY | O_TRUNC);

		if (fd >= 0)
			syscall(SYS_close, fd);
	}
}

/* --- syncs --- */

static void forget_names(uint64_t folder);

static void
forget_kept_file(const char *path, const struct stat *st)
{
	char undo_path_of_it[DISK_PATH_MAX + 64];

	syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	if (st->st_nlink > 1)
		return;
	pthread_mutex_lock(&undo.lock);
	for (struct tracked *t = undo.all; t != NULL; t = t->next)
		if (t->ino == st->st_ino)
			undo_synced(t);
	pthread_mutex_unlock(&undo.lock);
	snprintf(undo_path_of_it, sizeof undo_path_of_it, "%s/f-%llu", undo.side,
	    (unsigned long long)st->st_ino);
	syscall(SYS_truncate, undo_path_of_it, 0);
}

/* It is not to come back, and its number may become another's. */
static void
forget_kept(const char *kept)
{
	char path[DISK_PATH_MAX + 300];
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", undo.side, kept);
	if (stat(path, &st) != 0)
		return;
	if (!S_ISDIR(st.st_mode)) {
		forget_kept_file(path, &st);
		return;
	}
	forget_names(st.st_ino);
	syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

/* Folders in folders that were removed: as deep as those went. */
static void
forget_names(uint64_t folder)
{
	int fd = side_open('d', folder, O_RDWR);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	char line[1024];

	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		char *kept = strrchr(line, ' ');

		line[strcspn(line, "\n")] = '\0';
		if (kept != NULL && strncmp(kept, " k-", 3) == 0)
			forget_kept(kept + 1);
	}
	if (f == NULL)
		return;
	if (syscall(SYS_ftruncate, fd, 0) != 0)
		undo_give_up("the side folder cannot be written", undo.side);
	fclose(f);
}

void
undo_names_synced(const struct tracked *folder)
{
	forget_names(folder->ino);
}

void
undo_synced(struct tracked *t)
{
	load(t);
	if (t->undo_fd >= 0 && syscall(SYS_ftruncate, t->undo_fd, 0) != 0)
		undo_give_up("the side folder cannot be written", undo.side);
	t->undo_len = 0;
	if (t->n_saved > 0)
		memset(t->saved, 0, t->n_saved / 8);
	t->dirty = false;
}
