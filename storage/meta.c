/* storage/meta.c -- what the database meta holds: the format, the epoch, the token key, each
 * type's counters. */
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/pack.h"
#include "storage/env.h"

#define FORMAT_WITHOUT_NUMBER 1 /* the first one wrote none */

static bool
meta_get(struct env *env, DB_TXN *txn, const char *name, struct buf *value, size_t len,
    struct err *e)
{
	int found = db_get(env->meta, txn, str_of(name), value, e);

	if (found < 0)
		return false;
	if (found == 0 || value->len != len)
		return err_set(e, ERR_DAMAGED, "meta holds no %s", name);
	return true;
}

bool
env_epoch(struct env *env, DB_TXN *txn, uint32_t *epoch, struct err *e)
{
	struct buf value = {0};
	bool ok = meta_get(env, txn, "epoch", &value, 4, e);

	if (ok)
		*epoch = get_be32((uint8_t *)value.s);
	buf_free(&value);
	return ok;
}

bool
env_token_key(
    struct env *env, DB_TXN *txn, uint8_t key[static ENV_TOKEN_KEY_LEN], struct err *e)
{
	struct buf value = {0};
	bool ok = meta_get(env, txn, "token key", &value, ENV_TOKEN_KEY_LEN, e);

	if (ok)
		memcpy(key, value.s, ENV_TOKEN_KEY_LEN);
	sodium_memzero(value.s, value.len);
	buf_free(&value);
	return ok;
}

/* "counters", then the type's number. */
static struct str
counters_name(char name[static 9], const struct type *t)
{
	memcpy(name, "counters", 8);
	name[8] = (char)t->number;
	return (struct str){name, 9};
}

bool
env_counters(
    struct env *env, DB_TXN *txn, const struct type *t, struct counters *c, struct err *e)
{
	struct buf value = {0};
	struct unpack u;
	char name[9];
	int found = db_get(env->meta, txn, counters_name(name, t), &value, e);

	u = unpack_of(buf_str(&value));
	*c = (struct counters){0}; /* of a type that was added since the environment was made */
	if (found == 1) {
		c->change = unpack_u64(&u);
		c->last_id = unpack_u64(&u);
		c->oldest = unpack_u64(&u);
		if (!unpack_done(&u)) {
			err_set(e, ERR_DAMAGED, "the counters of %s cannot be read", t->name);
			found = -1;
		}
	}
	buf_free(&value);
	return found >= 0;
}

bool
env_set_counters(
    struct env *env, DB_TXN *txn, const struct type *t, const struct counters *c, struct err *e)
{
	struct buf value = {0};
	char name[9];
	bool ok;

	pack_u64(&value, c->change);
	pack_u64(&value, c->last_id);
	pack_u64(&value, c->oldest);
	ok = db_put(env->meta, txn, counters_name(name, t), buf_str(&value), e);
	buf_free(&value);
	return ok;
}

bool
env_format(struct env *env, DB_TXN *txn, uint32_t *format, struct err *e)
{
	struct buf value = {0};
	int found = db_get(env->meta, txn, STR("format"), &value, e);

	*format = FORMAT_WITHOUT_NUMBER;
	if (found == 1 && value.len == 4)
		*format = get_be32((uint8_t *)value.s);
	else if (found == 1)
		found = -1;
	if (found < 0)
		err_set(e, ERR_DAMAGED, "the format's number cannot be read");
	buf_free(&value);
	return found >= 0;
}

static void
say_nothing(const DB_ENV *env, const char *prefix, const char *text)
{
	(void)env;
	(void)prefix;
	(void)text;
}

