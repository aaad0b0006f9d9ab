/* json/number.h -- the numbers of a tree that json_read() made, exactly as they were written.
 *
 * Jansson holds a number as an int64_t or as a double: it rounds 0.1, and it refuses the whole
 * text for a number beyond both.  RFC 8259, 6 sets no such limits, so json_read() keeps each
 * number that is no int64_t as its text: in a string that begins with NUMBER_MARK.  That is a
 * noncharacter, which json_read() lets no string of the text begin with.
 *
 * Whoever looks at such a tree therefore asks string_is() and number_is(), never
 * json_is_string(), json_is_number() or json_is_real(). */
#ifndef JSON_NUMBER_H
#define JSON_NUMBER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define NUMBER_MARK "\xef\xb7\x90" /* U+FDD0 in UTF-8 */

bool string_is(const json_t *v);
bool number_is(const json_t *v);
/* Appends a number's text. */
void number_text(const json_t *v, struct buf *out);

/* Whether v is an integer, of any size. */
bool number_is_integer(const json_t *v);
/* The value of an integer, which may be written as 1.0 or 1e3.  False if v is none, or is not
 * from 0 to max. */
bool number_to_u64(const json_t *v, uint64_t max, uint64_t *n);
/* The same, from -max to max. */
bool number_to_i64(const json_t *v, int64_t max, int64_t *n);
/* False if v is no number, or if a double does not give back all digits of its text. */
bool number_to_double(const json_t *v, double *n);

/* Of JSON text: the bytes at its beginning that can be part of a number. */
size_t number_span(struct str text);
/* Whether json_read() keeps the text of this number: it is one (RFC 8259, 6), and no int64_t.
 */
bool number_is_kept(struct str text);

#endif
