/* base/gzip.h -- gzip (RFC 1952), by zlib. */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* Appends the compressed text.  The header holds neither time nor name, so the same text always
 * gives the same bytes.  Fails only for lack of memory: ERR_SERVER_FAIL. */
bool gzip_add(struct str text, struct buf *out, struct err *e);

#endif
