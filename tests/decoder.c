/* tests/decoder.c -- what the strict readers of tests/decoder.h are made of. */
#include "tests/decoder.h"

#include <string.h>

bool
decode_fail(struct decoder *d, const char *fmt, ...)
{
	va_list ap;

	buf_printf(d->why, "at \"%s\": ", d->path.len == 0 ? "" : buf_terminate(&d->path));
	va_start(ap, fmt);
	buf_vprintf(d->why, fmt, ap);
	va_end(ap);
	return false;
}

bool
decode_document(const json_t *v, decode *read, struct buf *why)
{
	struct decoder d = {.why = why};
	bool ok = read(&d, v);

	buf_free(&d.path);
	return ok;
}

/* --- single values --- */

bool
decode_any(struct decoder *d, const json_t *v)
{
	return (v != NULL && !json_is_null(v)) || decode_fail(d, "there is no value");
}

bool
decode_string(struct decoder *d, const json_t *v)
{
	return json_is_string(v) || decode_fail(d, "it is no string");
}

bool
decode_boolean(struct decoder *d, const json_t *v)
{
	return json_is_boolean(v) || decode_fail(d, "it is no boolean");
}

bool
decode_number(struct decoder *d, const json_t *v)
{
	return json_is_number(v) || decode_fail(d, "it is no number");
}

bool
decode_integer(struct decoder *d, const json_t *v)
{
	return json_is_integer(v) || decode_fail(d, "it is no integer");
}

bool
decode_uint(struct decoder *d, const json_t *v)
{
	return (json_is_integer(v) && json_integer_value(v) >= 0) ||
	    decode_fail(d, "it is no integer from 0");
}

bool
decode_strings(struct decoder *d, const json_t *v)
{
	return decode_list(d, v, decode_string);
}

bool
decode_one_of(struct decoder *d, const json_t *v, const char *const *names)
{
	const char *s = json_string_value(v);

	for (; s != NULL && *names != NULL; names++)
		if (strcmp(s, *names) == 0)
			return true;
	return decode_fail(d, "\"%s\" is not one of the list", s == NULL ? "" : s);
}

/* --- objects and arrays --- */

/* Reads what v holds under name, with that name at the path's end. */
static bool
decode_at(struct decoder *d, const json_t *v, const char *name, decode *read)
{
	size_t len = d->path.len;
	bool ok;

	buf_printf(&d->path, "/%s", name);
	ok = read(d, v);
	d->path.len = len;
	return ok;
}

bool
decode_map(struct decoder *d, const json_t *v, decode *each)
{
	const char *name;
	json_t *one;

	if (!json_is_object(v))
		return decode_fail(d, "it is no object");
	json_object_foreach((json_t *)v, name, one)
		if (!decode_at(d, one, name, each))
			return false;
	return true;
}

bool
decode_list(struct decoder *d, const json_t *v, decode *each)
{
	size_t i;
	json_t *one;

	if (!json_is_array(v))
		return decode_fail(d, "it is no array");
	json_array_foreach(v, i, one) {
		char name[24];

		snprintf(name, sizeof name, "%zu", i);
		if (!decode_at(d, one, name, each))
			return false;
	}
	return true;
}

static const struct member *
member_named(const struct member *members, const char *name)
{
	while (members->name != NULL && strcmp(members->name, name) != 0)
		members++;
	return members->name == NULL ? NULL : members;
}

/* also: a member that is read already; NULL: none. */
static bool
read_members(struct decoder *d, const json_t *v, const struct member *members, const char *also)
{
	const char *name;
	json_t *one;

	if (!json_is_object(v))
		return decode_fail(d, "it is no object");
	for (const struct member *m = members; m->name != NULL; m++)
		if (m->required && json_object_get(v, m->name) == NULL)
			return decode_fail(d, "there is no member \"%s\"", m->name);
	json_object_foreach((json_t *)v, name, one) {
		const struct member *m = member_named(members, name);

		if (also != NULL && strcmp(name, also) == 0)
			continue;
		if (m == NULL)
			return decode_fail(d, "nobody reads a member \"%s\"", name);
		if (!decode_at(d, one, name, m->value))
			return false;
	}
	return true;
}

bool
decode_members(struct decoder *d, const json_t *v, const struct member *members)
{
	return read_members(d, v, members, NULL);
}

bool
decode_variant(struct decoder *d, const json_t *v, const struct variant *variants)
{
	const char *type = json_string_value(json_object_get(v, "type"));

	for (; type != NULL && variants->type != NULL; variants++)
		if (strcmp(type, variants->type) == 0)
			return read_members(d, v, variants->members, "type");
	return decode_fail(
	    d, "its type, \"%s\", is not one of the list", type == NULL ? "" : type);
}
