/* base/date.h -- UTCDate (RFC 8620, 1.4): "2026-01-31T08:00:00Z". */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define DATE_LEN 20 /* bytes of "2026-01-31T08:00:00Z" */

/* Seconds since 1970.  Accepts years 0000 to 9999.  Accepts fractional seconds and drops them.
 * Refuses lower-case t and z, days and hours that do not exist, and leap seconds. */
bool date_parse(struct str s, int64_t *seconds);
void date_format(int64_t seconds, char out[static DATE_LEN + 1]);

#endif
