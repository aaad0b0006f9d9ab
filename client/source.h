/* client/source.h -- JSON objects from a stream: one, an array of them, or one behind the other
 * with or without newlines between (NDJSON). */
#ifndef CLIENT_SOURCE_H
#define CLIENT_SOURCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

/* One object is in memory at a time. */
struct source {
	FILE *file;       /* the caller's, to close */
	const char *name; /* for messages, "reports.json" */
	size_t n;         /* objects read */
	enum { SOURCE_START, SOURCE_LINES, SOURCE_ARRAY, SOURCE_END } state;
};

/* *object is for json_decref(), NULL at the end.  ERR_INVALID_ARGUMENTS for anything but
 * objects, and for a stream without any. */
bool source_next(struct source *s, json_t **object, struct err *e);

#endif
