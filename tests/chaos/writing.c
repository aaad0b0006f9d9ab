/* tests/chaos/writing.c -- what a client writes, and what it is told of it. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "tests/chaos/client.h"
#include "tests/chaos/contents.h"
#include "tests/chaos/dice.h"

#define OWN_WANTED 400 /* records of one client, more or less */

/* Random writes to different records of one type. */
static size_t
choose(struct client *c, struct sending *list)
{
	char letter = dice_below(&c->dice, 2) == 0 ? 'd' : 't';
	size_t n =
	    dice_below(&c->dice, 10) < 7 ? 1 : 2 + dice_below(&c->dice, CLIENT_SET_MAX - 1);
	uint64_t set = c->writes + 1;

	for (size_t i = 0; i < n; i++) {
		struct sending *s = &list[i];
		struct own *o = own_pick(c, letter);
		uint64_t sort = dice_below(&c->dice, 100);
		uint64_t creates = c->n_own < OWN_WANTED ? 60 : 25;

		*s = (struct sending){.kind = WRITE_CREATE, .letter = letter, .set = set};
		s->write = ++c->writes;
		if (sort < creates || o == NULL)
			continue;
		s->kind =
		    sort < creates + (100 - creates) * 2 / 3 ? WRITE_UPDATE : WRITE_DESTROY;
		s->id = o->id;
		s->before = o->write;
		o->doubtful = true; /* until its answer is here: not twice in one set */
	}
	return n;
}

static json_t *
set_args(struct client *c, const struct sending *list, size_t n)
{
	json_t *create = json_object(), *update = json_object(), *destroy = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct sending *s = &list[i];
		char id[ID_LEN + 1], name[24];

		id_format(s->letter, s->id, id);
		snprintf(name, sizeof name, "w%llu", (unsigned long long)s->write);
		if (s->kind == WRITE_CREATE)
			json_object_set_new(
			    create, name, contents_make(s->letter, c->number, s->write));
		else if (s->kind == WRITE_UPDATE)
			json_object_set_new(
			    update, id, contents_make(s->letter, c->number, s->write));
		else
			json_array_append_new(destroy, json_string(id));
	}
	return json_pack(
	    "{s:o, s:o, s:o}", "create", create, "update", update, "destroy", destroy);
}

static void
note_intents(struct client *c, const struct sending *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char id[ID_LEN + 1] = "-";

		if (list[i].kind != WRITE_CREATE)
			id_format(list[i].letter, list[i].id, id);
		journal_add(&c->journal, "intent %llu %c %s %llu %s",
		    (unsigned long long)list[i].set, list[i].letter,
		    write_kind_name(list[i].kind), (unsigned long long)list[i].write, id);
	}
	journal_flush(&c->journal);
}

static bool
lists(const json_t *array, const char *id)
{
	json_t *v;
	size_t i;

	json_array_foreach(array, i, v) {
		if (strcmp(json_string_value(v), id) == 0)
			return true;
	}
	return false;
}

/* What the answer says of one write: its id if it is done; otherwise 0 and the type of the
 * error, NULL if it says nothing. */
static uint64_t
outcome(const struct sending *s, const json_t *args, const char **error)
{
	static const char *const refused[] = {[WRITE_CREATE] = "notCreated",
	    [WRITE_UPDATE] = "notUpdated",
	    [WRITE_DESTROY] = "notDestroyed"};
	char id[ID_LEN + 1], name[24];
	uint64_t made = 0;

	id_format(s->letter, s->id, id);
	snprintf(name, sizeof name, "w%llu", (unsigned long long)s->write);
	*error = json_string_value(
	    json_object_get(json_object_get(json_object_get(args, refused[s->kind]),
				s->kind == WRITE_CREATE ? name : id),
		"type"));
	if (s->kind == WRITE_CREATE) {
		json_t *created = json_object_get(json_object_get(args, "created"), name);

		return id_parse(s->letter,
			   str_of(json_string_value(json_object_get(created, "id"))), &made)
		    ? made
		    : 0;
	}
	if (s->kind == WRITE_UPDATE)
		return json_object_get(json_object_get(args, "updated"), id) != NULL ? s->id
										     : 0;
	return lists(json_object_get(args, "destroyed"), id) ? s->id : 0;
}

