/* json/text.h -- JSON text of single values. */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include <jansson.h>

#include "base/str.h"

/* "quoted", with the escapes that JSON demands and no others. */
void text_string(struct buf *out, struct str s);
/* Digits that read back as n, which is finite; "1.0", never "1". */
void text_real(struct buf *out, double n);
/* A string, number, true, false or null; a number as json_read() found it (json/number.h). */
void text_scalar(struct buf *out, const json_t *v);
/* Any value, without blanks.  False, with rubbish appended, once out is longer than max. */
bool text_tree(struct buf *out, const json_t *v, size_t max);

#endif
