/* daemon/supervisor.h -- keeps one store and its workers running. */
#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H

#include "base/err.h"
#include "base/log.h"

/* Opens the sockets, starts the children, and runs until SIGTERM or SIGINT. SIGHUP reads the
 * configuration again.  False if the start failed. */
bool supervise(const char *config_path, struct log *log, struct err *e);

#endif
