/* login/slots.h -- how many passwords all workers together may be hashing: the others have
 * reports to serve.
 *
 * Places in a file that the workers lock: the kernel frees the place of one who dies. */
#ifndef LOGIN_SLOTS_H
#define LOGIN_SLOTS_H

#include "base/err.h"

/* A free place of n in the file at path, which is made if it is not there.  *fd is closed to
 * give it back (io_close()); it is -1 where all are taken. */
bool slot_take(const char *path, unsigned n, int *fd, struct err *e);

#endif
