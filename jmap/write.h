/* jmap/write.h -- answers are written as JSON text, straight into the Response.
 *
 * A member or an element puts a comma before itself unless it is the first: one that follows {
 * or [. text_string() of model/text.h writes the strings. */
#ifndef JMAP_WRITE_H
#define JMAP_WRITE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/text.h"
#include "model/type.h"
#include "storage/store.h"

void write_comma(struct buf *b);
void write_sentence(
    struct buf *b, const char *s); /* quoted; bytes of a cut UTF-8 sequence become "?" */
void write_member(
    struct buf *b, struct str name); /* "name": and the value is the caller's to write */
void write_name(struct buf *b, const char *name); /* the same */

void write_id(struct buf *b, const struct type *t, uint64_t id); /* quoted */
void write_ids(
    struct buf *b, const struct type *t, const uint64_t *ids, size_t n); /* an array */
void write_state(struct buf *b, struct state s);                         /* quoted */

/* Appends v as JSON text, at most up to max bytes in b: false beyond, with part of v written.
 */
bool write_json(struct buf *b, const json_t *v, size_t max);

#endif
