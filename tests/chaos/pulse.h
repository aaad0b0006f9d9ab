/* tests/chaos/pulse.h -- when a write was last acknowledged, whoever's it was, and the longest
 * time without one, for each kind of fault. */
#ifndef TESTS_CHAOS_PULSE_H
#define TESTS_CHAOS_PULSE_H

#include <pthread.h>
#include <stdint.h>

#define PULSE_KINDS_MAX 32

struct pulse {
	pthread_mutex_t lock;
	int64_t last_us; /* monotonic */
	unsigned kind;   /* of the fault that gaps are put down to */
	int64_t longest_us[PULSE_KINDS_MAX];
};

void pulse_begin(struct pulse *p); /* with kind 0 */
void pulse_clear(struct pulse *p); /* forgets the gaps so far */
void pulse_beat(struct pulse *p);  /* an acknowledgement; any thread */
/* From now on gaps belong to that kind. */
void pulse_turn(struct pulse *p, unsigned kind);
/* The time since the last beat does not count: nobody could be served. */
void pulse_skip(struct pulse *p);
int64_t pulse_last_us(struct pulse *p);

#endif
