/* tests/bare.h -- the store without its process: an environment and its writer in this one, for
 * tests that look behind the socket. */
#ifndef TESTS_BARE_H
#define TESTS_BARE_H

#include "storage/writer.h"
#include "tests/scratch.h"

struct bare {
	char dir[SCRATCH_DIR_MAX];
	struct env env;
	struct writer *writer;
	struct clock clock;
	struct log log;
	uint64_t reserve_bytes; /* for the next bare_open() */
};

/* Exits with a message if it does not come up; b stays where it is until bare_stop(). */
void bare_start(struct bare *b);
void bare_stop(struct bare *b); /* and removes its folder */
void bare_open(struct bare *b); /* on the folder that is there */
void bare_close(struct bare *b);

/* store_set() without the socket, but through both its frames. */
bool bare_set(
    struct bare *b, const struct store_set *q, struct store_results *out, struct err *e);

/* A record to create: a domain, and what is derived from seed. */
struct sample {
	struct keys keys;
	char domain[64];
	char body[256];
};
void sample_make(struct sample *s, unsigned seed);
struct store_op sample_op(const struct sample *s, enum store_op_kind kind, uint32_t tag);

struct store_op sample_update(const struct sample *s, uint64_t id, uint64_t if_change);
struct store_op sample_destroy(uint64_t id);

/* A set of DMARC reports that must succeed; its opid begins with the number. */
struct store_results bare_set_numbered(
    struct bare *b, unsigned number, const struct store_op *ops, size_t n);
/* One op alone: its result. */
struct store_result bare_set_one(struct bare *b, unsigned number, struct store_op op);
uint64_t bare_count(struct bare *b); /* of DMARC reports */

/* Holds every row of t its body, and is it in each index under each of its keys, and is nothing
 * else in any; and is the change log whole?  Prints what is not, and says false. */
bool table_is_sound(struct env *env, const struct type *t);

#endif
