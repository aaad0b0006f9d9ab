/* jmap/set_plan.c -- the items of a Foo/set, and which record each is about (RFC 8620, 5.3). */
#include "jmap/set.h"

#include <stdlib.h>

#include "jmap/state.h"

/* The argument alone keeps its members alive, so that each can be given up as soon as it is
 * used; a copy, because what a result reference led to may be shared. */
static json_t *
take(struct call *c, const char *name)
{
	json_t *v = json_copy(json_object_get(c->args, name));

	json_object_del(c->args, name);
	return v;
}

static bool
read_state(struct set *s, struct err *e)
{
	struct str text = call_string(s->call, "ifInState");

	s->if_in_state = text.s != NULL;
	return !s->if_in_state || state_parse(text, &s->state) ||
	    err_set_at(e, ERR_STATE_MISMATCH, "ifInState", "is no state of this server");
}

static void
check_permission(const struct set *s, struct item *i)
{
	static const enum action needed[] = {
	    [STORE_CREATE] = ACTION_CREATE,
	    [STORE_UPDATE] = ACTION_UPDATE,
	    [STORE_DESTROY] = ACTION_DESTROY,
	};
	struct err e = {0};

	if (!permission_check(s->call->run->request->principal->permissions, s->call->type,
		needed[i->kind], ERR_FORBIDDEN, &e))
		set_refuse(i, e.code, "%s", e.text);
}

static struct item *
add_item(struct set *s, enum store_op_kind kind, struct str key)
{
	struct item *i = &s->items[s->n++];

	*i = (struct item){.kind = kind, .key = key};
	return i;
}

static struct item *
creation(const struct set *s, struct str id)
{
	for (size_t i = 0; i < s->n_create; i++)
		if (str_equal(s->items[i].key, id))
			return &s->items[i];
	return NULL;
}

static void
find_record(const struct set *s, struct item *i)
{
	struct str creation_id = i->key;

	if (str_cut_prefix(&creation_id, "#"))
		i->maker = creation(s, creation_id);
	if (i->maker == NULL && !call_id(s->call, i->key, &i->id))
		set_refuse(i, ERR_NOT_FOUND, "There is no such record");
}

static bool
is_same_record(const struct item *a, const struct item *b)
{
	if (a->maker == NULL && b->maker == NULL && a->id == 0 && b->id == 0)
		return str_equal(a->key, b->key);
	return a->maker == b->maker && a->id == b->id;
}

/* The item of that kind before i that is about the same record; NULL if there is none. */
static struct item *
named_before(const struct set *s, const struct item *i, enum store_op_kind kind)
{
	for (struct item *other = s->items; other < i; other++)
		if (other->kind == kind && is_same_record(other, i))
			return other;
	return NULL;
}

static void
plan_creates(struct set *s)
{
	const char *key;
	json_t *v;

	json_object_foreach(s->create, key, v)
		check_permission(s, add_item(s, STORE_CREATE, str_of(key)));
	s->n_create = s->n;
}

/* Told under the name that was sent: the id belongs to the other update. */
static void
refuse_second_name(struct item *i)
{
	set_refuse(
	    i, ERR_INVALID_PATCH, "The same call updates the record under another name too");
	i->maker = NULL;
	i->id = 0;
}

/* Of two names, one at most is the id: that one stands, whichever comes first, so that the
 * answer has no name twice. */
static void
check_names(const struct set *s, struct item *i)
{
	struct item *other = named_before(s, i, STORE_UPDATE);
	struct str key = i->key;

	if (other != NULL)
		refuse_second_name(str_cut_prefix(&key, "#") ? i : other);
}

static void
plan_updates(struct set *s)
{
	const char *key;
	json_t *v;

	json_object_foreach(s->update, key, v) {
		struct item *i = add_item(s, STORE_UPDATE, str_of(key));

		find_record(s, i);
		if (i->state == ITEM_WAITING)
			check_names(s, i);
		if (i->state == ITEM_WAITING)
			check_permission(s, i);
	}
	s->n_update = s->n - s->n_create;
}

static void
plan_destroys(struct set *s)
{
	size_t n;
	json_t *v;

	json_array_foreach(s->destroy, n, v) {
		struct item *i = add_item(s, STORE_DESTROY, json_str(v));

		find_record(s, i);
		if (named_before(s, i, STORE_DESTROY) != NULL) {
			buf_free(&i->answer);
			s->n--;
		} else if (i->state == ITEM_WAITING) {
			check_permission(s, i);
		}
	}
}

/* 5.3: an update of what the same call destroys is not done. */
static void
refuse_updates_of_destroyed(struct set *s)
{
	struct item *updates = s->items + s->n_create;

	for (struct item *d = updates + s->n_update; d < s->items + s->n; d++)
		for (struct item *u = updates; u < updates + s->n_update; u++)
			if (d->state == ITEM_WAITING && u->state == ITEM_WAITING &&
			    is_same_record(u, d))
				set_refuse(
				    u, ERR_WILL_DESTROY, "The same call destroys the record");
}

#define PAIRS_PER_UNIT 100 /* of items that are compared, to find two of one record */

bool
set_plan(struct set *s, struct call *c, struct err *e)
{
	const size_t most = c->run->jmap->limits->max_objects_in_set;
	size_t n;

	s->call = c;
	s->create = take(c, "create");
	s->update = take(c, "update");
	s->destroy = take(c, "destroy");
	n = json_object_size(s->create) + json_object_size(s->update) +
	    json_array_size(s->destroy);
	if (n > most)
		return err_set(e, ERR_REQUEST_TOO_LARGE,
		    "One call may create, update and destroy %zu records together", most);
	if (!call_charge(c, (uint64_t)n * n / PAIRS_PER_UNIT, e) || !read_state(s, e))
		return false;
	s->items = mem_new(n, sizeof *s->items);
	plan_creates(s);
	plan_updates(s);
	plan_destroys(s);
	refuse_updates_of_destroyed(s);
	return true;
}

void
set_free(struct set *s)
{
	for (size_t i = 0; i < s->n; i++) {
		record_free(&s->items[i].record);
		buf_free(&s->items[i].answer);
	}
	free(s->items);
	json_decref(s->create);
	json_decref(s->update);
	json_decref(s->destroy);
	*s = (struct set){0};
}
