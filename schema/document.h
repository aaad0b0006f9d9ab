/* schema/document.h -- the parts of the schema document, made from the model's tables.
 *
 * Private to schema/. The caller frees what these return with json_decref().  NULL if there is
 * no memory. */
#ifndef SCHEMA_DOCUMENT_H
#define SCHEMA_DOCUMENT_H

#include <jansson.h>

#include "model/type.h"

json_t *schema_document(void);

/* The name of a type or its alias in the document and in methods, "x:DmarcReport". */
json_t *schema_name(const char *name);

json_t *schema_fields(const struct type *t); /* field.c: properties, and their defaults */
json_t *schema_form(const struct type *t);   /* form.c: the sections that show them */
json_t *schema_list(const struct type *t);   /* list.c: only for types of records */
json_t *schema_menu(void);                   /* menu.c: the menu that leads to the lists */

#endif
