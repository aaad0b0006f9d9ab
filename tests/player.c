/* tests/player.c -- a client that makes random calls and compares the answers with plain
 * memory. */
#include "tests/player.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "tests/match.h"

#define FIRST_DAY 1767225600 /* 2026-01-01 */
#define DAY_S 86400
#define DAYS 12    /* few, so that many records share one */
#define POLICIES 5 /* likewise */
#define CREATES 4  /* at most, in one set */
#define UPDATES 4
#define DESTROYS 2
#define PAGES_MAX 100000

/* --- chance --- */

/* xorshift64*: a number below n. */
static unsigned
pick(struct player *p, unsigned n)
{
	p->random ^= p->random >> 12;
	p->random ^= p->random << 25;
	p->random ^= p->random >> 27;
	return (unsigned)((p->random * UINT64_C(2685821657736338717)) >> 33) % n;
}

static bool
chance(struct player *p, unsigned one_in)
{
	return pick(p, one_in) == 0;
}

static int64_t
pick_day(struct player *p)
{
	return FIRST_DAY + (int64_t)pick(p, DAYS) * DAY_S;
}

/* "a.b.c3.example" and the like. */
static void
pick_domain(struct player *p, char out[static MIRROR_DOMAIN_MAX])
{
	static const char *const before[] = {
	    "", "a.", "ab.", "b.", "a.b.", "example.", "mail.example.", "x-y."};

	snprintf(out, MIRROR_DOMAIN_MAX, "%s%s",
	    before[pick(p, sizeof before / sizeof before[0])], p->own);
}

/* A record that is alive; NULL if there is none. */
static struct mirror_record *
pick_record(struct player *p)
{
	enum { TRIES = 20 };

	for (int i = 0; i < TRIES && p->mirror.n > 0; i++) {
		struct mirror_record *r = &p->mirror.records[pick(p, (unsigned)p->mirror.n)];

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
	pick_domain(p, r->domain);
	r->created_at = pick_day(p);
	r->deliver_at = pick_day(p);
	r->n_policies = one ? 1 : pick(p, MIRROR_POLICIES_MAX + 1);
	for (size_t i = 0; i < r->n_policies; i++) /* no duplicates: a set would lose them */
		r->policies[i] = i * POLICIES + pick(p, POLICIES);
}

/* --- telling what differs --- */

static bool
differs(struct player *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&p->why, fmt, ap);
	va_end(ap);
	return false;
}

static bool
expect(struct player *p, const json_t *args, const json_t *want, const json_t *got)
{
	json_t *bound = json_object();
	bool ok = match(bound, want, got, &p->why);
	char *text = ok ? NULL : json_dumps(args, JSON_COMPACT);

	if (!ok)
		differs(p, "; the arguments were %s", text);
	free(text);
	json_decref(bound);
	return ok;
}

/* --- calls --- */

/* The answer to one call, [name, arguments, id], for json_decref(); NULL with .why. */
static json_t *
call(struct player *p, const char *verb, const json_t *args)
{
	json_t *request =
	    json_pack("{s:[s,s], s:[[s+,O,s]]}", "using", "urn:ietf:params:jmap:core",
		"urn:stalwart:jmap", "methodCalls", p->type, verb, args, "c");
	char *text = json_dumps(request, JSON_COMPACT);
	struct err e = {0};
	json_t *reply, *answer = NULL;

	if (transport_post(p->t, "/api", str_of(text), &reply, &e))
		answer =
		    json_incref(json_array_get(json_object_get(reply, "methodResponses"), 0));
	else
		differs(p, "%s: %s", text, e.text);
	json_decref(reply);
	json_decref(request);
	free(text);
	return answer;
}

/* The arguments of the answer to a call that must not fail, for json_decref(). */
static json_t *
call_well(struct player *p, const char *verb, const json_t *args)
{
	json_t *answer = call(p, verb, args);
	json_t *told = json_incref(json_array_get(answer, 1));

	if (answer != NULL && json_object_get(told, "accountId") == NULL) {
		char *text = json_dumps(answer, JSON_COMPACT),
		     *sent = json_dumps(args, JSON_COMPACT);

		differs(p, "%s%s %s got %s", p->type, verb, sent, text);
		free(text);
		free(sent);
		json_decref(told);
		told = NULL;
	}
	json_decref(answer);
	return told;
}

