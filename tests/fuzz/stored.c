/* tests/fuzz/stored.c -- puts any bytes into a database, as a disk that lies would: each read
 * gives an answer or an error. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pack.h"
#include "storage/login/logins.h"
#include "storage/login/tokens.h"
#include "storage/login/users.h"
#include "storage/maintain.h"

#define CACHE_MB 8
#define RUNS_KEPT 2000        /* inputs between two checkpoints, which keep the folder small */
#define BODIES_MAX (1u << 20) /* bytes */
#define OBJECTS_MAX 100
#define KEY_LEN 8 /* of a record and a change */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct env env;
static struct clock now;
static struct log log_of_errors = {.program = "fuzz", .level = LOG_LEVEL_ERROR};
static char folder[] = "/tmp/fuzz-stored-XXXXXX";
static const struct type *const type = &dmarc_internal_report;
static struct table *table;

static void
need(bool ok, const struct err *e)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz/stored: %s\n", e->text);
	abort();
}

/* --- reads: whatever they say, they end --- */

static void
read_tokens(struct str key)
{
	struct store_tokens all;
	struct store_token t;
	const uint8_t secret[STORE_TOKEN_SECRET_LEN] = {0};
	uint8_t id[STORE_TOKEN_ID_LEN] = {0};
	struct err e = {0};

	memcpy(id, key.s, key.len < sizeof id ? key.len : sizeof id);
	if (token_list(&env, &all, &e))
		store_tokens_free(&all);
	e = (struct err){0};
	(void)token_verify(&env, id, secret, &t, &e);
}

static void
read_users(struct str key)
{
	struct store_users all;
	struct store_user user;
	struct err e = {0};

	if (user_list(&env, &all, &e))
		store_users_free(&all);
	e = (struct err){0};
	(void)user_get(&env, key, &user, &e);
}

static void
read_logins(struct str key)
{
	struct store_logins all;
	struct err e = {0};

	(void)key;
	if (login_list(&env, clock_now_s(&now), &all, &e))
		store_logins_free(&all);
}

static void
read_changes_made(struct str key)
{
	struct store_changes q = {.type = type, .max = OBJECTS_MAX};
	struct store_changed out;
	struct err e = {0};

	(void)key;
	need(env_epoch(&env, NULL, &q.since.epoch, &e), &e);
	if (read_changes(&env, &q, &out, &e))
		store_changed_free(&out);
}

static void
query(const struct filter *f, enum key sorted_by)
{
	struct store_query q = {.type = type,
	    .filter = f,
	    .sort = {{.key = sorted_by, .ascending = true}},
	    .n_sort = 1,
	    .limit = OBJECTS_MAX,
	    .total = true};
	struct store_ids ids;
	struct err e = {0};

	if (read_query(&env, &q, &ids, &e))
		store_ids_free(&ids);
}

static void
read_records(struct str key)
{
	static char com[] = "com";
	const struct filter by_domain = {
	    .kind = FILTER_KEY, .key = KEY_DOMAIN, .relation = REL_TEXT, .text = com};
	const struct filter by_policy = {
	    .kind = FILTER_KEY, .key = KEY_POLICY, .relation = REL_EQUAL, .number = 1};
	const struct filter by_date = {
	    .kind = FILTER_KEY, .key = KEY_CREATED_AT, .relation = REL_GREATER};
	struct store_get q = {.type = type,
	    .all = true,
	    .want_bodies = true,
	    .max_objects = OBJECTS_MAX,
	    .max_bytes = BODIES_MAX};
	struct store_rows rows;
	struct err e = {0};

	(void)key;
	if (read_get(&env, &q, &rows, &e))
		store_rows_free(&rows);
	query(NULL, KEY_ID);
	query(&by_domain, KEY_DOMAIN);
	query(&by_policy, KEY_CREATED_AT);
	query(&by_date, KEY_DELIVER_AT);
}

static void
read_nothing(struct str key)
{
	(void)key;
}

static void
read_meta(DB_TXN *txn)
{
	struct counters c;
	uint32_t number;
	uint8_t secret[ENV_TOKEN_KEY_LEN];
	struct err e = {0};

	(void)env_counters(&env, txn, type, &c, &e);
	(void)env_epoch(&env, txn, &number, &e);
	(void)env_format(&env, txn, &number, &e);
	(void)env_token_key(&env, txn, secret, &e);
}

/* --- what is written --- */

static struct put {
	DB *db;
	struct buf key;
} written[2]; /* of this input */
static size_t n_written;

static void
put(DB_TXN *txn, DB *db, struct str key, struct str value)
{
	struct err e = {0};

	need(db_put(db, txn, key, value, &e), &e);
	written[n_written].db = db;
	buf_add_str(&written[n_written++].key, key);
}

/* These handles are not associated, so Berkeley DB makes no index entries from the rows. */
static DB *raw_rows, *raw_index[INDEX__COUNT];

static struct str
first(uint8_t key[static KEY_LEN])
{
	put_be64(key, 1);
	return (struct str){(const char *)key, KEY_LEN};
}

