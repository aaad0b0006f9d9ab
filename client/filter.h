/* client/filter.h -- turns --where, --sort and --fields into arguments of /query and /get. */
#ifndef CLIENT_FILTER_H
#define CLIENT_FILTER_H

#include "client/catalog.h"

/* Makes a FilterCondition of all conditions, such as "domain=example" and
 * "deliverAt>=2026-01-01" (RFC 8620, 5.5); free it with json_decref().  A value has the type of
 * the property, or of the server's filter of that name.  An unknown name goes to the server
 * unchanged, with a string.  NULL with ERR_INVALID_ARGUMENTS. */
json_t *filter_where(
    const struct catalog *cat, const char *type, const char *const *where, struct err *e);

/* "deliverAt,-domain": makes an array of Comparators; a hyphen means descending. */
json_t *filter_sort(
    const struct catalog *cat, const char *type, const char *list, struct err *e);

/* "domain,deliverAt": makes an array of property names, which may contain id. */
json_t *filter_fields(
    const struct catalog *cat, const char *type, const char *list, struct err *e);
/* The id and the columns that the server's schema lists for this type. */
json_t *filter_columns(const struct catalog *cat, const char *type);

#endif
