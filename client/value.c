/* client/value.c -- a parser for each type of the schema, and for paths into objects. */
#include "client/value.h"

#include <inttypes.h>
#include <string.h>

#include "base/date.h"
#include "json/number.h"
#include "json/read.h"

#define DAY_LEN 10 /* bytes of "2026-01-31" */

/* --- one value --- */

/* Returns NULL if the text is no value of the type; it may then set *want to what is expected.
 */
typedef json_t *parser(
    const struct catalog *cat, const json_t *type, struct str text, const char **want);

static json_t *
parse_string(const struct catalog *cat, const json_t *type, struct str text, const char **want)
{
	(void)want;
	(void)cat;
	(void)type;
	return json_stringn(text.s, text.len);
}

static bool
is_whole(const json_t *type)
{
	const char *format = member_text(type, "format");

	return format == NULL || strcmp(format, "float") != 0;
}

/* Turns an integer into plain digits: "1e3" becomes 1000 (RFC 8259, 6).  Refuses only what no
 * property accepts; the server checks each property's limits. */
static json_t *
in_digits(const json_t *v, const char **want)
{
	struct buf digits = {0};
	json_t *whole = NULL;
	uint64_t size;
	int64_t n;

	*want = "a smaller number: this one is too large";
	if (number_to_u64(v, UINT64_MAX, &size))
		buf_printf(&digits, "%" PRIu64, size);
	else if (number_to_i64(v, INT64_MAX, &n))
		buf_printf(&digits, "%" PRId64, n);
	if (digits.len > 0)
		whole = json_read(buf_str(&digits), JSON_DECODE_ANY, NULL);
	buf_free(&digits);
	return whole;
}

static json_t *
parse_number(const struct catalog *cat, const json_t *type, struct str text, const char **want)
{
	json_t *v = json_read(text, JSON_DECODE_ANY, NULL), *number = NULL;

	(void)cat;
	*want = is_whole(type) ? "a number without a fraction" : "a number";
	if (!is_whole(type) && number_is(v))
		return v;
	if (number_is_integer(v))
		number = in_digits(v, want);
	json_decref(v);
	return number;
}

static json_t *
parse_boolean(const struct catalog *cat, const json_t *type, struct str text, const char **want)
{
	(void)want;
	(void)cat;
	(void)type;
	if (str_is(text, "true"))
		return json_true();
	return str_is(text, "false") ? json_false() : NULL;
}

bool
value_date(struct str text, struct buf *out)
{
	int64_t seconds;

	buf_add_str(out, text);
	if (text.len == DAY_LEN)
		buf_puts(out, "T00:00:00Z");
	return date_parse(buf_str(out), &seconds);
}

static json_t *
parse_date(const struct catalog *cat, const json_t *type, struct str text, const char **want)
{
	struct buf date = {0};
	json_t *v = value_date(text, &date) ? json_stringn(date.s, date.len) : NULL;

	(void)want;
	(void)cat;
	(void)type;
	buf_free(&date);
	return v;
}

static json_t *
parse_enum(const struct catalog *cat, const json_t *type, struct str text, const char **want)
{
	const char *name = member_text(type, "enumName");
	const json_t *values = catalog_enum_values(cat, name != NULL ? name : "");
	const json_t *v;
	size_t i;

	(void)want;
	json_array_foreach(values, i, v)
		if (member_text(v, "name") != NULL && str_is(text, member_text(v, "name")))
			return json_stringn(text.s, text.len);
	return NULL;
}

static json_t *
parse_json(const struct catalog *cat, const json_t *type, struct str text, const char **want)
{
	(void)want;
	(void)cat;
	(void)type;
	return json_read(text, JSON_REJECT_DUPLICATES, NULL);
}

static const struct {
	const char *type;
	parser *parse;
	const char *want; /* if the parser sets none; enums add their values */
} parsers[] = {
    {"string", parse_string, "a text"},
    {"number", parse_number, NULL},
    {"boolean", parse_boolean, "true or false"},
    {"utcDateTime", parse_date, "a date, such as 2026-01-31T08:00:00Z or 2026-01-31"},
    {"enum", parse_enum, "one of"},
    {"object", parse_json, "a JSON object"},
    {"objectList", parse_json, "a JSON array or object"},
    {"set", parse_json, "a JSON array or object"},
    {"map", parse_json, "a JSON object"},
};
#define N_PARSERS (sizeof parsers / sizeof parsers[0])

/* blobId and objectId are parsed as strings. */
static size_t
parser_of(const char *type)
{
	for (size_t i = 0; i < N_PARSERS; i++)
		if (type != NULL && strcmp(parsers[i].type, type) == 0)
			return i;
	return 0;
}

static void
add_enum_values(const struct catalog *cat, const json_t *type, struct buf *out)
{
	const char *name = member_text(type, "enumName");
	const json_t *values = catalog_enum_values(cat, name != NULL ? name : "");
	const json_t *v;
	size_t i;

	json_array_foreach(values, i, v)
		if (member_text(v, "name") != NULL)
			buf_printf(out, "%s%s", i > 0 ? ", " : " ", member_text(v, "name"));
}

static json_t *
refuse(const struct catalog *cat, const json_t *type, const char *name, const char *want,
    struct err *e)
{
	struct buf text = {0};

	buf_puts(&text, want);
	add_enum_values(cat, type, &text);
	err_set(e, ERR_INVALID_ARGUMENTS, "%s must be %s", name, buf_terminate(&text));
	buf_free(&text);
	return NULL;
}

