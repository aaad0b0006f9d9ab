/* model/patch.c -- PatchObject (RFC 8620, 5.3) on a stored record. */
#include "model/patch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/kinds.h"
#include "model/pointer.h"
#include "json/number.h"
#include "json/text.h"

/* One entry of a patch on its way to what it changes. */
struct edit {
	const char *path; /* as it was sent */
	json_t *value;
	enum face face;
	struct problems *problems;
};

static void
refuse(const struct edit *e, const char *why)
{
	e->problems->patch = true;
	problems_add(e->problems, e->path, "%s", why);
}

/* Takes the reference to value. */
static void
put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0) {
		fputs("out of memory\n", stderr);
		abort();
	}
}

static void
edit_property(const struct edit *e, const struct field *f, json_t *object)
{
	if (!json_is_null(e->value))
		put(object, f->name, json_incref(e->value));
	else if (model_default(f) != NULL)
		json_object_del(object, f->name);
	else
		problems_add(e->problems, e->path, "is required");
}

/* Turns the set or list f of object from an array into a map, so that its keys stay what they
 * are while members come and go. */
static json_t *
as_map(const struct field *f, json_t *object)
{
	json_t *v = json_object_get(object, f->name), *map, *item;
	struct buf key = {0};
	size_t i;

	if (json_is_object(v))
		return v;
	map = json_object();
	json_array_foreach(v, i, item) {
		buf_clear(&key);
		if (f->shape == LIST)
			buf_printf(&key, "%zu", i);
		else if (string_is(item))
			buf_puts(&key, json_string_value(item));
		else
			text_scalar(&key, item);
		put(map, buf_terminate(&key),
		    f->shape == LIST ? json_incref(item) : json_true());
	}
	buf_free(&key);
	put(object, f->name, map);
	return map;
}

/* "rua/a@b": true, or null.  model_record() judges a new member. */
static void
edit_member(const struct edit *e, const struct field *f, json_t *object, struct str step)
{
	json_t *map = as_map(f, object);
	struct buf key = {0}, stored = {0};

	pointer_unescape(step, &key);
	if (!json_is_null(e->value))
		put(map, buf_terminate(&key), json_incref(e->value));
	else if (model_kinds[f->kind].text(f, buf_str(&key), &stored))
		json_object_del(map, buf_terminate(&stored));
	buf_free(&key);
	buf_free(&stored);
}

/* "report/records/0": {...}, or null.  model_record() closes the gaps. */
static void
edit_item(const struct edit *e, const struct field *f, json_t *object, struct str step)
{
	json_t *map = as_map(f, object);
	char *index = str_dup(step);
	uint64_t n;

	if (!str_to_u64(step, POINTER_INDEX_MAX, &n))
		problems_add(e->problems, e->path, POINTER_WANT_INDEX);
	else if (json_is_null(e->value))
		json_object_del(map, index);
	else
		put(map, index, json_incref(e->value));
	free(index);
}

/* The item of a list, which may be a map already; NULL if there is none. */
static json_t *
item_at(json_t *list, struct str step)
{
	uint64_t n;

	if (!str_to_u64(step, POINTER_INDEX_MAX, &n))
		return NULL;
	if (json_is_array(list))
		return json_array_get(list, n);
	return json_object_getn(list, step.s, step.len);
}

/* Follows rest, which points into the set or list f of object.  True with the list's item where
 * there is more of it to follow; otherwise the entry is done with. */
static bool
enter(const struct edit *e, const struct field *f, json_t *object, struct str *rest,
    json_t **item)
{
	struct str step;

	if (e->face == FACE_ARRAYS) {
		refuse(e, "points into an array, which can only be replaced as a whole");
		return false;
	}
	pointer_cut(rest, &step);
	if (rest->s == NULL) {
		(f->shape == SET ? edit_member : edit_item)(e, f, object, step);
		return false;
	}
	*item = item_at(json_object_get(object, f->name), step);
	return true;
}

static void
apply(const struct edit *e, const struct type *t, json_t *object)
{
	struct str rest = str_of(e->path), step;

	while (pointer_cut(&rest, &step)) {
		const struct field *f = model_field(t, step, NULL);
		json_t *next = NULL;

		/* 5.3: to remove what is not there is a no-op. */
		if (rest.s == NULL && f == NULL && json_is_null(e->value))
			return;
		if (rest.s == NULL && f == NULL) {
			problems_add(e->problems, e->path, "is not a property of %s", t->name);
			return;
		}
		if (rest.s == NULL) {
			edit_property(e, f, object);
			return;
		}
		if (f != NULL && f->shape != ONE) {
			if (!enter(e, f, object, &rest, &next))
				return;
		} else if (f != NULL) {
			next = json_object_get(object, f->name);
		}
		if (!json_is_object(next)) {
			refuse(e, "points into what does not exist or is not an object");
			return;
		}
		t = f->type;
		object = next;
	}
}

/* The order of bytes, but "/" before all others: then what follows a key is its children. */
static int
by_path(const void *a, const void *b)
{
	const char *s = *(const char *const *)a, *t = *(const char *const *)b;

	while (*s == *t && *s != '\0')
		s++, t++;
	if (*s == *t || *s == '\0' || *t == '\0')
		return (*s != '\0') - (*t != '\0');
	if (*s == '/' || *t == '/')
		return *s == '/' ? -1 : 1;
	return (unsigned char)*s < (unsigned char)*t ? -1 : 1;
}

/* Keys are pointers, and none is another's parent. */
static bool
check_paths(json_t *patch, struct problems *p)
{
	const char **paths = mem_new(json_object_size(patch), sizeof *paths);
	struct edit e = {.problems = p};
	struct buf rubbish = {0};
	size_t n = 0;
	json_t *value;

	json_object_foreach(patch, e.path, value)
		paths[n++] = e.path;
	qsort(paths, n, sizeof *paths, by_path);
	for (size_t i = 0; i < n; i++) {
		struct str path = str_of(paths[i]);

		buf_clear(&rubbish);
		e.path = paths[i];
		if (!pointer_unescape(path, &rubbish))
			refuse(&e, "is not a JSON Pointer");
		if (i > 0 && str_cut_prefix(&path, paths[i - 1]) && path.s[0] == '/')
			refuse(&e, "cannot be patched together with what it is in");
	}
	buf_free(&rubbish);
	free(paths);
	return !p->patch;
}

bool
model_patch(const struct type *t, json_t *record, const json_t *patch, enum face face,
    struct problems *p)
{
	json_t *entries = (json_t *)patch; /* iterated over, not changed */
	struct edit e = {.face = face, .problems = p};
	size_t before = problems_count(p);

	if (!check_paths(entries, p))
		return false;
	/* What is removed goes first, so that the order of a patch does not matter where two
	 * keys name one member of a set. */
	json_object_foreach(entries, e.path, e.value)
		if (json_is_null(e.value))
			apply(&e, t, record);
	json_object_foreach(entries, e.path, e.value)
		if (!json_is_null(e.value))
			apply(&e, t, record);
	return problems_count(p) == before;
}
