/* login/slots.h -- limits how many passwords all workers together hash at the same time, so
 * that the other workers can serve reports.
 *
 * A slot is a byte of a file that a worker locks.  If the worker dies, the kernel frees the
 * slot. */
#ifndef LOGIN_SLOTS_H
#define LOGIN_SLOTS_H

#include "base/err.h"

/* Takes one of n slots in the file at path, and makes the file if it is missing.  Closing *fd
 * with io_close() frees the slot.  *fd is -1 if all slots are taken. */
bool slot_take(const char *path, unsigned n, int *fd, struct err *e);

#endif
