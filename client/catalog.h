/* client/catalog.h -- the server's schema document: the types it has, their properties, and of
 * which type those are.
 *
 * It comes from the server, so nothing in it is taken for granted: what is missing or of
 * another form reads as "no such thing". */
#ifndef CLIENT_CATALOG_H
#define CLIENT_CATALOG_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* All that is got from it is borrowed from the document. */
struct catalog {
	json_t *document;
};

/* The text must be a schema document; ERR_SERVER_FAIL.  catalog_free(). */
bool catalog_parse(struct catalog *cat, struct str text, struct err *e);
void catalog_free(struct catalog *cat);

/* The name that the server has for a type of record, "x:DmarcInternalReport", for any spelling
 * of it: case, hyphens and the x: do not count.  ERR_INVALID_ARGUMENTS lists what there is. */
bool catalog_record(
    const struct catalog *cat, const char *spelling, const char **name, struct err *e);
/* The same of any type, nested ones too, and of an enum; NULL if there is none. */
const char *catalog_type(const struct catalog *cat, const char *spelling);
const char *catalog_enum(const struct catalog *cat, const char *spelling);

/* An object of name and {description, type, update}; NULL if the type has none. */
const json_t *catalog_properties(const struct catalog *cat, const char *type);
/* The property of that name, case ignored; *name is how the server writes it. */
const json_t *catalog_property(
    const struct catalog *cat, const char *type, struct str spelling, const char **name);
/* False with ERR_INVALID_ARGUMENTS, which tells the property that is spelled nearly so, or if
 * there is none as many as fit into a message; where id is one, that is the first. */
bool catalog_refuse_property(const struct catalog *cat, const char *type, struct str spelling,
    bool has_id, struct err *e);

/* {name: value} of what the server fills in; an array of {name, label}; {columns, filters, ...}
 */
const json_t *catalog_defaults(const struct catalog *cat, const char *type);
const json_t *catalog_enum_values(const struct catalog *cat, const char *name);
const json_t *catalog_list(const struct catalog *cat, const char *record);
/* {name: {description}} of the types of records. */
const json_t *catalog_records(const struct catalog *c);

/* A text in an object; NULL if there is none of that name. */
const char *member_text(const json_t *object, const char *name);
bool member_flag(const json_t *object, const char *name); /* false if it is not there */

#endif
