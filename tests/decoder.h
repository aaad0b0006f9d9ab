/* tests/decoder.h -- reads documents as strictly as stalwart-cli and Stalwart's WebUI do:
 * closed enumerations, required members, no wrong types.
 *
 * Null is no value of anything here, and a member that those programs would pass over is
 * refused: it can only be a slip. */
#ifndef TESTS_DECODER_H
#define TESTS_DECODER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/str.h"

/* False with one sentence that says where and why appended to why. */
bool decode_schema(const json_t *v, struct buf *why);    /* decoder_schema.c */
bool decode_set_error(const json_t *v, struct buf *why); /* decoder_error.c */
/* Every SetError in a Response. */
bool decode_response(const json_t *v, struct buf *why); /* decoder_error.c */

/* --- what the two are made of: decoder.c --- */

struct decoder {
	struct buf path; /* "/fields/x:DmarcReport" */
	struct buf *why;
};

/* Reads one value, at d->path. */
typedef bool decode(struct decoder *d, const json_t *v);

decode decode_any, decode_string, decode_boolean, decode_number, decode_integer, decode_uint;
decode decode_strings; /* an array of them */

struct member {
	const char *name; /* NULL ends the table */
	decode *value;
	bool required;
};

/* An object with these members. */
bool decode_members(struct decoder *d, const json_t *v, const struct member *members);
/* An object of any names, or an array: each reads every value in it. */
bool decode_map(struct decoder *d, const json_t *v, decode *each);
bool decode_list(struct decoder *d, const json_t *v, decode *each);
/* A string of the list, which NULL ends. */
bool decode_one_of(struct decoder *d, const json_t *v, const char *const *names);

/* An object whose "type" says which other members it has. */
struct variant {
	const char *type;             /* NULL ends the table */
	const struct member *members; /* besides "type" */
};
bool decode_variant(struct decoder *d, const json_t *v, const struct variant *variants);

/* Appends where and why; false. */
bool decode_fail(struct decoder *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A whole document. */
bool decode_document(const json_t *v, decode *read, struct buf *why);

#endif
