/* client/catalog.c -- looks up types and properties in the schema document. */
#include "client/catalog.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define NAMES_MAX 160   /* bytes that a list of names may take in a message */
#define SPELLING_MAX 63 /* longest name, in bytes, that is compared for misspellings */

bool
catalog_parse(struct catalog *cat, struct str text, struct err *e)
{
	static const char *const parts[] = {"objects", "schemas", "fields", "enums", "lists"};

	*cat = (struct catalog){json_loadb(text.s != NULL ? text.s : "", text.len, 0, NULL)};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (!json_is_object(json_object_get(cat->document, parts[i]))) {
			catalog_free(cat);
			return err_set(e, ERR_SERVER_FAIL,
			    "the schema that the server sent lacks %s: is it a Report Outbox?",
			    parts[i]);
		}
	return true;
}

void
catalog_free(struct catalog *cat)
{
	json_decref(cat->document);
	*cat = (struct catalog){0};
}

/* --- names --- */

/* Appends the name without "x:" and hyphens, in lower case. */
static void
plain_name(const char *spelling, struct buf *out)
{
	struct str s = str_of(spelling);

	str_cut_prefix_nocase(&s, "x:");
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i] >= 'A' && s.s[i] <= 'Z')
			buf_putc(out, (char)(s.s[i] - 'A' + 'a'));
		else if (s.s[i] != '-')
			buf_putc(out, s.s[i]);
}

static bool
same_name(const char *a, const char *b)
{
	struct buf x = {0}, y = {0};
	bool same;

	plain_name(a, &x);
	plain_name(b, &y);
	same = str_equal(buf_str(&x), buf_str(&y));
	buf_free(&x);
	buf_free(&y);
	return same;
}

/* If the schema of this name refers to the fields of another one, returns that name. */
static const char *
followed(const json_t *in, const json_t *schemas, const char *name)
{
	const char *to = member_text(json_object_get(schemas, name), "schemaName");

	return to != NULL && json_object_get(in, to) != NULL ? to : name;
}

static const char *
find(const struct catalog *cat, const json_t *in, const char *spelling)
{
	const json_t *schemas = json_object_get(cat->document, "schemas");
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)in, name, v)
		if (same_name(name, spelling))
			return followed(in, schemas, name);
	return NULL;
}

/* Appends a name, or "..." when there is no room for it. */
static void
add_name(const char *name, struct buf *out)
{
	size_t len = out->len;

	if (len >= strlen("...") && memcmp(out->s + out->len - 3, "...", 3) == 0)
		return;
	buf_puts(out, len > 0 ? ", " : "");
	buf_puts(out, len + strlen(name) > NAMES_MAX ? "..." : name);
}

bool
catalog_record(
    const struct catalog *cat, const char *spelling, const char **name, struct err *e)
{
	const json_t *records = catalog_records(cat);
	const char *other;
	struct buf names = {0};
	json_t *v;

	*name = find(cat, records, spelling);
	if (*name != NULL)
		return true;
	json_object_foreach((json_t *)records, other, v)
		if (strcmp(other, find(cat, records, other)) == 0)
			add_name(other, &names);
	err_set(e, ERR_INVALID_ARGUMENTS, "there is no type %s; there are %s", spelling,
	    buf_terminate(&names));
	buf_free(&names);
	return false;
}

const char *
catalog_type(const struct catalog *cat, const char *spelling)
{
	return find(cat, json_object_get(cat->document, "fields"), spelling);
}

const char *
catalog_enum(const struct catalog *cat, const char *spelling)
{
	return find(cat, json_object_get(cat->document, "enums"), spelling);
}

/* --- properties --- */

const json_t *
catalog_properties(const struct catalog *cat, const char *type)
{
	const json_t *fields = json_object_get(cat->document, "fields");
	const json_t *schemas = json_object_get(cat->document, "schemas");

	return json_object_get(
	    json_object_get(fields, followed(fields, schemas, type)), "properties");
}

const json_t *
catalog_property(
    const struct catalog *cat, const char *type, struct str spelling, const char **name)
{
	const json_t *properties = catalog_properties(cat, type);
	json_t *v;

	json_object_foreach((json_t *)properties, *name, v)
		if (str_equal_nocase(str_of(*name), spelling))
			return v;
	*name = NULL;
	return NULL;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool
same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* The number of letters to add, drop, change or swap to turn a into b; ignores case. */
static size_t
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][SPELLING_MAX + 1] = {{0}};
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t k = 0; k <= b_len; k++)
		row[k] = k;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *oldest = before;

		before = above;
		above = row;
		row = oldest;
		row[0] = i;
		for (size_t k = 1; k <= b_len; k++) {
			row[k] = least(least(above[k], row[k - 1]) + 1,
			    above[k - 1] + !same_letter(a[i - 1], b[k - 1]));
			if (i > 1 && k > 1 && same_letter(a[i - 2], b[k - 1]) &&
			    same_letter(a[i - 1], b[k - 2]))
				row[k] = least(row[k], before[k - 2] + 1);
		}
	}
	return row[b_len];
}

/* The property whose name is closest to the spelling.  It may differ by one letter, and by one
 * more for every four letters. */
static const char *
nearest_property(const struct catalog *cat, const char *type, struct str spelling)
{
	size_t least_far = 2 + spelling.len / 4;
	const char *name, *nearest = NULL;
	json_t *v;

	if (spelling.len == 0 || spelling.len > SPELLING_MAX)
		return NULL;
	json_object_foreach((json_t *)catalog_properties(cat, type), name, v) {
		size_t len = strlen(name), far = least_far;

		if (len <= SPELLING_MAX)
			far = distance(spelling.s, spelling.len, name, len);
		if (far < least_far && far < len) {
			least_far = far;
			nearest = name;
		}
	}
	return nearest;
}

bool
catalog_refuse_property(const struct catalog *cat, const char *type, struct str spelling,
    bool has_id, struct err *e)
{
	const char *name, *nearest = nearest_property(cat, type, spelling);
	struct buf names = {0};
	json_t *v;

	if (nearest != NULL)
		return err_set(e, ERR_INVALID_ARGUMENTS,
		    "%.*s is not a property of %s; did you mean %s?", (int)spelling.len,
		    spelling.s, type, nearest);
	if (has_id)
		add_name("id", &names);
	json_object_foreach((json_t *)catalog_properties(cat, type), name, v)
		add_name(name, &names);
	err_set(e, ERR_INVALID_ARGUMENTS, "%.*s is not a property of %s; it has %s",
	    (int)spelling.len, spelling.s, type, buf_terminate(&names));
	buf_free(&names);
	return false;
}

const json_t *
catalog_defaults(const struct catalog *cat, const char *type)
{
	return json_object_get(
	    json_object_get(json_object_get(cat->document, "fields"), type), "defaults");
}

const json_t *
catalog_enum_values(const struct catalog *cat, const char *name)
{
	return json_object_get(json_object_get(cat->document, "enums"), name);
}

const json_t *
catalog_list(const struct catalog *cat, const char *record)
{
	return json_object_get(json_object_get(cat->document, "lists"), record);
}

const json_t *
catalog_records(const struct catalog *cat)
{
	return json_object_get(cat->document, "objects");
}

const char *
member_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

bool
member_flag(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}
