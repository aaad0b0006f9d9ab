/* storage/snapshot.c -- one consistent view for reading, and what a Berkeley DB return code
 * means. */
#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/pack.h"
#include "storage/env.h"

/* What passes by itself: too many readers, a writer in the way, no room. */
static const int passing[] = {DB_LOCK_DEADLOCK, DB_LOCK_NOTGRANTED, ENOMEM, EAGAIN, EBUSY,
    ENOSPC, EDQUOT, EMFILE, ENFILE};

bool
db_failed(struct err *e, int rc, const char *what)
{
	enum err_code code = ERR_SERVER_FAIL;

	if (rc == DB_RUNRECOVERY)
		_exit(EX_SOFTWARE);
	for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
		if (rc == passing[i])
			code = ERR_SERVER_UNAVAILABLE;
	return err_set(e, code, "%s: %s", what, db_strerror(rc));
}

DBT
dbt_in(struct str s)
{
	/* Berkeley DB does not write to what it is given; its API has no const. */
	return (DBT){.data = (void *)(uintptr_t)s.s, .size = (uint32_t)s.len};
}

int
db_get(DB *db, DB_TXN *txn, struct str key, struct buf *value, struct err *e)
{
	DBT k = dbt_in(key), v = {.flags = DB_DBT_USERMEM};
	int rc;

	buf_reserve(value, 1);
	do {
		v.data = value->s;
		v.ulen = (uint32_t)(value->cap > UINT32_MAX ? UINT32_MAX : value->cap);
		rc = db->get(db, txn, &k, &v, 0);
		if (rc == DB_BUFFER_SMALL) {
			value->len = 0;
			buf_reserve(value, v.size);
		}
	} while (rc == DB_BUFFER_SMALL);
	value->len = rc == 0 ? v.size : 0;
	if (rc == DB_NOTFOUND || rc == DB_KEYEMPTY)
		return 0;
	if (rc != 0) {
		db_failed(e, rc, "reading");
		return -1;
	}
	return 1;
}

bool
db_put(DB *db, DB_TXN *txn, struct str key, struct str value, struct err *e)
{
	DBT k = dbt_in(key), v = dbt_in(value);
	int rc = db->put(db, txn, &k, &v, 0);

	return rc == 0 || db_failed(e, rc, "writing");
}

bool
db_delete(DB *db, DB_TXN *txn, struct str key, struct err *e)
{
	DBT k = dbt_in(key);
	int rc = db->del(db, txn, &k, 0);

	return rc == 0 || rc == DB_NOTFOUND || db_failed(e, rc, "deleting");
}

bool
snapshot_begin(struct snapshot *s, struct env *env, const struct type *t, struct err *e)
{
	struct counters c;
	int rc;

	*s = (struct snapshot){.table = &env->tables[t->number]};
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

	put_be64(key, id);
	found = db_get(s->table->rows, s->txn, (struct str){(char *)key, sizeof key}, value, e);
	if (found == 1 && !row_unpack(id, buf_str(value), r)) {
		err_set(e, ERR_SERVER_FAIL, "row %llu cannot be read", (unsigned long long)id);
		return -1;
	}
	return found;
}
