/* storage/timed.c -- a database whose values begin with a time, and the index by it. */
#include "storage/timed.h"

#include <stdlib.h>

#include <errno.h>
#include <stdio.h>

#include "base/pack.h"

#define FILE_NAME_MAX 32

static int
time_of(DB *secondary, const DBT *key, const DBT *value, DBT *result)
{
	struct buf bytes = {0};

	(void)secondary;
	if (value->size < TIMED_LEN || key->size > TIMED_KEY_MAX)
		return EINVAL;
	buf_add(&bytes, value->data, TIMED_LEN);
	buf_add(&bytes, key->data, key->size);
	result->data = bytes.s;
	result->size = (uint32_t)bytes.len;
	result->flags = DB_DBT_APPMALLOC;
	return 0;
}

bool
timed_open(struct timed *t, DB_ENV *env, const char *name, uint32_t set_flags,
    uint32_t open_flags, struct err *e)
{
	char index[FILE_NAME_MAX];
	int rc;

	snprintf(index, sizeof index, "%s" TIMED_INDEX_SUFFIX, name);
	if (!database_open(&t->rows, env, name, set_flags, open_flags, e) ||
	    !database_open(&t->by_time, env, index, 0, open_flags & DB_CREATE, e))
		return false;
	rc = t->rows->associate(t->rows, NULL, t->by_time, time_of, 0);
	return rc == 0 || db_failed(e, rc, "associating an index by time");
}

void
timed_close(struct timed *t)
{
	database_close(&t->by_time);
	database_close(&t->rows);
}

bool
timed_prune(
    struct timed *t, DB_TXN *txn, int64_t before_s, size_t max, size_t *pruned, struct err *e)
{
	uint8_t key[TIMED_LEN + TIMED_KEY_MAX];
	DBT k = {.data = key, .ulen = sizeof key, .flags = DB_DBT_USERMEM};
	DBT none = {.flags = DB_DBT_USERMEM | DB_DBT_PARTIAL};
	DBC *c = NULL;
	int rc;

	*pruned = 0;
	rc = t->by_time->cursor(t->by_time, txn, &c, 0);
	while (rc == 0 && *pruned < max) {
		struct unpack u = {key, key + sizeof key, false};

		rc = c->get(c, &k, &none, *pruned == 0 ? DB_FIRST : DB_NEXT);
		if (rc != 0 || unpack_i64(&u) >= before_s)
			break;
		rc = c->del(c, 0); /* the row too, through the association */
		if (rc == 0)
			++*pruned;
	}
	if (c != NULL)
		c->close(c);
	return rc == 0 || rc == DB_NOTFOUND || db_failed(e, rc, "pruning by time");
}

bool
timed_make_room(struct timed *t, DB_TXN *txn, uint64_t max, struct err *e)
{
	uint64_t n;
	size_t pruned;

	if (!database_count(t->rows, txn, &n, e))
		return false;
	return n < max || timed_prune(t, txn, INT64_MAX, (size_t)(n - max + 1), &pruned, e);
}

static bool
walk(DB *db, DB *times, uint64_t *n, struct err *e)
{
	DBT key = {.flags = DB_DBT_REALLOC}, value = {.flags = DB_DBT_REALLOC};
	struct buf by_time = {0}, found = {0};
	DBC *c = NULL;
	int rc = db->cursor(db, NULL, &c, 0);

	for (*n = 0; rc == 0 && e->code == ERR_NONE; ++*n) {
		rc = c->get(c, &key, &value, DB_NEXT);
		if (rc != 0)
			break;
		if (times == NULL)
			continue;
		buf_clear(&by_time);
		buf_add(&by_time, value.data, value.size < TIMED_LEN ? 0 : TIMED_LEN);
		buf_add(&by_time, key.data, key.size);
		if (db_get(times, NULL, buf_str(&by_time), &found, e) == 0)
			err_set(e, ERR_DAMAGED, "a row is not found by its time");
	}
	if (rc != 0 && rc != DB_NOTFOUND)
		db_failed(e, rc, "checking");
	if (c != NULL)
		c->close(c);
	free(key.data);
	free(value.data);
	buf_free(&by_time);
	buf_free(&found);
	return e->code == ERR_NONE;
}

bool
timed_check(struct timed *t, uint64_t *n, struct err *e)
{
	uint64_t times;

	if (!walk(t->rows, t->by_time, n, e) || !walk(t->by_time, NULL, &times, e))
		return false;
	return times == *n || err_set(e, ERR_DAMAGED, "an index by time that counts otherwise");
}
