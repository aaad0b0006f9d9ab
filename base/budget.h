/* base/budget.h -- how much one request may still do: units of work, and time.
 *
 * Work is charged before it is done.  Once the units are used up or the time is over, the
 * budget is spent and every later charge fails, so whatever is left of the request ends at
 * once.  A unit is about 100 ns of one core: a small JSON value that is looked at, or a few
 * bytes of text that are read and checked.
 *
 * Where a function takes a budget, NULL stands for one that is never spent. */
#ifndef BASE_BUDGET_H
#define BASE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#define BUDGET_NO_LIMIT UINT64_MAX /* units */

struct budget {
	uint64_t left;    /* units */
	uint64_t look_at; /* looks at the time once no more units than these are left */
	bool (*is_over)(const void *arg); /* whether the time is over */
	const void *arg;
	int64_t cpu_end_us; /* of budget_begin_cpu() */
	bool spent;
};

/* is_over(arg): looked at with the first charge, and again after every BUDGET_LOOK_UNITS. */
void budget_begin(
    struct budget *b, uint64_t units, bool (*is_over)(const void *arg), const void *arg);
/* The time is over when this thread has used cpu_us more microseconds of a core.  b stays where
 * it is. */
void budget_begin_cpu(struct budget *b, uint64_t units, int64_t cpu_us);

#define BUDGET_LOOK_UNITS 2000

/* Takes units off.  False, and the budget is spent, if there are fewer or the time is over. */
bool budget_charge(struct budget *b, uint64_t units);
bool budget_is_spent(const struct budget *b);

#endif
