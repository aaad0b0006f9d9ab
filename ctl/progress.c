/* ctl/progress.c -- one line, written over again and again. */
#include "ctl/progress.h"

#include <inttypes.h>
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
	if (!p->seen)
		return;
	if (of > 0)
		fprintf(stderr, CLEAR "%" PRIu64 " of %" PRIu64, n, of);
	else
		fprintf(stderr, CLEAR "%" PRIu64, n);
	fflush(stderr);
	p->shown = true;
}

void
progress_hide(struct progress *p)
{
	if (p->shown)
		fputs(CLEAR, stderr);
	p->shown = false;
}