json_t *
value_parse(const struct catalog *cat, const json_t *type, const char *name, struct str text,
    struct err *e)
{
	const size_t i = parser_of(member_text(type, "type"));
	const char *want = parsers[i].want;
	json_t *v;

	if (str_is(text, "null") && (i != 0 || member_flag(type, "nullable")))
		return json_null();
	v = parsers[i].parse(cat, type, text, &want);
	return v != NULL ? v : refuse(cat, type, name, want, e);
}

/* --- paths --- */

/* A position in an object, reached by a path. */
struct place {
	const struct catalog *catalog;
	const char *object; /* type whose property the next part names; NULL: no such type */
	json_t *type;       /* type of the value here, owned; NULL at the start */
	struct buf path;    /* "report/records/0", in the server's spelling */
};

static void
place_free(struct place *p)
{
	json_decref(p->type);
	buf_free(&p->path);
}

static bool
is(const json_t *type, const char *kind)
{
	return strcmp(member_text(type, "type") != NULL ? member_text(type, "type") : "",
		   kind) == 0;
}

static void
arrive(struct place *p, json_t *type, struct str part)
{
	json_decref(p->type);
	p->type = type;
	p->object = is(type, "object") ? member_text(type, "objectName") : NULL;
	buf_puts(&p->path, p->path.len > 0 ? "/" : "");
	buf_add_str(&p->path, part);
	buf_terminate(&p->path);
}

static bool
step_to_property(struct place *p, struct str part, struct err *e)
{
	const char *name;
	const json_t *property = catalog_property(p->catalog, p->object, part, &name);

	if (property == NULL)
		return catalog_refuse_property(p->catalog, p->object, part, false, e);
	arrive(p, json_incref(json_object_get(property, "type")), str_of(name));
	return true;
}

/* Moves on by one part.  Keys of lists, maps and sets are taken as they are typed. */
static bool
step(struct place *p, struct str part, struct err *e)
{
	const char *object = member_text(p->type, "objectName");

	if (p->object != NULL)
		return step_to_property(p, part, e);
	if (is(p->type, "objectList"))
		arrive(p, json_pack("{s: s, s: s*}", "type", "object", "objectName", object),
		    part);
	else if (is(p->type, "set"))
		arrive(p, json_pack("{s: s}", "type", "boolean"), part);
	else if (is(p->type, "map"))
		arrive(p, json_incref(json_object_get(p->type, "valueClass")), part);
	else
		return err_set(e, ERR_INVALID_ARGUMENTS, "%s has nothing in it, and no %.*s",
		    p->path.s, (int)part.len, part.s);
	return true;
}

static bool
walk(struct place *p, struct str path, struct err *e)
{
	for (;;) {
		const char *slash = memchr(path.s, '/', path.len);
		struct str part = {path.s, slash != NULL ? (size_t)(slash - path.s) : path.len};

		if (!step(p, part, e))
			return false;
		if (slash == NULL)
			return true;
		path = (struct str){slash + 1, path.len - part.len - 1};
	}
}

/* --- the values of --field --- */

bool
value_cut(const char *pair, struct str *name, struct str *text)
{
	const char *end = pair[0] == '"' || pair[0] == '\'' ? strchr(pair + 1, pair[0]) : NULL;
	const char *equals = end != NULL ? end + 1 : strchr(pair, '=');

	if (equals == NULL || *equals != '=')
		return false;
	*name = end != NULL ? (struct str){pair + 1, (size_t)(end - pair) - 1}
			    : (struct str){pair, (size_t)(equals - pair)};
	*text = str_of(equals + 1);
	return true;
}

static bool
add_field(json_t *out, struct place *p, const char *field, bool paths, struct err *e)
{
	struct str name, text;
	json_t *v;

	if (!value_cut(field, &name, &text))
		return err_set(e, ERR_INVALID_ARGUMENTS,
		    "--field %s has no =, as in domain=example.com", field);
	if (!paths && memchr(name.s, '/', name.len) != NULL)
		return err_set(e, ERR_INVALID_ARGUMENTS,
		    "%.*s is a path, which only updates have: give the whole property as JSON",
		    (int)name.len, name.s);
	if (!walk(p, name, e))
		return false;
	if (json_object_get(out, p->path.s) != NULL)
		return err_set(e, ERR_INVALID_ARGUMENTS, "%s is given twice", p->path.s);
	v = value_parse(p->catalog, p->type, p->path.s, text, e);
	return v != NULL && json_object_set_new(out, p->path.s, v) == 0;
}

static json_t *
fields_to_json(const struct catalog *cat, const char *type, const char *const *fields,
    bool paths, struct err *e)
{
	json_t *out = json_object();

	for (; *fields != NULL; fields++) {
		struct place p = {.catalog = cat, .object = type};
		bool ok = add_field(out, &p, *fields, paths, e);

		place_free(&p);
		if (!ok) {
			json_decref(out);
			return NULL;
		}
	}
	return out;
}

json_t *
value_object(
    const struct catalog *cat, const char *type, const char *const *fields, struct err *e)
{
	return fields_to_json(cat, type, fields, false, e);
}

json_t *
value_patch(
    const struct catalog *cat, const char *type, const char *const *fields, struct err *e)
{
	return fields_to_json(cat, type, fields, true, e);
}
