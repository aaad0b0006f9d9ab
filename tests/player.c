/* tests/player.c -- a client that makes random calls and compares the answers with plain
 * memory. */
#include "tests/player.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/calls.h"
#include "tests/match.h"
#include "tests/player_moves.h"

#define FIRST_DAY 1767225600 /* 2026-01-01 */
#define DAY_S 86400
#define DAYS 12 /* few, so that many records share one */

/* --- chance --- */

/* xorshift64*: a number below n. */
unsigned
player_pick(struct player *p, unsigned n)
{
	p->random ^= p->random >> 12;
	p->random ^= p->random << 25;
	p->random ^= p->random >> 27;
	return (unsigned)((p->random * UINT64_C(2685821657736338717)) >> 33) % n;
}

bool
player_chance(struct player *p, unsigned one_in)
{
	return player_pick(p, one_in) == 0;
}

int64_t
player_day(struct player *p)
{
	return FIRST_DAY + (int64_t)player_pick(p, DAYS) * DAY_S;
}

/* "a.b.c3.example" and the like. */
void
player_domain(struct player *p, char out[static MIRROR_DOMAIN_MAX])
{
	static const char *const before[] = {
	    "", "a.", "ab.", "b.", "a.b.", "example.", "mail.example.", "x-y."};

	snprintf(out, MIRROR_DOMAIN_MAX, "%s%s",
	    before[player_pick(p, sizeof before / sizeof before[0])], p->own);
}

/* --- telling what differs --- */

bool
player_differs(struct player *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&p->why, fmt, ap);
	va_end(ap);
	return false;
}

bool
player_expect(struct player *p, const json_t *args, const json_t *want, const json_t *got)
{
	json_t *bound = json_object();
	bool ok = match(bound, want, got, &p->why);
	char *text = ok ? NULL : json_dumps(args, JSON_COMPACT);

	if (!ok)
		player_differs(p, "; the arguments were %s", text);
	free(text);
	json_decref(bound);
	return ok;
}

/* --- calls --- */

/* The arguments of the answer to a call that must not fail, for json_decref(). */
json_t *
player_call(struct player *p, const char *verb, const json_t *args)
{
	struct err e = {0};
	char method[PLAYER_TYPE_MAX + 16];
	json_t *answer, *told = NULL;
	char *sent, *got;

	snprintf(method, sizeof method, "%s%s", p->type, verb);
	call_json(p->t, "/api", method, args, &answer, &e);
	if (answer_member(answer, "accountId") != NULL) {
		told = json_incref(json_array_get(answer, 1));
	} else {
		sent = json_dumps(args, JSON_COMPACT);
		got = json_dumps(answer, JSON_COMPACT);
		player_differs(p, "%s %s got %s", method, sent, got == NULL ? e.text : got);
		free(sent);
		free(got);
	}
	json_decref(answer);
	return told;
}

/* States of one type only ever grow: "<epoch>-<number>". */
bool
player_see_state(struct player *p, const json_t *state)
{
	const char *text = json_string_value(state);
	const char *dash = text == NULL ? NULL : strchr(text, '-');
	uint64_t n = dash == NULL ? 0 : strtoull(dash + 1, NULL, 10);

	if (dash == NULL || n < p->last_change)
		return player_differs(
		    p, "state %s after number %llu", text, (unsigned long long)p->last_change);
	p->last_change = n;
	return true;
}

/* --- the whole --- */

static const struct {
	unsigned weight;
	bool (*move)(struct player *p);
} moves[] = {{4, player_set}, {1, player_get}, {4, player_query_once},
    {3, player_query_changes}, {1, player_changes}};

bool
player_move(struct player *p)
{
	unsigned sum = 0, at;

	for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++)
		sum += moves[i].weight;
	at = player_pick(p, sum);
	for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
		if (at < moves[i].weight)
			return moves[i].move(p);
		at -= moves[i].weight;
	}
	return false;
}

/* Every id in pages by anchor, against what changes have told. */
static bool
check_everything(struct player *p)
{
	json_t *args = json_pack("{s:i}", "limit", 100);
	size_t seen = 0;
	bool ok = true, more = true;

	while (ok && more) {
		json_t *told = player_call(p, "/query", args),
		       *ids = json_object_get(told, "ids");
		const json_t *id;
		size_t i;

		json_array_foreach(ids, i, id)
			if (ok && json_object_get(p->known, json_string_value(id)) == NULL)
				ok = player_differs(
				    p, "changes never told of %s", json_string_value(id));
		more = json_array_size(ids) > 0;
		seen += json_array_size(ids);
		if (more) {
			json_object_set(
			    args, "anchor", json_array_get(ids, json_array_size(ids) - 1));
			json_object_set_new(args, "anchorOffset", json_integer(1));
		}
		ok = ok && told != NULL;
		json_decref(told);
	}
	json_decref(args);
	if (ok && seen != json_object_size(p->known))
		ok = player_differs(p, "changes told of %zu records, and %zu are there",
		    json_object_size(p->known), seen);
	return ok;
}

bool
player_settle(struct player *p)
{
	bool ok = player_changes(p) && check_everything(p);

	for (size_t i = 0; ok && i < PLAYER_QUERIES; i++)
		ok = p->queries[i].filter == NULL || player_query_follow(p, &p->queries[i]);
	return ok;
}

void
player_open(struct player *p, const struct transport *t, const char *type, unsigned number,
    uint64_t seed)
{
	json_t *args = json_pack("{s:[]}", "ids"), *told;

	*p = (struct player){
	    .t = t, .random = (seed + number) * UINT64_C(0x9e3779b97f4a7c15) | 1};
	snprintf(p->type, sizeof p->type, "%s", type);
	snprintf(p->own, sizeof p->own, "c%u.example", number);
	mirror_open(
	    &p->mirror, strstr(type, "Tls") != NULL ? "policyIdentifiers" : "policyIdentifier");
	p->known = json_object();
	told = player_call(p, "/get", args);
	p->state = str_dup(str_of(json_string_value(json_object_get(told, "state"))));
	json_decref(args);
	json_decref(told);
}

void
player_close(struct player *p)
{
	for (size_t i = 0; i < PLAYER_QUERIES; i++)
		player_query_free(&p->queries[i]);
	mirror_close(&p->mirror);
	json_decref(p->known);
	free(p->state);
	buf_free(&p->why);
}
