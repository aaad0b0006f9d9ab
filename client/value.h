/* client/value.h -- turns values that people type into JSON of the type that the schema gives.
 */
#ifndef CLIENT_VALUE_H
#define CLIENT_VALUE_H

#include "client/catalog.h"

/* Parses text as a property of this type ({"type": "string", ...}); free the value with
 * json_decref(). name is for messages.  An object, list, set or map is JSON text. "null" is
 * null, except for a string that cannot be null.  A date may be a day alone, which means
 * 00:00:00 UTC. NULL with ERR_INVALID_ARGUMENTS if the text is no such value. */
json_t *value_parse(const struct catalog *cat, const json_t *type, const char *name,
    struct str text, struct err *e);

/* Splits "a=b" at the first "=".  The name may be quoted if it contains one.  False if there is
 * no "=". */
bool value_cut(const char *pair, struct str *name, struct str *text);

/* Makes a new object of this type from the values of --field; free it with json_decref().  Each
 * name is looked up in the schema and may come once.  NULL with ERR_INVALID_ARGUMENTS. */
json_t *value_object(
    const struct catalog *cat, const char *type, const char *const *fields, struct err *e);
/* The same for a patch (RFC 8620, 5.3): a name may be a path into the object, as in
 * report/orgName, report/records/0/count or rua/a@example.com; each part is looked up. */
json_t *value_patch(
    const struct catalog *cat, const char *type, const char *const *fields, struct err *e);

/* Appends "2026-01-31" as "2026-01-31T00:00:00Z" and a complete date unchanged; false for
 * anything else. */
bool value_date(struct str text, struct buf *out);

#endif
