/* client/filter.h -- --where, --sort and --fields, as arguments of a /query and a /get. */
#ifndef CLIENT_FILTER_H
#define CLIENT_FILTER_H

#include "client/catalog.h"

/* "domain=example", "deliverAt>=2026-01-01": a FilterCondition of all of them (RFC 8620, 5.5),
 * for json_decref().  Values are typed as the property is, or the filter that the server lists
 * by that name; a name that neither knows goes to the server as it is, with a text.  NULL with
 * ERR_INVALID_ARGUMENTS. */
json_t *filter_where(
    const struct catalog *cat, const char *type, const char *const *where, struct err *e);

/* "deliverAt,-domain": an array of Comparators, descending with a hyphen. */
json_t *filter_sort(
    const struct catalog *cat, const char *type, const char *list, struct err *e);

/* "domain,deliverAt": an array of the properties' names, which may hold id. */
json_t *filter_fields(
    const struct catalog *cat, const char *type, const char *list, struct err *e);
/* id, and the columns that the server has for a list of them. */
json_t *filter_columns(const struct catalog *cat, const char *type);

#endif
