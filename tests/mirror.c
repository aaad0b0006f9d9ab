/* tests/mirror.c -- what an outbox should hold, in plain memory. */
#include "tests/mirror.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"

void
mirror_open(struct mirror *m, const char *policy_property)
{
	m->policy_property = policy_property;
	m->records = mem_new(MIRROR_RECORDS_MAX, sizeof *m->records);
	m->n = 0;
}

void
mirror_close(struct mirror *m)
{
	free(m->records);
	*m = (struct mirror){0};
}

struct mirror_record *
mirror_named(const struct mirror *m, const char *id)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->records[i].id, id) == 0)
			return &m->records[i];
	return NULL;
}

/* --- filters --- */

/* The domain, or what follows one of its dots, begins with text. */
static bool
text_matches(const char *domain, const char *text)
{
	const char *label = domain;

	while (label != NULL) {
		if (strncasecmp(label, text, strlen(text)) == 0)
			return true;
		label = strchr(label, '.');
		label = label == NULL ? NULL : label + 1;
	}
	return false;
}

static bool
is_less(int64_t a, int64_t b)
{
	return a < b;
}

static bool
is_less_or_equal(int64_t a, int64_t b)
{
	return a <= b;
}

static bool
is_greater(int64_t a, int64_t b)
{
	return a > b;
}

static bool
is_greater_or_equal(int64_t a, int64_t b)
{
	return a >= b;
}

static bool
is_equal(int64_t a, int64_t b)
{
	return a == b;
}

static const struct {
	const char *suffix;
	bool (*holds)(int64_t a, int64_t b);
} relations[] = {
    {"", is_equal},
    {"IsLessThan", is_less},
    {"IsLessThanOrEqual", is_less_or_equal},
    {"IsGreaterThan", is_greater},
    {"IsGreaterThanOrEqual", is_greater_or_equal},
};

static bool
date_matches(int64_t have, const char *suffix, const json_t *want)
{
	struct str text = {json_string_value(want), json_string_length(want)};
	int64_t seconds;

	if (!date_parse(text, &seconds))
		abort();
	for (size_t i = 0; i < sizeof relations / sizeof relations[0]; i++)
		if (strcmp(suffix, relations[i].suffix) == 0)
			return relations[i].holds(have, seconds);
	abort();
}

static bool
policy_matches(const struct mirror_record *r, const json_t *want)
{
	for (size_t i = 0; i < r->n_policies; i++)
		if (r->policies[i] == (uint64_t)json_integer_value(want))
			return true;
	return false;
}

static bool
condition_matches(const struct mirror_record *r, const char *key, const json_t *want)
{
	static const size_t date_name = sizeof "createdAt" - 1; /* as long as "deliverAt" */

	if (strcmp(key, "domain") == 0)
		return text_matches(r->domain, json_string_value(want));
	if (strcmp(key, "policyIdentifier") == 0)
		return policy_matches(r, want);
	if (strncmp(key, "createdAt", date_name) == 0)
		return date_matches(r->created_at, key + date_name, want);
	return date_matches(r->deliver_at, key + date_name, want);
}

bool
mirror_matches(const struct mirror_record *r, const json_t *filter)
{
	const char *op = json_string_value(json_object_get(filter, "operator"));
	size_t matching = 0, i;
	const json_t *v;
	const char *key;

	if (op == NULL) {
		json_object_foreach((json_t *)filter, key, v)
			if (!condition_matches(r, key, v))
				return false;
		return true;
	}
	json_array_foreach(json_object_get(filter, "conditions"), i, v)
		matching += mirror_matches(r, v) ? 1 : 0;
	if (strcmp(op, "AND") == 0)
		return matching == i;
	return strcmp(op, "OR") == 0 ? matching > 0 : matching == 0;
}

/* --- sorts --- */

static int
by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_property(
    const struct mirror_record *a, const struct mirror_record *b, const char *property)
{
	if (strcmp(property, "domain") == 0)
		return strcmp(a->domain, b->domain);
	if (strcmp(property, "createdAt") == 0)
		return by_number(a->created_at, b->created_at);
	if (strcmp(property, "deliverAt") == 0)
		return by_number(a->deliver_at, b->deliver_at);
	return strcmp(a->id, b->id);
}

static bool
is_ascending(const json_t *comparator)
{
	const json_t *v = json_object_get(comparator, "isAscending");

	return v == NULL || json_is_true(v);
}

static int
compare(const void *pa, const void *pb, void *arg)
{
	const struct mirror_record *a = *(const struct mirror_record *const *)pa;
	const struct mirror_record *b = *(const struct mirror_record *const *)pb;
	const json_t *sort = arg, *comparator = NULL;
	const char *property = "";
	bool ascending = false;
	int c = 0;
	size_t i;

	json_array_foreach(sort, i, comparator) {
		property = json_string_value(json_object_get(comparator, "property"));
		ascending = is_ascending(comparator);
		c = compare_property(a, b, property);
		if (c != 0)
			return ascending ? c : -c;
	}
	if (strcmp(property, "domain") == 0)
		c = by_number(a->deliver_at, b->deliver_at);
	if (c == 0)
		c = strcmp(a->id, b->id);
	return ascending ? c : -c;
}

json_t *
mirror_query(const struct mirror *m, const json_t *filter, const json_t *sort)
{
	const struct mirror_record **found = mem_new(m->n + 1, sizeof *found);
	json_t *ids = json_array();
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		if (m->records[i].live && mirror_matches(&m->records[i], filter))
			found[n++] = &m->records[i];
	qsort_r(found, n, sizeof *found, compare, (void *)sort);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(ids, json_string(found[i]->id));
	free(found);
	return ids;
}

json_t *
mirror_shown(const struct mirror *m, const struct mirror_record *r)
{
	char created[DATE_LEN + 1], deliver[DATE_LEN + 1];
	json_t *policies = json_array();
	json_t *shown;

	for (size_t i = 0; i < r->n_policies; i++)
		json_array_append_new(policies, json_integer((json_int_t)r->policies[i]));
	if (strcmp(m->policy_property, "policyIdentifier") == 0) {
		json_t *first = json_incref(json_array_get(policies, 0));

		json_decref(policies);
		policies = first;
	}
	date_format(r->created_at, created);
	date_format(r->deliver_at, deliver);
	shown = json_pack("{s:s, s:s, s:s, s:s, s:o}", "id", r->id, "domain", r->domain,
	    "createdAt", created, "deliverAt", deliver, m->policy_property, policies);
	return shown;
}
