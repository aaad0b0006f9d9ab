/* metrics/table.h -- the shared table itself.  Private to metrics/.
 *
 * Any process that has it mapped can write anything into it: who reads believes nothing. */
#ifndef METRICS_TABLE_H
#define METRICS_TABLE_H

#include <stdatomic.h>
#include <stdint.h>

#include "metrics/metrics.h"

enum place_state {
	PLACE_FREE,
	PLACE_CLAIMED, /* labels are being written; for good if the writer has died then */
	PLACE_TAKEN,
};

/* The place of one series. */
struct place {
	_Atomic uint32_t state;
	uint32_t family;
	char labels[METRIC_LABELS_BYTES]; /* values in order, each with its NUL; then NULs */
	_Atomic int64_t
	    cells[METRIC_CELLS]; /* HISTOGRAM: a number for each bucket, and last
				    the sum of what was observed; others: the first */
};

struct metrics {
	uint64_t layout; /* of which programs: metrics_open() compares it */
	_Atomic uint64_t lost;
	struct place places[METRICS_SERIES_MAX];
};

#define CELL_SUM (METRIC_CELLS - 1)

/* The labels of a place; out must be all NULs.  False if they are too long. */
bool labels_pack(enum metric f, const char *const *labels, char out[static METRIC_LABELS_BYTES],
    size_t *len);

#endif
