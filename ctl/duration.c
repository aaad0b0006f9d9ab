/* ctl/duration.c -- reads durations such as "90d". */
#include "ctl/duration.h"

static const struct {
	char letter;
	int64_t seconds;
} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};

bool
duration_parse(struct str text, int64_t *seconds)
{
	struct str digits = {text.s, text.len - 1};
	uint64_t n;

	if (text.len < 2)
		return false;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (text.s[text.len - 1] == units[i].letter &&
		    str_to_u64(digits, (uint64_t)(DURATION_MAX_S / units[i].seconds), &n) &&
		    n > 0) {
			*seconds = (int64_t)n * units[i].seconds;
			return true;
		}
	return false;
}
