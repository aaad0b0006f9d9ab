/* schema/form.c -- the form that shows and edits an object. */
#include "schema/document.h"

#include <string.h>

/* Returns the fields of the section with that title, which may be NULL. Makes the section if
 * there is none. */
static json_t *
section_titled(json_t *sections, const char *title)
{
	json_t *section, *fields;
	size_t i;

	json_array_foreach(sections, i, section) {
		const char *has = json_string_value(json_object_get(section, "title"));

		if (has == title || (has != NULL && title != NULL && strcmp(has, title) == 0))
			return json_object_get(section, "fields");
	}
	fields = json_array();
	section = json_object();
	if (title != NULL)
		json_object_set_new(section, "title", json_string(title));
	json_object_set_new(section, "fields", fields);
	json_array_append_new(sections, section);
	return fields;
}

json_t *
schema_form(const struct type *t)
{
	json_t *sections = json_array();
	const char *title = NULL;

	for (const struct field *f = t->fields; f->name != NULL; f++) {
		if (f->section != NULL)
			title = f->section;
		json_array_append_new(section_titled(sections, title),
		    json_pack("{s:s, s:s}", "name", f->name, "label", f->label));
	}
	return json_pack("{s:o}", "sections", sections);
}
