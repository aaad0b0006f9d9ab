/* json/read.h -- JSON text becomes a tree that keeps numbers as they were written. */
#ifndef JSON_READ_H
#define JSON_READ_H

#include <jansson.h>

#include "base/str.h"

/* As json_loadb(), flags included, but for numbers (json/number.h).  A string that begins with
 * NUMBER_MARK is refused, and so is a NUL behind a number, which Jansson overlooks.  NULL for
 * what is not JSON; otherwise the caller's, for json_decref().  why may be NULL. */
json_t *json_read(struct str text, size_t flags, json_error_t *why);

#endif
