/* jmap/arguments.h -- what a method may be called with: tables, and the check of a call against
 * one. */
#ifndef JMAP_ARGUMENTS_H
#define JMAP_ARGUMENTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* RFC 8620, 1.1 to 1.3. */
enum argument_kind {
	ARG_BOOLEAN,
	ARG_INT,      /* -(2^53-1) to 2^53-1 */
	ARG_UINT,     /* 0 to 2^53-1 */
	ARG_POSITIVE, /* 1 to 2^53-1 */
	ARG_STRING,
	ARG_STRINGS, /* String[], Id[] */
	ARG_OBJECT,
	ARG_OBJECTS,      /* Foo[] */
	ARG_OBJECT_MAP,   /* String[Foo]: updates, by an id or by "#" and a creation id */
	ARG_CREATION_MAP, /* Id[Foo] */
	ARG__COUNT
};

enum argument_flag {
	ARG_REQUIRED = 1 << 0,
	ARG_NULLABLE = 1 << 1, /* null is the same as absent */
};

struct argument {
	const char *name; /* NULL ends the table */
	enum argument_kind kind;
	unsigned flags;
};

/* ERR_INVALID_ARGUMENTS, naming the argument, if one is missing, of the wrong type or not in
 * the table.  Takes the nulls off args. */
bool arguments_check(const struct argument *table, json_t *args, struct err *e);

/* 1.2: 1 to 255 of A to Z, a to z, 0 to 9, "-" and "_". */
bool is_id(struct str s);
#define ARG_ID_MAX 255

bool argument_is(enum argument_kind kind, const json_t *v);
int64_t argument_int(const json_t *v); /* of an ARG_INT, ARG_UINT or ARG_POSITIVE; NULL is 0 */

#define ARG_INT_MAX ((INT64_C(1) << 53) - 1)

struct str json_str(const json_t *string); /* borrowed; {0} if it is no string */

#endif
