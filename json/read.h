/* json/read.h -- parses JSON text into a tree that keeps numbers as they were written. */
#ifndef JSON_READ_H
#define JSON_READ_H

#include <jansson.h>

#include "base/str.h"

/* Parses like json_loadb(), with the same flags, but keeps numbers (json/number.h).  It refuses
 * a string that begins with NUMBER_MARK, and a NUL after a number, which Jansson would ignore.
 * Returns a new reference, for json_decref(); NULL if the text is not valid.  why may be NULL.
 */
json_t *json_read(struct str text, size_t flags, json_error_t *why);

#endif
