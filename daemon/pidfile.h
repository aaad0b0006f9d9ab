/* daemon/pidfile.h -- keeps a second outboxd from starting in the same run_dir. */
#ifndef DAEMON_PIDFILE_H
#define DAEMON_PIDFILE_H

#include "base/err.h"

/* Writes the process id to path and locks the file until the process ends.  Returns -1 with *e
 * set if another process holds the lock. */
int pidfile_open(const char *path, struct err *e);
void pidfile_close(int *fd, const char *path); /* and removes the file */

#endif
