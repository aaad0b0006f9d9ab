/* model/record.c -- the walk that checks a record and writes its canonical text. */
#include "model/record.h"

#include <stdlib.h>

#include "model/kinds.h"
#include "model/pointer.h"
#include "model/seen.h"
#include "json/number.h"
#include "json/text.h"

/* Where the walk is: a chain of its callers' steps, written out only for a problem. */
struct step {
	const struct step *up;
	const char *key; /* as it was sent, or NULL: index */
	size_t index;
};

struct walk {
	struct buf *text;
	size_t max_bytes;
	struct problems *problems;
	struct buf scratch; /* one canonical value, before it is quoted */
	struct seen_seed seed;
};

/* The write_ functions append the canonical text of a value and answer whether it differs from
 * what was sent.  Where there is a problem, what they append is of no use. */
typedef bool write_shape(
    struct walk *w, const struct field *f, const json_t *v, const struct step *at);

static write_shape write_one, write_set, write_list;

static write_shape *const write_shapes[] = {
    [ONE] = write_one,
    [SET] = write_set,
    [LIST] = write_list,
};

static void
add_path(struct buf *path, const struct step *at)
{
	if (at == NULL)
		return;
	add_path(path, at->up);
	if (at->up != NULL)
		buf_putc(path, '/');
	if (at->key != NULL)
		pointer_add_key(path, str_of(at->key));
	else
		buf_printf(path, "%zu", at->index);
}

static void
problem(struct walk *w, const struct step *at, const char *want)
{
	struct buf path = {0};

	if (!problems_are_full(w->problems))
		add_path(&path, at);
	problems_add(w->problems, buf_terminate(&path), "%s", want);
	buf_free(&path);
}

/* What a value should have been. */
static void
wrong_value(struct walk *w, const struct field *f, const struct step *at)
{
	struct buf want = {0};

	if (!problems_are_full(w->problems))
		kind_want(f, &want);
	problem(w, at, buf_terminate(&want));
	buf_free(&want);
}

/* Jansson iterates over a json_t *, without changing it. */
static json_t *
iterable(const json_t *v)
{
	return (json_t *)v;
}

/* There is no point in going on: the record is too large already. */
static bool
is_full(const struct walk *w)
{
	return w->text->len > w->max_bytes;
}

/* The canonical form of s, which was sent as a string or as a key. */
static bool
write_text(struct walk *w, const struct field *f, struct str s, const struct step *at)
{
	const struct kind_row *kind = &model_kinds[f->kind];

	buf_clear(&w->scratch);
	if (kind->text == NULL || !kind->text(f, s, &w->scratch)) {
		wrong_value(w, f, at);
		return true;
	}
	if (kind->value == NULL)
		text_string(w->text, buf_str(&w->scratch));
	else
		buf_add_str(w->text, buf_str(&w->scratch));
	return !str_equal(s, buf_str(&w->scratch));
}

static bool
write_scalar(struct walk *w, const struct field *f, const json_t *v, const struct step *at)
{
	const struct kind_row *kind = &model_kinds[f->kind];

	if (kind->value == NULL && string_is(v))
		return write_text(
		    w, f, (struct str){json_string_value(v), json_string_length(v)}, at);
	if (kind->value == NULL || !kind->value(v, w->text))
		wrong_value(w, f, at);
	return false; /* the same number or truth value, however it is written */
}

/* A field that has no value. */
static bool
write_default(struct walk *w, const struct field *f, const struct step *at)
{
	const char *text = model_default(f);

	if (text == NULL) {
		problem(w, at, "is required");
		return true;
	}
	buf_puts(w->text, text);
	return (f->flags & F_NULLABLE) == 0;
}

static void
report_unknown(struct walk *w, const struct type *t, const json_t *v, const struct step *up)
{
	struct buf want = {0};
	const char *key;
	json_t *value;

	buf_printf(&want, "is not a property of %s", t->name);
	buf_terminate(&want);
	json_object_foreach(iterable(v), key, value)
		if (model_field(t, str_of(key), NULL) == NULL)
			problem(w, &(struct step){up, key, 0}, want.s);
	buf_free(&want);
}

/* Calls itself through write_shapes[], as deep as the tables nest and no deeper.
 * fields: where to note what became of each; NULL inside a record. */
static bool
write_object(struct walk *w, const struct type *t, const json_t *v, const struct step *up,
    struct record_field *fields)
{
	bool differs = false;
	size_t known = 0;

	buf_putc(w->text, '{');
	for (size_t i = 0; t->fields[i].name != NULL; i++) {
		const struct field *f = &t->fields[i];
		const struct step at = {up, f->name, 0};
		const json_t *value = json_object_get(v, f->name);
		struct record_field here = {.absent = value == NULL};

		buf_puts(w->text, i == 0 ? "\"" : ",\"");
		buf_puts(w->text, f->name);
		buf_puts(w->text, "\":");
		here.at = w->text->len;
		if (value == NULL || json_is_null(value))
			here.differs = write_default(w, f, &at);
		else
			here.differs = write_shapes[f->shape](w, f, value, &at);
		here.len = w->text->len - here.at;
		differs = differs || here.differs;
		known += value != NULL;
		if (fields != NULL)
			fields[i] = here;
	}
	buf_putc(w->text, '}');
	if (known < json_object_size(v))
		report_unknown(w, t, v, up);
	return differs;
}

static bool
write_one(struct walk *w, const struct field *f, const json_t *v, const struct step *at)
{
	if (f->type == NULL)
		return write_scalar(w, f, v, at);
	if (json_is_object(v))
		return write_object(w, f->type, v, at, NULL);
	wrong_value(w, f, at);
	return true;
}

