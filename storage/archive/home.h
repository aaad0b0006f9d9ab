/* storage/archive/home.h -- the data folder: its lock, the store and its archive, and a
 * ballast; opened in whatever state it was left.
 *
 * Private to storage/.  In the folder:
 *
 *   lock             flock: one process at a time recovers, repairs or serves
 *   store/           the environment (storage/env.h); it is there whole or not at all
 *   store.new/       a store being made, by the first start or a repair
 *   archive/         storage/archive/archive.h; elsewhere if the options say so
 *   damaged-TIME/    what a repair or a restore moved aside (UTC, 20260301T080000Z)
 *   ballast          bytes given up when the disk is full */
#ifndef STORAGE_ARCHIVE_HOME_H
#define STORAGE_ARCHIVE_HOME_H

#include "base/folder.h"
#include "storage/env.h"

struct home_options {
	const char *dir;         /* made, 0700, if it is not there */
	const char *archive_dir; /* NULL: dir/archive */
	unsigned cache_mb;
	unsigned lock_wait_ms;   /* for a predecessor that is still closing */
	uint64_t reserve_bytes;  /* with less free space on the disk, env_nearly_full() */
	uint64_t ballast_bytes;  /* 0: none */
	struct metrics *metrics; /* NULL: nobody counts */
};

struct home {
	struct folder_path dir, store, store_new, archive;
	struct home_options options;
	const struct clock *clock;
	const struct log *log;
	int lock_fd;
};

/* The lock alone, as tools need it.  ERR_SERVER_UNAVAILABLE: another process has it.  On false
 * nothing is left to close. */
bool home_lock(struct home *h, const struct home_options *o, const struct clock *clock,
    const struct log *log, struct err *e);
void home_unlock(struct home *h);

/* With the lock: opens the store, making, recovering or repairing it first as it needs.
 * ERR_SERVER_UNAVAILABLE for what passes (a full disk, no memory), ERR_DAMAGED if what was
 * acknowledged cannot all be given back, ERR_SERVER_FAIL for a store of a newer format and the
 * like.  Then env_close(). */
bool home_open(struct home *h, struct env *env, struct err *e);

#endif
