/* json/charge.h -- what the walk of a JSON tree costs (base/budget.h). */
#ifndef JSON_CHARGE_H
#define JSON_CHARGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/budget.h"

#define JSON_TEXT_BYTES_PER_UNIT 16 /* of texts that are copied or compared */

/* Charges price units for each value in the tree, and for every JSON_TEXT_BYTES_PER_UNIT bytes
 * of its strings and names.  False, before it has looked at all of the tree, if the budget is
 * spent. */
bool json_charge(struct budget *b, const json_t *v, unsigned price);

#endif