static void
check_count(struct walk *w, const struct field *f, size_t n, const struct step *at)
{
	struct buf want = {0};

	if (f->max_items == 0 || n <= f->max_items)
		return;
	buf_printf(&want, "must have at most %u members", f->max_items);
	problem(w, at, buf_terminate(&want));
	buf_free(&want);
}

/* Answers where the next member of a set is to stand. */
static size_t
begin_member(struct walk *w, const struct seen *seen)
{
	if (seen->n > 0)
		buf_putc(w->text, ',');
	return w->text->len;
}

/* Takes the member that now stands at start back if the set has it already, and then answers
 * true.  A wrong one may have written nothing. */
static bool
end_member(struct walk *w, struct seen *seen, size_t start)
{
	if (w->text->len == start || !seen_before(seen, w->seed, w->text, start))
		return false;
	w->text->len = start - 1; /* and its comma */
	return true;
}

static bool
write_set(struct walk *w, const struct field *f, const json_t *v, const struct step *at)
{
	struct seen seen = {0};
	bool differs = false;
	const char *key;
	json_t *value;
	size_t i, start;

	buf_putc(w->text, '[');
	if (!json_is_array(v) && !json_is_object(v))
		problem(w, at, "must be an array, or an object whose members are true");
	json_array_foreach(v, i, value) {
		if (is_full(w))
			break;
		start = begin_member(w, &seen);
		differs |= write_scalar(w, f, value, &(struct step){at, NULL, i});
		differs |= end_member(w, &seen, start);
	}
	json_object_foreach(iterable(v), key, value) {
		const struct step here = {at, key, 0};

		if (is_full(w))
			break;
		if (!json_is_true(value)) {
			problem(w, &here, "must be true");
			continue;
		}
		start = begin_member(w, &seen);
		differs |= write_text(w, f, str_of(key), &here);
		differs |= end_member(w, &seen, start);
	}
	buf_putc(w->text, ']');
	check_count(w, f, seen.n, at);
	seen_free(&seen);
	return differs;
}

static bool
write_array(struct walk *w, const struct field *f, const json_t *v, const struct step *at)
{
	bool differs = false;
	json_t *value;
	size_t i;

	json_array_foreach(v, i, value) {
		if (is_full(w))
			break;
		if (i > 0)
			buf_putc(w->text, ',');
		differs |= write_one(w, f, value, &(struct step){at, NULL, i});
	}
	return differs;
}

/* A member of a map-shaped list. */
struct item {
	uint64_t index;
	const char *key;
	const json_t *value;
};

static int
by_index(const void *a, const void *b)
{
	uint64_t i = ((const struct item *)a)->index, j = ((const struct item *)b)->index;

	return (i > j) - (i < j);
}

/* Members in the order of their indexes.  Gaps close up, so that later members differ. */
static bool
write_map(struct walk *w, const struct field *f, const json_t *v, const struct step *at)
{
	struct item *items = mem_new(json_object_size(v), sizeof *items);
	bool differs = false;
	size_t n = 0;
	const char *key;
	json_t *value;

	json_object_foreach(iterable(v), key, value) {
		struct item item = {.key = key, .value = value};

		if (str_to_u64(str_of(key), POINTER_INDEX_MAX, &item.index))
			items[n++] = item;
		else
			problem(w, &(struct step){at, key, 0}, POINTER_WANT_INDEX);
	}
	qsort(items, n, sizeof *items, by_index);
	for (size_t i = 0; i < n && !is_full(w); i++) {
		if (i > 0)
			buf_putc(w->text, ',');
		differs |= write_one(w, f, items[i].value, &(struct step){at, items[i].key, 0});
		differs |= items[i].index != i;
	}
	free(items);
	return differs;
}

static bool
write_list(struct walk *w, const struct field *f, const json_t *v, const struct step *at)
{
	bool differs = false;

	buf_putc(w->text, '[');
	if (json_is_array(v))
		differs = write_array(w, f, v, at);
	else if (json_is_object(v))
		differs = write_map(w, f, v, at);
	else
		problem(w, at,
		    "must be an array of objects, or an object with the keys 0, 1, 2 ...");
	buf_putc(w->text, ']');
	check_count(w, f, json_is_array(v) ? json_array_size(v) : json_object_size(v), at);
	return differs;
}

static void
take_keys(const struct type *t, struct record *r)
{
	for (size_t i = 0; t->fields[i].name != NULL; i++) {
		struct str value = {r->text.s + r->fields[i].at, r->fields[i].len};

		if (t->fields[i].key != KEY_NONE)
			keys_take(&r->keys, t->fields[i].key, value);
	}
}

bool
model_record(const struct type *t, const json_t *v, size_t max_bytes, struct record *r,
    struct problems *p)
{
	struct walk w = {
	    .text = &r->text, .max_bytes = max_bytes, .problems = p, .seed = seen_seed()};
	size_t before = problems_count(p);
	bool ok = false;

	if (!json_is_object(v)) {
		problem(&w, NULL, model_kinds[KIND_OBJECT].want);
		goto out;
	}
	write_object(&w, t, v, NULL, r->fields);
	if (is_full(&w))
		p->too_large = true;
	if (is_full(&w) || problems_count(p) > before)
		goto out;
	take_keys(t, r);
	ok = true;
out:
	buf_free(&w.scratch);
	return ok;
}

void
record_free(struct record *r)
{
	buf_free(&r->text);
	*r = (struct record){0};
}