/* The record of number 1: the key is its row, the value is its body. */
static void
write_record(DB_TXN *txn, struct str key, struct str value)
{
	uint8_t id[KEY_LEN];

	put(txn, raw_rows, first(id), key);
	put(txn, table->bodies, first(id), value);
}

static void
write_change(DB_TXN *txn, struct str key, struct str value)
{
	uint8_t number[KEY_LEN];

	(void)key;
	put(txn, table->changes, first(number), value);
}

/* The first byte of the key says which index. */
static void
write_index(DB_TXN *txn, struct str key, struct str value)
{
	if (key.len > 0)
		put(txn, raw_index[(uint8_t)key.s[0] % INDEX__COUNT],
		    (struct str){key.s + 1, key.len - 1}, value);
}

static void
write_token(DB_TXN *txn, struct str key, struct str value)
{
	put(txn, env.tokens, key, value);
}

static void
write_user(DB_TXN *txn, struct str key, struct str value)
{
	put(txn, env.users, key, value);
}

/* The index by time refuses a value that has no room for a time. */
static void
write_login(DB_TXN *txn, struct str key, struct str value)
{
	if (value.len >= TIMED_LEN && key.len <= TIMED_KEY_MAX)
		put(txn, env.grants.rows, key, value);
}

/* The store needs what meta holds, so this is read and then undone. */
static void
write_meta(DB_TXN *txn, struct str key, struct str value)
{
	struct err e = {0};
	DB_TXN *inner;

	if (env.db->txn_begin(env.db, txn, &inner, 0) != 0)
		abort();
	need(db_put(env.meta, inner, key, value, &e), &e);
	read_meta(inner);
	inner->abort(inner);
}

static const struct place {
	void (*write)(DB_TXN *txn, struct str key, struct str value);
	void (*read)(struct str key);
} places[] = {
    {write_record, read_records},
    {write_index, read_records},
    {write_change, read_changes_made},
    {write_token, read_tokens},
    {write_user, read_users},
    {write_login, read_logins},
    {write_meta, read_nothing},
};

static bool
open_raw(DB **raw, DB *db, struct err *e)
{
	return database_open(raw, env.db, database_name(db), DB_RECNUM, DB_MULTIVERSION, e);
}

static void
stop(void)
{
	struct err e = {0};

	for (enum index i = 0; i < INDEX__COUNT; i++)
		database_close(&raw_index[i]);
	database_close(&raw_rows);
	env_close(&env);
	folder_remove(folder, &e);
}

static DB_TXN *
begin(void)
{
	DB_TXN *txn;

	if (env.db->txn_begin(env.db, NULL, &txn, 0) != 0)
		abort();
	return txn;
}

/* One change was made, so that the log of changes is walked. */
static void
start(void)
{
	const struct env_options o = {.dir = folder, .may_create = true, .cache_mb = CACHE_MB};
	const struct counters one = {.change = 1, .last_id = 1};
	struct err e = {0};
	DB_TXN *txn;

	if (sodium_init() < 0 || mkdtemp(folder) == NULL)
		abort();
	need(env_open(&env, &o, &now, &log_of_errors, &e), &e);
	if (env.db->set_flags(env.db, DB_TXN_NOSYNC, 1) != 0)
		abort();
	table = &env.tables[type->number];
	need(open_raw(&raw_rows, table->rows, &e), &e);
	for (enum index i = 0; i < INDEX__COUNT; i++)
		need(open_raw(&raw_index[i], table->index[i], &e), &e);
	txn = begin();
	need(env_set_counters(&env, txn, type, &one, &e), &e);
	txn->commit(txn, 0);
	atexit(stop);
}

static void
commit(DB_TXN *txn)
{
	if (txn->commit(txn, 0) != 0)
		abort();
}

/* As it was before, so that an input alone says what is read. */
static void
forget(void)
{
	DB_TXN *txn = begin();
	struct err e = {0};

	for (; n_written > 0; n_written--) {
		struct put *p = &written[n_written - 1];

		need(db_delete(p->db, txn, buf_str(&p->key), &e), &e);
		buf_free(&p->key);
	}
	commit(txn);
}

static void
keep_small(void)
{
	static unsigned runs;
	struct err e = {0};

	if (++runs % RUNS_KEPT == 0)
		need(env_checkpoint(&env, &e) && maintain_logs(&env, &e), &e);
}

/* What of (u8), length of the key (u8), key, value. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct place *p;
	struct str key, value;
	DB_TXN *txn;

	if (size < 2)
		return 0;
	if (table == NULL)
		start();
	p = &places[data[0] % (sizeof places / sizeof places[0])];
	key = (struct str){(const char *)data + 2, data[1] < size - 2 ? data[1] : size - 2};
	value = (struct str){key.s + key.len, size - 2 - key.len};
	txn = begin();
	p->write(txn, key, value);
	commit(txn);
	p->read(key);
	forget();
	keep_small();
	return 0;
}
