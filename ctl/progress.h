/* ctl/progress.h -- "1500 of 20000" on standard error, while somebody is there to see it. */
#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool seen;  /* standard error is a terminal, and nothing else writes to it */
	bool shown; /* there is a line to take away */
};

/* alone: nothing is printed to standard output meanwhile. */
void progress_start(struct progress *p, bool alone);
/* of 0: it is not known how many there are. */
void progress_show(struct progress *p, uint64_t n, uint64_t of);
/* The same, in other words. */
void progress_say(struct progress *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void progress_hide(struct progress *p);

#endif
