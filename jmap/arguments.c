/* jmap/arguments.c -- the check of a call's arguments against its table. */
#include "jmap/arguments.h"

#include <ctype.h>

#include "json/number.h"

static bool
is_boolean(const json_t *v)
{
	return json_is_boolean(v);
}

static bool
is_int(const json_t *v)
{
	int64_t n;

	return number_to_i64(v, ARG_INT_MAX, &n);
}

static bool
is_uint(const json_t *v)
{
	uint64_t n;

	return number_to_u64(v, ARG_INT_MAX, &n);
}

static bool
is_positive(const json_t *v)
{
	uint64_t n;

	return number_to_u64(v, ARG_INT_MAX, &n) && n > 0;
}

static bool
is_object(const json_t *v)
{
	return json_is_object(v);
}

static bool
is_array_of(const json_t *v, bool (*is_one)(const json_t *))
{
	size_t i;
	json_t *one;

	if (!json_is_array(v))
		return false;
	json_array_foreach(v, i, one)
		if (!is_one(one))
			return false;
	return true;
}

static bool
is_strings(const json_t *v)
{
	return is_array_of(v, string_is);
}

static bool
is_objects(const json_t *v)
{
	return is_array_of(v, is_object);
}

static bool
is_object_map(const json_t *v)
{
	const char *name;
	json_t *one;

	json_object_foreach((json_t *)v, name, one)
		if (!json_is_object(one))
			return false;
	return json_is_object(v);
}

bool
is_id(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isalnum((unsigned char)s.s[i]) && s.s[i] != '-' && s.s[i] != '_')
			return false;
	return s.len > 0 && s.len <= ARG_ID_MAX;
}

static bool
is_creation_map(const json_t *v)
{
	const char *id;
	json_t *one;

	json_object_foreach((json_t *)v, id, one)
		if (!is_id(str_of(id)))
			return false;
	return is_object_map(v);
}

static const struct {
	bool (*is)(const json_t *v);
	const char *want;
} kinds[ARG__COUNT] = {
    [ARG_BOOLEAN] = {is_boolean, "true or false"},
    [ARG_INT] = {is_int, "an integer from -9007199254740991 to 9007199254740991"},
    [ARG_UINT] = {is_uint, "an integer from 0 to 9007199254740991"},
    [ARG_POSITIVE] = {is_positive, "an integer from 1 to 9007199254740991"},
    [ARG_STRING] = {string_is, "a string"},
    [ARG_STRINGS] = {is_strings, "an array of strings"},
    [ARG_OBJECT] = {is_object, "an object"},
    [ARG_OBJECTS] = {is_objects, "an array of objects"},
    [ARG_OBJECT_MAP] = {is_object_map, "an object whose members are objects"},
    [ARG_CREATION_MAP] = {is_creation_map,
	"an object whose members are objects, and whose names are creation ids: 1 to 255 of "
	"A-Z, a-z, 0-9, - and _"},
};

bool
argument_is(enum argument_kind kind, const json_t *v)
{
	return kinds[kind].is(v);
}

int64_t
argument_int(const json_t *v)
{
	int64_t n = 0;

	number_to_i64(v, ARG_INT_MAX, &n);
	return n;
}

static const struct argument *
argument_named(const struct argument *table, const char *name)
{
	const struct argument *a = table;

	while (a->name != NULL && !str_is(str_of(name), a->name))
		a++;
	return a->name == NULL ? NULL : a;
}

static bool
check_one(const struct argument *a, const json_t *v, struct err *e)
{
	if (v == NULL && (a->flags & ARG_REQUIRED))
		return err_set_at(e, ERR_INVALID_ARGUMENTS, a->name, "is missing");
	if (v == NULL || (json_is_null(v) && (a->flags & ARG_NULLABLE)))
		return true;
	if (!argument_is(a->kind, v))
		return err_set_at(e, ERR_INVALID_ARGUMENTS, a->name, "must be %s%s",
		    kinds[a->kind].want, a->flags & ARG_NULLABLE ? ", or null" : "");
	return true;
}

bool
arguments_check(const struct argument *table, json_t *args, struct err *e)
{
	const char *name;
	json_t *v;
	void *next;

	json_object_foreach(args, name, v)
		if (argument_named(table, name) == NULL)
			return err_set_at(e, ERR_INVALID_ARGUMENTS, name,
			    "is not an argument of this method");
	for (const struct argument *a = table; a->name != NULL; a++)
		if (!check_one(a, json_object_get(args, a->name), e))
			return false;
	json_object_foreach_safe(args, next, name, v)
		if (json_is_null(v))
			json_object_del(args, name);
	return true;
}

struct str
json_str(const json_t *string)
{
	return string_is(string)
	    ? (struct str){json_string_value(string), json_string_length(string)}
	    : (struct str){0};
}
