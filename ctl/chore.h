/* ctl/chore.h -- starts a chore in the store, and waits until it is done. */
#ifndef CTL_CHORE_H
#define CTL_CHORE_H

#include "storage/store.h"

/* Starts the chore, waits for it, and starts it again if the store was restarted meanwhile:
 * so a chore may be asked for twice. But the chore may be what ended the store. So a
 * chore that was running at that time is started again only if it just reads (a backup or a
 * verification), and only a few times.
 *
 * The result goes to standard output. Progress goes to standard error if that is a terminal.
 * path is "" for a chore that takes no path. */
bool chore_wait(struct store *s, enum store_chore_kind kind, const char *path, struct err *e);

#endif
