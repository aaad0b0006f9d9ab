/* storage/archive/base.h -- the archive's backup: how a new one takes the place of the one
 * before.
 *
 * Private to storage/.  In the archive's folder:
 *
 *   base/       the backup that counts
 *   base.new/   the next one, while it is made and tried
 *   base.old/   the one before, for a moment, on a file system that cannot exchange two names
 *
 * At each moment a verified backup lies under one of these names, so that a kill at any point
 * loses none. */
#ifndef STORAGE_ARCHIVE_BASE_H
#define STORAGE_ARCHIVE_BASE_H

#include <stdbool.h>

#include "base/err.h"

#define ARCHIVE_BASE "base"
#define ARCHIVE_BASE_NEW "base.new"
#define ARCHIVE_BASE_OLD "base.old"

/* base.new, which is verified, becomes base; the one before is removed. */
bool base_take_place(const char *archive_dir, struct err *e);
/* Before the archive is read: finishes or takes back what a kill interrupted in
 * base_take_place().  An archive that is not there is as good. */
bool base_settle(const char *archive_dir, struct err *e);

#endif
