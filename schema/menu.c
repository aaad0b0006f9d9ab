/* schema/menu.c -- the menu that leads to the lists. */
#include "schema/document.h"

#include <string.h>

/* A level is an object with a name and items.  At the second level only, another object wraps
 * it and names its kind: {"container": {...}}. */
static const json_t *
unwrapped(const json_t *level)
{
	const json_t *container = json_object_get(level, "container");

	return container != NULL ? container : level;
}

static json_t *
items_named(const json_t *levels, const char *name)
{
	json_t *level;
	size_t i;

	json_array_foreach(levels, i, level) {
		const char *has = json_string_value(json_object_get(unwrapped(level), "name"));

		if (has != NULL && strcmp(has, name) == 0)
			return json_object_get(unwrapped(level), "items");
	}
	return NULL;
}

/* --- the JSON of a level and a link, by depth --- */

static json_t *
outermost(const struct menu *m, json_t *items)
{
	return json_pack("{s:s, s:s, s:o}", "name", m->name, "icon", m->icon, "items", items);
}

static json_t *
second(const struct menu *m, json_t *items)
{
	return json_pack("{s:o}", "container", outermost(m, items));
}

static json_t *
inner(const struct menu *m, json_t *items)
{
	return json_pack(
	    "{s:s, s:s, s:o}", "type", "container", "name", m->name, "items", items);
}

static size_t
depth_of(const struct menu *m)
{
	return m == NULL ? 0 : 1 + depth_of(m->in);
}

/* Returns the items of m.  Adds m to its place in the menu if it is missing. */
static json_t *
items_of(const struct menu *m, json_t *layouts)
{
	static json_t *(*const levels[])(const struct menu *m, json_t *items) = {
	    outermost, second, inner};
	size_t depth = depth_of(m->in);
	json_t *around = m->in == NULL ? layouts : items_of(m->in, layouts);
	json_t *items = items_named(around, m->name);

	if (items == NULL) {
		items = json_array();
		json_array_append_new(around, levels[depth < 2 ? depth : 2](m, items));
	}
	return items;
}

json_t *
schema_menu(void)
{
	json_t *layouts = json_array();

	for (size_t i = 0; model_types[i] != NULL; i++)
		json_array_append_new(items_of(model_types[i]->view->menu, layouts),
		    json_pack("{s:s, s:s, s:o}", "type", "link", "name",
			model_types[i]->view->name, "viewName",
			schema_name(model_types[i]->name)));
	return layouts;
}
