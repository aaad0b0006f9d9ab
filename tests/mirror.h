/* tests/mirror.h -- what an outbox should hold, in plain memory: the records of one type that
 * one client owns, and what a filter and a sort make of them.  Slow and obvious on purpose. */
#ifndef TESTS_MIRROR_H
#define TESTS_MIRROR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"

#define MIRROR_RECORDS_MAX 4000
#define MIRROR_DOMAIN_MAX 64
#define MIRROR_POLICIES_MAX 3

struct mirror_record {
	char id[ID_LEN + 1];
	bool live; /* false: destroyed */
	char domain[MIRROR_DOMAIN_MAX];
	int64_t created_at, deliver_at; /* seconds since 1970 */
	uint64_t policies[MIRROR_POLICIES_MAX];
	size_t n_policies;
	unsigned version; /* rises with each change */
};

struct mirror {
	const char *
	    policy_property; /* "policyIdentifiers", or "policyIdentifier" where there is one */
	struct mirror_record *records; /* also those destroyed */
	size_t n;
};

void mirror_open(struct mirror *m, const char *policy_property);
void mirror_close(struct mirror *m);

/* The record with that id, or NULL. */
struct mirror_record *mirror_named(const struct mirror *m, const char *id);

/* Whether r matches filter (RFC 8620, 5.5); NULL matches everything. */
bool mirror_matches(const struct mirror_record *r, const json_t *filter);

/* The ids of the live records that match, in order of sort: an array of strings, for
 * json_decref().  Ties as storage/filter.h says. */
json_t *mirror_query(const struct mirror *m, const json_t *filter, const json_t *sort);

/* What /get shows of r for the four indexed properties and the id, for json_decref(). */
json_t *mirror_shown(const struct mirror *m, const struct mirror_record *r);

#endif
