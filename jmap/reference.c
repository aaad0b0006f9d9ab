/* jmap/reference.c -- arguments taken from the answers to earlier calls (RFC 8620, 3.7). */
#include "jmap/reference.h"

#include <stdint.h>
#include <stdlib.h>

#include "jmap/arguments.h"
#include "jmap/ijson.h"
#include "json/charge.h"
#include "json/number.h"
#include "json/read.h"

void
answers_add(struct answers *all, struct answer one)
{
	all->list = mem_grow(all->list, all->n + 1, sizeof *all->list);
	all->list[all->n++] = one;
}

void
answers_free(struct answers *all)
{
	for (size_t i = 0; i < all->n; i++)
		json_decref(all->list[i].tree);
	free(all->list);
	*all = (struct answers){0};
}

/* Takes "/token" off path and unescapes it into token (RFC 6901, 3 and 4).  False if there is
 * no slash or an escape is wrong. */
static bool
next_token(struct str *path, struct buf *token)
{
	size_t i = 1;

	if (path->len == 0 || path->s[0] != '/')
		return false;
	for (; i < path->len && path->s[i] != '/'; i++) {
		if (path->s[i] != '~') {
			buf_putc(token, path->s[i]);
			continue;
		}
		i++;
		if (i == path->len || (path->s[i] != '0' && path->s[i] != '1'))
			return false;
		buf_putc(token, path->s[i] == '0' ? '~' : '/');
	}
	path->s += i;
	path->len -= i;
	return true;
}

/* Every element's result in one array; the elements of a result that is an array itself, not
 * the array. */
static json_t *
follow_all(json_t *array, struct str rest, struct budget *b)
{
	json_t *all = json_array(), *one;
	size_t i;

	json_array_foreach(array, i, one) {
		json_t *found = budget_charge(b, 1) ? pointer_follow(one, rest, b) : NULL;

		if (found == NULL || !budget_charge(b, json_array_size(found))) {
			json_decref(found);
			json_decref(all);
			return NULL;
		}
		if (json_is_array(found))
			json_array_extend(all, found);
		else
			json_array_append(all, found);
		json_decref(found);
	}
	return all;
}

static json_t *
step(json_t *from, struct str token)
{
	uint64_t index;

	if (json_is_object(from))
		return json_object_getn(from, token.s == NULL ? "" : token.s, token.len);
	if (json_is_array(from) && str_to_u64(token, SIZE_MAX, &index))
		return json_array_get(from, (size_t)index);
	return NULL;
}

json_t *
pointer_follow(json_t *from, struct str path, struct budget *b)
{
	struct buf token = {0};
	json_t *found = NULL;

	while (from != NULL && path.len > 0) {
		buf_clear(&token);
		if (!budget_charge(b, 1 + path.len / JSON_TEXT_BYTES_PER_UNIT) ||
		    !next_token(&path, &token))
			goto out;
		if (json_is_array(from) && str_is(buf_str(&token), "*")) {
			found = follow_all(from, path, b);
			goto out;
		}
		from = step(from, buf_str(&token));
	}
	found = json_incref(from);
out:
	buf_free(&token);
	return found;
}

/* The first answer to the call with that id. */
static struct answer *
answer_tagged(struct answers *all, struct str tag)
{
	for (size_t i = 0; i < all->n; i++)
		if (str_equal(all->list[i].tag, tag))
			return &all->list[i];
	return NULL;
}

/* The same answer can be asked for again and again, so a short Request could need any amount of
 * memory and time.  What is asked for after that would fail too, so nothing is left for it. */
static bool
too_much(struct answers *all, const char *name, struct err *e)
{
	all->room = 0;
	return err_set_at(e, ERR_INVALID_RESULT_REFERENCE, name,
	    "takes more than one request may take from earlier answers");
}

#define PARSE_WEIGHT_PER_UNIT 4 /* ijson_weight() of a text that is parsed for one unit */

/* The tree of the answer, made when it is first needed. */
static bool
read_answer(
    struct answers *all, struct answer *a, struct str response, const char *name, struct err *e)
{
	struct str text = {response.s + a->at, a->len};
	size_t weight;

