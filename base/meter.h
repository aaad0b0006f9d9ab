/* base/meter.h -- holds back lines of a log that strangers could make any number of.
 *
 * Times are monotonic microseconds. */
#ifndef BASE_METER_H
#define BASE_METER_H

#include <stdbool.h>
#include <stdint.h>

/* {0} is a new one. */
struct meter {
	int64_t second_us;   /* when the second began in which .lines were written */
	unsigned lines;      /* written in it */
	uint64_t unlogged;   /* held back since the last summary */
	int64_t unlogged_us; /* when the first of them was */
};

/* Whether a line may be written now: the first per_s of each second.  Others are counted. */
bool meter_take(struct meter *m, unsigned per_s, int64_t now_us);
/* How many lines were held back in the last *took_us; they are forgotten then.  0 while that is
 * less than every_us, or if there were none. */
uint64_t meter_summary(struct meter *m, int64_t now_us, int64_t every_us, int64_t *took_us);

#endif
