/* storage/archive/ballast.h -- disk space kept for when there is none left, so that recovery,
 * and the destroys that make room, still have some.
 *
 * Private to storage/. */
#ifndef STORAGE_ARCHIVE_BALLAST_H
#define STORAGE_ARCHIVE_BALLAST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"

/* With less free space than this the ballast goes, and without one nothing is opened. */
#define BALLAST_LOW_BYTES (UINT64_C(16) << 20)

/* Gives dir/ballast up if there is little free space, makes it, of so many bytes, if there is
 * plenty: more than keep_free beside it.  bytes 0: none is wanted. */
void ballast_adjust(const char *dir, uint64_t bytes, uint64_t keep_free, const struct log *log);
/* True if there was one to give up. */
bool ballast_give_up(const char *dir, const struct log *log);
bool ballast_disk_is_full(const char *dir); /* less than BALLAST_LOW_BYTES are free */

#endif
