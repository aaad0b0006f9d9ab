/* jmap/state.c -- a state as clients see it. */
#include "jmap/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define EPOCH_DIGITS 8

void
state_format(struct state s, char out[static STATE_MAX + 1])
{
	snprintf(out, STATE_MAX + 1, "%08" PRIx32 "-%" PRIu64, s.epoch, s.change);
}

bool
state_parse(struct str text, struct state *s)
{
	static const char hex[] = "0123456789abcdef";
	struct state found = {0};

	if (text.len <= EPOCH_DIGITS + 1 || text.s[EPOCH_DIGITS] != '-')
		return false;
	for (size_t i = 0; i < EPOCH_DIGITS; i++) {
		const char *digit = memchr(hex, text.s[i], sizeof hex - 1);

		if (digit == NULL)
			return false;
		found.epoch = found.epoch << 4 | (uint32_t)(digit - hex);
	}
	text.s += EPOCH_DIGITS + 1;
	text.len -= EPOCH_DIGITS + 1;
	if (!str_to_u64(text, UINT64_MAX, &found.change))
		return false;
	*s = found;
	return true;
}
