/* storage/snapshot.c -- one consistent view for reading. */
#include "base/pack.h"
#include "storage/env.h"

#define ROW_UNITS 20 /* of base/budget.h: about 2 us */

bool
snapshot_charge(struct snapshot *s, uint64_t units, struct err *e)
{
	return budget_charge(s->budget, units) ||
	    err_set(e, ERR_SERVER_UNAVAILABLE,
		"the store could not read all of it in time; ask for less, or again later");
}

bool
snapshot_begin(struct snapshot *s, struct env *env, const struct type *t, struct err *e)
{
	return snapshot_begin_within(s, env, t, NULL, e);
}

bool
snapshot_begin_within(
    struct snapshot *s, struct env *env, const struct type *t, struct budget *b, struct err *e)
{
	struct counters c;
	int rc;

	*s = (struct snapshot){.table = &env->tables[t->number], .budget = b};
	if (!snapshot_charge(s, ROW_UNITS, e))
		return false;
	rc = env->db->txn_begin(env->db, NULL, &s->txn, DB_TXN_SNAPSHOT);
	if (rc != 0)
		return db_failed(e, rc, "beginning to read");
	if (!env_epoch(env, s->txn, &s->state.epoch, e) ||
	    !env_counters(env, s->txn, t, &c, e)) {
		snapshot_end(s);
		return false;
	}
	s->state.change = c.change;
	s->oldest = c.oldest;
	return true;
}

void
snapshot_end(struct snapshot *s)
{
	/* Nothing was written, so commit and abort differ in nothing but their cost. */
	if (s->txn != NULL)
		s->txn->commit(s->txn, 0);
	*s = (struct snapshot){0};
}

int
snapshot_row(struct snapshot *s, uint64_t id, struct buf *value, struct row *r, struct err *e)
{
	uint8_t key[8];
	int found;

	if (!snapshot_charge(s, ROW_UNITS, e))
		return -1;
	put_be64(key, id);
	found = db_get(s->table->rows, s->txn, (struct str){(char *)key, sizeof key}, value, e);
	if (found == 1 && !row_unpack(id, buf_str(value), r)) {
		err_set(e, ERR_DAMAGED, "row %llu cannot be read", (unsigned long long)id);
		return -1;
	}
	return found;
}
