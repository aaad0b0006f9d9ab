/* tests/chaos/doubt.c -- a client finds out what became of writes that nobody answered. */
#include <string.h>

#include "base/clock.h"
#include "tests/chaos/client.h"
#include "tests/chaos/contents.h"

#define SETTLE_US 2000000 /* until a request that was given up cannot happen any more */

static void
note_happened(struct client *c, const struct sending *s, uint64_t id)
{
	char text[ID_LEN + 1];

	id_format(s->letter, id, text);
	journal_add(&c->journal, "happened %llu %llu %s", (unsigned long long)s->set,
	    (unsigned long long)s->write, text);
	own_after(c, s, id);
}

static void
note_missed(struct client *c, const struct sending *s)
{
	journal_add(&c->journal, "missed %llu %llu", (unsigned long long)s->set,
	    (unsigned long long)s->write);
	own_as_before(c, s);
}

/* False: no answer, look again later. */
static bool
look_for_create(struct client *c, const struct sending *s)
{
	json_t *record;
	uint64_t id = 0;
	bool there;
	size_t n;

	if (!client_find(c, s->letter, s->write, &n, &id))
		return false;
	if (n == 0) {
		note_missed(c, s);
		return true;
	}
	if (!client_get(c, s->letter, id, &there, &record))
		return false;
	if (n > 1)
		client_wrong(c, "is not the only one of its domain", s->letter, id, s->write);
	if (!there || !contents_are(record, s->letter, c->number, s->write))
		client_wrong(c, "reads otherwise than written", s->letter, id, s->write);
	note_happened(c, s, id);
	json_decref(record);
	return true;
}

static bool
look_for_change(struct client *c, const struct sending *s)
{
	json_t *record;
	bool there, happened;

	if (!client_get(c, s->letter, s->id, &there, &record))
		return false;
	happened = s->kind == WRITE_DESTROY
	    ? !there
	    : there && contents_are(record, s->letter, c->number, s->write);
	if (happened) {
		note_happened(c, s, s->id);
	} else if (!there) {
		client_wrong(c, "is not there", s->letter, s->id, s->before);
		own_remove(c, s->letter, s->id);
	} else {
		if (!contents_are(record, s->letter, c->number, s->before))
			client_wrong(
			    c, "reads otherwise than written", s->letter, s->id, s->before);
		note_missed(c, s);
	}
	json_decref(record);
	return true;
}

bool
client_look_back(struct client *c)
{
	const struct sending *s = &c->pending[0];

	if (c->n_pending == 0 || clock_monotonic_us() - s->since_us < SETTLE_US)
		return true;
	if (!(s->kind == WRITE_CREATE ? look_for_create(c, s) : look_for_change(c, s)))
		return false;
	journal_flush(&c->journal);
	c->n_pending--;
	memmove(c->pending, c->pending + 1, c->n_pending * sizeof c->pending[0]);
	return true;
}
