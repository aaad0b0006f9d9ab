/* client/batch.c -- collects objects, sends them, and reports the result of each. */
#include "client/batch.h"

#include <string.h>

#define REQUEST_ROOM 1024 /* bytes of a request besides the objects */
#define OBJECT_ROOM 8     /* bytes around a key */

static const struct {
	const char *argument, *done, *failed;
} verbs[BATCH__COUNT] = {
    [BATCH_CREATE] = {"create", "created", "notCreated"},
    [BATCH_UPDATE] = {"update", "updated", "notUpdated"},
    [BATCH_DESTROY] = {"destroy", "destroyed", "notDestroyed"},
};

static size_t
size_of(const char *key, const json_t *v)
{
	return strlen(key) + OBJECT_ROOM +
	    json_dumpb(v, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
}

bool
batch_add(struct batch *b, const char *key, json_t *v, struct err *e)
{
	size_t size = size_of(key, v), n = json_object_size(b->waiting);

	if (n > 0 &&
	    (n >= b->client->max_objects_in_set ||
		b->bytes + size + REQUEST_ROOM > b->client->max_size_request) &&
	    !batch_send(b, e)) {
		json_decref(v);
		return false;
	}
	if (b->waiting == NULL)
		b->waiting = json_object();
	b->bytes += size;
	return json_object_set_new(b->waiting, key, v) == 0 ||
	    err_set(e, ERR_INVALID_ARGUMENTS, "an id that is not UTF-8");
}

/* The argument of the call: an array for destroy, otherwise an object. */
static json_t *
argument_of(const struct batch *b)
{
	json_t *ids;
	const char *key;
	json_t *v;

	if (b->verb != BATCH_DESTROY)
		return json_incref(b->waiting);
	ids = json_array();
	json_object_foreach(b->waiting, key, v)
		json_array_append_new(ids, json_string(key));
	return ids;
}

/* The successes as an object by id or creation id; /set lists destroyed ids in an array. */
static json_t *
done_of(const struct batch *b, const json_t *answer)
{
	json_t *done = json_object_get(answer, verbs[b->verb].done);
	json_t *out, *id;
	size_t i;

	if (!json_is_array(done))
		return json_incref(done);
	out = json_object();
	json_array_foreach(done, i, id)
		if (json_is_string(id))
			json_object_set(out, json_string_value(id), id);
	return out;
}

/* The id of an object that was created, updated or destroyed; NULL if it failed. */
static const char *
id_of(const struct batch *b, const json_t *done, const char *key)
{
	const json_t *v = json_object_get(done, key);

	return b->verb == BATCH_CREATE ? member_text(v, "id") : v != NULL ? key : NULL;
}

static void
tell_each(struct batch *b, const json_t *answer)
{
	const json_t *failed = json_object_get(answer, verbs[b->verb].failed);
	json_t *done = done_of(b, answer), *v;
	const char *key;

	json_object_foreach(b->waiting, key, v) {
		const char *id = id_of(b, done, key);
		const json_t *error = json_object_get(failed, key);
		const char *type = member_text(error, "type");

		if (id != NULL)
			b->done++;
		else
			b->failed++;
		if (id == NULL && type != NULL &&
		    strcmp(type, err_name(ERR_FORBIDDEN)->type) == 0)
			b->forbidden++;
		b->told(b->arg, key, v, id, error);
	}
	json_decref(done);
}

static bool
send_waiting(struct batch *b, struct err *e)
{
	json_t *answer = NULL;
	bool ok = client_call(b->client, b->type, "set",
	    json_pack("{s: o}", verbs[b->verb].argument, argument_of(b)), &answer, e);

	if (ok)
		tell_each(b, answer);
	json_decref(answer);
	return ok;
}

static bool send_or_halve(struct batch *b, struct err *e);

/* Sends n objects of all, starting at index from. */
static bool
send_some(struct batch *b, json_t *all, size_t from, size_t n, struct err *e)
{
	size_t i = 0;
	const char *key;
	json_t *v;
	bool ok;

	b->waiting = json_object();
	json_object_foreach(all, key, v) {
		if (i >= from && i - from < n)
			json_object_set(b->waiting, key, v);
		i++;
	}
	ok = send_or_halve(b, e);
	json_decref(b->waiting);
	b->waiting = NULL;
	return ok;
}

/* A server may have limits that its session does not publish.  It then does nothing of a call
 * that exceeds one (RFC 8620, 5.3), so this sends the two halves instead. */
static bool
send_or_halve(struct batch *b, struct err *e)
{
	size_t n = json_object_size(b->waiting);
	json_t *all = b->waiting;
	bool ok;

	if (send_waiting(b, e))
		return true;
	if (e->code != ERR_REQUEST_TOO_LARGE || n < 2)
		return false;
	*e = (struct err){0};
	ok = send_some(b, all, 0, n / 2, e) && send_some(b, all, n / 2, n - n / 2, e);
	b->waiting = all;
	return ok;
}

bool
batch_send(struct batch *b, struct err *e)
{
	bool ok;

	if (b->waiting == NULL)
		return true;
	ok = send_or_halve(b, e);
	json_decref(b->waiting);
	b->waiting = NULL;
	b->bytes = 0;
	return ok;
}

void
batch_free(struct batch *b)
{
	json_decref(b->waiting);
	b->waiting = NULL;
}

bool
batch_is_done(const struct batch *b, struct err *e)
{
	return b->failed == 0 ||
	    err_set(e, b->forbidden == b->failed ? ERR_FORBIDDEN : ERR_SERVER_FAIL,
		"refused: %zu of %zu objects", b->failed, b->done + b->failed);
}