	if (a->tree != NULL)
		return true;
	if (text.len > all->room ||
	    !budget_charge(all->budget, text.len / JSON_TEXT_BYTES_PER_UNIT))
		return too_much(all, name, e);
	weight = ijson_weight(text);
	if (weight > all->room || !budget_charge(all->budget, weight / PARSE_WEIGHT_PER_UNIT))
		return too_much(all, name, e);
	all->room -= weight;
	a->tree = json_read(text, JSON_ALLOW_NUL, NULL);
	return true;
}

/* Jansson goes on after a member's name that was refused, so from then on all is. */
static int
count(const char *bytes, size_t len, void *left)
{
	size_t *room = left;

	(void)bytes;
	if (len > *room) {
		*room = 0;
		return -1;
	}
	*room -= len;
	return 0;
}

/* What path leads to in the answer, which has been read. */
static json_t *
bring(struct answers *all, const struct answer *a, struct str path, const char *name,
    struct err *e)
{
	json_t *found = all->room > 0 ? pointer_follow(a->tree, path, all->budget) : NULL;
	size_t left = all->room;

	if (all->room == 0 || budget_is_spent(all->budget)) {
		too_much(all, name, e);
		goto fail;
	}
	if (found == NULL) {
		err_set_at(e, ERR_INVALID_RESULT_REFERENCE, name,
		    "has a path that leads nowhere in that answer");
		goto fail;
	}
	if (!json_charge(all->budget, found, 1) ||
	    json_dump_callback(found, count, &left, JSON_COMPACT | JSON_ENCODE_ANY) != 0) {
		too_much(all, name, e);
		goto fail;
	}
	all->room = left;
	return found;
fail:
	json_decref(found);
	return NULL;
}

static json_t *
resolve(const json_t *reference, struct answers *all, struct str response, const char *name,
    struct err *e)
{
	const json_t *tag = json_object_get(reference, "resultOf");
	const json_t *method = json_object_get(reference, "name");
	const json_t *path = json_object_get(reference, "path");
	struct answer *a;

	if (!string_is(tag) || !string_is(method) || !string_is(path)) {
		err_set_at(e, ERR_INVALID_RESULT_REFERENCE, name,
		    "must be an object of the strings resultOf, name and path");
		return NULL;
	}
	a = answer_tagged(all, json_str(tag));
	if (a == NULL || !str_equal(a->name, json_str(method))) {
		err_set_at(e, ERR_INVALID_RESULT_REFERENCE, name,
		    "names no earlier answer: none has that call id and that name");
		return NULL;
	}
	if (!read_answer(all, a, response, name, e))
		return NULL;
	return bring(all, a, json_str(path), name, e);
}

static bool
has_reference(json_t *args)
{
	const char *name;
	json_t *v;

	json_object_foreach(args, name, v)
		if (name[0] == '#')
			return true;
	return false;
}

/* 3.7: that is an error of the arguments, whatever else fails. */
static bool
check_names(json_t *args, struct err *e)
{
	const char *name;
	json_t *v;

	json_object_foreach(args, name, v)
		if (name[0] == '#' && json_object_get(args, name + 1) != NULL)
			return err_set_at(e, ERR_INVALID_ARGUMENTS, name + 1,
			    "is there both as a value and as a reference");
	return true;
}

bool
references_resolve(json_t **args, struct answers *all, struct str response, struct err *e)
{
	json_t *resolved, *v;
	const char *name;
	bool ok = false;

	if (!has_reference(*args))
		return true;
	if (!budget_charge(all->budget, json_object_size(*args)))
		return err_set(e, ERR_REQUEST_TOO_LARGE, "There are too many arguments");
	if (!check_names(*args, e))
		return false;
	resolved = json_object();
	json_object_foreach(*args, name, v) {
		bool refers = name[0] == '#';

		v = refers ? resolve(v, all, response, name, e) : json_incref(v);
		if (v == NULL)
			goto out;
		json_object_set_new(resolved, name + refers, v);
	}
	json_decref(*args);
	*args = json_incref(resolved);
	ok = true;
out:
	json_decref(resolved);
	return ok;
}
