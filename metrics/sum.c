/* metrics/sum.c -- sums series for outboxctl status. */
#include <string.h>

#include "metrics/list.h"

void
metric_sum(const struct metric_list *l, enum metric f, size_t i, const char *value,
    int64_t cells[static METRIC_CELLS])
{
	memset(cells, 0, METRIC_CELLS * sizeof *cells);
	for (size_t k = 0; k < l->n; k++) {
		const struct metric_series *s = &l->series[k];

		if (s->family == f && (value == NULL || strcmp(metric_label(s, i), value) == 0))
			for (size_t c = 0; c < METRIC_CELLS; c++)
				cells[c] += s->cells[c];
	}
}

int64_t
metric_count(enum metric histogram, const int64_t *cells)
{
	int64_t n = 0;

	for (size_t i = 0; i <= metric_bounds(histogram); i++)
		n += cells[i];
	return n;
}

double
metric_quantile(enum metric histogram, const int64_t *cells, double q)
{
	const int64_t *bounds = metric_families[histogram].bounds;
	size_t n = metric_bounds(histogram);
	double wanted = q * (double)metric_count(histogram, cells), below = 0;

	for (size_t i = 0; i < n; i++) {
		double low = i == 0 ? 0 : (double)bounds[i - 1];

		if (cells[i] > 0 && below + (double)cells[i] >= wanted)
			return low +
			    ((double)bounds[i] - low) * (wanted - below) / (double)cells[i];
		below += (double)cells[i];
	}
	return below == 0 && cells[n] == 0 ? 0 : (double)bounds[n - 1];
}
