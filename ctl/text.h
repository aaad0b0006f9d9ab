/* ctl/text.h -- escapes untrusted text for terminals, and formats values for people.
 *
 * Reports hold text from strangers. None of it may move the cursor or change the direction of
 * the line. The locale must use UTF-8: main() sets it. */
#ifndef CTL_TEXT_H
#define CTL_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/str.h"

/* Appends s, with escapes such as \x1b or \u202e for invisible bytes and characters. */
void text_escape(struct str s, struct buf *out);
size_t text_width(struct str s); /* terminal columns of text from text_escape() */

/* Appends a value as one line: a set as "a, b", other objects and arrays as JSON. */
void text_value(const json_t *v, struct buf *out);
/* Appends an object as indented lines, "name: value". */
void text_object(const json_t *object, struct buf *out);
/* Appends one line of JSON. For a terminal it holds only ASCII. */
void text_json(const json_t *v, bool terminal, struct buf *out);

/* Prints "outboxctl: TEXT" as a line on standard error. */
void text_complain(const char *text);

#endif
