/* ctl/progress.c -- one line, written over again and again. */
#include "ctl/progress.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define CLEAR "\r\033[K"

void
progress_start(struct progress *p, bool alone)
{
	*p = (struct progress){
	    .seen = isatty(STDERR_FILENO) && (alone || !isatty(STDOUT_FILENO))};
}

void
progress_show(struct progress *p, uint64_t n, uint64_t of)
{
	if (of > 0)
		progress_say(p, "%" PRIu64 " of %" PRIu64, n, of);
	else
		progress_say(p, "%" PRIu64, n);
}

void
progress_say(struct progress *p, const char *fmt, ...)
{
	va_list ap;

	if (!p->seen)
		return;
	va_start(ap, fmt);
	fputs(CLEAR, stderr);
	vfprintf(stderr, fmt, ap);
	fflush(stderr);
	va_end(ap);
	p->shown = true;
}

void
progress_hide(struct progress *p)
{
	if (p->shown)
		fputs(CLEAR, stderr);
	p->shown = false;
}
