/* json/charge.h -- charges a budget for walking a JSON tree (base/budget.h). */
#ifndef JSON_CHARGE_H
#define JSON_CHARGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/budget.h"

#define JSON_TEXT_BYTES_PER_UNIT 16 /* bytes of text for one unit of work */

/* Charges price units for each value in the tree, and for every JSON_TEXT_BYTES_PER_UNIT bytes
 * of its strings and names.  Returns false as soon as the budget is used up. */
bool json_charge(struct budget *b, const json_t *v, unsigned price);

#endif
