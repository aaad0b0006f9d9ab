/* tests/chaos/crowd.h -- clients that write, read and query through nginx, and keep journals
 * of what they were told.
 *
 * Each owns the records it made; nobody else touches them. */
#ifndef TESTS_CHAOS_CROWD_H
#define TESTS_CHAOS_CROWD_H

#include <stdatomic.h>

#include "tests/chaos/journal.h"
#include "tests/chaos/pulse.h"
#include "tests/site.h"

#define CLIENTS 8

struct client_counts {
	uint64_t requests, sets, acknowledged; /* requests; /sets; writes */
	uint64_t refused, unknown;             /* writes */
};

struct crowd; /* all the clients */

/* Starts them; dir is where the journals go.  The site and the pulse stay where they are. */
bool crowd_start(struct crowd **c, const struct site *s, struct pulse *p, const char *dir,
    uint64_t seed, struct err *e);
/* Returns when none has a request under way; then nobody writes into a journal until
 * crowd_go_on(). */
void crowd_hold(struct crowd *c);
void crowd_go_on(struct crowd *c);
/* Lets each find out what became of its unknown writes, and ends them.  The counts of all. */
void crowd_stop(struct crowd **c, struct client_counts *counts);
/* A state that was answered for records of that letter, some time ago; "" if there is none
 * yet. */
#define CROWD_STATE_MAX 32
void crowd_state(struct crowd *c, char letter, char out[static CROWD_STATE_MAX]);

#endif
