/* metrics/table.h -- the layout of the shared table.  Private to metrics/.
 *
 * Any process that maps the table can write anything into it, so readers check what they read.
 */
#ifndef METRICS_TABLE_H
#define METRICS_TABLE_H

#include <stdatomic.h>
#include <stdint.h>

#include "metrics/metrics.h"

enum place_state {
	PLACE_FREE,
	PLACE_CLAIMED, /* a process is writing the labels; stays so if that process dies */
	PLACE_TAKEN,
};

/* The place of one series. */
struct place {
	_Atomic uint32_t state;
	uint32_t family;
	char labels[METRIC_LABELS_BYTES]; /* values in order, each ends with NUL */
	_Atomic int64_t
	    cells[METRIC_CELLS]; /* HISTOGRAM: a number for each bucket, and last
				    the sum of what was observed; others: the first */
};

struct metrics {
	uint64_t layout; /* a hash of the layout; metrics_open() compares it */
	_Atomic uint64_t lost;
	struct place places[METRICS_SERIES_MAX];
};

#define CELL_SUM (METRIC_CELLS - 1)

/* Writes the labels of a place to out, which must be all NULs.  False if they are too long. */
bool labels_pack(enum metric f, const char *const *labels, char out[static METRIC_LABELS_BYTES],
    size_t *len);

#endif
