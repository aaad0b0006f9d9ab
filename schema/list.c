/* schema/list.c -- the table that lists records: labels, columns, filters and sort orders. */
#include "schema/document.h"

/* The kind of input for a condition of /query.  COMPARE_EQUAL is not "integer", since a client
 * would then offer greater and less as well. */
static const char *const inputs[COMPARE__COUNT] = {
    [COMPARE_BEGINS] = "text",
    [COMPARE_EQUAL] = "text",
    [COMPARE_ORDER] = "date",
};

static json_t *
columns_of(const struct type *t)
{
	json_t *columns = json_array();

	for (const struct field *f = t->fields; f->name != NULL; f++)
		if (f->flags & F_COLUMN)
			json_array_append_new(columns,
			    json_pack("{s:s, s:s}", "name", f->name, "label", f->label));
	return columns;
}

/* In the order of enum key, which begins with the domain. */
static json_t *
filters_of(const struct type *t)
{
	json_t *filters = json_array();

	for (enum key key = KEY_NONE; key < KEY__COUNT; key++) {
		const struct field *f = model_field_with_key(t, key);

		if (f == NULL || model_condition(f) == NULL)
			continue;
		json_array_append_new(filters,
		    json_pack("{s:s, s:s, s:s}", "type", inputs[model_keys[key].compare],
			"field", model_condition(f), "label", f->label));
	}
	return filters;
}

static json_t *
sorts_of(const struct type *t)
{
	json_t *sorts = json_array();

	for (const struct field *f = t->fields; f->name != NULL; f++)
		if (model_keys[f->key].sorts)
			json_array_append_new(sorts, json_string(f->name));
	return sorts;
}

/* It writes no massActions.  Clients add the one that deletes by themselves, for users who may
 * destroy; a written one would appear for everybody. */
json_t *
schema_list(const struct type *t)
{
	const struct view *v = t->view;

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:[{s:s, s:s}]}", "title",
	    v->title, "subtitle", v->subtitle, "labelProperty",
	    model_field_with_key(t, v->label)->name, "singularName", v->singular, "pluralName",
	    v->plural, "columns", columns_of(t), "filters", filters_of(t), "sort", sorts_of(t),
	    "itemActions", "type", "delete", "label", "Delete");
}
