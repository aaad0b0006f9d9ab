/* client/catalog.h -- the server's schema document: its types, and the properties of each.
 *
 * The document comes from the server and is not trusted: where something is missing or has
 * another form, the functions return "not found". */
#ifndef CLIENT_CATALOG_H
#define CLIENT_CATALOG_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* The document owns everything that these functions return. */
struct catalog {
	json_t *document;
};

/* Parses the text of a schema document, or fails with ERR_SERVER_FAIL. Free with
 * catalog_free(). */
bool catalog_parse(struct catalog *cat, struct str text, struct err *e);
void catalog_free(struct catalog *cat);

/* Sets *name to the server's name of a record type, "x:DmarcInternalReport".  Case, hyphens and
 * the x: in spelling do not matter.  ERR_INVALID_ARGUMENTS lists the types that exist. */
bool catalog_record(
    const struct catalog *cat, const char *spelling, const char **name, struct err *e);
/* The same for any type, also nested ones, and for an enum; NULL if there is none. */
const char *catalog_type(const struct catalog *cat, const char *spelling);
const char *catalog_enum(const struct catalog *cat, const char *spelling);

/* An object {name: {description, type, update}}; NULL if the type has no properties. */
const json_t *catalog_properties(const struct catalog *cat, const char *type);
/* The property of that name, ignoring case; sets *name to the server's spelling. */
const json_t *catalog_property(
    const struct catalog *cat, const char *type, struct str spelling, const char **name);
/* Returns false with ERR_INVALID_ARGUMENTS, which suggests the closest property name.  If none
 * is close, it lists as many names as fit; the list begins with id if has_id. */
bool catalog_refuse_property(const struct catalog *cat, const char *type, struct str spelling,
    bool has_id, struct err *e);

/* The defaults as {name: value}; the values of an enum as an array of {name, label}; the list
 * of records as {columns, filters, ...}. */
const json_t *catalog_defaults(const struct catalog *cat, const char *type);
const json_t *catalog_enum_values(const struct catalog *cat, const char *name);
const json_t *catalog_list(const struct catalog *cat, const char *record);
/* The types of records as {name: {description}}. */
const json_t *catalog_records(const struct catalog *c);

/* A string member of an object; NULL if there is none. */
const char *member_text(const json_t *object, const char *name);
bool member_flag(const json_t *object, const char *name); /* false if there is none */

#endif
