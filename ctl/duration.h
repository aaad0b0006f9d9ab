/* ctl/duration.h -- "90d": how long, as people write it. */
#ifndef CTL_DURATION_H
#define CTL_DURATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define DURATION_MAX_S (INT64_C(100) * 365 * 86400) /* a hundred years */

/* A number from 1 and one of s, m, h, d, w: seconds to weeks. */
bool duration_parse(struct str text, int64_t *seconds);

#endif
