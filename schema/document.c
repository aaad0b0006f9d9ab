/* schema/document.c -- the schema document: all types by name, and the menu. */
#include "schema/document.h"

#include "auth/permission.h"

/* The document's objects that are keyed by name. */
static const char *const maps[] = {"objects", "schemas", "fields", "forms", "lists", "enums"};

json_t *
schema_name(const char *name)
{
	return json_sprintf("x:%s", name);
}

static void
put(json_t *document, const char *map, const json_t *name, json_t *v)
{
	json_object_set_new(json_object_get(document, map), json_string_value(name), v);
}

static void
add_enumeration(json_t *document, const struct enumeration *e)
{
	json_t *values = json_array();

	for (const struct enum_value *v = e->values; v->name != NULL; v++)
		json_array_append_new(
		    values, json_pack("{s:s, s:s}", "name", v->name, "label", v->label));
	json_object_set_new(json_object_get(document, "enums"), e->name, values);
}

/* Adds t and the types that it consists of. */
static void
add_type(json_t *document, const struct type *t)
{
	json_t *name = schema_name(t->name);
	json_t *schemas = json_object_get(document, "schemas");

	if (json_object_get(schemas, json_string_value(name)) == NULL) {
		put(document, "schemas", name,
		    json_pack("{s:s, s:O}", "type", "single", "schemaName", name));
		put(document, "fields", name, schema_fields(t));
		put(document, "forms", name, schema_form(t));
		for (const struct field *f = t->fields; f->name != NULL; f++) {
			if (f->values != NULL)
				add_enumeration(document, f->values);
			if (f->type != NULL)
				add_type(document, f->type);
		}
	}
	json_decref(name);
}

static json_t *
object_of(const struct type *t)
{
	struct buf prefix = {0};
	json_t *object;

	permission_prefix(t, &prefix);
	object = json_pack("{s:s, s:s, s:s%}", "type", "object", "description", t->doc,
	    "permissionPrefix", prefix.s, prefix.len);
	buf_free(&prefix);
	return object;
}

/* The WebUI's search finds objects by the words of their description.  The menu has no page for
 * an alias, so its description contains no word that people search reports by. */
#define ALIAS_DESCRIPTION "Another name, for the command line"

/* The command line has its own name for a type of records.  This adds it as an alias, which
 * refers to the same schema. */
static void
add_alias(json_t *document, const struct type *t)
{
	static const char *const same[] = {"schemas", "lists"};
	json_t *name = schema_name(t->name), *alias = schema_name(t->alias);
	json_t *object = object_of(t);

	json_object_set_new(object, "description", json_string(ALIAS_DESCRIPTION));
	put(document, "objects", alias, object);

	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		const json_t *map = json_object_get(document, same[i]);

		put(document, same[i], alias,
		    json_incref(json_object_get(map, json_string_value(name))));
	}
	json_decref(name);
	json_decref(alias);
}

static void
add_records(json_t *document, const struct type *t)
{
	json_t *name = schema_name(t->name);

	add_type(document, t);
	put(document, "objects", name, object_of(t));
	put(document, "lists", name, schema_list(t));
	add_alias(document, t);
	json_decref(name);
}

json_t *
schema_document(void)
{
	json_t *document = json_object();

	for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
		json_object_set_new(document, maps[i], json_object());
	for (size_t i = 0; model_types[i] != NULL; i++)
		add_records(document, model_types[i]);
	json_object_set_new(document, "dashboards", json_array());
	json_object_set_new(document, "layouts", schema_menu());
	return document;
}
