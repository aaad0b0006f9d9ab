/* tests/chaos/backup.h -- hot backups, taken under load and put back. */
#ifndef TESTS_CHAOS_BACKUP_H
#define TESTS_CHAOS_BACKUP_H

#include "tests/chaos/chaos.h"

/* A strike: takes one with outboxctl, makes a store of it elsewhere, and checks that. */
unsigned backup_take(struct chaos *c);

/* With nobody running: puts the last backup in the place of the store, and sees that states
 * from before are unknown after it: those since, and those that the backup has too.  Nobody
 * runs afterwards. */
void backup_return(struct chaos *c, const struct states *since);

#endif
