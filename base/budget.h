/* base/budget.h -- limits how much one request may do: units of work, and time.
 *
 * Callers charge work before they do it.  When the units are used up or the time is over, the
 * budget is spent: every later charge fails, so the rest of the request ends at once.  A unit
 * is about 100 ns of one core: reading a small JSON value, or reading and checking a few bytes
 * of text.
 *
 * Where a function takes a budget, NULL means no limit. */
#ifndef BASE_BUDGET_H
#define BASE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#define BUDGET_NO_LIMIT UINT64_MAX /* units */

struct budget {
	uint64_t left;    /* units */
	uint64_t look_at; /* the next check of the time is due when .left falls to this */
	bool (*is_over)(const void *arg); /* whether the time is over */
	const void *arg;
	int64_t cpu_end_us; /* set by budget_begin_cpu() */
	bool spent;
};

/* Calls is_over(arg) at the first charge, and again after every BUDGET_LOOK_UNITS. */
void budget_begin(
    struct budget *b, uint64_t units, bool (*is_over)(const void *arg), const void *arg);
/* The time is over when this thread has used cpu_us more microseconds of CPU time.  The caller
 * must not move b. */
void budget_begin_cpu(struct budget *b, uint64_t units, int64_t cpu_us);

#define BUDGET_LOOK_UNITS 2000

/* Subtracts units.  Returns false, and the budget is spent, if fewer are left or the time is
 * over. */
bool budget_charge(struct budget *b, uint64_t units);
bool budget_is_spent(const struct budget *b);

#endif
