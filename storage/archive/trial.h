/* storage/archive/trial.h -- a backup is tried by outbox-store --verify, in a process of its
 * own.
 *
 * Private to storage/. */
#ifndef STORAGE_ARCHIVE_TRIAL_H
#define STORAGE_ARCHIVE_TRIAL_H

#include "storage/chore.h"

/* logs: the folder that has them, or NULL if dir does (storage/tools.h).  ERR_DAMAGED if it is
 * no good; ERR_SERVER_UNAVAILABLE for want of room, or if the chore is to stop. */
bool trial_run(struct chore *c, const char *dir, const char *logs, struct err *e);

#endif
