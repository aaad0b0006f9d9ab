/* client/value.h -- what people type for a value, as JSON of the type that the schema has for
 * the property. */
#ifndef CLIENT_VALUE_H
#define CLIENT_VALUE_H

#include "client/catalog.h"

/* The value for a property of this type ({"type": "string", ...}), for json_decref(); name is
 * for messages.  An object, list, set or map is JSON text.  "null" is null, but for a string
 * that cannot be null.  A date may be a day alone, which is its first moment in UTC.  NULL,
 * with ERR_INVALID_ARGUMENTS, for a text that is no such value. */
json_t *value_parse(const struct catalog *cat, const json_t *type, const char *name,
    struct str text, struct err *e);

/* "a=b" cut at the first "="; the name may stand in quotes if there is one in it.  False
 * without "=". */
bool value_cut(const char *pair, struct str *name, struct str *text);

/* What --field gave for a new object of this type, for json_decref(): names are looked up in
 * the schema, and each may come once.  NULL with ERR_INVALID_ARGUMENTS. */
json_t *value_object(
    const struct catalog *cat, const char *type, const char *const *fields, struct err *e);
/* The same for a patch (RFC 8620, 5.3): a name may be a path into the object, as in
 * report/orgName, report/records/0/count or rua/a@example.com, and each part is looked up. */
json_t *value_patch(
    const struct catalog *cat, const char *type, const char *const *fields, struct err *e);

/* "2026-01-31" as "2026-01-31T00:00:00Z", a whole date as it is; false for anything else. */
bool value_date(struct str text, struct buf *out);

#endif
