/* base/meter.h -- limits how many log lines per second outsiders can cause.
 *
 * Times are monotonic microseconds. */
#ifndef BASE_METER_H
#define BASE_METER_H

#include <stdbool.h>
#include <stdint.h>

/* Initialise with {0}. */
struct meter {
	int64_t second_us;   /* when the second began in which .lines were written */
	unsigned lines;      /* written in that second */
	uint64_t unlogged;   /* suppressed since the last summary */
	int64_t unlogged_us; /* when the first of them was suppressed */
};

/* Returns true for the first per_s lines of each second; counts the others as suppressed. */
bool meter_take(struct meter *m, unsigned per_s, int64_t now_us);
/* Returns how many lines were suppressed in the last *took_us, and resets the count.  Returns 0
 * if there were none, or if *took_us would be less than every_us. */
uint64_t meter_summary(struct meter *m, int64_t now_us, int64_t every_us, int64_t *took_us);

#endif
