/* client/source.h -- reads JSON objects from a stream: one object, an array of objects, or one
 * object after another, with or without newlines between them (NDJSON). */
#ifndef CLIENT_SOURCE_H
#define CLIENT_SOURCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

/* Holds only one object in memory. */
struct source {
	FILE *file;       /* the caller closes it */
	const char *name; /* for messages, "reports.json" */
	size_t n;         /* objects read */
	enum { SOURCE_START, SOURCE_LINES, SOURCE_ARRAY, SOURCE_END } state;
};

/* *object is for json_decref(); NULL at the end.  ERR_INVALID_ARGUMENTS if the stream has
 * anything but objects, or no object at all. */
bool source_next(struct source *s, json_t **object, struct err *e);

#endif
