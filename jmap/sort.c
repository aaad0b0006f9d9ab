/* jmap/sort.c -- Comparators (RFC 8620, 5.5). */
#include "jmap/filter.h"

#include "jmap/arguments.h"

static const struct argument comparator[] = {
    {"property", ARG_STRING, ARG_REQUIRED},
    {"isAscending", ARG_BOOLEAN, 0},
    {"collation", ARG_STRING, 0},
    {0},
};

static enum key
key_named(const struct type *t, struct str property)
{
	const struct field *f;
	size_t i;

	if (str_is(property, "id"))
		return KEY_ID;
	f = model_field(t, property, &i);
	return f == NULL ? KEY_NONE : f->key;
}

/* Behind a comparator on the same key, or on the id, which no two records share, another
 * decides nothing. */
static bool
decides(enum key key, const struct sort *before, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (before[i].key == key || before[i].key == KEY_ID)
			return false;
	return true;
}

bool
sort_read(const struct type *t, const json_t *v, struct sort sort[static SORT_MAX], size_t *n,
    struct err *e)
{
	struct err found = {0};
	size_t i;
	json_t *one;

	*n = 0;
	json_array_foreach(v, i, one) {
		const json_t *ascending = json_object_get(one, "isAscending");
		struct str property = json_str(json_object_get(one, "property"));
		enum key key;

		if (!arguments_check(comparator, one, &found))
			return err_set_at(e, found.code, "sort", "has a comparator whose %s %s",
			    found.path, found.text);
		if (json_object_get(one, "collation") != NULL)
			return err_set_at(
			    e, ERR_UNSUPPORTED_SORT, "sort", "knows no collation");
		key = key_named(t, property);
		if (!model_keys[key].sorts)
			return err_set_at(e, ERR_UNSUPPORTED_SORT, "sort",
			    "cannot be by \"%.100s\"", property.s);
		if (decides(key, sort, *n))
			sort[(*n)++] = (struct sort){key, !json_is_false(ascending)};
	}
	return true;
}
