/* tests/world.h -- records written straight into an environment of their own, beside a plain
 * list of the same, from which every answer can be worked out by looking at all of them. */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "storage/env.h"
#include "storage/filter.h"
#include "tests/scratch.h"

#define WORLD_POLICIES_MAX 3
#define WORLD_DOMAIN_MAX 64

struct world_row {
	uint64_t id;
	bool alive;
	char domain[WORLD_DOMAIN_MAX];
	int64_t created_at, deliver_at;
	size_t n_policies;
	uint64_t policies[WORLD_POLICIES_MAX];
};

struct world {
	char dir[SCRATCH_DIR_MAX];
	struct clock clock;
	struct log log;
	struct env env;
	const struct type *type;
	const char *const *domains; /* that records have; ends with NULL */
	uint64_t random;
	DB_TXN *txn; /* of the writes since world_begin() */
	struct counters counters;
	size_t n, cap;
	struct world_row *rows; /* by id; destroyed ones too */
};

/* ids begin behind first_id; the same seed gives the same world. */
void world_open(struct world *w, const char *const *domains, uint64_t first_id, uint64_t seed);
void world_close(struct world *w);
uint64_t world_random(struct world *w, uint64_t below);

void world_begin(struct world *w);
void world_commit(struct world *w);
void world_create(struct world *w, size_t n);            /* n random records */
void world_update(struct world *w, struct world_row *r); /* to random values */
void world_destroy(struct world *w, struct world_row *r);
struct world_row *world_pick(struct world *w); /* one that is alive, or NULL */

/* A tree at most so deep, for filter_free(). */
void world_filter(struct world *w, struct filter *f, unsigned depth);
size_t world_sort(struct world *w, struct sort *sort);
void world_print(const struct filter *f); /* on standard error */

/* All ids that the filter finds, in order, for free(). */
uint64_t *world_query(
    struct world *w, const struct filter *f, const struct sort *sort, size_t n_sort, size_t *n);

#endif
