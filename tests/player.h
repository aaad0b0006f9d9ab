/* tests/player.h -- a client that makes random calls, keeps in plain memory what should come of
 * them, and compares.
 *
 * Each player owns the domains under a name of its own, so that others' writes never change
 * what it should find. */
#ifndef TESTS_PLAYER_H
#define TESTS_PLAYER_H

#include "tests/cases.h"
#include "tests/mirror.h"

#define PLAYER_QUERIES 4
#define PLAYER_TYPE_MAX 32

/* An answer of /query that is kept up to date with /queryChanges alone. */
struct player_query {
	json_t *filter, *sort; /* filter NULL: there is none yet in this place */
	json_t *ids;
	char *state;
};

struct player {
	const struct transport *t;
	char type[PLAYER_TYPE_MAX]; /* "x:TlsInternalReport" */
	char own[16];               /* "c3.example" */
	uint64_t random;            /* state of its generator */
	struct mirror mirror;
	json_t *known;        /* id -> version, of every player's records: kept up to date with
				 /changes alone.  Others' have 0 */
	char *state;          /* that known is of */
	uint64_t last_change; /* highest number in a state so far */
	struct player_query queries[PLAYER_QUERIES];
	struct buf why; /* what was not as it should be; empty: nothing */
};

/* number: of the player; seed: of its generator.  t and type stay the caller's. */
void player_open(struct player *p, const struct transport *t, const char *type, unsigned number,
    uint64_t seed);
void player_close(struct player *p);

/* One random call.  False with .why once something differs. */
bool player_move(struct player *p);

/* When nobody writes any more: brings known up to date, compares it with a query of everything,
 * and every record of its own with the mirror. */
bool player_settle(struct player *p);

#endif
