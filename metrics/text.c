/* metrics/text.c -- the text format of Prometheus (exposition format 0.0.4). */
#include <inttypes.h>
#include <string.h>

#include "metrics/list.h"

static const char *const kind_names[METRIC_KIND__COUNT] = {
    [METRIC_COUNTER] = "counter",
    [METRIC_GAUGE] = "gauge",
    [METRIC_HISTOGRAM] = "histogram",
};

static void
add_escaped(struct buf *out, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '\\' || *value == '"')
			buf_putc(out, '\\');
		if (*value == '\n')
			buf_puts(out, "\\n");
		else
			buf_putc(out, *value);
	}
}

/* Appends value / unit: 1.5 for 1500000 microseconds. */
static void
add_number(struct buf *out, int64_t value, int64_t unit)
{
	if (unit == 1)
		buf_printf(out, "%" PRId64, value);
	else
		buf_printf(out, "%.15g", (double)value / (double)unit);
}

/* Appends name_suffix{label="value",...,le="bound"} and a blank. le NULL: no bound. */
static void
begin_line(struct buf *out, const struct metric_series *s, const char *suffix, const char *le)
{
	const struct metric_family *f = &metric_families[s->family];
	char before = '{';

	buf_printf(out, "%s%s", f->name, suffix);
	for (size_t i = 0; f->labels[i] != NULL; i++) {
		buf_printf(out, "%c%s=\"", before, f->labels[i]);
		add_escaped(out, metric_label(s, i));
		buf_putc(out, '"');
		before = ',';
	}
	if (le != NULL) {
		buf_printf(out, "%cle=\"%s\"", before, le);
		before = ',';
	}
	buf_puts(out, before == ',' ? "} " : " ");
}

static void
add_histogram(struct buf *out, const struct metric_series *s)
{
	const struct metric_family *f = &metric_families[s->family];
	size_t n = metric_bounds(s->family);
	struct buf bound = {0};
	int64_t below = 0;

	for (size_t i = 0; i < n; i++) {
		buf_clear(&bound);
		add_number(&bound, f->bounds[i], f->unit);
		below += s->cells[i];
		begin_line(out, s, "_bucket", buf_terminate(&bound));
		buf_printf(out, "%" PRId64 "\n", below);
	}
	buf_free(&bound);
	below += s->cells[n];
	begin_line(out, s, "_bucket", "+Inf");
	buf_printf(out, "%" PRId64 "\n", below);
	begin_line(out, s, "_sum", NULL);
	add_number(out, s->cells[METRIC_CELLS - 1], f->unit);
	buf_putc(out, '\n');
	begin_line(out, s, "_count", NULL);
	buf_printf(out, "%" PRId64 "\n", below);
}

static void
add_value(struct buf *out, const struct metric_series *s)
{
	begin_line(out, s, "", NULL);
	add_number(out, s->cells[0], metric_families[s->family].unit);
	buf_putc(out, '\n');
}

static void (*const adders[METRIC_KIND__COUNT])(
    struct buf *out, const struct metric_series *s) = {
    [METRIC_COUNTER] = add_value,
    [METRIC_GAUGE] = add_value,
    [METRIC_HISTOGRAM] = add_histogram,
};

void
metrics_text(struct metric_list *l, struct buf *out)
{
	metric_list_sort(l);
	for (size_t i = 0; i < l->n; i++) {
		const struct metric_family *f = &metric_families[l->series[i].family];

		if (i == 0 || l->series[i].family != l->series[i - 1].family)
			buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->help,
			    f->name, kind_names[f->kind]);
		adders[f->kind](out, &l->series[i]);
	}
}
