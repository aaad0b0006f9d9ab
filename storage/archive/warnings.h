/* storage/archive/warnings.h -- what somebody should see to, although the store serves.
 *
 * Private to storage/. */
#ifndef STORAGE_ARCHIVE_WARNINGS_H
#define STORAGE_ARCHIVE_WARNINGS_H

#include "storage/chore.h"

/* Sentences with semicolons between; "" if all is well. */
void warnings_of(
    struct env *env, struct chores *chores, char text[static STORE_WARNING_MAX + 1]);

#endif
