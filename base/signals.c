/* base/signals.c -- the signals that the programs do not use. */
#include "base/signals.h"

#include <stddef.h>

static const int useless[] = {
    SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSTKFLT, SIGXCPU, SIGXFSZ};

void
signals_useless(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < sizeof useless / sizeof useless[0]; i++)
		sigaddset(set, useless[i]);
	for (int s = SIGRTMIN; s <= SIGRTMAX; s++)
		sigaddset(set, s);
}

void
signals_ignore_useless(void)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t set;

	signals_useless(&set);
	sigaddset(&set, SIGPIPE);
	for (int s = 1; s <= SIGRTMAX; s++)
		if (sigismember(&set, s) == 1)
			sigaction(s, &ignore, NULL);
}
