/* storage/set_weigh.c -- how many entries of the databases a Foo/set writes and removes. */
#include "storage/set.h"

static size_t
new_entries(const struct set_op *o)
{
	return o->kind == STORE_DESTROY ? 0 : store_entries(o->domain, o->n_policies);
}

static bool
has_old_entries(const struct set_op *o)
{
	return o->kind != STORE_CREATE && o->created_by == STORE_NOT_CREATED_HERE;
}

/* Of the record that the op updates or destroys; 0 if there is none. */
static bool
old_entries(
    struct snapshot *s, const struct set_op *o, struct buf *value, size_t *n, struct err *e)
{
	struct row r;
	int found = snapshot_row(s, o->id, value, &r, e);

	*n = found == 1 ? store_entries(r.domain, r.n_policies) : 0;
	return found >= 0;
}

static bool
add_old_entries(struct env *env, const struct set_request *q, size_t *entries, struct err *e)
{
	struct snapshot s;
	struct buf value = {0};
	bool ok = false;

	if (!snapshot_begin(&s, env, q->type, e))
		return false;
	for (size_t i = 0; i < q->n; i++) {
		size_t n = 0;

		if (has_old_entries(&q->ops[i]) && !old_entries(&s, &q->ops[i], &value, &n, e))
			goto out;
		*entries += n;
	}
	ok = true;
out:
	snapshot_end(&s);
	buf_free(&value);
	return ok;
}

bool
set_weigh(struct env *env, const struct set_request *q, size_t *entries, struct err *e)
{
	bool any_old = false;

	*entries = 0;
	for (size_t i = 0; i < q->n; i++) {
		*entries += new_entries(&q->ops[i]);
		any_old |= has_old_entries(&q->ops[i]);
	}
	return !any_old || add_old_entries(env, q, entries, e);
}
