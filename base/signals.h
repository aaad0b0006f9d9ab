/* base/signals.h -- the signals that the programs do not use, and that would end a process
 * without a log line. */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

#include <signal.h>

/* Fills *set with the signals whose default action ends a process and that no program of the
 * outbox uses: SIGUSR1, SIGALRM, the realtime signals and so on.  It leaves out SIGTERM,
 * SIGINT, SIGQUIT and SIGHUP, which each program handles; the signals of a fault (SIGSEGV,
 * SIGABRT
 * ...); and SIGPIPE, which must be ignored because a log line about it would raise it again. */
void signals_useless(sigset_t *set);

/* Ignores SIGPIPE and the signals above.  A later sigaction() for one of them still works. */
void signals_ignore_useless(void);

#endif
