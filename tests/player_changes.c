/* tests/player_changes.c -- /changes, page by page, against what the player did itself. */
#include <stdlib.h>

#include "tests/player_moves.h"

#define PAGES_MAX 100000

/* The version of the record in the mirror; 0 for another player's. */
static json_t *
version_of(const struct player *p, const json_t *id)
{
	const struct mirror_record *r = mirror_named(&p->mirror, json_string_value(id));

	return json_integer(r == NULL ? 0 : (json_int_t)r->version);
}

/* Each id stands in one list of a page, and only what is known is updated or destroyed (5.2).
 */
static bool
apply_changes(struct player *p, const json_t *told)
{
	static const struct {
		const char *name;
		bool known, stays;
	} lists[] = {
	    {"created", false, true}, {"updated", true, true}, {"destroyed", true, false}};
	json_t *seen = json_object();
	bool ok = true;

	for (size_t l = 0; l < sizeof lists / sizeof lists[0]; l++) {
		const json_t *id;
		size_t i;

		json_array_foreach(json_object_get(told, lists[l].name), i, id) {
			const char *key = json_string_value(id);

			if (ok && json_object_get(seen, key) != NULL)
				ok = player_differs(
				    p, "%s stands in a page of changes twice", key);
			if (ok && (json_object_get(p->known, key) != NULL) != lists[l].known)
				ok = player_differs(p, "%s %s, %s", key, lists[l].name,
				    lists[l].known ? "unknown" : "known");
			json_object_set_new(seen, key, json_true());
			if (lists[l].stays)
				json_object_set_new(p->known, key, version_of(p, id));
			else
				json_object_del(p->known, key);
		}
	}
	json_decref(seen);
	return ok;
}

/* Every record of its own that is alive is known as it is now, and no other of its own. */
static bool
check_known(struct player *p)
{
	for (size_t i = 0; i < p->mirror.n; i++) {
		const struct mirror_record *r = &p->mirror.records[i];
		const json_t *known = json_object_get(p->known, r->id);

		if (r->live != (known != NULL))
			return player_differs(
			    p, "changes say that %s is %s", r->id, r->live ? "gone" : "there");
		if (r->live && json_integer_value(known) != (json_int_t)r->version)
			return player_differs(
			    p, "changes did not tell of the last update of %s", r->id);
	}
	return true;
}

static bool
take_page(struct player *p, unsigned max, bool *more)
{
	json_t *args = json_pack("{s:s}", "sinceState", p->state), *told;
	size_t n;
	bool ok;

	if (max > 0)
		json_object_set_new(args, "maxChanges", json_integer(max));
	told = player_call(p, "/changes", args);
	json_decref(args);
	if (told == NULL)
		return false;
	n = json_array_size(json_object_get(told, "created")) +
	    json_array_size(json_object_get(told, "updated")) +
	    json_array_size(json_object_get(told, "destroyed"));
	ok = apply_changes(p, told);
	if (ok && max > 0 && n > max)
		ok = player_differs(p, "%zu changes where %u were asked for", n, max);
	free(p->state);
	p->state = str_dup(str_of(json_string_value(json_object_get(told, "newState"))));
	*more = json_is_true(json_object_get(told, "hasMoreChanges"));
	json_decref(told);
	return ok;
}

bool
player_changes(struct player *p)
{
	unsigned max = player_chance(p, 3) ? 0 : 1 + player_pick(p, 6);
	bool more = true;

	for (int i = 0; more; i++) {
		if (i == PAGES_MAX)
			return player_differs(p, "changes never end");
		if (!take_page(p, max, &more))
			return false;
	}
	return check_known(p);
}
