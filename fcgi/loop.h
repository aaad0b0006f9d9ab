/* fcgi/loop.h -- which connection is served next.
 *
 * A loop that stayed with a connection until its end would let the others starve in the
 * backlog. Here a worker waits for the listening socket and all its kept connections together,
 * and serves whichever has a request. */
#ifndef FCGI_LOOP_H
#define FCGI_LOOP_H

#include <signal.h>

#include "base/err.h"
#include "fcgi/worker.h"

/* Until *stopping, which a handler of SIGTERM, SIGINT and SIGQUIT sets: those must be blocked,
 * and are let through only while nothing is served.  Then nothing more is accepted, and the
 * connections are given up one by one: no request that came over them is lost. */
bool loop_run(
    struct worker *w, int listen_fd, const volatile sig_atomic_t *stopping, struct err *e);

#endif
