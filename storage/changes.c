/* storage/changes.c -- Foo/changes (RFC 8620, 5.2): the change log, coalesced. */
#include "storage/changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "storage/query/idset.h"

#define BULK_BYTES (64u << 10)
#define BULK_UNITS 2000 /* of base/budget.h: the price of reading one bulk buffer */

/* Ids in the order in which they came. */
struct list {
	size_t n, cap;
	uint64_t *ids;
};

/* An id is in one of the sets at most.  Of the lists those count that are still in the set of
 * the same name; created records need none, as their ids are in the order of creation. */
struct summary {
	struct idset created, updated, destroyed;
	struct list updates, destroys;
	uint64_t n, max; /* ids */
};

static void
list_add(struct list *l, uint64_t id)
{
	if (l->n == l->cap) {
		l->cap = l->cap > 0 ? 2 * l->cap : 16;
		l->ids = mem_grow(l->ids, l->cap, sizeof *l->ids);
	}
	l->ids[l->n++] = id;
}

/* Each answers false where the id would be one too many. */
static bool
add_create(struct summary *s, uint64_t id)
{
	if (s->n == s->max)
		return false;
	idset_add(&s->created, &id, 1);
	s->n++;
	return true;
}

static bool
add_update(struct summary *s, uint64_t id)
{
	if (idset_has(&s->created, id) || idset_has(&s->updated, id))
		return true;
	if (s->n == s->max)
		return false;
	idset_add(&s->updated, &id, 1);
	list_add(&s->updates, id);
	s->n++;
	return true;
}

static bool
add_destroy(struct summary *s, uint64_t id)
{
	if (idset_has(&s->created, id)) {
		/* 5.2: made and destroyed since: not mentioned at all */
		idset_remove(&s->created, id);
		s->n--;
		return true;
	}
	if (!idset_has(&s->updated, id)) {
		if (s->n == s->max)
			return false;
		s->n++;
	}
	idset_remove(&s->updated, id);
	idset_add(&s->destroyed, &id, 1);
	list_add(&s->destroys, id);
	return true;
}

static bool (*const adders[])(struct summary *s, uint64_t id) = {
    [STORE_CREATE] = add_create,
    [STORE_UPDATE] = add_update,
    [STORE_DESTROY] = add_destroy,
};

struct log_walk {
	struct summary summary;
	uint64_t last; /* change number of the last one taken in */
	bool full;
};

/* The log has no holes: a missing number would be a change that a client never hears of. */
static bool
take_entry(struct log_walk *w, struct str key, struct str value, struct err *e)
{
	struct unpack k = unpack_of(key), v = unpack_of(value);
	uint64_t number = unpack_u64(&k), id;
	uint8_t kind = unpack_u8(&v);

	id = unpack_u64(&v);
	if (k.bad || v.bad || number != w->last + 1 || kind < STORE_CREATE ||
	    kind > STORE_DESTROY)
		return err_set(e, ERR_DAMAGED, "change %llu cannot be read",
		    (unsigned long long)w->last + 1);
	w->full = !adders[kind](&w->summary, id);
	if (!w->full)
		w->last = number;
	return true;
}

static bool
take_entries(struct log_walk *w, const DBT *bulk, uint64_t until, struct err *e)
{
	void *at, *key, *value;
	size_t key_len, value_len;

	DB_MULTIPLE_INIT(at, bulk);
	while (!w->full && w->last < until) {
		DB_MULTIPLE_KEY_NEXT(at, bulk, key, key_len, value, value_len);
		if (at == NULL)
			break;
		if (!take_entry(
			w, (struct str){key, key_len}, (struct str){value, value_len}, e))
			return false;
	}
	return true;
}

/* From the entry after w->last up to the one numbered until, or as far as there is room. */
static bool
walk_log(struct snapshot *s, struct log_walk *w, uint64_t until, struct err *e)
{
	uint8_t first[8];
	DBT k = {
	    .data = first, .size = sizeof first, .ulen = sizeof first, .flags = DB_DBT_USERMEM};
	DBT v = {.ulen = BULK_BYTES, .flags = DB_DBT_USERMEM};
	uint32_t how = DB_SET;
	DBC *c = NULL;
	bool ok = false;
	int rc;

	if (w->last >= until)
		return true;
	put_be64(first, w->last + 1);
	v.data = mem_new(BULK_BYTES, 1);
	rc = s->table->changes->cursor(s->table->changes, s->txn, &c, 0);
	for (; rc == 0 && !w->full && w->last < until; how = DB_NEXT) {
		if (!snapshot_charge(s, BULK_UNITS, e))
			goto out;
		rc = c->get(c, &k, &v, how | DB_MULTIPLE_KEY);
		if (rc == 0 && !take_entries(w, &v, until, e))
			goto out;
	}
	if (rc == DB_NOTFOUND)
		err_set(e, ERR_DAMAGED, "change %llu is not in the log",
		    (unsigned long long)w->last + 1);
	ok = rc == 0 || db_failed(e, rc, "reading the change log");
out:
	if (c != NULL)
		c->close(c);
	free(v.data);
	return ok;
}

static void
list_keep(struct list *l, const struct idset *set, uint64_t **ids, size_t *n)
{
	*ids = mem_new(l->n, sizeof **ids);
	*n = 0;
	for (size_t i = 0; i < l->n; i++)
		if (idset_has(set, l->ids[i]))
			(*ids)[(*n)++] = l->ids[i];
}

static void
summary_free(struct summary *s)
{
	idset_free(&s->created);
	idset_free(&s->updated);
	idset_free(&s->destroyed);
	free(s->updates.ids);
	free(s->destroys.ids);
}

bool
changes_since(struct snapshot *s, struct state since, uint64_t max, struct store_changed *out,
    struct err *e)
{
	struct log_walk w = {.summary.max = max, .last = since.change};
	bool ok = false;

	*out = (struct store_changed){.old_state = since, .new_state = since};
	if (since.epoch != s->state.epoch || since.change > s->state.change ||
	    since.change < s->oldest)
		return err_set(e, ERR_CANNOT_CALCULATE_CHANGES,
		    "what changed since that state is not known");
	if (!walk_log(s, &w, s->state.change, e))
		goto out;
	out->new_state.change = w.last;
	out->more = w.last < s->state.change;
	out->n_created = (size_t)idset_count(&w.summary.created);
	out->created = mem_new(out->n_created, sizeof *out->created);
	idset_slice(&w.summary.created, 0, out->n_created, out->created);
	list_keep(&w.summary.updates, &w.summary.updated, &out->updated, &out->n_updated);
	list_keep(
	    &w.summary.destroys, &w.summary.destroyed, &out->destroyed, &out->n_destroyed);
	ok = true;
out:
	summary_free(&w.summary);
	return ok;
}

bool
read_changes(
    struct env *env, const struct store_changes *q, struct store_changed *out, struct err *e)
{
	struct snapshot snapshot = {0};
	bool ok;

	*out = (struct store_changed){0};
	ok = snapshot_begin_within(&snapshot, env, q->type, q->until.budget, e) &&
	    changes_since(&snapshot, q->since, q->max, out, e);
	snapshot_end(&snapshot);
	return ok;
}
