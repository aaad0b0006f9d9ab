/* base/clock.h -- the time, which tests set.  Nobody else calls time(). */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

struct clock {
	int64_t fixed_s; /* seconds since 1970; 0: the real time */
};

int64_t clock_now_s(const struct clock *c);
int64_t clock_thread_cpu_us(void); /* that this thread has used a core for */
int64_t clock_monotonic_us(void);  /* microseconds since some start; for durations */

#endif
