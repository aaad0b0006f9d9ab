/* tests/chaos/dice.c -- chance that a seed repeats. */
#include "tests/chaos/dice.h"

uint64_t
dice_below(uint64_t *dice, uint64_t below)
{
	/* splitmix64 */
	uint64_t z = *dice += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % below;
}
