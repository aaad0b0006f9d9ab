/* storage/archive/backup.c -- a copy of the database files, made while the store serves, and
 * proved. */
#include "storage/archive/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/io.h"
#include "storage/archive/archive.h"
#include "storage/archive/manifest.h"
#include "storage/archive/trial.h"

/* A MiB, then a pause: clients come first. */
#define PAGES_A_PAUSE 256
#define PAUSE_US 5000

struct backup {
	struct chore *chore;
	struct env *env;
	bool own_logs;
	struct folder_path dir, final; /* where it is made, and what it becomes */
	struct manifest manifest;
	uint64_t files_bytes;
	/* of the file that is being copied */
	int fd;
	uint64_t written;
	struct err why; /* what stopped it */
};

/* --- one file --- */

/* Berkeley DB hands these functions nothing but the environment. */
static struct backup *
backup_of(const DB_ENV *db)
{
	const struct env *env = db->app_private;

	return env->backup;
}

static int
copy_open(DB_ENV *db, const char *name, const char *dir, void **handle)
{
	struct backup *b = backup_of(db);
	struct folder_path path = folder_path(dir, name);

	*handle = b;
	b->written = 0;
	b->fd = open(path.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (b->fd >= 0)
		return 0;
	err_set(&b->why, ERR_SERVER_FAIL, "cannot make %s: %s", path.text, strerror(errno));
	return EIO;
}

static int
copy_write(DB_ENV *db, u_int32_t gigabytes, u_int32_t offset, u_int32_t size, u_int8_t *bytes,
    void *handle)
{
	struct backup *b = handle;
	off_t at = ((off_t)gigabytes << 30) + (off_t)offset;

	(void)db;
	if (!chore_goes_on(b->chore, &b->why))
		return EINTR;
	if (lseek(b->fd, at, SEEK_SET) < 0 || !io_write_full(b->fd, bytes, size)) {
		err_set(&b->why, ERR_SERVER_UNAVAILABLE, "cannot write to %s: %s", b->dir.text,
		    strerror(errno));
		return EIO;
	}
	b->written += size;
	b->chore->done += size;
	return 0;
}

static int
copy_close(DB_ENV *db, const char *name, void *handle)
{
	struct backup *b = handle;
	int rc = 0;

	(void)db;
	if (b->fd >= 0 && fsync(b->fd) != 0) {
		err_set(&b->why, ERR_SERVER_FAIL, "cannot sync %s/%s: %s", b->dir.text, name,
		    strerror(errno));
		rc = EIO;
	}
	io_close(&b->fd);
	return rc;
}

/* A file that the manifest has is as good as new. */
static bool
copy_file(struct backup *b, const char *name, struct err *e)
{
	int rc;

	chore_tell(b->chore, "%s", name);
	if (manifest_find(&b->manifest, name) != NULL)
		return true;
	rc = b->env->db->dbbackup(b->env->db, name, b->dir.text, 0);
	if (b->why.code != ERR_NONE)
		return err_set(e, b->why.code, "%s", b->why.text);
	return (rc == 0 || db_failed(e, rc, "copying a database")) &&
	    manifest_add(&b->manifest, b->dir.text, name, e) &&
	    manifest_write(&b->manifest, b->dir.text, e);
}

/* --- all of them --- */

/* Recovery needs no log before it. */
static bool
first_log(struct env *env, uint32_t *first, struct err *e)
{
	char **old = NULL;
	uint32_t last, file;
	int rc;

	if (!env_checkpoint(env, e) || !logfile_range(env->dir.text, first, &last, e))
		return false;
	rc = env->db->log_archive(env->db, &old, 0);
	if (rc != 0)
		return db_failed(e, rc, "listing old logs");
	for (char **name = old; name != NULL && *name != NULL; name++)
		if (logfile_number(*name, &file) && file >= *first)
			*first = file + 1;
	free(old);
	return true;
}

static bool
begin_anew(struct backup *b, struct err *e)
{
	struct manifest *m = &b->manifest;

	manifest_free(m);
	if (!folder_remove(b->dir.text, e) || !folder_make(b->dir.text, e) ||
	    !folder_parent_sync(b->dir.text, e))
		return false;
	m->made_s = clock_now_s(b->env->clock);
	return env_format(b->env, NULL, &m->format, e) &&
	    env_epoch(b->env, NULL, &m->epoch, e) && first_log(b->env, &m->first_log, e) &&
	    manifest_write(m, b->dir.text, e);
}

/* Whether what is there can be gone on with: of this store, and the logs that it needs are.  In
 * base.new there can also be what is left of the backup before the present one, whose removal
 * was interrupted. */
static bool
is_begun(struct backup *b, bool *begun, struct err *e)
{
	const struct manifest *m = &b->manifest;
	uint32_t format, epoch;
	int64_t base_s;

	if (!env_format(b->env, NULL, &format, e) || !env_epoch(b->env, NULL, &epoch, e))
		return false;
	*begun = m->format == format && m->epoch == epoch &&
	    m->first_log >= archive_first(b->env->archive) &&
	    m->made_s <= clock_now_s(b->env->clock) &&
	    (b->own_logs || !archive_has_base(b->env->archive, &base_s) || m->made_s > base_s);
	return true;
}

/* io_write_file() writes MANIFEST.XXXXXX first.  A store that is killed then leaves it behind.
 */
static bool
is_half_manifest(const char *name)
{
	struct str rest = str_of(name);

	return str_cut_prefix(&rest, MANIFEST_NAME ".") && rest.len == sizeof "XXXXXX" - 1;
}

static bool
stop_at_other_name(void *arg, const char *name, struct err *e)
{
	bool *ours = arg;

	(void)e;
	*ours = is_half_manifest(name);
	return *ours;
}

/* Whether the folder holds nothing but what a backup that was killed at its start left there. A
 * folder with anything else belongs to the operator. */
static bool
is_ours(const char *dir)
{
	struct err none = {0};
	bool ours = true;

	folder_list(dir, stop_at_other_name, &ours, &none);
	return ours;
}

static bool
begin(struct backup *b, struct err *e)
{
	struct err why = {0};
	bool begun = false;

	if (manifest_read(&b->manifest, b->dir.text, &why)) {
		if (!is_begun(b, &begun, e))
			return false;
	} else if (why.code == ERR_NOT_FOUND && b->own_logs && folder_exists(b->dir.text) &&
	    !is_ours(b->dir.text)) {
		return err_set(e, ERR_INVALID_ARGUMENTS,
		    "%s is there already, and is no unfinished backup: name another folder",
		    b->dir.text);
	}
	return begun || begin_anew(b, e);
}

static uint64_t
logs_bytes(const char *dir, uint32_t first, uint32_t last)
{
	uint64_t bytes = 0;

	for (uint32_t file = first; file <= last; file++) {
		struct stat st;

		if (stat(folder_path(dir, logfile_name(file).text).text, &st) == 0)
			bytes += (uint64_t)st.st_size;
	}
	return bytes;
}

/* For the copy, for the trial of it, and then there shall still be the reserve. */
static bool
is_room(struct backup *b, struct err *e)
{
	struct archive *a = b->env->archive;
	uint64_t logs = logs_bytes(archive_dir(a), b->manifest.first_log, archive_end(a).file);
	uint64_t need =
	    2 * b->files_bytes + (b->own_logs ? 2 : 1) * logs + b->env->reserve_bytes;
	uint64_t have;
	struct statvfs fs;

	for (size_t i = 0; i < b->manifest.n; i++)
		need -= b->manifest.files[i].bytes < need ? b->manifest.files[i].bytes : 0;
	if (statvfs(b->dir.text, &fs) != 0)
		return err_set(e, ERR_SERVER_FAIL, "cannot tell how much room %s has: %s",
		    b->dir.text, strerror(errno));
	have = (uint64_t)fs.f_bavail * fs.f_frsize;
	return have >= need ||
	    err_set(e, ERR_OVER_QUOTA, "a backup needs %llu MiB free in %s, where %llu are",
		(unsigned long long)(need >> 20) + 1, b->dir.text,
		(unsigned long long)(have >> 20));
}

static bool
copy_files(struct backup *b, struct err *e)
{
	DB *all[ENV_DATABASES_MAX];
	size_t n = env_databases(b->env, all);
	bool ok = true;

	for (size_t i = 0; i < n; i++)
		b->files_bytes += env_file_bytes(b->env, database_name(all[i]));
	b->chore->total = b->files_bytes;
	if (!is_room(b, e))
		return false;
	for (size_t i = 0; i < b->manifest.n; i++)
		b->chore->done += b->manifest.files[i].bytes;
	b->env->backup = b;
	b->env->db->set_backup_callbacks(b->env->db, copy_open, copy_write, copy_close);
	b->env->db->set_backup_config(b->env->db, DB_BACKUP_READ_COUNT, PAGES_A_PAUSE);
	b->env->db->set_backup_config(b->env->db, DB_BACKUP_READ_SLEEP, PAUSE_US);
	for (size_t i = 0; i < n && ok; i++)
		ok = chore_goes_on(b->chore, e) && copy_file(b, database_name(all[i]), e);
	b->env->backup = NULL;
	return ok;
}

/* --- their logs --- */

static bool
nothing_run(struct batch *b, void *arg, struct err *refused, struct err *e)
{
	(void)b;
	(void)arg;
	(void)refused;
	(void)e;
	return true;
}

/* The log that the copied pages need is on disk, or they would not be; after a commit it is in
 * the archive too. */
static bool
find_end(struct backup *b, struct err *e)
{
	struct job j = {.run = nothing_run};

	if (!writer_do(b->chore->writer, &j, e))
		return false;
	b->manifest.end = archive_end(b->env->archive);
	return true;
}

static bool
copy_logs(struct backup *b, struct err *e)
{
	const struct log_place end = b->manifest.end;
	const char *from = archive_dir(b->env->archive);

	b->chore->total += logs_bytes(from, b->manifest.first_log, end.file);
	for (uint32_t file = b->manifest.first_log; file <= end.file; file++) {
		struct logfile_name name = logfile_name(file);

		chore_tell(b->chore, "%s", name.text);
		if (!chore_goes_on(b->chore, e) ||
		    !folder_copy_file(folder_path(from, name.text).text,
			folder_path(b->dir.text, name.text).text,
			file == end.file ? end.offset : UINT64_MAX, e))
			return false;
		b->chore->done += logs_bytes(from, file, file);
	}
	return folder_sync(b->dir.text, e);
}

/* --- and the end --- */

/* One that is found damaged is not gone on with another time. */
static bool
prove(struct backup *b, struct err *e)
{
	chore_tell(b->chore, "trying it");
	if (trial_run(
		b->chore, b->dir.text, b->own_logs ? NULL : archive_dir(b->env->archive), e)) {
		b->manifest.verified = true;
		return manifest_write(&b->manifest, b->dir.text, e);
	}
	if (e->code == ERR_DAMAGED)
		folder_remove(b->dir.text, &(struct err){0});
	return false;
}

/* The one before is there until the new one is. */
static bool
take_place(struct backup *b, struct err *e)
{
	const char *dir = archive_dir(b->env->archive);

	if (b->own_logs)
		return folder_move(b->dir.text, b->final.text, e);
	return base_take_place(dir, e) && archive_base_changed(b->env->archive, e);
}

static bool
make(struct backup *b, struct err *e)
{
	if (!begin(b, e))
		return false;
	b->manifest.verified = false; /* as it was, which is not how it need be now */
	return copy_files(b, e) && find_end(b, e) && (!b->own_logs || copy_logs(b, e)) &&
	    manifest_write(&b->manifest, b->dir.text, e) && prove(b, e) && take_place(b, e);
}

/* The store makes the folder, and not whoever asked for it. */
static bool
is_writable_beside(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char parent[sizeof((struct folder_path *)NULL)->text];

	snprintf(parent, sizeof parent, "%.*s", slash == path ? 1 : (int)(slash - path), path);
	if (access(parent, W_OK | X_OK) == 0)
		return true;
	return err_set(e, ERR_INVALID_ARGUMENTS,
	    "the store, which runs as uid %u, cannot make a folder in %.100s: %s",
	    (unsigned)geteuid(), parent, strerror(errno));
}

static bool
choose_place(struct backup *b, struct err *e)
{
	const char *path = b->chore->path;
	int len;

	b->own_logs = path[0] != '\0';
	if (!b->own_logs) {
		b->dir = folder_path(archive_dir(b->env->archive), ARCHIVE_BASE_NEW);
		b->final = folder_path(archive_dir(b->env->archive), ARCHIVE_BASE);
		return true;
	}
	len = snprintf(b->dir.text, sizeof b->dir.text, "%s" BACKUP_PARTIAL, path);
	snprintf(b->final.text, sizeof b->final.text, "%s", path);
	if (path[0] != '/' || path[strlen(path) - 1] == '/' ||
	    (size_t)len >= sizeof b->dir.text - MANIFEST_FILE_NAME_MAX)
		return err_set(e, ERR_INVALID_ARGUMENTS,
		    "the folder of a backup is an absolute path without a slash at its end");
	if (folder_exists(path))
		return err_set(e, ERR_INVALID_ARGUMENTS,
		    "%s is there already: name a folder that is not", path);
	return is_writable_beside(path, e);
}

bool
backup_run(struct chore *c, struct err *e)
{
	struct backup *b = mem_new(1, sizeof *b);
	bool ok = false;

	b->chore = c;
	b->env = c->env;
	b->fd = -1;
	if (c->env->archive == NULL) {
		err_set(e, ERR_SERVER_FAIL, "there is no archive");
		goto out;
	}
	if (!choose_place(b, e) || !make(b, e))
		goto out;
	chore_tell(c, "%s holds %zu files and is verified", b->final.text, b->manifest.n);
	ok = true;
out:
	manifest_free(&b->manifest);
	free(b);
	return ok;
}
