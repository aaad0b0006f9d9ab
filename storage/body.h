/* storage/body.h -- a record's JSON text as it lies in the bodies database: compressed.
 *
 * Private to storage/.  Layout: format (u8), then a zstd frame (RFC 8878). */
#ifndef STORAGE_BODY_H
#define STORAGE_BODY_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* zstd's memory, made when it is first needed and good for many bodies: {0}, body_work_free().
 */
struct body_work {
	struct ZSTD_CCtx_s *pack;
	struct ZSTD_DCtx_s *unpack;
};

void body_work_free(struct body_work *w); /* leaves {0} */

/* Appends text to out as it is stored. */
bool body_pack(struct body_work *w, struct str text, struct buf *out, struct err *e);
/* Appends the text, of size bytes, to out.  ERR_DAMAGED if it is not what body_pack() made
 * of as many bytes. */
bool body_unpack(
    struct body_work *w, struct str value, size_t size, struct buf *out, struct err *e);

#endif
