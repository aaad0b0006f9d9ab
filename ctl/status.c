/* ctl/status.c -- outboxctl status: shows the figures of /metrics for people. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/date.h"
#include "ctl/amount.h"
#include "ctl/command.h"
#include "storage/metrics.h"

/* The figures to show, and when they were read. */
struct figures {
	struct store_status status;
	struct metric_list metrics;
	int64_t now_s;
};

/* --- reports --- */

static int64_t
of_type(const struct figures *f, enum metric m, const struct type *t)
{
	int64_t cells[METRIC_CELLS];

	metric_sum(&f->metrics, m, 0, t->name, cells);
	return cells[0];
}

static void
print_type(const struct figures *f, size_t i)
{
	const struct type *t = f->status.types[i].type;
	const struct metric_series *next = metric_find(&f->metrics, METRIC_NEXT_DUE, t->name);
	char due[DATE_LEN + 1] = "-";
	struct buf late = {0};

	if (of_type(f, METRIC_OVERDUE, t) > 0)
		amount_span(&late, of_type(f, METRIC_MOST_OVERDUE, t));
	if (next != NULL)
		date_format(next->cells[0], due);
	printf("%-20s %9" PRId64 " %9" PRId64 "  %-12s  %-20s %9" PRIu64 " %9" PRIu64 "\n",
	    t->name, of_type(f, METRIC_PENDING, t), of_type(f, METRIC_OVERDUE, t),
	    late.len > 0 ? buf_terminate(&late) : "-", due, f->status.types[i].change,
	    f->status.types[i].oldest);
	buf_free(&late);
}

static void
print_types(const struct figures *f)
{
	printf("%-20s %9s %9s  %-12s  %-20s %9s %9s\n", "TYPE", "PENDING", "OVERDUE", "LONGEST",
	    "NEXT DUE", "STATE", "SINCE");
	for (size_t i = 0; i < f->status.n_types; i++)
		print_type(f, i);
}

/* --- figures, one line each; an empty line is not printed --- */

static int64_t
sum(const struct figures *f, enum metric m, size_t label, const char *value)
{
	int64_t cells[METRIC_CELLS];

	metric_sum(&f->metrics, m, label, value, cells);
	return cells[0];
}

static void
add_quantiles(struct buf *out, const struct figures *f, enum metric m)
{
	int64_t cells[METRIC_CELLS];

	metric_sum(&f->metrics, m, 0, NULL, cells);
	if (metric_count(m, cells) == 0)
		return;
	buf_puts(out, "; p50 ");
	amount_time(out, metric_quantile(m, cells, 0.5));
	buf_puts(out, ", p99 ");
	amount_time(out, metric_quantile(m, cells, 0.99));
}

static void
tell_requests(const struct figures *f, struct buf *out)
{
	buf_printf(out, "%" PRId64 ", of which %" PRId64 " 4xx and %" PRId64 " 5xx",
	    sum(f, METRIC_REQUESTS, 0, NULL), sum(f, METRIC_REQUESTS, 1, "4xx"),
	    sum(f, METRIC_REQUESTS, 1, "5xx"));
	add_quantiles(out, f, METRIC_REQUEST_TIME);
}

static void
tell_calls(const struct figures *f, struct buf *out)
{
	int64_t all = sum(f, METRIC_CALLS, 0, NULL);

	buf_printf(out, "%" PRId64 ", of which %" PRId64 " answered with an error", all,
	    all - sum(f, METRIC_CALLS, 2, "ok"));
	add_quantiles(out, f, METRIC_CALL_TIME);
}

static void
tell_commits(const struct figures *f, struct buf *out)
{
	int64_t commits[METRIC_CELLS], jobs[METRIC_CELLS], ops[METRIC_CELLS];
	int64_t n;

	metric_sum(&f->metrics, METRIC_COMMIT_TIME, 0, NULL, commits);
	metric_sum(&f->metrics, METRIC_BATCH_JOBS, 0, NULL, jobs);
	metric_sum(&f->metrics, METRIC_BATCH_OPS, 0, NULL, ops);
	n = metric_count(METRIC_BATCH_JOBS, jobs);
	buf_printf(out, "%" PRId64 ", and %" PRId64 " given up",
	    metric_count(METRIC_COMMIT_TIME, commits), sum(f, METRIC_BATCHES_ABORTED, 0, NULL));
	add_quantiles(out, f, METRIC_COMMIT_TIME);
	if (n > 0)
		buf_printf(out, "; %.1f requests with %.1f records share one",
		    (double)jobs[METRIC_CELLS - 1] / (double)n,
		    (double)ops[METRIC_CELLS - 1] / (double)n);
}

