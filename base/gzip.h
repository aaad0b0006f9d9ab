/* base/gzip.h -- gzip (RFC 1952), by zlib. */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* Appends text, compressed.  There is neither a time nor a name in it: the same text always
 * gives the same bytes.  False only where there is no memory: ERR_SERVER_FAIL. */
bool gzip_add(struct str text, struct buf *out, struct err *e);

#endif
