/* ctl/amount.h -- formats times and sizes for people. */
#ifndef CTL_AMOUNT_H
#define CTL_AMOUNT_H

#include <stdint.h>

#include "base/str.h"

void amount_span(struct buf *out, int64_t seconds); /* appends "2 d 3 h", "5 min" or "7 s" */
void amount_time(struct buf *out, double us);       /* "0.42 ms", "17 ms" or "2.5 s" */
void amount_bytes(struct buf *out, int64_t bytes);  /* "79.8 GB"; 1 kB is 1000 bytes */

#endif
