/* tests/chaos/dice.h -- chance that a seed repeats. */
#ifndef TESTS_CHAOS_DICE_H
#define TESTS_CHAOS_DICE_H

#include <stdint.h>

/* The next number below `below`, which is not 0; *dice is the state, at first the seed. */
uint64_t dice_below(uint64_t *dice, uint64_t below);

#endif
