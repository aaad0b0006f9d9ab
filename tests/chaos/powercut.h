/* tests/chaos/powercut.h -- what a disk has after a power cut: of all that was not synced, any
 * part.
 *
 * Each page that was written since its file was synced is there or not, none is torn, and the
 * file has its old size, the new one, or one between.  Each new, removed or renamed name is
 * there or not; of several changes of the same name, the first ones are.  A move between
 * folders is done or not done, also when it is an exchange. */
#ifndef TESTS_CHAOS_POWERCUT_H
#define TESTS_CHAOS_POWERCUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct power_cut {
	uint64_t pages, pages_lost; /* not synced; and of these lost */
	uint64_t names, names_lost;
};

/* Applies what the shim kept in the side folder to the data folder and empties it.  Nobody may
 * have a file open there.  *dice as in dice_below(). */
bool power_cut(
    const char *data, const char *side, uint64_t *dice, struct power_cut *cut, struct err *e);

#endif
