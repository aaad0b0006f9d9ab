/* model/record.h -- from what a client sent to what is stored, and back.
 *
 * A record is stored as canonical JSON text: one object, arrays for sets and lists, every field
 * of the table present in its order, defaults filled in, null for a T? without a value.  It
 * does not hold the id. */
#ifndef MODEL_RECORD_H
#define MODEL_RECORD_H

#include <jansson.h>
#include <stdbool.h>

#include "base/str.h"
#include "model/keys.h"
#include "model/type.h"

/* Which of the two shapes sets and lists have on output.  Input may have either. */
enum face {
	FACE_ARRAYS, /* POST /api */
	FACE_MAPS,   /* POST /jmap */
};

/* What is wrong with a record, property by property. */
struct problem {
	char *path; /* "report/records/0/count", keys escaped as in JSON Pointer (RFC 6901) */
	char *want; /* "must be an integer from 0 to 9007199254740991" */
};

#define MODEL_MAX_PROBLEMS 50             /* listed; further ones are counted in .more */
#define MODEL_MAX_PROBLEM_BYTES 8192      /* of the listed paths and wants together */
#define MODEL_MAX_PROBLEM_PATH_BYTES 1024 /* a longer path is cut and ends in "..." */

struct problems {
	struct problem *list;
	size_t n, more;
	size_t bytes; /* of the listed paths and wants */
	/* The canonical text passed the limit: the one problem that has no path. */
	bool too_large;
	/* The patch itself is at fault (invalidPatch), not the values (invalidProperties). */
	bool patch;
};

void problems_add(struct problems *p, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* No further problem will be listed, only counted. */
bool problems_are_full(const struct problems *p);
/* For a person, a few: "report/records/0/count must be ...; domain must be ...; and 7 more". */
void problems_describe(const struct problems *p, struct buf *out);
/* How many there are, those counted in .more too; too_large is not among them. */
size_t problems_count(const struct problems *p);
void problems_free(struct problems *p); /* leaves {0} */

/* What became of one field of a record. */
struct record_field {
	size_t at, len; /* where in the text its value stands */
	bool differs;   /* not the value that was sent: defaulted, lower-cased, ... */
	bool absent;    /* not sent at all */
};

/* A checked record.  {0} before model_record(); record_free() afterwards, even if it failed. */
struct record {
	struct buf text; /* canonical */
	struct keys keys;
	struct record_field fields[MODEL_MAX_FIELDS]; /* as in t->fields */
};

/* Checks v against t's rows and writes the canonical text, at most max_bytes of it.  v is not
 * changed.  In it, null for a field with a default means the default.  "id" is not a field: the
 * caller takes it off first.  False with at least one problem, and all there are, each with its
 * path, if v is not a valid record of t. */
bool model_record(const struct type *t, const json_t *v, size_t max_bytes, struct record *r,
    struct problems *p);
void record_free(struct record *r);

/* Whether text, the canonical text of a record that may have been stored long ago, has just the
 * fields that the tables have now, at every level: then it is what FACE_ARRAYS shows. */
bool model_is_current(const struct type *t, struct str text);

/* Writes a stored record for a face: the fields whose bit is set in wanted (bit i is
 * t->fields[i]), as members without the braces: "domain":"example.com","rua":[...].  v is the
 * parsed canonical text; for a field that it lacks, because it is older than that, stands the
 * default. */
void model_show(
    const struct type *t, const json_t *v, uint64_t wanted, enum face face, struct buf *out);
#define MODEL_ALL_FIELDS UINT64_MAX

#endif
