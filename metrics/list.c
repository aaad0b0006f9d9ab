/* metrics/list.c -- a snapshot of the series. */
#include "metrics/list.h"

#include <stdlib.h>
#include <string.h>

#include "metrics/table.h"

/* u32 family, str labels, u32 count of cells. */
#define SERIES_MIN_BYTES 12
/* Real values never exceed this, and sums of them cannot overflow. */
#define NUMBER_MAX (INT64_C(1) << 52)

static struct metric_series *
add(struct metric_list *l, enum metric f)
{
	struct metric_series *s;

	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 64 : 2 * l->cap;
		l->series = mem_grow(l->series, l->cap, sizeof *l->series);
	}
	s = &l->series[l->n++];
	*s = (struct metric_series){.family = f};
	return s;
}

static size_t
n_cells(enum metric f)
{
	return metric_families[f].kind == METRIC_HISTOGRAM ? METRIC_CELLS : 1;
}

/* Are there as many values as the family has labels, and only NULs behind them? */
static bool
are_labels(enum metric f, const char *labels)
{
	size_t at = 0;

	for (size_t i = 0; i < metric_labels(f); i++) {
		const char *end = memchr(labels + at, '\0', METRIC_LABELS_BYTES - at);

		if (end == NULL)
			return false;
		at = (size_t)(end - labels) + 1;
	}
	while (at < METRIC_LABELS_BYTES && labels[at] == '\0')
		at++;
	return at == METRIC_LABELS_BYTES;
}

static bool
is_plausible(int64_t n)
{
	return n >= -NUMBER_MAX && n <= NUMBER_MAX;
}

static int64_t
plausible(int64_t n)
{
	return is_plausible(n) ? n : 0;
}

static void
read_place(struct metric_list *l, const struct place *p)
{
	struct metric_series *s;
	uint32_t family = p->family;
	char labels[METRIC_LABELS_BYTES];

	memcpy(labels, p->labels, sizeof labels);
	if (family >= METRIC__COUNT || !are_labels((enum metric)family, labels))
		return;
	s = add(l, (enum metric)family);
	memcpy(s->labels, labels, sizeof labels);
	for (size_t i = 0; i < n_cells(s->family); i++)
		s->cells[i] =
		    plausible(atomic_load_explicit(&p->cells[i], memory_order_relaxed));
}

void
metric_list_read(struct metric_list *l, const struct metrics *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < METRICS_SERIES_MAX; i++)
		if (atomic_load_explicit(&m->places[i].state, memory_order_acquire) ==
		    PLACE_TAKEN)
			read_place(l, &m->places[i]);
	add(l, METRIC_LOST)->cells[0] = (int64_t)m->lost;
}

void
metric_list_set(
    struct metric_list *l, enum metric gauge, const char *const *labels, int64_t value)
{
	struct metric_series *s = add(l, gauge);
	size_t len;

	s->cells[0] = plausible(value);
	if (!labels_pack(gauge, labels, s->labels, &len))
		l->n--;
}

void
metric_list_free(struct metric_list *l)
{
	free(l->series);
	*l = (struct metric_list){0};
}

const char *
metric_label(const struct metric_series *s, size_t i)
{
	const char *value = s->labels;

	while (i-- > 0)
		value += strlen(value) + 1;
	return value;
}

const struct metric_series *
metric_find(const struct metric_list *l, enum metric f, const char *value)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct metric_series *s = &l->series[i];

		if (s->family == f && (value == NULL || strcmp(metric_label(s, 0), value) == 0))
			return s;
	}
	return NULL;
}

static int
compare(const void *a, const void *b)
{
	const struct metric_series *x = a, *y = b;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	return memcmp(x->labels, y->labels, sizeof x->labels);
}

static void
add_cells(int64_t *to, const int64_t *from)
{
	for (size_t i = 0; i < METRIC_CELLS; i++)
		to[i] += from[i];
}

void
metric_list_sort(struct metric_list *l)
{
	size_t kept = 0;

	if (l->n == 0)
		return;
	qsort(l->series, l->n, sizeof *l->series, compare);
	for (size_t i = 1; i < l->n; i++)
		if (compare(&l->series[kept], &l->series[i]) == 0)
			add_cells(l->series[kept].cells, l->series[i].cells);
		else
			l->series[++kept] = l->series[i];
	l->n = kept + 1;
}

void
pack_metrics(struct buf *b, const struct metric_list *l)
{
	pack_u32(b, (uint32_t)l->n);
	for (size_t i = 0; i < l->n; i++) {
		const struct metric_series *s = &l->series[i];

		pack_u32(b, s->family);
		pack_str(b, (struct str){s->labels, sizeof s->labels});
		pack_u32(b, (uint32_t)n_cells(s->family));
		for (size_t c = 0; c < n_cells(s->family); c++)
			pack_i64(b, s->cells[c]);
	}
}

static bool
unpack_series(struct unpack *u, struct metric_list *l)
{
	uint32_t family = unpack_u32(u);
	struct str labels = unpack_str(u);
	struct metric_series *s;

	if (u->bad || family >= METRIC__COUNT || labels.len != METRIC_LABELS_BYTES ||
	    !are_labels((enum metric)family, labels.s))
		return false;
	s = add(l, (enum metric)family);
	memcpy(s->labels, labels.s, sizeof s->labels);
	if (unpack_u32(u) != n_cells(s->family))
		return false;
	for (size_t i = 0; i < n_cells(s->family); i++) {
		s->cells[i] = unpack_i64(u);
		u->bad = u->bad || !is_plausible(s->cells[i]);
	}
	return !u->bad;
}

bool
unpack_metrics(struct unpack *u, struct metric_list *l)
{
	uint32_t n = unpack_count(u, SERIES_MIN_BYTES);

	while (n-- > 0)
		if (!unpack_series(u, l))
			return false;
	return unpack_done(u);
}