static void
doubt(struct client *c, const struct sending *s)
{
	c->counts.unknown++;
	c->pending[c->n_pending] = *s;
	c->pending[c->n_pending++].since_us = clock_monotonic_us();
}

/* A write that the answer refuses, or does not mention. */
static void
note_refusal(struct client *c, const struct sending *s, const char *error)
{
	bool passing = error != NULL &&
	    (strcmp(error, "overQuota") == 0 || strcmp(error, "rateLimit") == 0);

	if (!passing)
		client_wrong(c, error == NULL ? "is not in the answer" : error, s->letter,
		    s->id, s->write);
	if (error == NULL)
		return;
	c->counts.refused++;
	journal_add(&c->journal, "refused %llu %llu %s", (unsigned long long)s->set,
	    (unsigned long long)s->write, error);
	own_as_before(c, s);
}

static void
remember_state(struct client *c, char letter, const char *state)
{
	snprintf(c->state[letter == 't'], CROWD_STATE_MAX, "%s", state);
	crowd_keep_state(c, letter);
}

static void
note_answer(struct client *c, const struct sending *list, size_t n, const json_t *args)
{
	const char *old = json_string_value(json_object_get(args, "oldState"));
	const char *now = json_string_value(json_object_get(args, "newState"));

	for (size_t i = 0; i < n; i++) {
		const struct sending *s = &list[i];
		char text[ID_LEN + 1];
		const char *error;
		uint64_t id = outcome(s, args, &error);

		if (id == 0) {
			note_refusal(c, s, error);
			continue;
		}
		id_format(s->letter, id, text);
		journal_add(&c->journal, "done %llu %llu %s", (unsigned long long)s->set,
		    (unsigned long long)s->write, text);
		c->counts.acknowledged++;
		own_after(c, s, id);
	}
	if (old == NULL || now == NULL) {
		journal_add(&c->journal, "wrong a set's answer without states");
	} else {
		journal_add(&c->journal, "answered %llu %s %s", (unsigned long long)list[0].set,
		    old, now);
		remember_state(c, list[0].letter, now);
	}
	journal_flush(&c->journal);
}

/* Some sets go under the condition that the state is the last one heard of, which it seldom is;
 * some under one that was read in the same request. */
static json_t *
conditional(struct client *c, char letter, json_t *args)
{
	const char *known = c->state[letter == 't'];
	uint64_t sort = dice_below(&c->dice, 100);
	char get[64];

	if (sort < 5 && *known != '\0')
		json_object_set_new(args, "ifInState", json_string(known));
	if (sort < 80)
		return json_pack("[o]", ask_call(letter, "set", args, "c"));
	snprintf(get, sizeof get, "x:%s/get", contents_type(letter));
	json_object_set_new(args, "#ifInState",
	    json_pack("{s:s, s:s, s:s}", "resultOf", "s", "name", get, "path", "/state"));
	return json_pack("[o, o]", ask_call(letter, "get", json_pack("{s:[]}", "ids"), "s"),
	    ask_call(letter, "set", args, "c"));
}

bool
client_write(struct client *c)
{
	struct sending list[CLIENT_SET_MAX] = {0};
	size_t n = choose(c, list);
	struct reply r;

	note_intents(c, list, n);
	r = client_asked(
	    c, ask(&c->http, conditional(c, list[0].letter, set_args(c, list, n))));
	c->counts.sets++;
	switch (r.told) {
	case TOLD_ANSWER:
		pulse_beat(c->pulse);
		note_answer(c, list, n, r.args);
		break;
	case TOLD_REFUSED:
		for (size_t i = 0; i < n; i++) {
			journal_add(&c->journal, "refused %llu %llu %s",
			    (unsigned long long)list[i].set, (unsigned long long)list[i].write,
			    r.text);
			own_as_before(c, &list[i]);
			c->counts.refused++;
		}
		break;
	default:
		journal_add(
		    &c->journal, "unknown %llu %s", (unsigned long long)list[0].set, r.text);
		for (size_t i = 0; i < n; i++)
			doubt(c, &list[i]);
	}
	journal_flush(&c->journal);
	json_decref(r.args);
	return r.told == TOLD_ANSWER || r.told == TOLD_REFUSED;
}
