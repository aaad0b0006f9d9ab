/* storage/archive/archive.c -- the second copy of the log while the store is open: it grows
 * with each commit. */
#include "storage/archive/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/io.h"
#include "storage/archive/end.h"

#define PIECE_BYTES (1u << 20)

struct archive {
	struct folder_path dir, store;
	const struct log *log;
	int dir_fd, end_fd;
	int in_fd, out_fd;   /* the file of .at, in the store and here; -1: not open */
	struct log_place at; /* copied so far, synced or not */
	bool new_names;      /* the folder has files whose names are not on disk */
	char *piece;
	pthread_mutex_t lock;
	/* under lock */
	struct log_place end; /* synced so far */
	uint32_t first;
	bool has_base;
	int64_t base_made_s;
};

static bool
failed(struct err *e, const char *what, const char *path)
{
	bool full = errno == ENOSPC || errno == EDQUOT;

	return err_set(e, full ? ERR_SERVER_UNAVAILABLE : ERR_SERVER_FAIL,
	    "the archive cannot %s %s: %s", what, path, strerror(errno));
}

/* --- copying --- */

static struct folder_path
log_path(const struct folder_path *dir, uint32_t file)
{
	return folder_path(dir->text, logfile_name(file).text);
}

/* As long as the store's from the beginning: a file that grows with each sync costs far more.
 */
static bool
file_lengthen(struct archive *a, struct err *e)
{
	struct stat ours, theirs;

	if (fstat(a->out_fd, &ours) != 0 || fstat(a->in_fd, &theirs) != 0)
		return failed(e, "read", a->dir.text);
	return ours.st_size >= theirs.st_size || ftruncate(a->out_fd, theirs.st_size) == 0 ||
	    failed(e, "lengthen", a->dir.text);
}

