/* storage/serve/metrics.c -- the metrics that only the store knows. */
#include "storage/metrics.h"

#include "storage/archive/warnings.h"
#include "storage/query/range.h"
#include "storage/serve/service.h"

/* Reads the date of an entry in the index on deliverAt. */
static bool
deliver_at(struct reader *r, uint64_t number, int64_t *date, struct err *e)
{
	struct buf key = {0};
	bool ok = reader_key(r, INDEX_DELIVER_AT, number, &key, e);

	if (ok) {
		struct unpack u = unpack_of(buf_str(&key));

		*date = unpack_i64(&u);
	}
	buf_free(&key);
	return ok;
}

/* Counts by positions in the index, without walking over the records. */
static bool
tell_dates(
    struct metric_list *l, struct reader *r, const char *type, int64_t now_s, struct err *e)
{
	struct buf now = {0};
	uint64_t overdue = 0;
	int64_t date = now_s;
	bool ok = false;

	pack_i64(&now, now_s);
	if (!reader_number(r, INDEX_DELIVER_AT, buf_str(&now), &overdue, e))
		goto out;
	if (overdue > 0 && !deliver_at(r, 0, &date, e))
		goto out;
	metric_list_set(l, METRIC_PENDING, METRIC_LABELS(type), (int64_t)r->records);
	metric_list_set(l, METRIC_OVERDUE, METRIC_LABELS(type), (int64_t)overdue);
	metric_list_set(l, METRIC_MOST_OVERDUE, METRIC_LABELS(type), now_s - date);
	if (overdue < r->records) {
		if (!deliver_at(r, overdue, &date, e))
			goto out;
		metric_list_set(l, METRIC_NEXT_DUE, METRIC_LABELS(type), date);
	}
	ok = true;
out:
	buf_free(&now);
	return ok;
}

static bool
tell_type(struct metric_list *l, struct env *env, const struct type *t, struct err *e)
{
	struct snapshot view = {0};
	struct reader r = {0};
	bool ok = snapshot_begin(&view, env, t, e) && reader_open(&r, &view, e) &&
	    tell_dates(l, &r, t->name, clock_now_s(env->clock), e);

	reader_close(&r);
	snapshot_end(&view);
	return ok;
}

static void
tell_process(struct metric_list *l, struct service *s)
{
	char warning[STORE_WARNING_MAX + 1];
	uint64_t free_bytes;

	env_nearly_full(s->env, &free_bytes);
	warnings_of(s->env, s->chores, warning);
	metric_list_set(l, METRIC_UP, METRIC_NO_LABELS, 1);
	metric_list_set(
	    l, METRIC_STORE_QUEUE, METRIC_NO_LABELS, (int64_t)writer_waiting(s->writer));
	metric_list_set(l, METRIC_STORE_CONNECTIONS, METRIC_NO_LABELS, (int64_t)s->connections);
	metric_list_set(l, METRIC_WARNING, METRIC_NO_LABELS, warning[0] != '\0');
	metric_list_set(l, METRIC_DISK_FREE, METRIC_NO_LABELS, (int64_t)free_bytes);
	metric_list_set(
	    l, METRIC_DISK_RESERVE, METRIC_NO_LABELS, (int64_t)s->env->reserve_bytes);
}

static void
tell_archive(struct metric_list *l, struct archive *a)
{
	int64_t made_s;

	if (a == NULL)
		return;
	metric_list_set(l, METRIC_ARCHIVE_BYTES, METRIC_NO_LABELS, (int64_t)archive_bytes(a));
	if (archive_has_base(a, &made_s))
		metric_list_set(l, METRIC_BACKUP_TIME, METRIC_NO_LABELS, made_s);
}

bool
serve_metrics(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct metric_list l = {0};
	bool counted = unpack_bool(u), ok = false;

	if (!unpack_done(u))
		return service_malformed(e);
	tell_process(&l, s);
	tell_archive(&l, s->env->archive);
	for (const struct type *const *t = model_types; *t != NULL; t++)
		if (!tell_type(&l, s->env, *t, e))
			goto out;
	if (counted)
		metric_list_read(&l, s->env->metrics);
	pack_metrics(&r->head, &l);
	ok = true;
out:
	metric_list_free(&l);
	return ok;
}
