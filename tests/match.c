/* tests/match.c -- patterns in expected answers. */
#include "tests/match.h"

#include <string.h>

#include "json/number.h"
#include "json/text.h"

/* Where in the answer we are, for the message: a chain of the walk's stack frames. */
struct place {
	const struct place *up;
	const char *key; /* NULL: an element of an array */
	size_t index;
};

struct matcher {
	json_t *bound;
	struct buf *why;
};

static bool match_value(
    struct matcher *m, const struct place *at, const json_t *want, const json_t *got);

static void
print_place(const struct place *at, struct buf *out)
{
	if (at == NULL)
		return;
	print_place(at->up, out);
	if (at->key != NULL)
		buf_printf(out, "/%s", at->key);
	else
		buf_printf(out, "/%zu", at->index);
}

static void
print_value(const json_t *v, struct buf *out)
{
	enum { SHOWN = 300 };
	struct buf text = {0};

	if (v != NULL)
		text_tree(&text, v, SIZE_MAX);
	buf_printf(out, "%.*s", SHOWN, v == NULL ? "nothing" : buf_terminate(&text));
	buf_free(&text);
}

static bool
differs(struct matcher *m, const struct place *at, const json_t *want, const json_t *got)
{
	buf_puts(m->why, "at ");
	print_place(at, m->why);
	buf_puts(m->why, ": expected ");
	print_value(want, m->why);
	buf_puts(m->why, ", got ");
	print_value(got, m->why);
	return false;
}

/* 1 and 1.0 are one number in JSON. */
static bool
same(const json_t *a, const json_t *b)
{
	double x, y;

	if (json_is_integer(a) && json_is_integer(b))
		return json_integer_value(a) == json_integer_value(b);
	if (json_is_integer(a) != json_is_integer(b))
		return number_to_double(a, &x) && number_to_double(b, &y) && x == y;
	return json_equal(a, b); /* of kept numbers: their text (json/number.h) */
}

/* Whether text is a pattern; *inner is what stands between its braces. */
static bool
is_pattern(const json_t *v, struct str *inner)
{
	const char *s = json_string_value(v);
	size_t len = json_string_length(v);

	if (s == NULL || len < 4 || strncmp(s, "${", 2) != 0 ||
	    memchr(s, '}', len) != s + len - 1)
		return false;
	*inner = (struct str){s + 2, len - 3};
	return true;
}

static const json_t *
bound_value(const json_t *bound, struct str name)
{
	return json_object_getn(bound, name.s, name.len);
}

static bool
match_name(struct matcher *m, const struct place *at, struct str name, const json_t *want,
    const json_t *got)
{
	const json_t *known = bound_value(m->bound, name);

	if (known != NULL)
		return same(known, got) || differs(m, at, known, got);
	if (got == NULL)
		return differs(m, at, want, got);
	json_object_setn_new(m->bound, name.s, name.len, json_deep_copy(got));
	return true;
}

/* "name != other" */
static bool
match_other(struct matcher *m, const struct place *at, struct str inner, const char *sign,
    const json_t *want, const json_t *got)
{
	static const char between[] = " != ";
	struct str name = {inner.s, (size_t)(sign - inner.s)};
	struct str other = {
	    sign + sizeof between - 1, inner.len - name.len - (sizeof between - 1)};
	const json_t *not = bound_value(m->bound, other);

	if (not == NULL || got == NULL || same(not, got))
		return differs(m, at, want, got);
	return match_name(m, at, name, want, got);
}

static bool
match_pattern(struct matcher *m, const struct place *at, struct str inner, const json_t *want,
    const json_t *got)
{
	const char *sign = memmem(inner.s, inner.len, " != ", 4);
	struct str text = inner;
	bool fits;

	if (str_cut_prefix(&text, "contains:"))
		fits = string_is(got) &&
		    memmem(json_string_value(got), json_string_length(got), text.s, text.len) !=
			NULL;
	else if (str_is(inner, "any"))
		fits = got != NULL;
	else if (str_is(inner, "string"))
		fits = json_string_length(got) > 0;
	else if (str_is(inner, "uint"))
		fits = json_is_integer(got) && json_integer_value(got) >= 0;
	else if (str_is(inner, "absent"))
		fits = got == NULL;
	else if (sign != NULL)
		return match_other(m, at, inner, sign, want, got);
	else
		return match_name(m, at, inner, want, got);
	return fits || differs(m, at, want, got);
}

