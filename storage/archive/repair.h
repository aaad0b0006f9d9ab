/* storage/archive/repair.h -- makes the store again, to the last write acknowledged, from the
 * archive.
 *
 * Private to storage/. */
#ifndef STORAGE_ARCHIVE_REPAIR_H
#define STORAGE_ARCHIVE_REPAIR_H

#include <stdio.h>

#include "storage/archive/home.h"

/* Where a store can be made from. */
struct repair_source {
	const char *files;    /* folder of MANIFEST and what it lists */
	const char *logs;     /* folder of the logs from its first_log on */
	struct log_place end; /* the log is taken so far, and has to be whole up to there */
};

/* How a store is looked through. */
struct inspection {
	bool new_epoch; /* states from before become unknown */
	unsigned cache_mb;
	const struct clock *clock;
	const struct log *log;
	FILE *report; /* NULL, or what was seen, a line a fact */
};

/* Recovers the environment in dir as it is and looks through all of it, in a process of its
 * own.  ERR_DAMAGED. */
bool repair_inspect(const char *dir, const struct inspection *how, struct err *e);

/* Builds dir, which is removed first, from source: copies its files and logs, recovers, and
 * looks through all of it.  ERR_DAMAGED if that does not give a sound store with all that the
 * log says. */
bool repair_build(const char *dir, const struct repair_source *source,
    const struct inspection *how, struct err *e);

/* How this home's stores are looked through. */
struct inspection repair_how(const struct home *h);

/* Builds store.new from the archive, moves the store aside to a damaged-TIME, and puts the new
 * one in its place; killed at any point, it begins again.  why: for the log. */
bool repair_store(struct home *h, const char *why, struct err *e);

/* Moves the store, if there is one, to a new damaged-TIME, store.new into its place, and then
 * the archive to the same damaged-TIME: at no time is there neither of them.  An archive that
 * cannot be moved there, as from another disk, is removed. */
bool repair_install(struct home *h, bool archive_too, struct err *e);

/* The next start looks through the store, and repairs it if it is damaged. */
void repair_mark(struct home *h, const char *why);

/* The archive alone, in the same way. */
bool repair_put_archive_aside(struct home *h, struct err *e);

/* The newest of the damaged-* folders' names, "" if there is none, and how many. */
#define REPAIR_KEPT_MAX                                                                        \
	2 /* older ones are removed; all but one when the disk is nearly full                  \
	   */
struct repair_kept {
	char newest[64];
	size_t n;
};
bool repair_kept(const char *home_dir, struct repair_kept *kept, struct err *e);

#endif
