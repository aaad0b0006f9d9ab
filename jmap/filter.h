/* jmap/filter.h -- a /query filter and sort, from JSON to what the store takes (RFC 8620, 5.5).
 */
#ifndef JMAP_FILTER_H
#define JMAP_FILTER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "storage/filter.h"

/* v: a FilterOperator or FilterCondition.  Malformed: ERR_INVALID_ARGUMENTS; a condition that
 * nobody knows, or too much of it: ERR_UNSUPPORTED_FILTER.  filter_free() *f, also after an
 * error. */
bool filter_read(const struct type *t, const json_t *v, struct filter *f, struct err *e);

/* v: an array of Comparators, or NULL.  Malformed: ERR_INVALID_ARGUMENTS; a property that
 * nobody sorts by, or any collation: ERR_UNSUPPORTED_SORT.  Leaves out what cannot change the
 * order. */
bool sort_read(const struct type *t, const json_t *v, struct sort sort[static SORT_MAX],
    size_t *n, struct err *e);

#endif
