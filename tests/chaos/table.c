/* tests/chaos/table.c -- what a run comes to. */
#include <stdio.h>

#include "tests/chaos/chaos.h"

static bool
is_too_long(const struct chaos *c, size_t i)
{
	return faults[i].gap_us > 0 && c->pulse.longest_us[i] > faults[i].gap_us;
}

static void
print_fault(const struct chaos *c, size_t i)
{
	char bound[16] = "";

	if (c->struck[i] == 0 && faults[i].strike != NULL)
		return;
	if (faults[i].gap_us > 0)
		snprintf(bound, sizeof bound, "%.1f", (double)faults[i].gap_us / 1e6);
	printf("%-34s %7u %12.3f %8s%s\n", faults[i].title, c->struck[i],
	    (double)c->pulse.longest_us[i] / 1e6, bound, is_too_long(c, i) ? "  too long" : "");
}

bool
table_print(const struct chaos *c, const struct client_counts *n, bool bounds)
{
	bool ok = c->lost == 0 && c->wrong == 0 && c->manual == 0;

	printf("\n%-34s %7s %12s %8s\n", "fault", "count", "longest gap", "at most");
	for (size_t i = 0; faults[i].name != NULL; i++) {
		print_fault(c, i);
		ok = ok && !(bounds && is_too_long(c, i));
	}
	printf("\n%-34s %10llu\n", "requests", (unsigned long long)n->requests);
	printf("%-34s %10llu\n", "writes acknowledged", (unsigned long long)n->acknowledged);
	printf("%-34s %10llu\n", "writes refused", (unsigned long long)n->refused);
	printf(
	    "%-34s %10llu\n", "writes looked for afterwards", (unsigned long long)n->unknown);
	printf("%-34s %10llu of %llu\n", "unsynced pages that were lost",
	    (unsigned long long)c->cut.pages_lost, (unsigned long long)c->cut.pages);
	printf("%-34s %10llu of %llu\n", "unsynced names that were lost",
	    (unsigned long long)c->cut.names_lost, (unsigned long long)c->cut.names);
	printf("%-34s %10u\n", "checks of the store", c->checks);
	printf("%-34s %10u\n", "lost", c->lost);
	printf("%-34s %10u\n", "wrong", c->wrong);
	printf("%-34s %10u\n", "manual steps", c->manual);
	return ok;
}
