/* storage/archive/apart.h -- work on files that may be damaged, in a process of its own:
 * Berkeley DB ends the process that it does not trust any more.
 *
 * Private to storage/. */
#ifndef STORAGE_ARCHIVE_APART_H
#define STORAGE_ARCHIVE_APART_H

#include <stdbool.h>

#include "base/err.h"

/* Calls run in a copy of this process, which must have one thread and no environment open, and
 * waits for its end.  What run writes to memory is lost; its error comes back.  ERR_DAMAGED if
 * it was ended, ERR_SERVER_UNAVAILABLE if it ended itself with EX_TEMPFAIL. */
bool apart_run(bool (*run)(void *arg, struct err *e), void *arg, struct err *e);

#endif
