/* json/text.h -- writes JSON text. */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include <jansson.h>

#include "base/str.h"

/* Appends "s" with quotes, and with only the escapes that JSON requires. */
void text_string(struct buf *out, struct str s);
/* Appends n, which must be finite, with digits that give back n; "1.0", never "1". */
void text_real(struct buf *out, double n);
/* Appends a string, a number as json_read() found it (json/number.h), true, false or null. */
void text_scalar(struct buf *out, const json_t *v);
/* Appends any value without white space.  Returns false once out is longer than max; its
 * content is then incomplete. */
bool text_tree(struct buf *out, const json_t *v, size_t max);

#endif
