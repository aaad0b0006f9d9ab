/* tests/player_set.c -- random calls of /set and /get. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "tests/player_moves.h"

#define CREATES 4 /* at most, in one set */
#define UPDATES 4
#define DESTROYS 2

/* A record that is alive; NULL if there is none. */
static struct mirror_record *
pick_record(struct player *p)
{
	enum { TRIES = 20 };

	for (int i = 0; i < TRIES && p->mirror.n > 0; i++) {
		struct mirror_record *r =
		    &p->mirror.records[player_pick(p, (unsigned)p->mirror.n)];

		if (r->live)
			return r;
	}
	return NULL;
}

static void
pick_values(struct player *p, struct mirror_record *r)
{
	bool one = strcmp(p->mirror.policy_property, "policyIdentifier") == 0;

	*r = (struct mirror_record){.live = true, .version = 1};
	player_domain(p, r->domain);
	r->created_at = player_day(p);
	r->deliver_at = player_day(p);
	r->n_policies = one ? 1 : player_pick(p, MIRROR_POLICIES_MAX + 1);
	for (size_t i = 0; i < r->n_policies; i++) /* no duplicates: a set would lose them */
		r->policies[i] = i * PLAYER_POLICIES + player_pick(p, PLAYER_POLICIES);
}

/* --- set --- */

/* What a set should come to. */
struct plan {
	json_t *create, *update, *destroy; /* its arguments */
	struct mirror_record drafts[CREATES];
	bool valid[CREATES];
};

static json_t *
record_json(const struct player *p, const struct mirror_record *r)
{
	static const char tls[] = "{\"reportId\":\"r\",\"dateRangeStart\":\"2026-01-01T00:00:"
				  "00Z\",\"dateRangeEnd\":\"2026-01-02T00:00:00Z\"}";
	static const char dmarc[] = "{\"orgName\":\"Example\",\"email\":\"a@example.com\","
				    "\"reportId\":\"r\",\"dateRangeBegin\":"
				    "\"2026-01-01T00:00:00Z\",\"dateRangeEnd\":\"2026-01-02T00:"
				    "00:00Z\",\"policyDomain\":\"example.com\","
				    "\"policyAdkim\":\"relaxed\",\"policyAspf\":\"relaxed\","
				    "\"policyDisposition\":\"none\","
				    "\"policySubdomainDisposition\":\"none\"}";
	json_t *v = mirror_shown(&p->mirror, r);

	json_object_del(v, "id");
	json_object_set_new(
	    v, "report", json_loads(strstr(p->type, "Tls") != NULL ? tls : dmarc, 0, NULL));
	return v;
}

static void
plan_creates(struct player *p, struct plan *plan)
{
	unsigned n = player_pick(p, CREATES + 1);

	if (p->mirror.n + CREATES > MIRROR_RECORDS_MAX)
		n = 0;
	for (unsigned i = 0; i < n; i++) {
		json_t *v;
		char key[16];

		pick_values(p, &plan->drafts[i]);
		plan->valid[i] = !player_chance(p, 10);
		v = record_json(p, &plan->drafts[i]);
		if (!plan->valid[i])
			json_object_set_new(v, "domain", json_string("a..b"));
		snprintf(key, sizeof key, "k%u", i);
		json_object_set_new(plan->create, key, v);
	}
}

/* Some of the members of a record with other values. */
static json_t *
pick_patch(struct player *p)
{
	struct mirror_record values;
	json_t *patch, *member;
	const char *key;
	void *next;

	pick_values(p, &values);
	patch = mirror_shown(&p->mirror, &values);
	json_object_del(patch, "id");
	json_object_foreach_safe(patch, next, key, member)
		if (player_chance(p, 2))
			json_object_del(patch, key);
	return patch;
}

static void
plan_updates(struct player *p, struct plan *plan)
{
	unsigned n = player_pick(p, UPDATES + 1);

	for (unsigned i = 0; i < n; i++) {
		const struct mirror_record *r = pick_record(p);
		const char *id = r == NULL || player_chance(p, 12) ? "t0000000000" : r->id;

		json_object_set_new(plan->update, id, pick_patch(p));
	}
	if (plan->valid[0] && player_chance(p, 4))
		json_object_set_new(plan->update, "#k0", pick_patch(p));
}

