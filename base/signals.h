/* base/signals.h -- signals that nobody has a use for, and that would end a program without a
 * word. */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

#include <signal.h>

/* Fills *set with the signals whose default action ends a process, and which mean nothing to
 * the programs of the outbox: SIGUSR1, SIGALRM, the realtime signals and so on.  Not in it are
 * SIGTERM, SIGINT, SIGQUIT and SIGHUP, which each program gives a meaning to; the signals of a
 * fault (SIGSEGV, SIGABRT ...); and SIGPIPE, which must be ignored, as a log line about it
 * would raise it again. */
void signals_useless(sigset_t *set);

/* Ignores SIGPIPE and all of the above.  A later sigaction() for one of them still works. */
void signals_ignore_useless(void);

#endif
