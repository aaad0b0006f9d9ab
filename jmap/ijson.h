/* jmap/ijson.h -- JSON as strangers may send it: I-JSON (RFC 7493). */
#ifndef JMAP_IJSON_H
#define JMAP_IJSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* The size of an ordinary JSON text whose tree takes about as much memory as that of text. */
size_t ijson_weight(struct str text);

/* *v is the caller's, for json_decref().  Duplicate members, a NUL in a member's name, bytes
 * that are not UTF-8, surrogates, noncharacters, nesting too deep, anything behind the value:
 * ERR_NOT_JSON.  Numbers may have any size (json/number.h): what a method or a property does
 * with them is theirs to say.  A text whose tree would need more memory than that
 * of an ordinary request of max_size bytes: ERR_LIMIT. */
bool ijson_parse(struct str text, size_t max_size, json_t **v, struct err *e);

#endif
