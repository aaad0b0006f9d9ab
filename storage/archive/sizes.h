/* storage/archive/sizes.h -- how large the database files were at the last checkpoint.
 *
 * Private to storage/.  Recovery looks at what has changed since then, and takes a file that
 * was cut before for one that is shorter.  So the sizes are noted in `sizes`, beside the files.
 * It is written as `sizes.new` and renamed, so that a kill leaves the old one or the new one;
 * it is not synced: what a power cut leaves can be old or unreadable, which only says less.
 *
 * Berkeley DB itself gives back free pages at the end of a file, at any time; whether a file is
 * shorter for that can be told only after recovery. */
#ifndef STORAGE_ARCHIVE_SIZES_H
#define STORAGE_ARCHIVE_SIZES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* A line for each database file in dir, added to list: before a checkpoint, which makes sure of
 * what is there by then. */
bool sizes_list(const char *dir, struct buf *list, struct err *e);
/* Notes them after the checkpoint, if they differ from those noted before, of which *last is a
 * hash.  One thread at a time. */
bool sizes_note(const char *dir, struct str list, uint64_t *last, struct err *e);
/* Before recovery.  False, with ERR_DAMAGED naming it, if a file is missing or has nothing in
 * it.  A line for each that is shorter than was noted is added to shorter. */
bool sizes_check(const char *dir, struct buf *shorter, struct err *e);
/* After recovery: do those files have all their pages?  ERR_DAMAGED naming the first that has
 * not. */
bool sizes_check_ends(const char *dir, struct str shorter, struct err *e);

#endif
