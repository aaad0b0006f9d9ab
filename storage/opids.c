/* storage/opids.c -- operation ids and the answers they got, so that a set sent twice is done
 * once. */
#include "storage/opids.h"

#include <stdlib.h>
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
	int found = db_get(b->env->opids.rows, b->txn, key_of(opid), answer, e);

	if (found == 1 && answer->len < TIMED_LEN) {
		err_set(e, ERR_DAMAGED, "an operation id's answer cannot be read");
		return -1;
	}
	if (found == 1) {
		answer->len -= TIMED_LEN;
		memmove(answer->s, answer->s + TIMED_LEN, answer->len);
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
	ok = db_put(b->env->opids.rows, b->txn, key_of(opid), buf_str(&value), e);
	buf_free(&value);
	return ok;
}
