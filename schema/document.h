/* schema/document.h -- the parts of the schema document, as walks over the model's tables.
 *
 * Private to schema/.  What these return is the caller's, for json_decref(); NULL if there is
 * no memory. */
#ifndef SCHEMA_DOCUMENT_H
#define SCHEMA_DOCUMENT_H

#include <jansson.h>

#include "model/type.h"

json_t *schema_document(void);

/* What a type or its alias is called in the document and in methods, "x:DmarcReport". */
json_t *schema_name(const char *name);

json_t *schema_fields(const struct type *t); /* field.c: properties, and their defaults */
json_t *schema_form(const struct type *t);   /* form.c: the sections in which they are shown */
json_t *schema_list(const struct type *t);   /* list.c: of a type of records */
json_t *schema_menu(void);                   /* menu.c: the ways to the lists */

#endif
