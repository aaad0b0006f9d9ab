/* tests/chaos/ledger.c -- the change log of one type, and which journal's write each change
 * is. */
#include "tests/chaos/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/pack.h"
#include "tests/chaos/contents.h"
#include "tests/chaos/environment.h"

#define IDS_MAX (UINT64_C(1) << 32) /* more than any run makes */

struct id_text {
	char text[ID_LEN + 1];
};

static struct id_text
id_text(const struct ledger *l, uint64_t id)
{
	struct id_text t;

	id_format(l->letter, id, t.text);
	return t;
}

/* --- reading --- */

static void
take_meta(void *arg, struct str key, struct str value)
{
	static const char counters[] = "counters"; /* then the type's number */
	struct unpack u = unpack_of(value);
	struct ledger *l = arg;
	char number = l->letter == 'd' ? 1 : 2;

	if (str_is(key, "epoch"))
		l->epoch = unpack_u32(&u);
	if (key.len != sizeof counters || memcmp(key.s, counters, sizeof counters - 1) != 0 ||
	    key.s[key.len - 1] != number)
		return;
	l->n = unpack_u64(&u);
	l->last_id = unpack_u64(&u);
	if (unpack_u64(&u) != 0)
		find_wrong(l->findings, "%s: the change log does not begin with the first",
		    contents_type(l->letter));
	if (!unpack_done(&u) || l->last_id > IDS_MAX || l->n > IDS_MAX) {
		find_wrong(
		    l->findings, "%s: its counters cannot be read", contents_type(l->letter));
		l->n = l->last_id = 0;
	}
}

struct log_walk {
	struct ledger *ledger;
	uint64_t at; /* number of the last one read */
};

static void
take_change(void *arg, struct str key, struct str value)
{
	struct log_walk *w = arg;
	struct ledger *l = w->ledger;
	struct unpack k = unpack_of(key), v = unpack_of(value);
	uint64_t number = unpack_u64(&k);
	struct change c = {.kind = (enum write_kind)unpack_u8(&v)};
	bool next = number == w->at + 1;

	c.id = unpack_u64(&v);
	unpack_i64(&v);
	if (!unpack_done(&k) || !unpack_done(&v) || !next || number > l->n ||
	    c.kind < WRITE_CREATE || c.kind >= WRITE__COUNT || c.id == 0 || c.id > l->last_id)
		find_wrong(l->findings, "%s: entry %llu of the change log, after %llu of %llu",
		    contents_type(l->letter), (unsigned long long)number,
		    (unsigned long long)w->at, (unsigned long long)l->n);
	w->at = number;
	if (number > l->n || c.kind < WRITE_CREATE || c.kind >= WRITE__COUNT || c.id == 0 ||
	    c.id > l->last_id)
		return;
	if ((c.kind == WRITE_CREATE) != (l->last[c.id] == 0))
		find_wrong(l->findings, "%s: %s where it was %s before, change %llu",
		    id_text(l, c.id).text, write_kind_name(c.kind),
		    l->last[c.id] == 0 ? "not made"
				       : write_kind_name(l->changes[l->last[c.id]].kind),
		    (unsigned long long)number);
	l->changes[number] = c;
	l->last[c.id] = number;
}

/* --- whose is it? --- */

static void
own(struct ledger *l, uint64_t change, unsigned client, uint64_t number)
{
	struct change *c = &l->changes[change];

	c->write = &l->history->clients[client].writes[number];
	c->client = client;
	c->number = number;
}

/* The first of nobody's changes after `after`, up to `until`, that is of this kind to this
 * record; 0 if there is none. */
static uint64_t
find_change(const struct ledger *l, const struct write *w, uint64_t after, uint64_t until)
{
	for (uint64_t n = after + 1; n <= until && n <= l->n; n++) {
		const struct change *c = &l->changes[n];

		if (c->write == NULL && c->kind == w->kind && c->id == w->id)
			return n;
	}
	return 0;
}