/* The key in got that an expected key stands for; NULL if there is none. */
static const char *
key_meant(struct matcher *m, const json_t *want, const json_t *got, const char *key)
{
	size_t len = strlen(key);
	struct str name = {key + 2, len < 4 ? 0 : len - 3};
	const char *other;
	json_t *v;

	if (len < 4 || strncmp(key, "${", 2) != 0 || key[len - 1] != '}')
		return key;
	if (bound_value(m->bound, name) != NULL)
		return json_string_value(bound_value(m->bound, name));
	json_object_foreach((json_t *)got, other, v) {
		if (json_object_get(want, other) != NULL)
			continue;
		json_object_setn_new(m->bound, name.s, name.len, json_string(other));
		return other;
	}
	return NULL;
}

static bool
match_object(struct matcher *m, const struct place *at, const json_t *want, const json_t *got)
{
	json_t *left = json_copy((json_t *)got);
	bool more = json_object_get(want, "...") != NULL;
	bool ok = json_is_object(got) || differs(m, at, want, got);
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)want, key, v) {
		const char *meant;
		struct place here;

		if (!ok || strcmp(key, "...") == 0)
			continue;
		meant = key_meant(m, want, left, key);
		here = (struct place){.up = at, .key = meant == NULL ? key : meant};
		ok = match_value(
		    m, &here, v, meant == NULL ? NULL : json_object_get(got, meant));
		if (ok)
			json_object_del(left, meant);
	}
	json_object_foreach(left, key, v) {
		struct place here = {.up = at, .key = key};

		if (ok && !more)
			ok = differs(m, &here, NULL, v);
	}
	json_decref(left);
	return ok;
}

/* One expected element against each that is left; what a failed try bound is forgotten. */
static bool
match_any_element(struct matcher *m, const struct place *at, const json_t *want, json_t *left)
{
	struct buf why = {0};
	bool found = false;

	for (size_t i = 0; i < json_array_size(left) && !found; i++) {
		struct matcher trial = {json_copy(m->bound), &why};

		found = match_value(&trial, at, want, json_array_get(left, i));
		if (found) {
			json_object_update(m->bound, trial.bound);
			json_array_remove(left, i);
		}
		json_decref(trial.bound);
	}
	buf_free(&why);
	return found || differs(m, at, want, left);
}

static bool
match_array(struct matcher *m, const struct place *at, const json_t *want, const json_t *got)
{
	struct str mark;
	bool unordered =
	    is_pattern(json_array_get(want, 0), &mark) && str_is(mark, "unordered");
	size_t skip = unordered ? 1 : 0;
	json_t *left = json_copy((json_t *)got);
	bool ok = json_is_array(got) && json_array_size(want) == json_array_size(got) + skip;

	if (!ok)
		differs(m, at, want, got);
	for (size_t i = skip; ok && i < json_array_size(want); i++) {
		struct place here = {.up = at, .index = i - skip};
		const json_t *w = json_array_get(want, i);

		ok = unordered ? match_any_element(m, &here, w, left)
			       : match_value(m, &here, w, json_array_get(got, i));
	}
	json_decref(left);
	return ok;
}

static bool
match_value(struct matcher *m, const struct place *at, const json_t *want, const json_t *got)
{
	struct str inner;

	if (is_pattern(want, &inner))
		return match_pattern(m, at, inner, want, got);
	if (json_is_object(want))
		return match_object(m, at, want, got);
	if (json_is_array(want))
		return match_array(m, at, want, got);
	return (got != NULL && same(want, got)) || differs(m, at, want, got);
}

bool
match(json_t *bound, const json_t *want, const json_t *got, struct buf *why)
{
	struct matcher m = {bound, why};

	return match_value(&m, NULL, want, got);
}

static void
add_characters(const json_t *v, struct buf *out)
{
	struct buf text = {0};
	size_t quote = string_is(v) ? 1 : 0;

	text_tree(&text, v, SIZE_MAX);
	buf_add(out, text.s + quote, text.len - 2 * quote);
	buf_free(&text);
}

bool
match_fill(const json_t *bound, struct str text, struct buf *out, struct buf *why)
{
	size_t done = 0;

	while (done < text.len) {
		const char *open = memmem(text.s + done, text.len - done, "${", 2);
		const char *close =
		    open == NULL ? NULL : memchr(open, '}', text.len - (size_t)(open - text.s));
		struct str name;
		const json_t *v;
		bool whole;

		if (close == NULL)
			break;
		name = (struct str){open + 2, (size_t)(close - open) - 2};
		v = bound_value(bound, name);
		if (v == NULL) {
			buf_printf(why, "${%.*s} is not bound", (int)name.len, name.s);
			return false;
		}
		whole = open > text.s && open[-1] == '"' && close + 1 < text.s + text.len &&
		    close[1] == '"';
		whole = whole && !string_is(v);
		buf_add(out, text.s + done, (size_t)(open - text.s) - done - (whole ? 1 : 0));
		add_characters(v, out);
		done = (size_t)(close - text.s) + (whole ? 2 : 1);
	}
	if (done < text.len)
		buf_add(out, text.s + done, text.len - done);
	return true;
}
