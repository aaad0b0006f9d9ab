/* base/date.h -- UTCDate (RFC 8620, 1.4): "2026-01-31T08:00:00Z". */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define DATE_LEN 20 /* bytes of "2026-01-31T08:00:00Z" */

/* Seconds since 1970.  Accepts years 0000 to 9999.  Accepts fractional seconds and drops them.
 * Accepts second 60 only where a leap second can be: 23:59:60 on the last day of June or
 * December, from 1972 to 9998 (RFC 3339, 5.7); *seconds is then that of the next midnight.
 * Refuses lower-case t and z, and days and hours that do not exist. */
bool date_parse(struct str s, int64_t *seconds);
void date_format(int64_t seconds, char out[static DATE_LEN + 1]);

#endif