static void
tell_checkpoints(const struct figures *f, struct buf *out)
{
	int64_t cells[METRIC_CELLS];

	metric_sum(&f->metrics, METRIC_CHECKPOINT_TIME, 0, NULL, cells);
	buf_printf(out, "%" PRId64, metric_count(METRIC_CHECKPOINT_TIME, cells));
	add_quantiles(out, f, METRIC_CHECKPOINT_TIME);
}

static void
tell_queue(const struct figures *f, struct buf *out)
{
	buf_printf(out, "%" PRId64 " requests to write wait; %" PRId64 " connections",
	    sum(f, METRIC_STORE_QUEUE, 0, NULL), sum(f, METRIC_STORE_CONNECTIONS, 0, NULL));
}

static void
tell_restarts(const struct figures *f, struct buf *out)
{
	for (size_t i = 0; i < f->metrics.n; i++) {
		const struct metric_series *s = &f->metrics.series[i];

		if (s->family == METRIC_RESTARTS)
			buf_printf(out, "%s%s %" PRId64, out->len > 0 ? ", " : "",
			    metric_label(s, 0), s->cells[0]);
	}
}

static void
add_age(struct buf *out, const struct figures *f, enum metric since, const char *before)
{
	const struct metric_series *s = metric_find(&f->metrics, since, NULL);

	if (s == NULL)
		return;
	buf_puts(out, before);
	amount_span(out, f->now_s > s->cells[0] ? f->now_s - s->cells[0] : 0);
}

static void
tell_age(const struct figures *f, struct buf *out)
{
	const struct metric_series *opening =
	    metric_find(&f->metrics, METRIC_STORE_OPENING, NULL);

	add_age(out, f, METRIC_START_TIME, "");
	add_age(out, f, METRIC_STORE_START_TIME, out->len > 0 ? "; the store " : "the store ");
	if (opening != NULL) {
		buf_puts(out, ", which opened in ");
		amount_time(out, (double)opening->cells[0]);
	}
}

static void
tell_disk(const struct figures *f, struct buf *out)
{
	amount_bytes(out, sum(f, METRIC_DISK_FREE, 0, NULL));
	buf_puts(out, " free; creates and updates stop at ");
	amount_bytes(out, sum(f, METRIC_DISK_RESERVE, 0, NULL));
}

static void
tell_backup(const struct figures *f, struct buf *out)
{
	const struct metric_series *archive =
	    metric_find(&f->metrics, METRIC_ARCHIVE_BYTES, NULL);

	add_age(out, f, METRIC_BACKUP_TIME, "made ");
	if (out->len > 0)
		buf_puts(out, " ago");
	if (archive != NULL) {
		buf_puts(out, out->len > 0 ? "; logs since then " : "the archive has ");
		amount_bytes(out, archive->cells[0]);
	}
}

static const struct {
	const char *name;
	void (*tell)(const struct figures *f, struct buf *out);
} lines[] = {
    {"requests", tell_requests},
    {"method calls", tell_calls},
    {"commits", tell_commits},
    {"checkpoints", tell_checkpoints},
    {"queue", tell_queue},
    {"restarts", tell_restarts},
    {"running for", tell_age},
    {"disk", tell_disk},
    {"last backup", tell_backup},
};

static void
print_lines(const struct figures *f)
{
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct buf text = {0};

		lines[i].tell(f, &text);
		if (text.len > 0)
			printf("%-14s %s\n", lines[i].name, buf_terminate(&text));
		buf_free(&text);
	}
}

bool
ctl_status(struct store *s, const words w, struct err *e)
{
	static const struct clock real = {0};
	struct figures f = {.now_s = clock_now_s(&real)};
	bool ok = false;

	(void)w;
	if (!store_status(s, &f.status, e) || !store_metrics(s, true, &f.metrics, e))
		goto out;
	metric_list_sort(&f.metrics);
	printf("store answers, epoch %08" PRIx32 "\n\n", f.status.epoch);
	print_types(&f);
	putchar('\n');
	print_lines(&f);
	ok = f.status.warning[0] == '\0' || err_set(e, ERR_WARNING, "%s", f.status.warning);
out:
	metric_list_free(&f.metrics);
	return ok;
}
