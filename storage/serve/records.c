/* storage/serve/records.c -- answers requests about records. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/io.h"
#include "storage/serve/service.h"
#include "storage/set.h"

/* --- reads --- */

/* The conditions that stop a read. */
struct watch {
	struct budget budget;
	int64_t deadline_us; /* monotonic clock; 0: no deadline */
	const int *asked_by; /* NULL: no connection to watch */
};

static bool
is_over(const void *watch)
{
	const struct watch *w = watch;

	return (w->deadline_us != 0 && clock_monotonic_us() > w->deadline_us) ||
	    (w->asked_by != NULL && io_is_closed(*w->asked_by));
}

/* The caller must keep *w until the read has ended. */
static void
watch_begin(struct watch *w, struct store_until *until, const struct reply *r)
{
	*w = (struct watch){.deadline_us = until->deadline_us, .asked_by = r->asked_by};
	budget_begin(&w->budget, BUDGET_NO_LIMIT, is_over, w);
	until->budget = &w->budget;
}

bool
serve_get(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct watch w;
	struct store_rows rows;
	struct store_get q;
	bool ok;

	if (!unpack_get(u, &q))
		return service_malformed(e);
	watch_begin(&w, &q.until, r);
	ok = read_get(s->env, &q, &rows, e);
	free((void *)(uintptr_t)q.ids);
	if (!ok)
		return false;
	pack_rows(&r->head, &rows);
	buf_free(&r->tail);
	r->tail = rows.frame;
	rows.frame = (struct buf){0};
	store_rows_free(&rows);
	return true;
}

bool
serve_set(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	size_t bytes = (size_t)(u->end - u->at);
	struct set_request q;
	struct set_job set = {.request = &q};
	struct job job = {.run = set_run, .arg = &set, .bytes = bytes, .asked = true};
	bool ok;

	if (!unpack_set(u, &q))
		return service_malformed(e);
	job.ops = q.n;
	ok = set_weigh(s->env, &q, &set.entries, e);
	job.entries = set.entries;
	ok = ok && writer_do(s->writer, &job, e);
	if (ok)
		buf_add_str(&r->head, buf_str(&set.answer));
	buf_free(&set.answer);
	set_request_free(&q);
	return ok;
}

bool
serve_query(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct watch w;
	struct store_query q;
	struct store_ids ids;
	struct filter f;
	bool ok;

	if (!unpack_query(u, &q, &f))
		return service_malformed(e);
	watch_begin(&w, &q.until, r);
	ok = read_query(s->env, &q, &ids, e);
	filter_free(&f);
	if (!ok)
		return false;
	pack_query_ids(&r->head, &ids);
	store_ids_free(&ids);
	return true;
}

bool
serve_changes(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct watch w;
	struct store_changes q;
	struct store_changed changed;

	if (!unpack_changes(u, &q))
		return service_malformed(e);
	watch_begin(&w, &q.until, r);
	if (!read_changes(s->env, &q, &changed, e))
		return false;
	pack_changed(&r->head, &changed);
	store_changed_free(&changed);
	return true;
}

bool
serve_query_changes(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct watch w;
	struct store_query_changes q;
	struct store_query_changed changed;
	struct filter f;
	bool ok;

	if (!unpack_query_changes(u, &q, &f))
		return service_malformed(e);
	watch_begin(&w, &q.query.until, r);
	ok = read_query_changes(s->env, &q, &changed, e);
	filter_free(&f);
	if (!ok)
		return false;
	pack_query_changed(&r->head, &changed);
	store_query_changed_free(&changed);
	return true;
}
