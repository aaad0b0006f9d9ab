/* storage/opids.c -- operation ids and the answers they got, so that a set sent twice is done
 * once. */
#include "storage/opids.h"

#include <string.h>

#include "base/pack.h"

static struct str
key_of(const uint8_t opid[static STORE_OPID_LEN])
{
	return (struct str){(const char *)opid, STORE_OPID_LEN};
}

int
opid_find(struct batch *b, const uint8_t opid[static STORE_OPID_LEN], struct buf *answer,
    struct err *e)
{
	int found = db_get(b->env->opids, b->txn, key_of(opid), answer, e);

	if (found == 1 && answer->len < OPID_TIME_LEN) {
		err_set(e, ERR_SERVER_FAIL, "an operation id's answer cannot be read");
		return -1;
	}
	if (found == 1) {
		answer->len -= OPID_TIME_LEN;
		memmove(answer->s, answer->s + OPID_TIME_LEN, answer->len);
	}
	return found;
}

bool
opid_keep(struct batch *b, const uint8_t opid[static STORE_OPID_LEN], struct str answer,
    struct err *e)
{
	struct buf value = {0};
	bool ok;

	pack_i64(&value, b->now_s);
	buf_add_str(&value, answer);
	ok = db_put(b->env->opids, b->txn, key_of(opid), buf_str(&value), e);
	buf_free(&value);
	return ok;
}

bool
opids_prune(struct batch *b, int64_t before_s, size_t max, size_t *pruned, struct err *e)
{
	uint8_t key[OPID_TIME_LEN + STORE_OPID_LEN];
	DBT k = {.data = key, .ulen = sizeof key, .flags = DB_DBT_USERMEM};
	DBT none = {.flags = DB_DBT_USERMEM | DB_DBT_PARTIAL};
	DBC *c = NULL;
	int rc;

	*pruned = 0;
	rc = b->env->opids_by_time->cursor(b->env->opids_by_time, b->txn, &c, 0);
	while (rc == 0 && *pruned < max) {
		struct unpack u = {key, key + sizeof key, false};

		rc = c->get(c, &k, &none, *pruned == 0 ? DB_FIRST : DB_NEXT);
		if (rc != 0 || unpack_i64(&u) >= before_s)
			break;
		rc = c->del(c, 0); /* the operation id too, through the association */
		if (rc == 0)
			++*pruned;
	}
	if (c != NULL)
		c->close(c);
	return rc == 0 || rc == DB_NOTFOUND || db_failed(e, rc, "pruning operation ids");
}
