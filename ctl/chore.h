/* ctl/chore.h -- asks the store for a chore, and waits until it is done. */
#ifndef CTL_CHORE_H
#define CTL_CHORE_H

#include "storage/store.h"

/* The store may be restarted meanwhile: it is asked again, which is why a chore can be asked
 * for twice.  But one that was under way when the store ended may be why it did: a backup and a
 * verification, which only read, are begun again a few times, and what writes is not.  What
 * came of it goes to standard output, how far it is to standard error if that is a terminal.
 * path is "" where the chore takes none. */
bool chore_wait(struct store *s, enum store_chore_kind kind, const char *path, struct err *e);

#endif
