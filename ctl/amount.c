/* ctl/amount.c -- formats times and sizes for people. */
#include "ctl/amount.h"

#include <inttypes.h>
#include <stddef.h>

static const struct {
	int64_t seconds;
	const char *name;
} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
#define N_UNITS (sizeof units / sizeof units[0])

/* Uses the largest unit that fits at least once. Below days and hours it adds the next
 * smaller unit. */
void
amount_span(struct buf *out, int64_t seconds)
{
	size_t i = 0;

	while (i + 1 < N_UNITS && seconds < units[i].seconds)
		i++;
	buf_printf(out, "%" PRId64 " %s", seconds / units[i].seconds, units[i].name);
	if (units[i].seconds >= 3600)
		buf_printf(out, " %" PRId64 " %s",
		    seconds % units[i].seconds / units[i + 1].seconds, units[i + 1].name);
}

void
amount_time(struct buf *out, double us)
{
	if (us < 1e6)
		buf_printf(out, us < 1e4 ? "%.2f ms" : "%.0f ms", us / 1e3);
	else
		buf_printf(out, "%.1f s", us / 1e6);
}

void
amount_bytes(struct buf *out, int64_t bytes)
{
	static const char *const names[] = {"kB", "MB", "GB", "TB", "PB"};
	double n = (double)bytes / 1e3;
	size_t i = 0;

	for (; n >= 999.95 && i + 1 < sizeof names / sizeof names[0]; i++)
		n /= 1e3;
	buf_printf(out, "%.1f %s", n, names[i]);
}
