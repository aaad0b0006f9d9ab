/* daemon/pidfile.h -- one outboxd at a time in a run_dir. */
#ifndef DAEMON_PIDFILE_H
#define DAEMON_PIDFILE_H

#include "base/err.h"

/* Writes the process id to path and locks it for as long as the process lives.  -1 with *e set
 * if another process holds it. */
int pidfile_open(const char *path, struct err *e);
void pidfile_close(int *fd, const char *path); /* and removes it */

#endif
