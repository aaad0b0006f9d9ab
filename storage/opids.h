/* storage/opids.h -- operation ids and the answers they got, so that a set sent twice is done
 * once.
 *
 * Private to storage/. */
#ifndef STORAGE_OPIDS_H
#define STORAGE_OPIDS_H

#include "storage/writer.h"

#define OPID_KEEP_S 900 /* far longer than any client asks again */

/* The answer that opid got, into *answer.  1 known, 0 not, -1 with *e set. */
int opid_find(struct batch *b, const uint8_t opid[static STORE_OPID_LEN], struct buf *answer,
    struct err *e);
bool opid_keep(struct batch *b, const uint8_t opid[static STORE_OPID_LEN], struct str answer,
    struct err *e);

#endif
