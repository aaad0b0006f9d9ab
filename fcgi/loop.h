/* fcgi/loop.h -- decides which connection is served next.
 *
 * A worker waits for the listening socket and all its open connections together, and serves
 * whichever has a request.  If it served one connection until the end, the others would starve
 * in the backlog. */
#ifndef FCGI_LOOP_H
#define FCGI_LOOP_H

#include <signal.h>

#include "base/err.h"
#include "fcgi/worker.h"

/* Serves requests until *stopping is set by a handler of SIGTERM, SIGINT and SIGQUIT.  The
 * caller must block these signals; they are unblocked only while no request is served.  Then it
 * accepts no more connections and closes the open ones one by one, without losing a request. */
bool loop_run(
    struct worker *w, int listen_fd, const volatile sig_atomic_t *stopping, struct err *e);

#endif
