/* client/filter.c -- turns --where, --sort and --fields into JSON. */
#include "client/filter.h"

#include <string.h>

#include "client/value.h"

/* The suffix that a comparison adds to the name of a condition. */
static const struct {
	const char *sign, *suffix;
} comparisons[] = {
    {">=", "IsGreaterThanOrEqual"},
    {"<=", "IsLessThanOrEqual"},
    {">", "IsGreaterThan"},
    {"<", "IsLessThan"},
    {"=", ""},
};
#define N_COMPARISONS (sizeof comparisons / sizeof comparisons[0])

struct condition {
	struct str name, text;
	const char *suffix;
};

/* Splits a condition at the first comparison sign. */
static bool
cut(const char *where, struct condition *c)
{
	const char *at = where + strcspn(where, "<>=");

	for (size_t i = 0; i < N_COMPARISONS; i++)
		if (strncmp(at, comparisons[i].sign, strlen(comparisons[i].sign)) == 0) {
			c->name = (struct str){where, (size_t)(at - where)};
			c->text = str_of(at + strlen(comparisons[i].sign));
			c->suffix = comparisons[i].suffix;
			return c->name.len > 0;
		}
	return false;
}

/* The type of the property to which the server's filter of that name applies. */
static json_t *
filter_type(const struct catalog *cat, const char *type, struct str name, const char **field)
{
	static const struct {
		const char *filter, *type, *format;
	} types[] = {{"integer", "number", "integer"}, {"date", "utcDateTime", NULL},
	    {"enum", "enum", NULL}};
	const json_t *filters = json_object_get(catalog_list(cat, type), "filters"), *f;
	size_t i;

	json_array_foreach(filters, i, f) {
		const char *kind = member_text(f, "type");

		*field = member_text(f, "field");
		if (kind == NULL || *field == NULL || !str_equal_nocase(str_of(*field), name))
			continue;
		for (size_t t = 0; t < sizeof types / sizeof types[0]; t++)
			if (strcmp(kind, types[t].filter) == 0)
				return json_pack("{s: s, s: s*, s: s*}", "type", types[t].type,
				    "format", types[t].format, "enumName",
				    member_text(f, "enumName"));
		return json_pack("{s: s}", "type", "string");
	}
	*field = NULL;
	return NULL;
}

/* For a set, the type of its members, since a filter asks for one of them. */
static json_t *
property_type(const struct catalog *cat, const char *type, struct str name, const char **field)
{
	const json_t *t = json_object_get(catalog_property(cat, type, name, field), "type");
	const json_t *class = json_object_get(t, "class");

	return json_incref((json_t *)(class != NULL ? class : t));
}

static bool
add_condition(
    const struct catalog *cat, const char *type, const char *where, json_t *out, struct err *e)
{
	struct condition c;
	const char *field;
	struct buf name = {0};
	json_t *t = NULL, *v = NULL;
	bool ok = false;

	if (!cut(where, &c)) {
		err_set(e, ERR_INVALID_ARGUMENTS,
		    "--where %s is no condition, such as domain=example or "
		    "deliverAt<2026-02-01",
		    where);
		goto out;
	}
	t = filter_type(cat, type, c.name, &field);
	if (t == NULL)
		t = property_type(cat, type, c.name, &field);
	if (field != NULL)
		buf_puts(&name, field);
	else
		buf_add_str(&name, c.name);
	buf_puts(&name, c.suffix);
	buf_terminate(&name);
	v = t != NULL ? value_parse(cat, t, where, c.text, e)
		      : json_stringn(c.text.s, c.text.len);
	if (v == NULL)
		goto out;
	if (json_object_get(out, name.s) != NULL) {
		err_set(e, ERR_INVALID_ARGUMENTS, "--where has %s twice", name.s);
		goto out;
	}
	json_object_set(out, name.s, v);
	ok = true;
out:
	buf_free(&name);
	json_decref(t);
	json_decref(v);
	return ok;
}

json_t *
filter_where(
    const struct catalog *cat, const char *type, const char *const *where, struct err *e)
{
	json_t *out = json_object();

	for (; *where != NULL; where++)
		if (!add_condition(cat, type, *where, out, e)) {
			json_decref(out);
			return NULL;
		}
	return out;
}

/* --- lists of names --- */

/* Adds the JSON of one name in a list. */
typedef bool name_adder(
    const struct catalog *cat, const char *type, struct str name, json_t *out, struct err *e);

static json_t *
each_name(const struct catalog *cat, const char *type, const char *list, name_adder *add,
    struct err *e)
{
	json_t *out = json_array();

	for (;;) {
		struct str name = {list, strcspn(list, ",")};

		if (!add(cat, type, name, out, e)) {
			json_decref(out);
			return NULL;
		}
		if (list[name.len] == '\0')
			return out;
		list += name.len + 1;
	}
}

/* "id", or a property in the server's spelling. */
static const char *
property_name(const struct catalog *cat, const char *type, struct str name, struct err *e)
{
	const char *found;

	if (str_equal_nocase(name, STR("id")))
		return "id";
	if (catalog_property(cat, type, name, &found) != NULL)
		return found;
	catalog_refuse_property(cat, type, name, true, e);
	return NULL;
}

static bool
add_comparator(
    const struct catalog *cat, const char *type, struct str name, json_t *out, struct err *e)
{
	bool down = str_cut_prefix(&name, "-");
	const char *property = property_name(cat, type, name, e);

	return property != NULL &&
	    json_array_append_new(out,
		json_pack("{s: s, s: b}", "property", property, "isAscending", !down)) == 0;
}

static bool
add_property(
    const struct catalog *cat, const char *type, struct str name, json_t *out, struct err *e)
{
	const char *property = property_name(cat, type, name, e);

	return property != NULL && json_array_append_new(out, json_string(property)) == 0;
}

json_t *
filter_sort(const struct catalog *cat, const char *type, const char *list, struct err *e)
{
	return each_name(cat, type, list, add_comparator, e);
}

json_t *
filter_fields(const struct catalog *cat, const char *type, const char *list, struct err *e)
{
	return each_name(cat, type, list, add_property, e);
}

json_t *
filter_columns(const struct catalog *cat, const char *type)
{
	const json_t *columns = json_object_get(catalog_list(cat, type), "columns"), *column;
	json_t *out = json_pack("[s]", "id");
	size_t i;

	json_array_foreach(columns, i, column)
		if (member_text(column, "name") != NULL)
			json_array_append_new(out, json_string(member_text(column, "name")));
	return out;
}
