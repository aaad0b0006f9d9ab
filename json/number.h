/* json/number.h -- the numbers in a tree from json_read(), exactly as they were written.
 *
 * Jansson stores a number as an int64_t or as a double.  So it rounds 0.1, and it refuses a
 * text that contains a number beyond both.  RFC 8259, 6 sets no such limits.  json_read()
 * therefore stores each number that is not an int64_t as a string: NUMBER_MARK, then the text
 * of the number.  NUMBER_MARK is a noncharacter, and json_read() refuses strings that begin
 * with it.
 *
 * Code that reads such a tree must use string_is() and number_is() instead of json_is_string(),
 * json_is_number() and json_is_real(). */
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
/* Sets *n to the value of an integer, which may be written as 1.0 or 1e3.  False if v is not an
 * integer from 0 to max. */
bool number_to_u64(const json_t *v, uint64_t max, uint64_t *n);
/* The same for an integer from -max to max. */
bool number_to_i64(const json_t *v, int64_t max, int64_t *n);
/* Sets *n to the value.  False if v is not a number, or if a double cannot give back all digits
 * of its text. */
bool number_to_double(const json_t *v, double *n);

/* Returns how many bytes at the beginning of JSON text can be part of a number. */
size_t number_span(struct str text);
/* Whether json_read() keeps this text as a string: it is a JSON number (RFC 8259, 6) and not an
 * int64_t. */
bool number_is_kept(struct str text);

#endif
