/* tests/chaos/client.c -- one client: its records, and what it reads of them. */
#include "tests/chaos/client.h"

#include <string.h>

#include "tests/chaos/contents.h"
#include "tests/chaos/dice.h"

void
client_wrong(struct client *c, const char *what, char letter, uint64_t id, uint64_t write)
{
	char text[ID_LEN + 1];

	id_format(letter, id, text);
	journal_add(
	    &c->journal, "wrong %s %s, write %llu", text, what, (unsigned long long)write);
	journal_flush(&c->journal);
}

/* --- its own records --- */

static void
own_add(struct client *c, struct own o)
{
	if (c->n_own == c->cap) {
		c->cap = c->cap > 0 ? 2 * c->cap : 64;
		c->own = mem_grow(c->own, c->cap, sizeof *c->own);
	}
	c->own[c->n_own++] = o;
}

static struct own *
own_find(struct client *c, char letter, uint64_t id)
{
	for (size_t i = 0; i < c->n_own; i++)
		if (c->own[i].id == id && c->own[i].letter == letter)
			return &c->own[i];
	return NULL;
}

void
own_remove(struct client *c, char letter, uint64_t id)
{
	struct own *o = own_find(c, letter, id);

	if (o != NULL)
		*o = c->own[--c->n_own];
}

struct own *
own_pick(struct client *c, char letter)
{
	for (int tries = 0; tries < 20 && c->n_own > 0; tries++) {
		struct own *o = &c->own[dice_below(&c->dice, c->n_own)];

		if (!o->doubtful && (letter == 0 || o->letter == letter))
			return o;
	}
	return NULL;
}

void
own_after(struct client *c, const struct sending *s, uint64_t id)
{
	struct own *o = own_find(c, s->letter, id);

	if (s->kind == WRITE_DESTROY)
		own_remove(c, s->letter, id);
	else if (o == NULL)
		own_add(c, (struct own){id, s->write, s->letter, false});
	else
		*o = (struct own){id, s->write, s->letter, false};
}

void
own_as_before(struct client *c, const struct sending *s)
{
	struct own *o = own_find(c, s->letter, s->id);

	if (s->kind != WRITE_CREATE && o != NULL)
		o->doubtful = false;
}

/* --- asking --- */

struct reply
client_asked(struct client *c, struct reply r)
{
	c->counts.requests++;
	if (r.told == TOLD_WRONG) {
		journal_add(&c->journal, "wrong %s", r.text);
		journal_flush(&c->journal);
	}
	return r;
}

bool
client_get(struct client *c, char letter, uint64_t id, bool *there, json_t **record)
{
	char text[ID_LEN + 1];
	struct reply r;

	id_format(letter, id, text);
	r = client_asked(
	    c, ask_one(&c->http, letter, "get", json_pack("{s:[s]}", "ids", text)));
	*record = NULL;
	if (r.told != TOLD_ANSWER)
		return false;
	*record = json_incref(json_array_get(json_object_get(r.args, "list"), 0));
	*there = *record != NULL;
	json_decref(r.args);
	return true;
}

bool
client_find(struct client *c, char letter, uint64_t write, size_t *n, uint64_t *id)
{
	char label[CONTENTS_DOMAIN_MAX];
	struct reply r;
	json_t *ids;
	bool ok;

	contents_label(c->number, write, label);
	r = client_asked(c,
	    ask_one(
		&c->http, letter, "query", json_pack("{s:{s:s}}", "filter", "domain", label)));
	if (r.told != TOLD_ANSWER)
		return false;
	ids = json_object_get(r.args, "ids");
	*n = json_array_size(ids);
	ok = *n == 0 ||
	    id_parse(letter, str_of(json_string_value(json_array_get(ids, *n - 1))), id);
	json_decref(r.args);
	return ok;
}

bool
client_read(struct client *c)
{
	struct own *o = own_pick(c, 0);
	json_t *record;
	bool there;

	if (o == NULL)
		return true;
	if (!client_get(c, o->letter, o->id, &there, &record))
		return false;
	if (!there)
		client_wrong(c, "is not there", o->letter, o->id, o->write);
	else if (!contents_are(record, o->letter, c->number, o->write))
		client_wrong(c, "reads otherwise than written", o->letter, o->id, o->write);
	json_decref(record);
	return true;
}

bool
client_query(struct client *c)
{
	struct own *o = own_pick(c, 0);
	uint64_t id = 0;
	size_t n;

	if (o == NULL)
		return true;
	if (!client_find(c, o->letter, o->write, &n, &id))
		return false;
	if (n != 1 || id != o->id)
		client_wrong(c, "is not what its domain finds", o->letter, o->id, o->write);
	return true;
}
