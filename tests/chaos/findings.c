/* tests/chaos/findings.c -- what the checker has found: printed, and counted. */
#include "tests/chaos/findings.h"

#include <stdarg.h>
#include <stdio.h>

#define SHOWN_MAX 40 /* of each sort; the rest is only counted */

static void
show(size_t n, const char *sort, const char *fmt, va_list ap)
{
	if (n > SHOWN_MAX)
		return;
	printf("%s: ", sort);
	vprintf(fmt, ap);
	putchar('\n');
}

void
find_lost(struct findings *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	show(++f->lost, "lost", fmt, ap);
	va_end(ap);
}

void
find_wrong(struct findings *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	show(++f->wrong, "wrong", fmt, ap);
	va_end(ap);
}
