/* base/clock.h -- the time, which tests can set.  No other file calls time(). */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

struct clock {
	int64_t fixed_s; /* seconds since 1970; 0: use the real time */
};

int64_t clock_now_s(const struct clock *c);
/* Corrects a stored time that lies too far ahead.  A time is stored at most longest_s after the
 * moment of storing; longest_s is 0 for events that have happened.  If the stored time is later
 * than now_s + longest_s, the clock was ahead when it was stored, and this returns now_s +
 * longest_s.  Every time that is read back goes through this function. */
int64_t clamp_future(int64_t stored_s, int64_t now_s, int64_t longest_s);
int64_t clock_thread_cpu_us(void); /* CPU time that this thread has used */
int64_t clock_monotonic_us(void);  /* microseconds since an arbitrary start; for durations */

#endif
