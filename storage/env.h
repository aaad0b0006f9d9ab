/* storage/env.h -- the Berkeley DB environment: opened, recovered, checkpointed and closed by
 * outbox-store alone.
 *
 * Private to storage/. */
#ifndef STORAGE_ENV_H
#define STORAGE_ENV_H

#include <pthread.h>

#include "base/clock.h"
#include "base/folder.h"
#include "base/log.h"
#include "metrics/metrics.h"
#include "storage/archive/archive.h"
#include "storage/table.h"
#include "storage/timed.h"

#define ENV_LOG_FILE_BYTES (16u << 20) /* recovery fills the last one up */
#define ENV_TOKEN_KEY_LEN 32
#define ENV_OWN_DATABASES 9 /* that belong to no type */
#define ENV_DATABASES_MAX (ENV_OWN_DATABASES + MODEL_TYPES_MAX * (3 + INDEX__COUNT))

struct env {
	DB_ENV *db;
	DB *meta;            /* name -> numbers: epoch, the token key, each type's counters */
	DB *tokens;          /* token id -> hash, subject, permissions, dates */
	DB *users;           /* name -> password, permissions (storage/login/users.h) */
	struct timed opids;  /* operation id -> time, the answer it got */
	struct timed grants; /* id -> when it ends, what was granted (storage/login/grants.h) */
	struct timed attempts; /* of whom or from where -> when it is forgotten, how many */
	/* By type->number; .type is NULL where there is none. */
	struct table tables[MODEL_TYPES_MAX + 1];
	const struct clock *clock;
	const struct log *log;
	struct metrics *metrics;      /* NULL: nobody counts */
	struct folder_path dir, home; /* home: "" if there is none */
	struct archive *archive;      /* NULL: none, as while it is made or looked through */
	struct backup *backup;        /* being made (storage/archive/backup.c) */
	int lock_fd;                  /* flock on <dir>/lock: one process at a time */
	int dir_fd;
	uint64_t reserve_bytes;
	unsigned cache_mb;
	_Atomic int64_t said_s; /* the last second in which Berkeley DB said something */
	_Atomic unsigned said;  /* and how many lines in it */
	pthread_mutex_t checkpoint_lock; /* one checkpoint at a time; of the next */
	uint64_t sizes_hash;             /* of what `sizes` says (storage/archive/sizes.h) */
	uint32_t synced_log_file;        /* the log file whose name is known to be on disk */
};

/* A type's numbers in meta; changed only by the writer, in the transaction of the change. */
struct counters {
	uint64_t change;  /* last change number given */
	uint64_t last_id; /* last record number given */
	uint64_t oldest;  /* the change log holds every change after this number */
};

enum env_recovery {
	ENV_RECOVER,       /* from the last checkpoint */
	ENV_RECOVER_FATAL, /* from the first log that is there, after a restore */
};

struct env_options {
	struct metrics *metrics; /* NULL: nobody counts */
	const char *dir;
	/* The folder is made, 0700, if it is not there, and becomes an environment if it has no
	 * logs; else both are damage. */
	bool may_create;
	enum env_recovery recovery;
	const char *archive_dir; /* NULL: no archive */
	bool archive_anew;       /* begin it again, with what the store has */
	const char *home_dir;    /* where damaged-* folders would lie; NULL: nowhere */
	unsigned cache_mb;
	unsigned lock_wait_ms;  /* for a predecessor that is still closing */
	uint64_t reserve_bytes; /* with less free space on the disk, env_nearly_full() */
};

/* Runs recovery, which is all that a kill needs.  A new environment gets a random epoch and
 * token key.  Once there is an archive, it holds all that the log does.  env must stay where it
 * is until env_close(); on false nothing is left to close.  ERR_SERVER_UNAVAILABLE for what
 * passes, ERR_DAMAGED if something is missing or is not what was written. */
bool env_open(struct env *env, const struct env_options *o, const struct clock *clock,
    const struct log *log, struct err *e);
void env_close(struct env *env); /* with a last checkpoint */

/* Durable, and in the archive, when it returns true; *txn is NULL afterwards.  The writer's
 * thread alone calls it. After false it is not known whether the transaction will be there
 * after the next recovery. */
bool env_commit(struct env *env, DB_TXN **txn, struct err *e);
/* A transaction that reads what is committed and waits for no writer; commit it soon. */
bool env_begin_reading(struct env *env, DB_TXN **txn, struct err *e);
/* Calls each() for every entry of db, in order of the keys, until it says false. */
bool env_each(struct env *env, DB *db,
    bool (*each)(void *arg, struct str key, struct str value, struct err *e), void *arg,
    struct err *e);
/* The same within a transaction. */
bool env_each_in(DB_TXN *txn, DB *db,
    bool (*each)(void *arg, struct str key, struct str value, struct err *e), void *arg,
    struct err *e);
/* Nothing to do if nothing was written since the last one.  Any thread may call it; a second
 * one waits until the first has ended. */
bool env_checkpoint(struct env *env, struct err *e);
/* Less than the reserve is free on the disk, or on the archive's, which counts if it has less;
 * true too, with 0 free, if that cannot be told. */
bool env_nearly_full(const struct env *env, uint64_t *free_bytes);

/* Of a file in the environment's folder; 0 if it is not there. */
uint64_t env_file_bytes(const struct env *env, const char *name);
/* Whether this is the name of one of the store's database files.  Other files in the folder,
 * such as a note that somebody left there, do not belong to the store. */
bool env_is_database(const char *name);
/* The handles that write, one for each database; how many there are. */
size_t env_databases(const struct env *env, DB *all[static ENV_DATABASES_MAX]);

/* Notes in the folder that the store has to be looked through before it serves again, logs why,
 * and ends the process: nothing more is written to what may be damaged. */
_Noreturn void env_suspect(const struct env *env, const char *why);
/* The same for every error that says ERR_DAMAGED; returns for the others. */
void env_heed(const struct env *env, const struct err *e);

#define ENV_SUSPECT_NAME "suspect"

/* --- what meta holds: meta.c --- */

bool env_meta_begin(struct env *env, struct err *e); /* of a new environment */
/* Brings an older format up to ENV_FORMAT; refuses a newer one. */
bool env_upgrade(struct env *env, struct err *e);
bool env_format(struct env *env, DB_TXN *txn, uint32_t *format, struct err *e);
/* The same of a file that no environment has open, as it was at its last checkpoint.  False if
 * it cannot be read so. */
bool env_format_peek(const char *meta_path, uint32_t *format);
bool env_new_epoch(struct env *env, struct err *e); /* states from before are unknown */
bool env_epoch(struct env *env, DB_TXN *txn, uint32_t *epoch, struct err *e);
bool env_token_key(
    struct env *env, DB_TXN *txn, uint8_t key[static ENV_TOKEN_KEY_LEN], struct err *e);
bool env_counters(
    struct env *env, DB_TXN *txn, const struct type *t, struct counters *c, struct err *e);
bool env_set_counters(struct env *env, DB_TXN *txn, const struct type *t,
    const struct counters *c, struct err *e);

#endif
