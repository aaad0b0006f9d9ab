/* jmap/filter.c -- FilterOperator and FilterCondition (RFC 8620, 5.5). */
#include "jmap/filter.h"

#include "base/date.h"
#include "jmap/arguments.h"
#include "model/domain.h"
#include "model/kinds.h"
#include "json/number.h"

/* --- conditions --- */

/* Reads the value of a condition into the filter.  Returns NULL, or what the value must be. */
typedef const char *value_reader(const json_t *v, struct filter *f);

/* s is a date. */
static bool
has_fraction(struct str s)
{
	for (size_t i = DATE_LEN; i + 1 < s.len; i++)
		if (s.s[i] != '0')
			return true;
	return false;
}

/* Records are of whole seconds: which relation to the second before a moment between two says
 * the same as that to the moment; none of them are of it. */
static void
heed_fraction(struct filter *f)
{
	static const enum relation same[] = {
	    [REL_LESS] = REL_LESS_EQUAL,
	    [REL_LESS_EQUAL] = REL_LESS_EQUAL,
	    [REL_GREATER] = REL_GREATER,
	    [REL_GREATER_EQUAL] = REL_GREATER,
	};

	if (f->relation == REL_EQUAL)
		f->kind = FILTER_OR; /* of nothing: finds nothing */
	else
		f->relation = same[f->relation];
}

static const char *
read_date(const json_t *v, struct filter *f)
{
	if (!string_is(v) || !date_parse(json_str(v), &f->number))
		return "must be a UTCDate, such as \"2026-01-31T08:00:00Z\"";
	if (has_fraction(json_str(v)))
		heed_fraction(f);
	return NULL;
}

/* Clients whose filters are texts send it as a string. */
static const char *
read_policy(const json_t *v, struct filter *f)
{
	uint64_t n;

	if (!number_to_u64(v, UINT64_MAX, &n) && !str_to_u64(json_str(v), UINT64_MAX, &n))
		return model_kinds[KIND_UINT64].want;
	f->number = (int64_t)n;
	return NULL;
}

static const char *
read_domain(const json_t *v, struct filter *f)
{
	struct buf text = {0};

	if (!string_is(v))
		return "must be a string";
	if (domain_beginning(json_str(v), &text))
		f->text = str_dup(buf_str(&text));
	else
		f->kind = FILTER_OR; /* of nothing: finds nothing */
	buf_free(&text);
	return NULL;
}

/* A condition is an index's name and a suffix. */
struct suffix {
	const char *text; /* "" for the name alone; NULL ends the table */
	enum relation relation;
};

static const struct suffix equal[] = {{"", REL_EQUAL}, {0}};
static const struct suffix begins[] = {{"", REL_TEXT}, {0}};
static const struct suffix compares[] = {
    {"", REL_EQUAL},
    {"IsGreaterThan", REL_GREATER},
    {"IsGreaterThanOrEqual", REL_GREATER_EQUAL},
    {"IsLessThan", REL_LESS},
    {"IsLessThanOrEqual", REL_LESS_EQUAL},
    {0},
};

static const struct {
	const struct suffix *suffixes;
	value_reader *read;
} conditions[COMPARE__COUNT] = {
    [COMPARE_BEGINS] = {begins, read_domain},
    [COMPARE_EQUAL] = {equal, read_policy},
    [COMPARE_ORDER] = {compares, read_date},
};

static const struct suffix *
suffix_named(const struct suffix *table, struct str text)
{
	while (table->text != NULL && !str_is(text, table->text))
		table++;
	return table->text == NULL ? NULL : table;
}

/* The suffix behind the name of field's condition; NULL if name is not that. */
static const struct suffix *
suffix_behind(const struct field *field, const char *condition, struct str name)
{
	if (condition == NULL || !str_cut_prefix(&name, condition))
		return NULL;
	return suffix_named(conditions[model_keys[field->key].compare].suffixes, name);
}

/* Which key and relation a condition's name is for. */
static bool
find_condition(const struct type *t, const char *name, struct filter *f)
{
	for (const struct field *field = t->fields; field->name != NULL; field++) {
		const struct suffix *suffix;

		if (model_condition(field) == NULL)
			continue;
		suffix = suffix_behind(field, field->name, str_of(name));
		if (suffix == NULL)
			suffix =
			    suffix_behind(field, model_keys[field->key].also, str_of(name));
		if (suffix == NULL)
			continue;
		*f = (struct filter){
		    .kind = FILTER_KEY, .key = field->key, .relation = suffix->relation};
		return true;
	}
	return false;
}