static void
take_done(struct ledger *l, const struct write *w, unsigned client, uint64_t number)
{
	uint64_t change;

	if (w->epoch != l->epoch && !l->moment)
		find_wrong(l->findings, "%s: its answer was of epoch %08x, not %08x",
		    id_text(l, w->id).text, (unsigned)w->epoch, (unsigned)l->epoch);
	if (l->moment && w->old_change >= l->n)
		return;
	change = find_change(l, w, w->old_change, w->change);
	if (change > 0)
		own(l, change, client, number);
	else
		find_lost(l->findings,
		    "%s: %s, write %llu of client %u, between states %llu and %llu of %llu",
		    id_text(l, w->id).text, write_kind_name(w->kind),
		    (unsigned long long)number, client, (unsigned long long)w->old_change,
		    (unsigned long long)w->change, (unsigned long long)l->n);
}

/* Creates wait for ledger_claim(), if nobody was told their id. */
static void
take_unknown(struct ledger *l, const struct write *w, unsigned client, uint64_t number)
{
	uint64_t change = w->id == 0 ? 0 : find_change(l, w, 0, l->n);

	if (change > 0)
		own(l, change, client, number);
	else if (w->outcome == OUTCOME_HAPPENED && !l->moment)
		find_lost(l->findings, "%s: %s, write %llu of client %u, which was seen",
		    id_text(l, w->id).text, write_kind_name(w->kind),
		    (unsigned long long)number, client);
}

static void
each_write(struct ledger *l, bool done,
    void (*take)(struct ledger *l, const struct write *w, unsigned client, uint64_t number))
{
	const struct history *h = l->history;

	for (unsigned c = 0; c < h->n_clients; c++)
		for (uint64_t n = 1; n <= h->clients[c].n; n++) {
			const struct write *w = &h->clients[c].writes[n];
			bool unknown =
			    w->outcome == OUTCOME_UNKNOWN || w->outcome == OUTCOME_HAPPENED;

			if (w->letter == l->letter &&
			    (done ? w->outcome == OUTCOME_DONE : unknown))
				take(l, w, c, n);
		}
}

bool
ledger_read(struct ledger *l, struct err *e)
{
	struct log_walk walk = {.ledger = l};
	char file[64];

	if (!environment_walk(l->dir, "meta", take_meta, l, e))
		return false;
	l->changes = mem_new(l->n + 1, sizeof *l->changes);
	l->last = mem_new(l->last_id + 1, sizeof *l->last);
	snprintf(file, sizeof file, "%s.changes", contents_type(l->letter));
	if (!environment_walk(l->dir, file, take_change, &walk, e))
		return false;
	if (l->n < l->at_least)
		find_lost(l->findings, "%s: a backup ends at change %llu, and began after %llu",
		    contents_type(l->letter), (unsigned long long)l->n,
		    (unsigned long long)l->at_least);
	if (walk.at != l->n)
		find_wrong(l->findings, "%s: the change log ends at %llu, not at %llu",
		    contents_type(l->letter), (unsigned long long)walk.at,
		    (unsigned long long)l->n);
	each_write(l, true, take_done);
	each_write(l, false, take_unknown);
	return true;
}

void
ledger_free(struct ledger *l)
{
	free(l->changes);
	free(l->last);
	l->changes = NULL;
	l->last = NULL;
}

void
ledger_claim(struct ledger *l, uint64_t change, unsigned client, uint64_t number)
{
	const struct history *h = l->history;
	const struct write *w;

	if (client >= h->n_clients || number == 0 || number > h->clients[client].n)
		return;
	w = &h->clients[client].writes[number];
	if (l->changes[change].write == NULL && l->changes[change].kind == w->kind &&
	    w->letter == l->letter && w->id == 0 && w->outcome == OUTCOME_UNKNOWN)
		own(l, change, client, number);
}

void
ledger_settle(struct ledger *l)
{
	for (uint64_t id = 1; id <= l->last_id; id++)
		if (l->last[id] == 0)
			find_wrong(l->findings, "%s: its number was given and never used",
			    id_text(l, id).text);
	for (uint64_t n = 1; n <= l->n; n++) {
		const struct change *c = &l->changes[n];

		if (c->id != 0 && c->write == NULL)
			find_wrong(l->findings,
			    "%s: change %llu, %s, is nobody's: refused, missed or done twice",
			    id_text(l, c->id).text, (unsigned long long)n,
			    write_kind_name(c->kind));
	}
}

uint64_t
ledger_living(const struct ledger *l, uint64_t id)
{
	uint64_t change = id <= l->last_id ? l->last[id] : 0;

	return change > 0 && l->changes[change].kind != WRITE_DESTROY ? change : 0;
}
