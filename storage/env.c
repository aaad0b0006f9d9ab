/* storage/env.c -- the Berkeley DB environment: opened, recovered, checkpointed and closed by
 * outbox-store alone. */
#include "storage/env.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/pack.h"
#include "storage/archive/sizes.h"

#define LOG_BUFFER_BYTES (4u << 20)
/* A transaction locks each page that it touches: of each entry the leaf, and some above it. */
#define LOCKS_MAX (2 * STORE_SET_ENTRIES_MAX + 20000)
#define LOCKERS_MAX 10000 /* readers and the writer: connections are fewer */
#define LOCK_TIMEOUT_US 2000000
#define BUFFERS_PER_MB 256 /* pages of 4096 bytes */
#define TRANSACTIONS_BESIDE_BUFFERS 20000
#define MUTEXES_BESIDE_BUFFERS 80000
#define MESSAGES_A_SECOND 10 /* of Berkeley DB's, in the log */

/* A full disk makes Berkeley DB say three lines for each page of its cache. */
static bool
may_be_said(struct env *env)
{
	int64_t second = clock_monotonic_us() / 1000000;
	unsigned unsaid;

	if (env->said_s == second)
		return ++env->said <= MESSAGES_A_SECOND;
	unsaid = env->said > MESSAGES_A_SECOND ? env->said - MESSAGES_A_SECOND : 0;
	env->said_s = second;
	env->said = 1;
	if (unsaid > 0)
		log_line(env->log, LOG_LEVEL_WARN, "berkeley-db", "more=%u", unsaid);
	return true;
}

static void
on_message(const DB_ENV *db, const char *prefix, const char *text)
{
	struct env *env = db->app_private;

	(void)prefix;
	if (may_be_said(env))
		log_line(env->log, LOG_LEVEL_WARN, "berkeley-db", "text=%s",
		    log_quote(str_of(text)).text);
}

static void
on_info(const DB_ENV *db, const char *text)
{
	const struct env *env = db->app_private;

	log_line(
	    env->log, LOG_LEVEL_DEBUG, "berkeley-db", "text=%s", log_quote(str_of(text)).text);
}

static void
on_event(DB_ENV *db, u_int32_t event, void *info)
{
	const struct env *env = db->app_private;
	const int *rc = info;

	if (event != DB_EVENT_PANIC)
		return;
	if (rc != NULL && db_passes(*rc)) {
		log_line(env->log, LOG_LEVEL_ERROR, "berkeley-db-panic", "error=%s exit=%d",
		    log_quote(str_of(db_strerror(*rc))).text, EX_TEMPFAIL);
		_exit(EX_TEMPFAIL);
	}
	env_suspect(env, "Berkeley DB panicked");
}

