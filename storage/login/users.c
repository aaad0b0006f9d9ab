/* storage/login/users.c -- users: a name, the hash of a password, permissions. */
#include "storage/login/users.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "storage/wire/protocol.h"

#define ROW_VERSION 1

static bool
row_read(struct str value, struct store_user *u, struct err *e)
{
	struct unpack at = unpack_of(value);
	uint8_t version = unpack_u8(&at);

	unpack_user(&at, u);
	return (version == ROW_VERSION && unpack_done(&at)) ||
	    err_set(e, ERR_SERVER_FAIL, "a user cannot be read");
}

int
user_find(struct env *env, DB_TXN *txn, struct str name, struct store_user *u, struct err *e)
{
	struct buf value = {0};
	int found = db_get(env->users, txn, name, &value, e);

	if (found == 1 && !row_read(buf_str(&value), u, e))
		found = -1;
	buf_free(&value);
	return found;
}

/* Writes the user with a new stamp, which makes all logins from before void. */
static bool
row_write(struct batch *b, struct store_user *u, struct err *e)
{
	struct buf value = {0};
	bool ok;

	randombytes_buf(&u->stamp, sizeof u->stamp);
	pack_u8(&value, ROW_VERSION);
	pack_user(&value, u);
	ok = db_put(b->env->users, b->txn, str_of(u->name), buf_str(&value), e);
	buf_free(&value);
	return ok;
}

bool
user_add_run(struct batch *b, void *user, struct err *refused, struct err *e)
{
	struct store_user u = *(const struct store_user *)user, there;
	int found = user_find(b->env, b->txn, str_of(u.name), &there, e);

	if (found < 0)
		return false;
	if (found == 1) {
		/* The same salted hash: sent again by a client that lost the answer. */
		if (strcmp(u.password, there.password) != 0)
			err_set(refused, ERR_INVALID_ARGUMENTS, "there is a user of that name");
		return true;
	}
	u.created_s = u.changed_s = b->now_s;
	return row_write(b, &u, e);
}

bool
user_set_password_run(struct batch *b, void *user, struct err *refused, struct err *e)
{
	const struct store_user *u = user;
	struct store_user there;
	int found = user_find(b->env, b->txn, str_of(u->name), &there, e);

	if (found < 0)
		return false;
	if (found == 0) {
		err_set(refused, ERR_NOT_FOUND, "there is no user of that name");
		return true;
	}
	memcpy(there.password, u->password, sizeof there.password);
	there.changed_s = b->now_s;
	return row_write(b, &there, e);
}

bool
user_end_logins_run(struct batch *b, void *user, struct err *refused, struct err *e)
{
	const struct store_user *u = user;
	struct store_user there;
	int found = user_find(b->env, b->txn, str_of(u->name), &there, e);

	if (found == 0)
		err_set(refused, ERR_NOT_FOUND, "there is no user of that name");
	return found == 1 ? row_write(b, &there, e) : found == 0;
}

bool
user_remove_run(struct batch *b, void *user, struct err *refused, struct err *e)
{
	const struct store_user *u = user;
	struct store_user there;
	int found = user_find(b->env, b->txn, str_of(u->name), &there, e);

	if (found == 0)
		err_set(refused, ERR_NOT_FOUND, "there is no user of that name");
	return found == 1 ? db_delete(b->env->users, b->txn, str_of(u->name), e) : found == 0;
}

bool
user_get(struct env *env, struct str name, struct store_user *u, struct err *e)
{
	DB_TXN *txn;
	int found;

	if (!env_begin_reading(env, &txn, e))
		return false;
	found = user_find(env, txn, name, u, e);
	txn->commit(txn, 0);
	if (found == 0)
		err_set(e, ERR_NOT_FOUND, "there is no user of that name");
	return found == 1;
}

/* Without the password. */
static bool
add(void *users, struct str key, struct str value, struct err *e)
{
	struct store_users *out = users;
	struct store_user *u;

	(void)key;
	if ((out->n & (out->n - 1)) == 0) /* a power of two: full */
		out->list = mem_grow(out->list, out->n ? 2 * out->n : 1, sizeof *out->list);
	u = &out->list[out->n++];
	if (!row_read(value, u, e))
		return false;
	sodium_memzero(u->password, sizeof u->password);
	return true;
}

bool
user_list(struct env *env, struct store_users *out, struct err *e)
{
	*out = (struct store_users){0};
	if (env_each(env, env->users, add, out, e))
		return true;
	store_users_free(out);
	return false;
}