/* --- the tree --- */

static const struct {
	const char *name;
	enum filter_kind kind;
} operators[] = {
    {"AND", FILTER_AND},
    {"OR", FILTER_OR},
    {"NOT", FILTER_NOT},
    {"AllOf", FILTER_AND},
    {"AnyOf", FILTER_OR},
    {"Not", FILTER_NOT},
};

/* A tree being read. */
struct reading {
	const struct type *type;
	size_t nodes; /* so far */
	struct err *e;
};

static bool read_filter(struct reading *r, const json_t *v, size_t depth, struct filter *f);

static bool
too_much(struct reading *r)
{
	return err_set_at(r->e, ERR_UNSUPPORTED_FILTER, "filter",
	    "may hold %d conditions and operators, %d deep", FILTER_MAX_NODES,
	    FILTER_MAX_DEPTH);
}

static bool
count_node(struct reading *r, size_t depth)
{
	return (depth <= FILTER_MAX_DEPTH && ++r->nodes <= FILTER_MAX_NODES) || too_much(r);
}

static bool
make_children(struct reading *r, struct filter *f, size_t n)
{
	if (n > FILTER_MAX_NODES)
		return too_much(r);
	f->children = mem_new(n, sizeof *f->children);
	return true;
}

static bool
read_condition(
    struct reading *r, const char *name, const json_t *value, size_t depth, struct filter *f)
{
	const char *want;

	if (!count_node(r, depth))
		return false;
	if (!find_condition(r->type, name, f))
		return err_set_at(r->e, ERR_UNSUPPORTED_FILTER, "filter",
		    "has no condition \"%.100s\"", name);
	want = conditions[model_keys[f->key].compare].read(value, f);
	return want == NULL ||
	    err_set(r->e, ERR_INVALID_ARGUMENTS, "filter/%.100s %s", name, want);
}

/* All the conditions in one object must hold (5.5); one alone needs no AND around it. */
static bool
read_conditions(struct reading *r, const json_t *v, size_t depth, struct filter *f)
{
	const char *name;
	json_t *value;

	if (json_object_size(v) == 1) {
		name = json_object_iter_key(json_object_iter((json_t *)v));
		return read_condition(r, name, json_object_get(v, name), depth, f);
	}
	if (!count_node(r, depth))
		return false;
	*f = (struct filter){.kind = FILTER_AND};
	if (!make_children(r, f, json_object_size(v)))
		return false;
	json_object_foreach((json_t *)v, name, value)
		if (!read_condition(r, name, value, depth + 1, &f->children[f->n++]))
			return false;
	return true;
}

static bool
find_operator(const json_t *name, enum filter_kind *kind)
{
	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
		if (!string_is(name) || !str_is(json_str(name), operators[i].name))
			continue;
		*kind = operators[i].kind;
		return true;
	}
	return false;
}

static bool
read_operator(struct reading *r, const json_t *v, size_t depth, struct filter *f)
{
	const json_t *list = json_object_get(v, "conditions");
	size_t i;
	json_t *one;

	*f = (struct filter){0};
	if (!count_node(r, depth))
		return false;
	if (!find_operator(json_object_get(v, "operator"), &f->kind))
		return err_set_at(
		    r->e, ERR_INVALID_ARGUMENTS, "filter/operator", "must be AND, OR or NOT");
	if (!json_is_array(list) || json_object_size(v) != 2)
		return err_set_at(r->e, ERR_INVALID_ARGUMENTS, "filter",
		    "must have an array of conditions beside its operator, and nothing else");
	if (!make_children(r, f, json_array_size(list)))
		return false;
	json_array_foreach(list, i, one)
		if (!read_filter(r, one, depth + 1, &f->children[f->n++]))
			return false;
	return true;
}

static bool
read_filter(struct reading *r, const json_t *v, size_t depth, struct filter *f)
{
	if (!json_is_object(v))
		return err_set_at(
		    r->e, ERR_INVALID_ARGUMENTS, "filter", "must be made of objects alone");
	return (json_object_get(v, "operator") != NULL ? read_operator : read_conditions)(
	    r, v, depth, f);
}

bool
filter_read(const struct type *t, const json_t *v, struct filter *f, struct err *e)
{
	struct reading r = {.type = t, .e = e};

	*f = (struct filter){0};
	return read_filter(&r, v, 1, f);
}