static void
plan_destroys(struct player *p, struct plan *plan)
{
	unsigned n = player_pick(p, DESTROYS + 1);

	for (unsigned i = 0; i < n; i++) {
		const struct mirror_record *r = pick_record(p);
		json_t *id =
		    json_string(r == NULL || player_chance(p, 12) ? "t0000000000" : r->id);
		bool there = false;
		const json_t *other;
		size_t at;

		json_array_foreach(plan->destroy, at, other)
			there = there || json_equal(other, id);
		if (!there)
			json_array_append(plan->destroy, id);
		json_decref(id);
	}
}

static bool
is_destroyed_by(const struct plan *plan, const char *id)
{
	const json_t *other;
	size_t i;

	json_array_foreach(plan->destroy, i, other)
		if (strcmp(json_string_value(other), id) == 0)
			return true;
	return false;
}

static bool
has_set_error(
    struct player *p, const json_t *told, const char *where, const char *id, const char *type)
{
	const json_t *error = json_object_get(json_object_get(told, where), id);
	const char *got = json_string_value(json_object_get(error, "type"));

	if (got == NULL || strcmp(got, type) != 0)
		return player_differs(p, "%s of %s is %s, not %s", where, id,
		    got == NULL ? "nothing" : got, type);
	return true;
}

static bool
apply_creates(struct player *p, const struct plan *plan, const json_t *told)
{
	for (unsigned i = 0; i < json_object_size(plan->create); i++) {
		struct mirror_record *r = &p->mirror.records[p->mirror.n];
		const char *id;
		char key[16];

		snprintf(key, sizeof key, "k%u", i);
		if (!plan->valid[i]) {
			if (!has_set_error(p, told, "notCreated", key, "invalidProperties"))
				return false;
			continue;
		}
		id = json_string_value(json_object_get(
		    json_object_get(json_object_get(told, "created"), key), "id"));
		if (id == NULL || strlen(id) != ID_LEN || mirror_named(&p->mirror, id) != NULL)
			return player_differs(
			    p, "create %s got id %s", key, id == NULL ? "nothing" : id);
		*r = plan->drafts[i];
		memcpy(r->id, id, ID_LEN + 1);
		p->mirror.n++;
	}
	return true;
}

static int64_t
seconds_of(const json_t *v)
{
	struct str text = {json_string_value(v), json_string_length(v)};
	int64_t seconds;

	if (!date_parse(text, &seconds))
		abort();
	return seconds;
}

static void
apply_policies(struct mirror_record *r, const json_t *v)
{
	r->n_policies = json_is_array(v) ? json_array_size(v) : 1;
	for (size_t i = 0; i < r->n_policies; i++)
		r->policies[i] =
		    (uint64_t)json_integer_value(json_is_array(v) ? json_array_get(v, i) : v);
}

static void
apply_patch(const struct player *p, struct mirror_record *r, const json_t *patch)
{
	json_t *before = mirror_shown(&p->mirror, r), *after;
	const json_t *v;

	if ((v = json_object_get(patch, "domain")) != NULL)
		snprintf(r->domain, sizeof r->domain, "%s", json_string_value(v));
	if ((v = json_object_get(patch, "createdAt")) != NULL)
		r->created_at = seconds_of(v);
	if ((v = json_object_get(patch, "deliverAt")) != NULL)
		r->deliver_at = seconds_of(v);
	if ((v = json_object_get(patch, p->mirror.policy_property)) != NULL)
		apply_policies(r, v);
	after = mirror_shown(&p->mirror, r);
	r->version += json_equal(before, after) ? 0 : 1;
	json_decref(before);
	json_decref(after);
}

/* "#k0" is the record that was made last but for those after it in the call. */
static struct mirror_record *
record_meant(const struct player *p, const json_t *told, const char *id)
{
	if (*id == '#')
		id = json_string_value(json_object_get(
		    json_object_get(json_object_get(told, "created"), id + 1), "id"));
	return mirror_named(&p->mirror, id);
}

