/* ctl/duration.h -- reads durations as people write them, "90d". */
#ifndef CTL_DURATION_H
#define CTL_DURATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define DURATION_MAX_S (INT64_C(100) * 365 * 86400) /* a hundred years */

/* Reads a number from 1 and one of the letters s, m, h, d, w (seconds to weeks). False for
 * anything else, and above DURATION_MAX_S. */
bool duration_parse(struct str text, int64_t *seconds);

#endif
