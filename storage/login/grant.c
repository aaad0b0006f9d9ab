/* storage/login/grant.c -- the row of a login. */
#include "storage/login/grant.h"

#include <string.h>

#include "storage/login/users.h"
#include "storage/wire/protocol.h"

#define ROW_VERSION 2
#define ROW_VERSION_WITHOUT_ADDRESS 1

struct str
grant_key(const struct grant *g)
{
	return (struct str){(const char *)g->id, sizeof g->id};
}

bool
grant_unpack(struct str key, struct str value, struct grant *g, struct err *e)
{
	struct unpack u = unpack_of(value);
	uint8_t version;

	*g = (struct grant){0};
	if (key.len != sizeof g->id)
		return err_set(e, ERR_SERVER_FAIL, "a grant has a wrong key");
	memcpy(g->id, key.s, sizeof g->id);
	g->ends_s = unpack_i64(&u);
	version = unpack_u8(&u);
	unpack_text(&u, g->user, STORE_SUBJECT_MAX);
	g->stamp = unpack_u64(&u);
	unpack_text(&u, g->client, STORE_CLIENT_MAX);
	unpack_text(&u, g->redirect, STORE_REDIRECT_MAX);
	unpack_bytes(&u, g->challenge, sizeof g->challenge);
	g->begun_s = unpack_i64(&u);
	g->used_s = unpack_i64(&u);
	unpack_bytes(&u, g->opid, sizeof g->opid);
	unpack_bytes(&u, g->salt, sizeof g->salt);
	unpack_bytes(&u, g->next, sizeof g->next);
	unpack_bytes(&u, g->last, sizeof g->last);
	for (size_t i = 0; i < GRANT_ACCESS_KEPT; i++) {
		unpack_bytes(&u, g->access[i].hash, SECRET_HASH_LEN);
		g->access[i].expires_s = unpack_i64(&u);
	}
	if (version == ROW_VERSION)
		unpack_text(&u, g->address, STORE_ADDRESS_MAX);
	else if (version != ROW_VERSION_WITHOUT_ADDRESS)
		u.bad = true;
	return unpack_done(&u) || err_set(e, ERR_SERVER_FAIL, "a grant cannot be read");
}

int
grant_read(struct env *env, DB_TXN *txn, const uint8_t id[static STORE_TOKEN_ID_LEN],
    struct grant *g, struct err *e)
{
	const struct str key = {(const char *)id, STORE_TOKEN_ID_LEN};
	struct buf value = {0};
	int found;

	*g = (struct grant){0};
	memcpy(g->id, id, sizeof g->id);
	found = db_get(env->grants.rows, txn, key, &value, e);
	if (found == 1 && !grant_unpack(key, buf_str(&value), g, e))
		found = -1;
	buf_free(&value);
	return found;
}

bool
grant_write(struct batch *b, const struct grant *g, struct err *e)
{
	struct buf value = {0};
	bool ok;

	pack_i64(&value, g->ends_s);
	pack_u8(&value, ROW_VERSION);
	pack_str(&value, str_of(g->user));
	pack_u64(&value, g->stamp);
	pack_str(&value, str_of(g->client));
	pack_str(&value, str_of(g->redirect));
	buf_add(&value, g->challenge, sizeof g->challenge);
	pack_i64(&value, g->begun_s);
	pack_i64(&value, g->used_s);
	buf_add(&value, g->opid, sizeof g->opid);
	buf_add(&value, g->salt, sizeof g->salt);
	buf_add(&value, g->next, sizeof g->next);
	buf_add(&value, g->last, sizeof g->last);
	for (size_t i = 0; i < GRANT_ACCESS_KEPT; i++) {
		buf_add(&value, g->access[i].hash, SECRET_HASH_LEN);
		pack_i64(&value, g->access[i].expires_s);
	}
	pack_str(&value, str_of(g->address));
	ok = db_put(b->env->grants.rows, b->txn, grant_key(g), buf_str(&value), e);
	buf_free(&value);
	return ok;
}

bool
grant_delete(struct batch *b, const struct grant *g, struct err *e)
{
	return db_delete(b->env->grants.rows, b->txn, grant_key(g), e);
}

int
grant_user(
    struct env *env, DB_TXN *txn, const struct grant *g, struct store_user *u, struct err *e)
{
	int found = user_find(env, txn, str_of(g->user), u, e);

	return found == 1 ? u->stamp == g->stamp : found;
}