static bool
apply_updates(struct player *p, const struct plan *plan, const json_t *told)
{
	const json_t *patch;
	const char *id;

	json_object_foreach(plan->update, id, patch) {
		struct mirror_record *r = record_meant(p, told, id);

		if (r == NULL) {
			if (!has_set_error(p, told, "notUpdated", id, "notFound"))
				return false;
			continue;
		}
		if (is_destroyed_by(plan, id)) {
			if (!has_set_error(p, told, "notUpdated", id, "willDestroy"))
				return false;
			continue;
		}
		if (!json_is_null(json_object_get(json_object_get(told, "updated"), r->id)))
			return player_differs(p, "update of %s is not null", id);
		apply_patch(p, r, patch);
	}
	return true;
}

static bool
apply_destroys(struct player *p, const struct plan *plan, const json_t *told)
{
	const json_t *id;
	size_t i;

	json_array_foreach(plan->destroy, i, id) {
		struct mirror_record *r = mirror_named(&p->mirror, json_string_value(id));

		if (r == NULL) {
			if (!has_set_error(
				p, told, "notDestroyed", json_string_value(id), "notFound"))
				return false;
			continue;
		}
		r->live = false;
		r->version++;
	}
	return true;
}

static size_t
told_in(const json_t *told, const char *yes, const char *no)
{
	const json_t *done = json_object_get(told, yes);

	return json_object_size(done) + json_array_size(done) +
	    json_object_size(json_object_get(told, no));
}

static bool
check_set(struct player *p, const struct plan *plan, const json_t *told)
{
	if (told_in(told, "created", "notCreated") != json_object_size(plan->create) ||
	    told_in(told, "updated", "notUpdated") != json_object_size(plan->update) ||
	    told_in(told, "destroyed", "notDestroyed") != json_array_size(plan->destroy))
		return player_differs(p, "a set does not answer for each of its objects once");
	return apply_creates(p, plan, told) && apply_updates(p, plan, told) &&
	    apply_destroys(p, plan, told) &&
	    player_see_state(p, json_object_get(told, "oldState")) &&
	    player_see_state(p, json_object_get(told, "newState"));
}

bool
player_set(struct player *p)
{
	struct plan plan = {
	    .create = json_object(), .update = json_object(), .destroy = json_array()};
	json_t *args, *told;
	bool ok;

	plan_creates(p, &plan);
	plan_updates(p, &plan);
	plan_destroys(p, &plan);
	args = json_pack("{s:O, s:O, s:O}", "create", plan.create, "update", plan.update,
	    "destroy", plan.destroy);
	told = player_call(p, "/set", args);
	ok = told != NULL && check_set(p, &plan, told);
	json_decref(told);
	json_decref(args);
	json_decref(plan.create);
	json_decref(plan.update);
	json_decref(plan.destroy);
	return ok;
}

/* --- get --- */

bool
player_get(struct player *p)
{
	json_t *ids = json_array(), *list = json_array(), *missing = json_array(), *args, *want,
	       *told;
	unsigned n = player_pick(p, 10);
	bool ok;

	json_array_append_new(list, json_string("${unordered}"));
	json_array_append_new(missing, json_string("${unordered}"));
	for (unsigned i = 0; i < n && p->mirror.n > 0; i++) {
		const struct mirror_record *r =
		    &p->mirror.records[(player_pick(p, 100) + i * 101) % p->mirror.n];
		json_t *id = json_string(r->id);
		const json_t *other;
		bool there = false;
		size_t at;

		json_array_foreach(ids, at, other)
			there = there || json_equal(other, id);
		json_array_append_new(ids, id);
		if (!there)
			json_array_append_new(r->live ? list : missing,
			    r->live ? mirror_shown(&p->mirror, r) : json_string(r->id));
	}
	args = json_pack("{s:o, s:[s,s,s,s]}", "ids", ids, "properties", "domain", "createdAt",
	    "deliverAt", p->mirror.policy_property);
	want = json_pack("{s:o, s:o, s:b}", "list", list, "notFound", missing, "...", 1);
	told = player_call(p, "/get", args);
	ok = told != NULL && player_expect(p, args, want, told) &&
	    player_see_state(p, json_object_get(told, "state"));
	json_decref(told);
	json_decref(args);
	json_decref(want);
	return ok;
}
