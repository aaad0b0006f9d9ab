/* jmap/write.h -- answers are written as JSON text, straight into the Response.
 *
 * A member or an element puts a comma before itself unless it is the first: one that follows a
 * brace or bracket.  text_string() of json/text.h writes the strings. */
#ifndef JMAP_WRITE_H
#define JMAP_WRITE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/type.h"
#include "storage/store.h"
#include "json/text.h"

void write_comma(struct buf *b);
/* "name": and the value is the caller's to write. */
void write_member(struct buf *b, struct str name);
void write_name(struct buf *b, const char *name);

/* A quoted string; where s was cut within a character, "?" stands for what is not UTF-8. */
void write_sentence(struct buf *b, const char *s);
void write_id(struct buf *b, const struct type *t, uint64_t id);
void write_ids(struct buf *b, const struct type *t, const uint64_t *ids, size_t n);
void write_state(struct buf *b, struct state s);

#endif
