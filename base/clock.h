/* base/clock.h -- the time, which tests set.  Nobody else calls time(). */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

struct clock {
	int64_t fixed_s; /* seconds since 1970; 0: the real time */
};

int64_t clock_now_s(const struct clock *c);
/* A stored time, as it may be used now.  Whoever stored it put it at most longest_s after the
 * moment in which it was stored; so one that lies farther ahead than that was stored while the
 * clock was ahead, and is taken for now_s + longest_s.  longest_s is 0 for what has happened.
 * The one rule for every time that is read back. */
int64_t clamp_future(int64_t stored_s, int64_t now_s, int64_t longest_s);
int64_t clock_thread_cpu_us(void); /* that this thread has used a core for */
int64_t clock_monotonic_us(void);  /* microseconds since some start; for durations */

#endif
