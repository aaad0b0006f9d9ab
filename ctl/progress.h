/* ctl/progress.h -- shows "1500 of 20000" on standard error if it is a terminal. */
#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool seen;  /* standard error is a terminal, and nothing else writes to it */
	bool shown; /* a line is shown that must be cleared */
};

/* alone: standard output stays silent meanwhile. */
void progress_start(struct progress *p, bool alone);
/* of is 0 if the total is not known. */
void progress_show(struct progress *p, uint64_t n, uint64_t of);
/* Shows any text in the progress line. */
void progress_say(struct progress *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void progress_hide(struct progress *p);

#endif
