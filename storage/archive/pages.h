/* storage/archive/pages.h -- the checksums of a database file's pages, read from the disk and
 * not through the cache, while the store serves.
 *
 * Private to storage/. */
#ifndef STORAGE_ARCHIVE_PAGES_H
#define STORAGE_ARCHIVE_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define PAGES_PIECE 64 /* pages read at once */

/* Calls between(arg) after each piece; false from it ends the look, without an error.
 * ERR_DAMAGED naming the first page that is not what was written. */
bool pages_check(const char *path, bool (*between)(void *arg), void *arg, struct err *e);

/* While nobody writes to it: does the file have as many pages as its first one says, and are
 * those from that byte on what was written, none of them empty?  ERR_DAMAGED. */
bool pages_check_end(const char *path, uint64_t from, struct err *e);

#endif