static bool
files_open(struct archive *a, struct err *e)
{
	struct folder_path in = log_path(&a->store, a->at.file);
	struct folder_path out = log_path(&a->dir, a->at.file);

	if (a->out_fd >= 0)
		return true;
	a->in_fd = open(in.text, O_RDONLY | O_CLOEXEC);
	if (a->in_fd < 0)
		return failed(e, "open", in.text);
	a->new_names = a->new_names || !folder_exists(out.text);
	a->out_fd = open(out.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (a->out_fd < 0) {
		failed(e, "make", out.text);
		io_close(&a->in_fd);
		return false;
	}
	return file_lengthen(a, e);
}

static void
files_close(struct archive *a)
{
	io_close(&a->in_fd);
	io_close(&a->out_fd);
}

static bool
files_sync(struct archive *a, struct err *e)
{
	return a->out_fd < 0 || fdatasync(a->out_fd) == 0 || failed(e, "sync", a->dir.text);
}

/* The bytes of the open file up to limit. */
static bool
copy_to(struct archive *a, uint32_t limit, struct err *e)
{
	while (a->at.offset < limit) {
		size_t want =
		    limit - a->at.offset < PIECE_BYTES ? limit - a->at.offset : PIECE_BYTES;
		ssize_t n = pread(a->in_fd, a->piece, want, a->at.offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(e, "read", a->store.text);
		if (n == 0)
			return err_set(e, ERR_DAMAGED, "%s/%s ends before what was written",
			    a->store.text, logfile_name(a->at.file).text);
		n = pwrite(a->out_fd, a->piece, (size_t)n, a->at.offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(e, "write", a->dir.text);
		a->at.offset += (uint32_t)n;
	}
	return true;
}

/* A file that has been followed by another: to its end. */
static bool
copy_rest(struct archive *a, struct err *e)
{
	struct stat st;

	if (fstat(a->in_fd, &st) != 0)
		return failed(e, "read", a->store.text);
	if (!copy_to(a, (uint32_t)st.st_size, e) || !files_sync(a, e))
		return false;
	files_close(a);
	a->at = (struct log_place){a->at.file + 1, 0};
	return true;
}

static bool
names_sync(struct archive *a, struct err *e)
{
	if (a->new_names && fsync(a->dir_fd) != 0)
		return failed(e, "sync", a->dir.text);
	a->new_names = false;
	return true;
}

bool
archive_copy(struct archive *a, struct log_place to, struct err *e)
{
	if (log_place_compare(a->at, to) >= 0)
		return true;
	while (a->at.file < to.file)
		if (!files_open(a, e) || !copy_rest(a, e))
			return false;
	if (!files_open(a, e) || !copy_to(a, to.offset, e) || !files_sync(a, e) ||
	    !names_sync(a, e) || !archive_end_write(a->end_fd, to, e))
		return false;
	pthread_mutex_lock(&a->lock);
	a->end = to;
	pthread_mutex_unlock(&a->lock);
	return true;
}

/* --- the base --- */

static void
base_look(struct archive *a)
{
	struct manifest m;
	struct err e = {0};
	bool ok = manifest_read(&m, folder_path(a->dir.text, ARCHIVE_BASE).text, &e);

	pthread_mutex_lock(&a->lock);
	a->has_base = ok && m.verified && m.first_log >= a->first;
	a->base_made_s = a->has_base ? m.made_s : 0;
	pthread_mutex_unlock(&a->lock);
	if (ok)
		manifest_free(&m);
	else if (e.code != ERR_NOT_FOUND)
		log_line(a->log, LOG_LEVEL_ERROR, "archive-base", "error=%s",
		    log_quote(str_of(e.text)).text);
}

/* The first log of all and those after it make everything: a base without files. */
static bool
base_of_nothing(struct archive *a, uint32_t epoch, int64_t now_s, struct err *e)
{
	struct manifest m = {.format = ENV_FORMAT,
	    .epoch = epoch,
	    .made_s = now_s,
	    .first_log = 1,
	    .end = {1, 0},
	    .verified = true};
	struct folder_path base = folder_path(a->dir.text, ARCHIVE_BASE);
	struct log_place end;

	if (a->has_base || a->first != 1)
		return true;
	if (!logfile_end(a->dir.text, (struct log_place){1, 0}, &end, e))
		return false;
	if (log_place_compare(end, archive_end(a)) < 0)
		return true;
	if (!folder_make(base.text, e) || !manifest_write(&m, base.text, e) ||
	    !folder_sync(a->dir.text, e))
		return false;
	base_look(a);
	return true;
}

/* `end` first: after a power cut it must not say that the copy ends in one of them, and there
 * is to be no gap between those that are left. */
static bool
logs_remove_before(struct archive *a, uint32_t first_log, struct err *e)
{
	if (a->first < first_log && fsync(a->end_fd) != 0)
		return failed(e, "sync", a->dir.text);
	while (a->first < first_log && a->first < archive_end(a).file) {
		if (!folder_remove_file(log_path(&a->dir, a->first).text, e))
			return false;
		pthread_mutex_lock(&a->lock);
		a->first++;
		pthread_mutex_unlock(&a->lock);
	}
	return true;
}

void
archive_base_drop(struct archive *a)
{
	struct folder_path base = folder_path(a->dir.text, ARCHIVE_BASE);

	unlink(folder_path(base.text, MANIFEST_NAME).text);
	base_look(a);
}

bool
archive_base_changed(struct archive *a, struct err *e)
{
	struct manifest m;
	uint32_t first_log;

	base_look(a);
	if (!archive_has_base(a, NULL))
		return true;
	if (!manifest_read(&m, folder_path(a->dir.text, ARCHIVE_BASE).text, e))
		return false;
	first_log = m.first_log;
	manifest_free(&m);
	return logs_remove_before(a, first_log, e);
}

/* --- beginning and end --- */

/* What lies behind the last whole record was never synced: a power cut left it. */
static bool
tail_remove(struct archive *a, struct err *e)
{
	struct folder_path path = log_path(&a->dir, a->at.file);
	uint32_t first, last;

	if (a->at.offset > 0 && truncate(path.text, a->at.offset) != 0)
		return failed(e, "cut", path.text);
	if (!logfile_range(a->dir.text, &first, &last, e))
		return false;
	for (; last > a->at.file || (last == a->at.file && a->at.offset == 0 && last > 0);
	     last--)
		if (!folder_remove_file(log_path(&a->dir, last).text, e))
			return false;
	return true;
}

static bool
is_ours(const char *name)
{
	uint32_t file;

	return logfile_number(name, &file) || strcmp(name, "end") == 0 ||
	    strncmp(name, ARCHIVE_BASE, strlen(ARCHIVE_BASE)) == 0;
}

static bool
forget_one(void *dir, const char *name, struct err *e)
{
	return !is_ours(name) || folder_remove(folder_path(dir, name).text, e);
}

bool
archive_forget(const char *dir, struct err *e)
{
	static const char *const bases[] = {ARCHIVE_BASE_OLD, ARCHIVE_BASE_NEW, ARCHIVE_BASE};

	if (!folder_exists(dir))
		return true;
	for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
		struct folder_path base = folder_path(dir, bases[i]);

		if (folder_exists(base.text) &&
		    !folder_remove_file(folder_path(base.text, MANIFEST_NAME).text, e))
			return false;
	}
	return folder_list(dir, forget_one, (void *)(uintptr_t)dir, e) && folder_sync(dir, e);
}

static bool
begin_anew(struct archive *a, struct err *e)
{
	uint32_t last;

	if (!archive_forget(a->dir.text, e))
		return false;
	if (!folder_exists(a->dir.text) &&
	    (!folder_make(a->dir.text, e) || !folder_parent_sync(a->dir.text, e)))
		return false;
	if (!logfile_range(a->store.text, &a->first, &last, e))
		return false;
	a->at = (struct log_place){a->first, 0};
	return true;
}

static bool
go_on(struct archive *a, struct err *e)
{
	return archive_extent(a->dir.text, &a->first, &a->at, e) && tail_remove(a, e);
}

bool
archive_open(struct archive **out, const char *dir, const char *store_dir,
    const struct archive_start *start, const struct log *log, struct err *e)
{
	struct archive *a = mem_new(1, sizeof *a);

	*a = (struct archive){.log = log, .dir_fd = -1, .end_fd = -1, .in_fd = -1};
	a->out_fd = -1;
	a->piece = mem_new(PIECE_BYTES, 1);
	a->dir = folder_path(dir, "");
	a->dir.text[strlen(dir)] = '\0';
	a->store = folder_path(store_dir, "");
	a->store.text[strlen(store_dir)] = '\0';
	pthread_mutex_init(&a->lock, NULL);
	if (!(start->anew ? begin_anew(a, e) : go_on(a, e)))
		goto fail;
	a->end = a->at;
	a->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (a->dir_fd < 0) {
		failed(e, "open", dir);
		goto fail;
	}
	a->end_fd = archive_end_open(dir, e);
	if (a->end_fd < 0)
		goto fail;
	a->new_names = true;
	base_look(a);
	if (!archive_copy(a, start->to, e) ||
	    !base_of_nothing(a, start->epoch, start->now_s, e))
		goto fail;
	*out = a;
	return true;
fail:
	archive_close(&a);
	return false;
}

void
archive_close(struct archive **archive)
{
	struct archive *a = *archive;

	if (a == NULL)
		return;
	files_close(a);
	io_close(&a->end_fd);
	io_close(&a->dir_fd);
	pthread_mutex_destroy(&a->lock);
	free(a->piece);
	free(a);
	*archive = NULL;
}

/* --- what it is --- */

struct log_place
archive_end(struct archive *a)
{
	struct log_place end;

	pthread_mutex_lock(&a->lock);
	end = a->end;
	pthread_mutex_unlock(&a->lock);
	return end;
}

uint32_t
archive_first(struct archive *a)
{
	uint32_t first;

	pthread_mutex_lock(&a->lock);
	first = a->first;
	pthread_mutex_unlock(&a->lock);
	return first;
}

uint64_t
archive_bytes(struct archive *a)
{
	struct log_place end = archive_end(a);
	uint64_t bytes = end.offset;
	struct stat st;

	for (uint32_t file = archive_first(a); file < end.file; file++)
		bytes +=
		    stat(log_path(&a->dir, file).text, &st) == 0 ? (uint64_t)st.st_size : 0;
	return bytes;
}

uint64_t
archive_free_bytes(const struct archive *a)
{
	struct statvfs fs;

	return fstatvfs(a->dir_fd, &fs) == 0 ? (uint64_t)fs.f_bavail * fs.f_frsize : 0;
}

const char *
archive_dir(const struct archive *a)
{
	return a->dir.text;
}

bool
archive_has_base(struct archive *a, int64_t *made_s)
{
	bool has;

	pthread_mutex_lock(&a->lock);
	has = a->has_base;
	if (made_s != NULL)
		*made_s = a->base_made_s;
	pthread_mutex_unlock(&a->lock);
	return has;
}
