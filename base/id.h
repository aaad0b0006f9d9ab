/* base/id.h -- a record's id on the wire: a letter for its type, then its number in lower-case
 * base32hex.
 *
 * The width is fixed and the alphabet is in ASCII order, so ids sort in the order in which the
 * records were created. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define ID_DIGITS 10           /* 50 bits */
#define ID_LEN (1 + ID_DIGITS) /* "d0000000001" */
#define ID_MAX ((UINT64_C(1) << (5 * ID_DIGITS)) - 1)

void id_format(char letter, uint64_t number, char out[static ID_LEN + 1]);
/* Accepts only what id_format() writes for this letter.  Number 0 is never an id. */
bool id_parse(char letter, struct str s, uint64_t *number);

#endif