void
env_suspect(const struct env *env, const char *why)
{
	int fd = openat(env->dir_fd, ENV_SUSPECT_NAME, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	/* What cannot be noted is found by the next start, or again. */
	if (fd >= 0 && io_write_full(fd, why, strlen(why)) && fsync(fd) == 0)
		fsync(env->dir_fd);
	log_line(env->log, LOG_LEVEL_ERROR, "suspect", "why=%s exit=%d",
	    log_quote(str_of(why)).text, EX_DATAERR);
	_exit(EX_DATAERR);
}

void
env_heed(const struct env *env, const struct err *e)
{
	if (e->code == ERR_DAMAGED)
		env_suspect(env, e->text);
}

static bool
directory_open(struct env *env, const struct env_options *o, struct err *e)
{
	if (o->may_create && !folder_make(o->dir, e))
		return false;
	env->dir_fd = open(o->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return env->dir_fd >= 0 ||
	    err_set(e, errno == ENOENT ? ERR_DAMAGED : ERR_SERVER_FAIL, "cannot open %s: %s",
		o->dir, strerror(errno));
}

/* Recovery with another process inside would destroy the environment. */
static bool
directory_lock(struct env *env, unsigned wait_ms, struct err *e)
{
	env->lock_fd = folder_lock(folder_path(env->dir.text, "lock").text, wait_ms, e);
	return env->lock_fd >= 0;
}

static int
environment_set_up(DB_ENV *db, unsigned cache_mb)
{
	uint32_t buffers = cache_mb * BUFFERS_PER_MB;
	/* A committed transaction counts while the cache holds a page version of it. */
	uint32_t transactions = buffers + TRANSACTIONS_BESIDE_BUFFERS;
	uint32_t mutexes = 2 * buffers + transactions + MUTEXES_BESIDE_BUFFERS;
	int rc;

	if ((rc = db->set_cachesize(db, cache_mb >> 10, (cache_mb & 1023) << 20, 1)) != 0 ||
	    (rc = db->set_lk_detect(db, DB_LOCK_YOUNGEST)) != 0 ||
	    (rc = db->set_timeout(db, LOCK_TIMEOUT_US, DB_SET_LOCK_TIMEOUT)) != 0 ||
	    (rc = db->set_lk_max_locks(db, LOCKS_MAX)) != 0 ||
	    (rc = db->set_lk_max_objects(db, LOCKS_MAX)) != 0 ||
	    (rc = db->set_lk_max_lockers(db, LOCKERS_MAX)) != 0 ||
	    (rc = db->set_tx_max(db, transactions)) != 0 ||
	    (rc = db->set_lg_bsize(db, LOG_BUFFER_BYTES)) != 0 ||
	    (rc = db->set_lg_max(db, ENV_LOG_FILE_BYTES)) != 0 ||
	    (rc = db->mutex_set_max(db, mutexes)) != 0)
		return rc;
	return 0;
}

static bool
environment_open(struct env *env, const struct env_options *o, struct err *e)
{
	int rc = db_env_create(&env->db, 0);

	if (rc != 0) {
		env->db = NULL;
		return db_failed(e, rc, "creating the environment handle");
	}
	env->db->app_private = env;
	env->db->set_errcall(env->db, on_message);
	env->db->set_msgcall(env->db, on_info);
	env->db->set_event_notify(env->db, on_event);
	rc = environment_set_up(env->db, o->cache_mb);
	if (rc != 0)
		return db_failed(e, rc, "setting up the environment");
	/* Private: nobody else may attach, so nobody who dies can leave a mutex of it locked.
	 */
	rc = env->db->open(env->db, o->dir,
	    DB_CREATE | DB_INIT_LOCK | DB_INIT_LOG | DB_INIT_MPOOL | DB_INIT_TXN | DB_PRIVATE |
		DB_THREAD | (o->recovery == ENV_RECOVER_FATAL ? DB_RECOVER_FATAL : DB_RECOVER),
	    0600);
	return rc == 0 || db_open_failed(e, rc, "opening the environment");
}

/* create: DB_CREATE or 0. */
static bool
databases_open(struct env *env, uint32_t create, uint32_t format, struct err *e)
{
	uint32_t create_2 = format < 2 ? DB_CREATE : create; /* what came with format 2 */

	if (!database_open(&env->tokens, env->db, "tokens", 0, create | DB_MULTIVERSION, e) ||
	    !timed_open(&env->opids, env->db, "opids", 0, create, e) ||
	    !database_open(&env->users, env->db, "users", 0, create_2 | DB_MULTIVERSION, e) ||
	    !timed_open(
		&env->grants, env->db, "grants", DB_RECNUM, create_2 | DB_MULTIVERSION, e) ||
	    !timed_open(&env->attempts, env->db, "attempts", DB_RECNUM, create_2, e))
		return false;
	for (const struct type *const *t = model_types; *t != NULL; t++)
		if (!table_open(&env->tables[(*t)->number], env->db, *t, create, e))
			return false;
	return true;
}

static bool
contents_open(struct env *env, bool is_new, struct err *e)
{
	uint32_t create = is_new ? DB_CREATE : 0, format = ENV_FORMAT;

	if (!database_open(&env->meta, env->db, "meta", 0, create | DB_MULTIVERSION, e) ||
	    (!is_new && !env_format(env, NULL, &format, e)) ||
	    !databases_open(env, create, format, e) || (is_new && !env_meta_begin(env, e)))
		return false;
	return env_upgrade(env, e) && env_checkpoint(env, e);
}

/* What Berkeley DB has written and synced. */
static bool
log_synced(struct env *env, struct log_place *end, uint32_t *newest, struct err *e)
{
	DB_LOG_STAT *stat = NULL;
	int rc = env->db->log_stat(env->db, &stat, 0);

	if (rc != 0)
		return db_failed(e, rc, "reading the log's state");
	*end = (struct log_place){stat->st_disk_file, stat->st_disk_offset};
	*newest = stat->st_cur_file;
	free(stat);
	return true;
}

static bool
archive_begin(struct env *env, const struct env_options *o, struct err *e)
{
	struct archive_start start = {.anew = o->archive_anew};
	uint32_t newest;

	if (o->archive_dir == NULL)
		return true;
	start.now_s = clock_now_s(env->clock);
	return env_epoch(env, NULL, &start.epoch, e) &&
	    log_synced(env, &start.to, &newest, e) &&
	    archive_open(&env->archive, o->archive_dir, o->dir, &start, env->log, e);
}

static bool
file_sync(void *env, const char *name, struct err *e)
{
	const struct env *v = env;
	uint32_t file;

	if (env_is_database(name) || logfile_number(name, &file))
		return folder_sync_file(folder_path(v->dir.text, name).text, e);
	return true;
}

/* Recovery makes files anew with plain writes, and a checkpoint syncs only what is changed
 * through the cache: a file that nobody changes again would never be on disk. */
static bool
files_sync(struct env *env, struct err *e)
{
	return folder_list(env->dir.text, file_sync, env, e) && folder_sync(env->dir.text, e);
}

/* Whether it is one to be made. */
static bool
environment_is_new(const struct env_options *o, bool *is_new, struct err *e)
{
	uint32_t first, last;

	*is_new = false;
	if (!o->may_create)
		return true;
	if (!logfile_range(o->dir, &first, &last, e))
		return false;
	*is_new = last == 0;
	return true;
}

bool
env_open(struct env *env, const struct env_options *o, const struct clock *clock,
    const struct log *log, struct err *e)
{
	bool create;

	*env = (struct env){.clock = clock, .log = log, .lock_fd = -1, .dir_fd = -1};
	env->reserve_bytes = o->reserve_bytes;
	env->cache_mb = o->cache_mb;
	pthread_mutex_init(&env->checkpoint_lock, NULL);
	env->metrics = o->metrics;
	snprintf(env->dir.text, sizeof env->dir.text, "%s", o->dir);
	snprintf(env->home.text, sizeof env->home.text, "%s",
	    o->home_dir != NULL ? o->home_dir : "");
	if (sodium_init() < 0)
		return err_set(e, ERR_SERVER_FAIL, "libsodium does not start");
	if (directory_open(env, o, e) && directory_lock(env, o->lock_wait_ms, e) &&
	    environment_is_new(o, &create, e) && environment_open(env, o, e) &&
	    contents_open(env, create, e) && files_sync(env, e) && archive_begin(env, o, e))
		return true;
	env_close(env);
	return false;
}

void
env_close(struct env *env)
{
	struct err e = {0};
	int rc;

	if (env->db != NULL && env->attempts.by_time != NULL && !env_checkpoint(env, &e))
		log_line(env->log, LOG_LEVEL_WARN, "checkpoint", "error=%s",
		    log_quote(str_of(e.text)).text);
	archive_close(&env->archive);
	for (size_t i = 0; i <= MODEL_TYPES_MAX; i++)
		table_close(&env->tables[i]);
	timed_close(&env->attempts);
	timed_close(&env->grants);
	timed_close(&env->opids);
	database_close(&env->users);
	database_close(&env->tokens);
	database_close(&env->meta);
	rc = env->db == NULL ? 0 : env->db->close(env->db, 0);
	env->db = NULL;
	if (rc != 0)
		log_line(env->log, LOG_LEVEL_WARN, "close", "error=%s",
		    log_quote(str_of(db_strerror(rc))).text);
	io_close(&env->dir_fd);
	pthread_mutex_destroy(&env->checkpoint_lock);
	io_close(&env->lock_fd); /* last: the lock ends here */
}

/* Berkeley DB syncs its files and never their directory. */
static bool
directory_sync(struct env *env, struct err *e)
{
	if (fsync(env->dir_fd) != 0)
		return err_set(
		    e, ERR_SERVER_FAIL, "cannot sync the directory: %s", strerror(errno));
	return true;
}

/* A commit that lies in a log file whose name is not on disk would be lost with it. */
static bool
log_secure(struct env *env, struct err *e)
{
	struct log_place end;
	uint32_t newest;

	if (!log_synced(env, &end, &newest, e) ||
	    (newest != env->synced_log_file && !directory_sync(env, e)))
		return false;
	env->synced_log_file = newest;
	return env->archive == NULL || archive_copy(env->archive, end, e);
}

bool
env_commit(struct env *env, DB_TXN **txn, struct err *e)
{
	DB_TXN *x = *txn;
	int rc;

	*txn = NULL;
	rc = x->commit(x, 0);
	if (rc != 0)
		return db_failed(e, rc, "committing");
	return log_secure(env, e);
}

bool
env_begin_reading(struct env *env, DB_TXN **txn, struct err *e)
{
	int rc = env->db->txn_begin(env->db, NULL, txn, DB_TXN_SNAPSHOT);

	return rc == 0 || db_failed(e, rc, "beginning to read");
}

bool
env_each_in(DB_TXN *txn, DB *db,
    bool (*each)(void *arg, struct str key, struct str value, struct err *e), void *arg,
    struct err *e)
{
	DBT key = {.flags = DB_DBT_REALLOC}, value = {.flags = DB_DBT_REALLOC};
	DBC *c = NULL;
	bool ok = true;
	int rc = db->cursor(db, txn, &c, 0);

	while (ok && rc == 0 && (rc = c->get(c, &key, &value, DB_NEXT)) == 0)
		ok = each(arg, (struct str){key.data, key.size},
		    (struct str){value.data, value.size}, e);
	if (c != NULL)
		c->close(c);
	free(key.data);
	free(value.data);
	return ok && (rc == DB_NOTFOUND || db_failed(e, rc, "reading all of a database"));
}

bool
env_each(struct env *env, DB *db,
    bool (*each)(void *arg, struct str key, struct str value, struct err *e), void *arg,
    struct err *e)
{
	DB_TXN *txn;
	bool ok;

	if (!env_begin_reading(env, &txn, e))
		return false;
	ok = env_each_in(txn, db, each, arg, e);
	txn->commit(txn, 0);
	return ok;
}

/* Under checkpoint_lock. */
static bool
checkpoint(struct env *env, struct err *e)
{
	int64_t began_us = clock_monotonic_us();
	struct buf sizes = {0};
	bool ok = false;
	int rc;

	if (!sizes_list(env->dir.text, &sizes, e))
		goto out;
	rc = env->db->txn_checkpoint(env->db, 0, 0, 0);
	if (rc != 0) {
		db_failed(e, rc, "checkpointing");
		goto out;
	}
	if (!directory_sync(env, e) ||
	    !sizes_note(env->dir.text, buf_str(&sizes), &env->sizes_hash, e))
		goto out;
	metrics_observe(env->metrics, METRIC_CHECKPOINT_TIME, METRIC_NO_LABELS,
	    clock_monotonic_us() - began_us);
	ok = true;
out:
	buf_free(&sizes);
	return ok;
}

bool
env_checkpoint(struct env *env, struct err *e)
{
	bool ok;

	pthread_mutex_lock(&env->checkpoint_lock);
	ok = checkpoint(env, e);
	pthread_mutex_unlock(&env->checkpoint_lock);
	return ok;
}

bool
env_nearly_full(const struct env *env, uint64_t *free_bytes)
{
	struct statvfs fs;
	uint64_t archive = env->archive != NULL ? archive_free_bytes(env->archive) : UINT64_MAX;

	*free_bytes = fstatvfs(env->dir_fd, &fs) == 0 ? (uint64_t)fs.f_bavail * fs.f_frsize : 0;
	if (archive < *free_bytes)
		*free_bytes = archive;
	return *free_bytes < env->reserve_bytes || *free_bytes == 0;
}

uint64_t
env_file_bytes(const struct env *env, const char *name)
{
	struct stat st;

	return fstatat(env->dir_fd, name, &st, 0) == 0 ? (uint64_t)st.st_size : 0;
}

bool
env_is_database(const char *name)
{
	static const char *const own[ENV_OWN_DATABASES] = {"meta", "tokens", "users", "opids",
	    "opids" TIMED_INDEX_SUFFIX, "grants", "grants" TIMED_INDEX_SUFFIX, "attempts",
	    "attempts" TIMED_INDEX_SUFFIX};

	for (size_t i = 0; i < ENV_OWN_DATABASES; i++)
		if (strcmp(name, own[i]) == 0)
			return true;
	return table_is_file(name);
}

size_t
env_databases(const struct env *env, DB *all[static ENV_DATABASES_MAX])
{
	DB *const own[ENV_OWN_DATABASES] = {env->meta, env->tokens, env->users, env->opids.rows,
	    env->opids.by_time, env->grants.rows, env->grants.by_time, env->attempts.rows,
	    env->attempts.by_time};
	size_t n = 0;

	for (size_t i = 0; i < ENV_OWN_DATABASES; i++)
		all[n++] = own[i];
	for (const struct type *const *t = model_types; *t != NULL; t++) {
		const struct table *table = &env->tables[(*t)->number];

		all[n++] = table->rows;
		all[n++] = table->bodies;
		all[n++] = table->changes;
		for (enum index i = 0; i < INDEX__COUNT; i++)
			all[n++] = table->index[i];
	}
	return n;
}
