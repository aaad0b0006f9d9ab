/* tests/chaos/damage.h -- breaks one file of a store's folder, as disks and people do. */
#ifndef TESTS_CHAOS_DAMAGE_H
#define TESTS_CHAOS_DAMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define DAMAGE_TEXT_MAX 512

/* Does one of the damages there are, to a file that chance chooses; in *text what.  serving: a
 * store has the files open, so only what a disk does behind its back.  A page may be one that
 * nobody reads for long: *hidden. */
bool damage(const char *store, bool serving, uint64_t *dice, char text[static DAMAGE_TEXT_MAX],
    bool *hidden, struct err *e);

#endif
