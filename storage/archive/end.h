/* storage/archive/end.h -- the archive's `end`: how far the copy is known to reach.
 *
 * Private to storage/archive*.c.  64 bytes, overwritten in place: a file's number, an offset,
 * and a hash of both. */
#ifndef STORAGE_ARCHIVE_END_H
#define STORAGE_ARCHIVE_END_H

#include "storage/archive/logfile.h"

int archive_end_open(const char *dir, struct err *e); /* to write; -1 with *e set */
bool archive_end_write(int fd, struct log_place end, struct err *e);
/* False: there is none that can be read, which says nothing. */
bool archive_end_read(const char *dir, struct log_place *end);

#endif
