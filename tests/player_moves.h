/* tests/player_moves.h -- what the files of a player share. */
#ifndef TESTS_PLAYER_MOVES_H
#define TESTS_PLAYER_MOVES_H

#include "tests/player.h"

#define PLAYER_POLICIES 5 /* few, so that many records share one */

/* --- tests/player.c --- */

unsigned player_pick(struct player *p, unsigned n);    /* a random number below n */
bool player_chance(struct player *p, unsigned one_in); /* true once in so many times */
int64_t player_day(struct player *p);                  /* one of a few, seconds since 1970 */
void player_domain(
    struct player *p, char out[static MIRROR_DOMAIN_MAX]); /* one of a few of its own */

/* Notes in .why what was not as it should be, and returns false. */
bool player_differs(struct player *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Whether got is want, as tests/match.h says; notes it and the arguments otherwise. */
bool player_expect(struct player *p, const json_t *args, const json_t *want, const json_t *got);
/* The arguments of the answer to a call that must not fail, for json_decref(); NULL with .why.
 * verb: "/get". */
json_t *player_call(struct player *p, const char *verb, const json_t *args);
/* A state's number is never lower than one seen before. */
bool player_see_state(struct player *p, const json_t *state);

/* --- one random call each; false with .why once something differs --- */

bool player_set(struct player *p);
bool player_get(struct player *p);
bool player_query_once(struct player *p);
bool player_query_changes(struct player *p);
bool player_changes(struct player *p); /* all there are, in pages */

/* Brings the ids of a kept query up to date and compares them with the mirror. */
bool player_query_follow(struct player *p, struct player_query *q);
void player_query_free(struct player_query *q); /* leaves {0} */

#endif
