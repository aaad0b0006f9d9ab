/* daemon/supervisor.h -- keeps one store and its workers running. */
#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H

#include "base/err.h"
#include "base/log.h"

/* Opens the sockets, starts everything, and runs until SIGTERM or SIGINT; SIGHUP reads the
 * configuration again.  False if it could not begin. */
bool supervise(const char *config_path, struct log *log, struct err *e);

#endif
