/* base/clock.c -- the time. */
#include "base/clock.h"

#include <time.h>

int64_t
clock_now_s(const struct clock *c)
{
	return c->fixed_s ? c->fixed_s : (int64_t)time(NULL);
}

int64_t
clamp_future(int64_t stored_s, int64_t now_s, int64_t longest_s)
{
	return stored_s > now_s + longest_s ? now_s + longest_s : stored_s;
}

static int64_t
microseconds(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_monotonic_us(void)
{
	return microseconds(CLOCK_MONOTONIC);
}

int64_t
clock_thread_cpu_us(void)
{
	return microseconds(CLOCK_THREAD_CPUTIME_ID);
}
