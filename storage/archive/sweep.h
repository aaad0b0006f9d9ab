/* storage/archive/sweep.h -- a thread that reads, slowly, all that nobody reads: damage is
 * found while the archive can still mend it, and damage to the archive while the store can.
 *
 * Private to storage/. */
#ifndef STORAGE_ARCHIVE_SWEEP_H
#define STORAGE_ARCHIVE_SWEEP_H

#include "storage/env.h"

#define SWEEP_EVERY_S 86400
#define SWEEP_FIRST_S 5   /* after the start */
#define SWEEP_PAUSE_MS 10 /* after each PAGES_PIECE of the store */

struct sweep;

bool sweep_start(struct sweep **s, struct env *env, struct err *e);
void sweep_stop(struct sweep **s); /* safe on NULL; leaves NULL */

/* One look at everything.  The store: ERR_DAMAGED.  The archive is begun again, where it is
 * damaged, by the backup that is then wanted. */
bool sweep_once(struct env *env, bool (*between)(void *arg), void *arg, struct err *e);

#endif
