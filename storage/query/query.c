/* storage/query/query.c -- Foo/query (RFC 8620, 5.5) in one snapshot. */
#include <stdlib.h>

#include "storage/query/results.h"

static bool
find_anchor(struct results *x, uint64_t anchor, uint64_t *index, struct err *e)
{
	struct store_added *found = NULL;
	struct idset wanted = {0};
	bool ok = false;
	size_t n = 0;

	idset_add(&wanted, &anchor, 1);
	if (!results_find(x, &wanted, &found, &n, e))
		goto out;
	if (n == 0) {
		err_set(e, ERR_ANCHOR_NOT_FOUND, "the anchor is not among the results");
		goto out;
	}
	*index = found[0].index;
	ok = true;
out:
	free(found);
	idset_free(&wanted);
	return ok;
}

/* 5.5: what would be before the first result is the first. */
static uint64_t
moved(uint64_t index, int64_t offset)
{
	uint64_t n = offset < 0 ? -(uint64_t)offset : (uint64_t)offset;

	if (offset >= 0)
		return index + n;
	return n < index ? index - n : 0;
}

static bool
first_place(struct results *x, const struct store_query *q, uint64_t *from, struct err *e)
{
	uint64_t index = 0;

	if (q->has_anchor) {
		if (!find_anchor(x, q->anchor, &index, e))
			return false;
		*from = moved(index, q->anchor_offset);
		return true;
	}
	if (q->position < 0 && !results_total(x, &index, e))
		return false;
	*from = moved(index, q->position);
	return true;
}

bool
read_query(struct env *env, const struct store_query *q, struct store_ids *out, struct err *e)
{
	struct snapshot snapshot = {0};
	struct results x = {0};
	uint64_t total = 0;
	bool ok = false;

	*out = (struct store_ids){.has_total = q->total};
	if (!snapshot_begin_within(&snapshot, env, q->type, q->until.budget, e) ||
	    !results_open(&x, &snapshot, q, e))
		goto out;
	out->state = snapshot.state;
	if (!first_place(&x, q, &out->position, e) ||
	    (q->total && !results_total(&x, &out->total, e)) ||
	    !results_page(&x, out->position, q->limit, &out->ids, &out->n, e))
		goto out;
	if (out->n == 0 && out->position > 0) {
		if (!results_total(&x, &total, e))
			goto out;
		if (total == 0)
			out->position = 0;
	}
	ok = true;
out:
	results_close(&x);
	snapshot_end(&snapshot);
	if (!ok)
		store_ids_free(out);
	return ok;
}
