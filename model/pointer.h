/* model/pointer.h -- the steps of a JSON Pointer (RFC 6901) and the indexes of lists. */
#ifndef MODEL_POINTER_H
#define MODEL_POINTER_H

#include "base/str.h"

#define POINTER_INDEX_MAX UINT64_C(9007199254740991) /* 2^53-1 */
#define POINTER_WANT_INDEX "must be a decimal index without leading zeros"

/* Appends a key as a step: "~" as "~0", "/" as "~1". */
void pointer_add_key(struct buf *pointer, struct str key);
/* Takes the first step off *pointer, and the slash behind it; false if there is none left.
 * After the last one .s is NULL. */
bool pointer_cut(struct str *pointer, struct str *step);
/* Appends the key that a step stands for; false for an escape other than "~0" and "~1". */
bool pointer_unescape(struct str step, struct buf *key);

#endif
