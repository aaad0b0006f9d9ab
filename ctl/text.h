/* ctl/text.h -- what others wrote, for a terminal and for people.
 *
 * Reports hold what strangers sent; nothing of it may move the cursor, or turn the line around.
 * The locale must be one of UTF-8: main() sets it. */
#ifndef CTL_TEXT_H
#define CTL_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/str.h"

/* Appends s with \x1b or \u202e in the place of bytes and characters that are not seen. */
void text_escape(struct str s, struct buf *out);
size_t text_width(struct str s); /* columns of a terminal; of what text_escape() appends */

/* Appends a value in one line: a set as "a, b", other objects and arrays as JSON. */
void text_value(const json_t *v, struct buf *out);
/* Appends an object as indented lines, "name: value". */
void text_object(const json_t *object, struct buf *out);
/* Appends a line of JSON; for a terminal its characters are all ASCII. */
void text_json(const json_t *v, bool terminal, struct buf *out);

/* "outboxctl: TEXT" as a line on standard error. */
void text_complain(const char *text);

#endif
