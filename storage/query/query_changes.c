/* storage/query/query_changes.c -- Foo/queryChanges (RFC 8620, 5.6) in one snapshot. */
#include <stdlib.h>

#include "storage/changes.h"
#include "storage/query/results.h"

/* 5.6: filter and sort look at nothing that can change: all records, by their ids.  That a
 * filter happens to find all of them now says nothing about the old results. */
static bool
is_immutable(const struct results *x, const struct store_query *q)
{
	const struct filter *f = q->filter;

	return x->order.by[0].key == KEY_ID &&
	    (f == NULL || (f->n == 0 && (f->kind == FILTER_AND || f->kind == FILTER_NOT)));
}

/* Behind the last id that the client has. */
static bool
is_beyond(const struct results *x, const struct store_query_changes *q, uint64_t id)
{
	if (!q->has_up_to || !is_immutable(x, &q->query) || id == q->up_to_id)
		return false;
	return (id > q->up_to_id) == x->order.by[0].ascending;
}

static void
add_removed(struct store_query_changed *out, const struct results *x,
    const struct store_query_changes *q, const uint64_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_beyond(x, q, ids[i]))
			out->removed[out->n_removed++] = ids[i];
}

static void
want_added(struct idset *wanted, const struct results *x, const struct store_query_changes *q,
    const uint64_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_beyond(x, q, ids[i]))
			idset_add(wanted, &ids[i], 1);
}

static bool
too_many(struct err *e)
{
	return err_set(
	    e, ERR_TOO_MANY_CHANGES, "there are more changes than maxChanges allows");
}

static bool
compare(struct results *x, const struct store_changed *c, const struct store_query_changes *q,
    struct store_query_changed *out, struct err *e)
{
	/* An update that cannot move a record, or bring it in, is none of this query's. */
	size_t n_updated = is_immutable(x, &q->query) ? 0 : c->n_updated;
	struct idset wanted = {0};
	bool ok = false;

	out->removed = mem_new(n_updated + c->n_destroyed, sizeof *out->removed);
	add_removed(out, x, q, c->updated, n_updated);
	add_removed(out, x, q, c->destroyed, c->n_destroyed);
	if (out->n_removed > q->max)
		return too_many(e);
	want_added(&wanted, x, q, c->created, c->n_created);
	want_added(&wanted, x, q, c->updated, n_updated);
	if (idset_count(&wanted) > 0 &&
	    !results_find(x, &wanted, &out->added, &out->n_added, e))
		goto out;
	if (out->n_removed + out->n_added > q->max) {
		too_many(e);
		goto out;
	}
	ok = true;
out:
	idset_free(&wanted);
	return ok;
}

static bool
check_window(const struct snapshot *s, struct state since, struct err *e)
{
	return s->state.change <= since.change ||
	    s->state.change - since.change <= CHANGES_AT_ONCE_MAX ||
	    err_set(e, ERR_CANNOT_CALCULATE_CHANGES,
		"there were more than %d changes since that state", CHANGES_AT_ONCE_MAX);
}

bool
read_query_changes(struct env *env, const struct store_query_changes *q,
    struct store_query_changed *out, struct err *e)
{
	struct store_changed changed = {0};
	struct snapshot snapshot = {0};
	struct results x = {0};
	bool ok = false;

	*out = (struct store_query_changed){.has_total = q->query.total, .old_state = q->since};
	if (!snapshot_begin_within(&snapshot, env, q->query.type, q->query.until.budget, e) ||
	    !check_window(&snapshot, q->since, e) ||
	    !changes_since(&snapshot, q->since, UINT64_MAX, &changed, e) ||
	    !results_open(&x, &snapshot, &q->query, e) || !compare(&x, &changed, q, out, e))
		goto out;
	out->new_state = snapshot.state;
	if (out->has_total && !results_total(&x, &out->total, e))
		goto out;
	ok = true;
out:
	results_close(&x);
	snapshot_end(&snapshot);
	store_changed_free(&changed);
	if (!ok)
		store_query_changed_free(out);
	return ok;
}
