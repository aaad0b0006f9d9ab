/* ctl/describe.c -- outboxctl describe: shows all types, one type, or one enum of the schema.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/table.h"
#include "ctl/text.h"

static void
finish(struct table *t)
{
	table_print(t);
	table_free(t);
}

static void
print_line(const char *text)
{
	struct buf line = {0};

	text_escape(str_of(text != NULL ? text : ""), &line);
	printf("%s\n", buf_terminate(&line));
	buf_free(&line);
}

/* --- one property --- */

static const char *
type_name(const json_t *type, const char *name)
{
	const char *text = member_text(type, name);

	return text != NULL ? text : "?";
}

/* Appends the type: "enum DmarcAlignment", "set of emailAddress", "string, may be null". */
static void
add_type(const json_t *type, struct buf *out)
{
	const char *kind = type_name(type, "type");
	const json_t *class = json_object_get(type, "class");

	if (member_text(type, "enumName") != NULL)
		buf_printf(out, "enum %s", member_text(type, "enumName"));
	else if (strcmp(kind, "objectList") == 0)
		buf_printf(out, "list of %s", type_name(type, "objectName"));
	else if (strcmp(kind, "object") == 0)
		buf_puts(out, type_name(type, "objectName"));
	else if (class != NULL) {
		buf_printf(out, "%s of ", kind);
		add_type(class, out);
	} else
		buf_puts(out,
		    member_text(type, "format") != NULL ? member_text(type, "format") : kind);
	if (member_flag(type, "nullable"))
		buf_puts(out, ", may be null");
}

/* True if the server refuses a new record without this property: it has no default, cannot be
 * null, and is not a set, list or map, which may be empty. */
static bool
is_required(const struct catalog *cat, const char *type, const char *name, const json_t *of)
{
	static const char *const may_be_empty[] = {"set", "objectList", "map"};
	const char *kind = type_name(of, "type");

	for (size_t i = 0; i < sizeof may_be_empty / sizeof may_be_empty[0]; i++)
		if (strcmp(kind, may_be_empty[i]) == 0)
			return false;
	return !member_flag(of, "nullable") &&
	    json_object_get(catalog_defaults(cat, type), name) == NULL;
}

static json_t *
property_row(
    const struct catalog *cat, const char *type, const char *name, const json_t *property)
{
	struct buf text = {0};
	const char *update = member_text(property, "update");
	json_t *row;

	add_type(json_object_get(property, "type"), &text);
	if (update != NULL && strcmp(update, "mutable") != 0)
		buf_printf(&text, ", %s", update);
	row = json_pack("{s: s, s: s, s: s, s: O*, s: s*}", "property", name, "type",
	    buf_terminate(&text), "required",
	    is_required(cat, type, name, json_object_get(property, "type")) ? "yes" : "",
	    "default", json_object_get(catalog_defaults(cat, type), name), "description",
	    member_text(property, "description"));
	buf_free(&text);
	return row;
}

/* --- types and enums --- */

/* Prints "Filters: domain, deliverAt". If the list holds objects, member is the property with
 * the name. */
static void
print_names(const char *what, const json_t *list, const char *member)
{
	struct buf line = {0};
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v) {
		const char *name =
		    json_is_string(v) ? json_string_value(v) : member_text(v, member);

		if (name != NULL)
			buf_printf(&line, "%s%s", line.len > 0 ? ", " : what, name);
	}
	if (line.len > 0)
		print_line(buf_terminate(&line));
	buf_free(&line);
}

static void
describe_type(const struct catalog *cat, const char *type)
{
	static const char *const names[] = {
	    "property", "type", "required", "default", "description", NULL};
	const json_t *list = catalog_list(cat, type);
	const char *description =
	    member_text(json_object_get(catalog_records(cat), type), "description");
	const char *name;
	struct table t;
	json_t *v;

	print_line(type);
	if (description != NULL)
		print_line(description);
	putchar('\n');
	table_start_named(&t, names);
	json_object_foreach((json_t *)catalog_properties(cat, type), name, v)
		table_add_new(&t, property_row(cat, type, name, v));
	finish(&t);
	if (list != NULL)
		putchar('\n');
	print_names("Listed with: ", json_object_get(list, "columns"), "name");
	print_names("Filters: ", json_object_get(list, "filters"), "field");
	print_names("Sorts: ", json_object_get(list, "sort"), "");
}

static void
describe_enum(const struct catalog *cat, const char *name)
{
	static const char *const names[] = {"name", "label", NULL};
	const json_t *v;
	struct table t;
	size_t i;

	print_line(name);
	putchar('\n');
	table_start_named(&t, names);
	json_array_foreach(catalog_enum_values(cat, name), i, v)
		table_add(&t, v);
	finish(&t);
}

/* False for an alias of another type's name. */
static bool
is_own_name(const struct catalog *cat, const char *name)
{
	const char *found;

	return catalog_record(cat, name, &found, &(struct err){0}) && strcmp(found, name) == 0;
}

static void
describe_all(const struct catalog *cat)
{
	static const char *const names[] = {"type", "description", NULL};
	const char *name;
	struct table t;
	json_t *v;

	table_start_named(&t, names);
	json_object_foreach((json_t *)catalog_records(cat), name, v)
		if (is_own_name(cat, name))
			table_add_new(&t,
			    json_pack("{s: s, s: s*}", "type", name, "description",
				member_text(v, "description")));
	finish(&t);
	puts("\nEach names the types and enums in it, which can be described, too.");
}

static bool
describe(struct client *c, const words w, struct err *e)
{
	const struct catalog *cat = &c->catalog;
	const char *what = *w[WORD_TYPE_OR_ENUM], *name;

	if (what == NULL) {
		describe_all(cat);
		return true;
	}
	if ((name = catalog_type(cat, what)) != NULL)
		describe_type(cat, name);
	else if ((name = catalog_enum(cat, what)) != NULL)
		describe_enum(cat, name);
	else
		return catalog_record(cat, what, &name, e);
	return true;
}

bool
ctl_describe(struct store *s, const words w, struct err *e)
{
	(void)s;
	return ctl_ask(describe, w, e);
}