/* States of one type only ever grow: "<epoch>-<number>". */
static bool
see_state(struct player *p, const json_t *state)
{
	const char *text = json_string_value(state);
	const char *dash = text == NULL ? NULL : strchr(text, '-');
	uint64_t n = dash == NULL ? 0 : strtoull(dash + 1, NULL, 10);

	if (dash == NULL || n < p->last_change)
		return differs(
		    p, "state %s after number %llu", text, (unsigned long long)p->last_change);
	p->last_change = n;
	return true;
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
	unsigned n = pick(p, CREATES + 1);

	if (p->mirror.n + CREATES > MIRROR_RECORDS_MAX)
		n = 0;
	for (unsigned i = 0; i < n; i++) {
		json_t *v;
		char key[16];

		pick_values(p, &plan->drafts[i]);
		plan->valid[i] = !chance(p, 10);
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
		if (chance(p, 2))
			json_object_del(patch, key);
	return patch;
}

static void
plan_updates(struct player *p, struct plan *plan)
{
	unsigned n = pick(p, UPDATES + 1);

	for (unsigned i = 0; i < n; i++) {
		const struct mirror_record *r = pick_record(p);
		const char *id = r == NULL || chance(p, 12) ? "t0000000000" : r->id;

		json_object_set_new(plan->update, id, pick_patch(p));
	}
	if (plan->valid[0] && chance(p, 4))
		json_object_set_new(plan->update, "#k0", pick_patch(p));
}

static void
plan_destroys(struct player *p, struct plan *plan)
{
	unsigned n = pick(p, DESTROYS + 1);

	for (unsigned i = 0; i < n; i++) {
		const struct mirror_record *r = pick_record(p);
		json_t *id = json_string(r == NULL || chance(p, 12) ? "t0000000000" : r->id);
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
		return differs(p, "%s of %s is %s, not %s", where, id,
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
			return differs(
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
			return differs(p, "update of %s is not null", id);
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
		return differs(p, "a set does not answer for each of its objects once");
	return apply_creates(p, plan, told) && apply_updates(p, plan, told) &&
	    apply_destroys(p, plan, told) && see_state(p, json_object_get(told, "oldState")) &&
	    see_state(p, json_object_get(told, "newState"));
}

static bool
move_set(struct player *p)
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
	told = call_well(p, "/set", args);
	ok = told != NULL && check_set(p, &plan, told);
	json_decref(told);
	json_decref(args);
	json_decref(plan.create);
	json_decref(plan.update);
	json_decref(plan.destroy);
	return ok;
}

/* --- get --- */

static bool
move_get(struct player *p)
{
	json_t *ids = json_array(), *list = json_array(), *missing = json_array(), *args, *want,
	       *told;
	unsigned n = pick(p, 10);
	bool ok;

	json_array_append_new(list, json_string("${unordered}"));
	json_array_append_new(missing, json_string("${unordered}"));
	for (unsigned i = 0; i < n && p->mirror.n > 0; i++) {
		const struct mirror_record *r =
		    &p->mirror.records[(pick(p, 100) + i * 101) % p->mirror.n];
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
	told = call_well(p, "/get", args);
	ok = told != NULL && expect(p, args, want, told) &&
	    see_state(p, json_object_get(told, "state"));
	json_decref(told);
	json_decref(args);
	json_decref(want);
	return ok;
}

/* --- query --- */

static json_t *
pick_condition(struct player *p)
{
	static const char *const suffixes[] = {
	    "", "IsLessThan", "IsLessThanOrEqual", "IsGreaterThan", "IsGreaterThanOrEqual"};
	static const char *const texts[] = {
	    "", "a", "A.b", "b", "example", "mail", "x-", "y", "zzz", "EXAMPLE.c"};
	char name[64], date[DATE_LEN + 1], domain[MIRROR_DOMAIN_MAX];

	switch (pick(p, 5)) {
	case 0:
		return json_pack(
		    "{s:s}", "domain", texts[pick(p, sizeof texts / sizeof texts[0])]);
	case 1:
		pick_domain(p, domain);
		return json_pack("{s:s}", "domain", domain);
	case 2:
		return json_pack(
		    "{s:i}", "policyIdentifier", (int)pick(p, MIRROR_POLICIES_MAX * POLICIES));
	default:
		snprintf(name, sizeof name, "%s%s", chance(p, 2) ? "createdAt" : "deliverAt",
		    suffixes[pick(p, sizeof suffixes / sizeof suffixes[0])]);
		date_format(pick_day(p), date);
		return json_pack("{s:s}", name, date);
	}
}

/* depth: how many operators may still stand in one another. */
static json_t *
pick_filter(struct player *p, unsigned depth)
{
	static const char *const operators[] = {"AND", "OR", "NOT"};
	json_t *conditions, *more;
	unsigned n;

	if (depth == 0 || chance(p, 2)) {
		json_t *condition = pick_condition(p);

		if (!chance(p, 4))
			return condition;
		more = pick_condition(p);
		json_object_update(condition, more); /* several in one object: all must hold */
		json_decref(more);
		return condition;
	}
	conditions = json_array();
	n = pick(p, 4);
	for (unsigned i = 0; i < n; i++)
		json_array_append_new(conditions, pick_filter(p, depth - 1));
	return json_pack(
	    "{s:s, s:o}", "operator", operators[pick(p, 3)], "conditions", conditions);
}

/* Of the player's own records alone. */
static json_t *
pick_own_filter(struct player *p)
{
	if (chance(p, 5))
		return json_pack("{s:s}", "domain", p->own);
	return json_pack("{s:s, s:[{s:s}, o]}", "operator", "AND", "conditions", "domain",
	    p->own, pick_filter(p, 3));
}

static json_t *
pick_sort(struct player *p)
{
	static const char *const properties[] = {"id", "domain", "createdAt", "deliverAt"};
	json_t *sort = json_array();
	unsigned n = pick(p, 4), first = pick(p, 4), step = chance(p, 2) ? 1 : 3;

	for (unsigned i = 0; i < n; i++) /* each property once */
		json_array_append_new(sort,
		    json_pack("{s:s, s:b}", "property", properties[(first + i * step) % 4],
			"isAscending", (int)pick(p, 2)));
	return sort;
}

/* Adds a position or an anchor to args; where the answer should begin among the n ids. */
static size_t
pick_start(struct player *p, json_t *args, const json_t *ids)
{
	json_int_t n = (json_int_t)json_array_size(ids), start, offset;

	if (n > 0 && chance(p, 3)) {
		start = pick(p, (unsigned)n);
		offset = (json_int_t)pick(p, 7) - 3;
		json_object_set(args, "anchor", json_array_get(ids, (size_t)start));
		json_object_set_new(args, "anchorOffset", json_integer(offset));
		start += offset;
		return start < 0 ? 0 : (size_t)start;
	}
	if (chance(p, 3))
		return 0;
	start = (json_int_t)pick(p, 30) - 15;
	json_object_set_new(args, "position", json_integer(start));
	if (start < 0)
		start += n;
	return start < 0 ? 0 : (size_t)start;
}

static json_t *
page_of(const json_t *ids, size_t start, size_t limit)
{
	json_t *page = json_array();

	for (size_t i = start; i < json_array_size(ids) && i - start < limit; i++)
		json_array_append(page, json_array_get(ids, i));
	return page;
}

static bool
move_query(struct player *p)
{
	json_t *filter = pick_own_filter(p), *sort = pick_sort(p);
	json_t *ids = mirror_query(&p->mirror, filter, sort), *args, *want, *told;
	size_t limit = SIZE_MAX, start;
	bool ok;

	args = json_pack("{s:o, s:o}", "filter", filter, "sort", sort);
	start = pick_start(p, args, ids);
	if (chance(p, 2)) {
		limit = pick(p, 12);
		json_object_set_new(args, "limit", json_integer((json_int_t)limit));
	}
	want = json_pack("{s:o, s:b}", "ids", page_of(ids, start, limit), "...", 1);
	if (start < json_array_size(ids))
		json_object_set_new(want, "position", json_integer((json_int_t)start));
	if (chance(p, 2)) {
		json_object_set_new(args, "calculateTotal", json_true());
		json_object_set_new(
		    want, "total", json_integer((json_int_t)json_array_size(ids)));
	}
	told = call_well(p, "/query", args);
	ok = told != NULL && expect(p, args, want, told);
	json_decref(told);
	json_decref(ids);
	json_decref(args);
	json_decref(want);
	return ok;
}

/* --- queryChanges --- */

static void
query_free(struct player_query *q)
{
	json_decref(q->filter);
	json_decref(q->sort);
	json_decref(q->ids);
	free(q->state);
	*q = (struct player_query){0};
}

/* Asks a new query, to be followed from then on. */
static bool
query_begin(struct player *p, struct player_query *q)
{
	json_t *args, *told;

	query_free(q);
	q->filter = pick_own_filter(p);
	q->sort = pick_sort(p);
	args = json_pack("{s:O, s:O}", "filter", q->filter, "sort", q->sort);
	told = call_well(p, "/query", args);
	json_decref(args);
	if (told == NULL)
		return false;
	q->ids = json_incref(json_object_get(told, "ids"));
	q->state = str_dup(str_of(json_string_value(json_object_get(told, "queryState"))));
	json_decref(told);
	return true;
}

/* 5.6: takes out what was removed, then puts in what was added, lowest index first. */
static bool
splice(struct player *p, json_t *ids, const json_t *told)
{
	const json_t *removed, *added = json_object_get(told, "added");
	json_int_t last = -1;
	size_t i;

	json_array_foreach(json_object_get(told, "removed"), i, removed)
		for (size_t at = json_array_size(ids); at-- > 0;)
			if (json_equal(json_array_get(ids, at), removed))
				json_array_remove(ids, at);
	for (i = 0; i < json_array_size(added); i++) {
		const json_t *one = json_array_get(added, i);
		json_int_t index = json_integer_value(json_object_get(one, "index"));

		if (index <= last || index > (json_int_t)json_array_size(ids))
			return differs(
			    p, "added at %lld, after %lld", (long long)index, (long long)last);
		json_array_insert(ids, (size_t)index, json_object_get(one, "id"));
		last = index;
	}
	return true;
}

static bool
query_follow(struct player *p, struct player_query *q)
{
	json_t *args = json_pack("{s:O, s:O, s:s, s:b}", "filter", q->filter, "sort", q->sort,
	    "sinceQueryState", q->state, "calculateTotal", 1);
	json_t *told = call_well(p, "/queryChanges", args);
	json_t *now = mirror_query(&p->mirror, q->filter, q->sort),
	       *ids = json_deep_copy(q->ids);
	json_t *want = json_pack("{s:I, s:s, s:b}", "total", (json_int_t)json_array_size(now),
	    "oldQueryState", q->state, "...", 1);
	bool ok = told != NULL && expect(p, args, want, told) && splice(p, ids, told) &&
	    expect(p, args, now, ids);

	if (ok) {
		free(q->state);
		q->state =
		    str_dup(str_of(json_string_value(json_object_get(told, "newQueryState"))));
		json_decref(q->ids);
		q->ids = json_incref(ids);
	}
	json_decref(args);
	json_decref(told);
	json_decref(now);
	json_decref(ids);
	json_decref(want);
	return ok;
}

static bool
move_query_changes(struct player *p)
{
	struct player_query *q = &p->queries[pick(p, PLAYER_QUERIES)];

	return q->filter == NULL || chance(p, 10) ? query_begin(p, q) : query_follow(p, q);
}

/* --- changes --- */

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
				ok = differs(p, "%s stands in a page of changes twice", key);
			if (ok && (json_object_get(p->known, key) != NULL) != lists[l].known)
				ok = differs(p, "%s %s, %s", key, lists[l].name,
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
			return differs(
			    p, "changes say that %s is %s", r->id, r->live ? "gone" : "there");
		if (r->live && json_integer_value(known) != (json_int_t)r->version)
			return differs(
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
	told = call_well(p, "/changes", args);
	json_decref(args);
	if (told == NULL)
		return false;
	n = json_array_size(json_object_get(told, "created")) +
	    json_array_size(json_object_get(told, "updated")) +
	    json_array_size(json_object_get(told, "destroyed"));
	ok = apply_changes(p, told);
	if (ok && max > 0 && n > max)
		ok = differs(p, "%zu changes where %u were asked for", n, max);
	free(p->state);
	p->state = str_dup(str_of(json_string_value(json_object_get(told, "newState"))));
	*more = json_is_true(json_object_get(told, "hasMoreChanges"));
	json_decref(told);
	return ok;
}

static bool
move_changes(struct player *p)
{
	unsigned max = chance(p, 3) ? 0 : 1 + pick(p, 6);
	bool more = true;

	for (int i = 0; more; i++) {
		if (i == PAGES_MAX)
			return differs(p, "changes never end");
		if (!take_page(p, max, &more))
			return false;
	}
	return check_known(p);
}

/* --- the whole --- */

static const struct {
	unsigned weight;
	bool (*move)(struct player *p);
} moves[] = {
    {4, move_set}, {1, move_get}, {4, move_query}, {3, move_query_changes}, {1, move_changes}};

bool
player_move(struct player *p)
{
	unsigned sum = 0, at;

	for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++)
		sum += moves[i].weight;
	at = pick(p, sum);
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
		json_t *told = call_well(p, "/query", args),
		       *ids = json_object_get(told, "ids");
		const json_t *id;
		size_t i;

		json_array_foreach(ids, i, id)
			if (ok && json_object_get(p->known, json_string_value(id)) == NULL)
				ok = differs(
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
		ok = differs(p, "changes told of %zu records, and %zu are there",
		    json_object_size(p->known), seen);
	return ok;
}

bool
player_settle(struct player *p)
{
	bool ok = move_changes(p) && check_everything(p);

	for (size_t i = 0; ok && i < PLAYER_QUERIES; i++)
		ok = p->queries[i].filter == NULL || query_follow(p, &p->queries[i]);
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
	told = call_well(p, "/get", args);
	p->state = str_dup(str_of(json_string_value(json_object_get(told, "state"))));
	json_decref(args);
	json_decref(told);
}

void
player_close(struct player *p)
{
	for (size_t i = 0; i < PLAYER_QUERIES; i++)
		query_free(&p->queries[i]);
	mirror_close(&p->mirror);
	json_decref(p->known);
	free(p->state);
	buf_free(&p->why);
}
