/* tests/match.h -- compares an answer with what a case expects, and remembers values by name.
 *
 * An expected value is JSON in which some strings are patterns:
 *
 *   "${name}"               on first sight binds name to what is there; later must equal it
 *   "${name != other}"      the same, and must differ from what other is bound to
 *   "${any}"                any value that is there
 *   "${string}"             a string that is not empty
 *   "${uint}"               an integer from 0
 *   "${contains:x}"         a string that holds x
 *   {"a": "${absent}"}      there must be no such member
 *   {"${name}": ...}        the member whose key name is bound to; else the one that is left
 *   {"...": true}           the object may have further members
 *   ["${unordered}", ...]   the rest of the array in any order
 */
#ifndef TESTS_MATCH_H
#define TESTS_MATCH_H

#include <jansson.h>
#include <stdbool.h>

#include "base/str.h"

/* bound: an object, name -> value; grows.  False with one sentence that says where and why
 * appended to why. */
bool match(json_t *bound, const json_t *want, const json_t *got, struct buf *why);

/* Appends text to out; a string that is nothing but "${name}" becomes the bound value as JSON,
 * and ${name} inside a longer one its characters.  False, naming it in why, for a name that is
 * not bound. */
bool match_fill(const json_t *bound, struct str text, struct buf *out, struct buf *why);

#endif