bool
env_format_peek(const char *meta_path, uint32_t *format)
{
	DB *db;
	uint8_t bytes[4];
	DBT key = dbt_in(STR("format"));
	DBT value = {.data = bytes, .ulen = sizeof bytes, .flags = DB_DBT_USERMEM};
	int rc;

	*format = FORMAT_WITHOUT_NUMBER;
	if (access(meta_path, F_OK) != 0 || db_create(&db, NULL, 0) != 0)
		return false;
	db->set_errcall(db, say_nothing);
	rc = db->open(db, NULL, meta_path, NULL, DB_BTREE, DB_RDONLY, 0);
	if (rc == 0)
		rc = db->get(db, NULL, &key, &value, 0);
	db->close(db, 0);
	if (rc == 0 && value.size == sizeof bytes)
		*format = get_be32(bytes);
	return rc == 0 || rc == DB_NOTFOUND;
}

static bool
put_number(struct env *env, DB_TXN *txn, struct str name, uint32_t n, struct err *e)
{
	uint8_t bytes[4];

	put_be32(bytes, n);
	return db_put(env->meta, txn, name, (struct str){(char *)bytes, sizeof bytes}, e);
}

/* Never 0. */
static uint32_t
random_epoch(void)
{
	return randombytes_uniform(UINT32_MAX) + 1;
}

static bool
begin_run(struct env *env, DB_TXN *txn, struct err *e)
{
	uint8_t key[ENV_TOKEN_KEY_LEN];
	struct counters zero = {0};
	bool ok;

	randombytes_buf(key, sizeof key);
	ok = put_number(env, txn, STR("epoch"), random_epoch(), e) &&
	    put_number(env, txn, STR("format"), ENV_FORMAT, e) &&
	    db_put(env->meta, txn, STR("token key"), (struct str){(char *)key, sizeof key}, e);
	for (const struct type *const *t = model_types; ok && *t != NULL; t++)
		ok = env_set_counters(env, txn, *t, &zero, e);
	sodium_memzero(key, sizeof key);
	return ok;
}

static bool
epoch_run(struct env *env, DB_TXN *txn, struct err *e)
{
	return put_number(env, txn, STR("epoch"), random_epoch(), e);
}

/* All of it in a transaction of its own. */
static bool
in_transaction(
    struct env *env, bool (*run)(struct env *, DB_TXN *, struct err *), struct err *e)
{
	DB_TXN *txn = NULL;
	int rc = env->db->txn_begin(env->db, NULL, &txn, 0);

	if (rc != 0)
		return db_failed(e, rc, "beginning a transaction");
	if (run(env, txn, e))
		return env_commit(env, &txn, e);
	txn->abort(txn);
	return false;
}

bool
env_meta_begin(struct env *env, struct err *e)
{
	return in_transaction(env, begin_run, e);
}

bool
env_new_epoch(struct env *env, struct err *e)
{
	return in_transaction(env, epoch_run, e);
}

/* --- upgrades: a row for each format before the present one --- */

/* Its log has an archive, and there are users; databases_open() has made theirs. */
static bool
upgrade_from_1(struct env *env, DB_TXN *txn, struct err *e)
{
	return put_number(env, txn, STR("format"), 2, e);
}

/* Rows of tokens may have a last use from now on; those without one are read as they are. */
static bool
upgrade_from_2(struct env *env, DB_TXN *txn, struct err *e)
{
	return put_number(env, txn, STR("format"), 3, e);
}

static bool (*const upgrades[ENV_FORMAT])(struct env *env, DB_TXN *txn, struct err *e) = {
    [1] = upgrade_from_1,
    [2] = upgrade_from_2,
};

bool
env_upgrade(struct env *env, struct err *e)
{
	uint32_t format;

	if (!env_format(env, NULL, &format, e))
		return false;
	if (format == 0 || format > ENV_FORMAT)
		return err_set(e, ERR_SERVER_FAIL,
		    "the store has format %u, and this version reads up to %d: install the "
		    "version that wrote it, or a newer one",
		    format, ENV_FORMAT);
	for (; format < ENV_FORMAT; format++) {
		if (!in_transaction(env, upgrades[format], e))
			return false;
		log_line(env->log, LOG_LEVEL_INFO, "upgraded", "format=%u", format + 1);
	}
	return true;
}
