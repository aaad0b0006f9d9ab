/* base/budget.c -- how much one request may still do: units of work, and time. */
#include "base/budget.h"

#include <stddef.h>

#include "base/clock.h"

void
budget_begin(
    struct budget *b, uint64_t units, bool (*is_over)(const void *arg), const void *arg)
{
	*b = (struct budget){.left = units, .look_at = units, .is_over = is_over, .arg = arg};
}

static bool
is_cpu_time_over(const void *budget)
{
	return clock_thread_cpu_us() >= ((const struct budget *)budget)->cpu_end_us;
}

void
budget_begin_cpu(struct budget *b, uint64_t units, int64_t cpu_us)
{
	budget_begin(b, units, is_cpu_time_over, b);
	b->cpu_end_us = clock_thread_cpu_us() + cpu_us;
}

/* The next check of the time is due after BUDGET_LOOK_UNITS more. */
static bool
is_time_over(struct budget *b)
{
	if (b->is_over == NULL || b->left > b->look_at)
		return false;
	b->look_at = b->left > BUDGET_LOOK_UNITS ? b->left - BUDGET_LOOK_UNITS : 0;
	return b->is_over(b->arg);
}

bool
budget_charge(struct budget *b, uint64_t units)
{
	if (b == NULL)
		return true;
	if (b->spent || units > b->left || is_time_over(b)) {
		b->spent = true;
		return false;
	}
	b->left -= units;
	return true;
}

bool
budget_is_spent(const struct budget *b)
{
	return b != NULL && b->spent;
}
