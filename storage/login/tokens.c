/* storage/login/tokens.c -- bearer tokens: an id, and a keyed hash of the secret. */
#include "storage/login/tokens.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "storage/login/grants.h"
#include "storage/wire/protocol.h"

#define HASH_LEN 32

static struct str
key_of(const uint8_t id[static STORE_TOKEN_ID_LEN])
{
	return (struct str){(const char *)id, STORE_TOKEN_ID_LEN};
}

/* A row, by its id: the hash, the id, subject (str), permissions (u64), created_s and expires_s
 * (i64).  Since format 3 last_used_s (i64) follows.  A row of before has it once its token is
 * used. */
static bool
row_read(struct str value, uint8_t hash[static HASH_LEN], struct store_token *t, struct err *e)
{
	struct unpack u = unpack_of(value);

	*t = (struct store_token){0};
	unpack_bytes(&u, hash, HASH_LEN);
	unpack_bytes(&u, t->id, sizeof t->id);
	unpack_text(&u, t->subject, STORE_SUBJECT_MAX);
	t->permissions = unpack_u64(&u);
	t->created_s = unpack_i64(&u);
	t->expires_s = unpack_i64(&u);
	if (!u.bad && u.at < u.end)
		t->last_used_s = unpack_i64(&u);
	return unpack_done(&u) || err_set(e, ERR_DAMAGED, "a token cannot be read");
}

static bool
row_write(struct batch *b, const uint8_t hash[static HASH_LEN], const struct store_token *t,
    struct err *e)
{
	struct buf value = {0};
	bool ok;

	buf_add(&value, hash, HASH_LEN);
	buf_add(&value, t->id, sizeof t->id);
	pack_str(&value, str_of(t->subject));
	pack_u64(&value, t->permissions);
	pack_i64(&value, t->created_s);
	pack_i64(&value, t->expires_s);
	pack_i64(&value, t->last_used_s);
	ok = db_put(b->env->tokens, b->txn, key_of(t->id), buf_str(&value), e);
	buf_free(&value);
	return ok;
}

/* 1 found, 0 none, -1 with *e set. */
static int
row_get(struct env *env, DB_TXN *txn, const uint8_t id[static STORE_TOKEN_ID_LEN],
    uint8_t hash[static HASH_LEN], struct store_token *t, struct err *e)
{
	struct buf value = {0};
	int found = db_get(env->tokens, txn, key_of(id), &value, e);

	*t = (struct store_token){0};
	if (found == 1 && !row_read(buf_str(&value), hash, t, e))
		found = -1;
	buf_free(&value);
	return found;
}

/* Keyed, so that nobody can test guesses with a copied database alone.  The id is hashed too,
 * so that a hash cannot be moved to another id. */
static bool
token_hash(struct env *env, DB_TXN *txn, const uint8_t id[static STORE_TOKEN_ID_LEN],
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], uint8_t hash[static HASH_LEN],
    struct err *e)
{
	uint8_t key[ENV_TOKEN_KEY_LEN];
	crypto_generichash_state s;

	if (!env_token_key(env, txn, key, e))
		return false;
	crypto_generichash_init(&s, key, sizeof key, HASH_LEN);
	crypto_generichash_update(&s, id, STORE_TOKEN_ID_LEN);
	crypto_generichash_update(&s, secret, STORE_TOKEN_SECRET_LEN);
	crypto_generichash_final(&s, hash, HASH_LEN);
	sodium_memzero(key, sizeof key);
	sodium_memzero(&s, sizeof s);
	return true;
}

/* Is the id there, and is this its secret?  1 yes, with *t; 0 no; -1 with *e set.  *exists:
 * whatever the secret. */
static int
find(struct env *env, DB_TXN *txn, const uint8_t id[static STORE_TOKEN_ID_LEN],
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], bool *exists, struct store_token *t,
    struct err *e)
{
	uint8_t hash[HASH_LEN], kept[HASH_LEN];
	int found = row_get(env, txn, id, kept, t, e);

	*exists = found == 1;
	if (found != 1)
		return found;
	if (!token_hash(env, txn, id, secret, hash, e))
		return -1;
	return sodium_memcmp(hash, kept, HASH_LEN) == 0;
}

static void
add_token(struct store_tokens *out, const struct store_token *t)
{
	if ((out->n & (out->n - 1)) == 0) /* a power of two: full */
		out->list = mem_grow(out->list, out->n ? 2 * out->n : 1, sizeof *out->list);
	out->list[out->n++] = *t;
}

/* --- jobs of the writer --- */

/* Writes a token whose id must be new.  If a token with this id and secret exists, the client
 * sent its request again after it lost the answer: *done is true and *t is that token. */
static bool
add_new(struct batch *b, struct store_token *t,
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], bool *done, struct err *refused,
    struct err *e)
{
	struct store_token there;
	uint8_t hash[HASH_LEN];
	bool exists;
	int found = find(b->env, b->txn, t->id, secret, &exists, &there, e);

	*done = found == 1;
	if (found == 1)
		*t = there;
	if (found != 0)
		return found == 1;
	if (exists) {
		err_set(refused, ERR_SERVER_FAIL, "there is a token of that id");
		return true;
	}
	return token_hash(b->env, b->txn, t->id, secret, hash, e) && row_write(b, hash, t, e);
}

bool
token_create_run(struct batch *b, void *token_job, struct err *refused, struct err *e)
{
	struct token_job *job = token_job;
	bool done;

	return add_new(b, &job->token, job->secret, &done, refused, e);
}

bool
token_revoke_run(struct batch *b, void *token_job, struct err *refused, struct err *e)
{
	struct token_job *job = token_job;
	uint8_t hash[HASH_LEN], id[STORE_TOKEN_ID_LEN];
	int found;

	memcpy(id, job->token.id, sizeof id);
	found = row_get(b->env, b->txn, id, hash, &job->token, e);
	if (found == 0)
		err_set(refused, ERR_NOT_FOUND, "there is no token of that id");
	return found == 1 ? db_delete(b->env->tokens, b->txn, key_of(id), e) : found == 0;
}

static bool
add_if_of_subject(void *revoke_of_job, struct str key, struct str value, struct err *e)
{
	struct revoke_of_job *job = revoke_of_job;
	uint8_t hash[HASH_LEN];
	struct store_token t;

	(void)key;
	if (!row_read(value, hash, &t, e))
		return false;
	if (str_is(job->subject, t.subject))
		add_token(&job->revoked, &t);
	return true;
}

bool
token_revoke_of_run(struct batch *b, void *revoke_of_job, struct err *refused, struct err *e)
{
	struct revoke_of_job *job = revoke_of_job;

	store_tokens_free(&job->revoked); /* of a run before, whose batch was aborted */
	if (!env_each_in(b->txn, b->env->tokens, add_if_of_subject, job, e))
		return false;
	for (size_t i = 0; i < job->revoked.n; i++)
		if (!db_delete(b->env->tokens, b->txn, key_of(job->revoked.list[i].id), e))
			return false;
	if (job->revoked.n == 0)
		err_set(refused, ERR_NOT_FOUND, "there is no token of that subject");
	return true;
}

/* Ends the old token, at once or when its time of grace is over. */
static bool
retire(struct batch *b, int64_t grace_s, const uint8_t hash[static HASH_LEN],
    struct store_token *old, struct err *e)
{
	int64_t end_s = b->now_s + grace_s;

	if (grace_s == 0)
		return db_delete(b->env->tokens, b->txn, key_of(old->id), e);
	if (old->expires_s != 0 && old->expires_s <= end_s)
		return true;
	old->expires_s = end_s;
	return row_write(b, hash, old, e);
}

/* What the new token is to be; false if the old one is past its expiry, which it would get. */
static bool
successor(const struct batch *b, struct rotate_job *job, const struct store_token *old)
{
	job->made = *old;
	memcpy(job->made.id, job->asked.id, sizeof job->made.id);
	job->made.created_s = b->now_s;
	job->made.last_used_s = 0;
	if (!job->asked.keep_expiry)
		job->made.expires_s = job->asked.expires_s;
	return job->made.expires_s == 0 || job->made.expires_s > b->now_s;
}

/* Makes the new token, where it is not there yet. */
static bool
succeed(struct batch *b, struct rotate_job *job, const struct store_token *old,
    struct err *refused, struct err *e)
{
	bool done;

	if (!successor(b, job, old)) {
		err_set(refused, ERR_INVALID_ARGUMENTS,
		    "the token has expired, so the new one needs an expiry of its own");
		return true;
	}
	return add_new(b, &job->made, job->secret, &done, refused, e);
}

bool
token_rotate_run(struct batch *b, void *rotate_job, struct err *refused, struct err *e)
{
	struct rotate_job *job = rotate_job;
	uint8_t hash[HASH_LEN];
	struct store_token old;
	bool exists;
	int made = find(b->env, b->txn, job->asked.id, job->secret, &exists, &job->made, e);
	int found = made < 0 ? -1 : row_get(b->env, b->txn, job->asked.old_id, hash, &old, e);

	if (found < 0)
		return false;
	if (made == 0 && found == 0)
		err_set(refused, ERR_NOT_FOUND, "there is no token of that id");
	else if (made == 0 && !succeed(b, job, &old, refused, e))
		return false;
	if (refused->code != ERR_NONE || found == 0 || job->asked.keep_old)
		return true;
	return retire(b, job->asked.grace_s, hash, &old, e);
}

bool
token_uses_run(struct batch *b, void *uses_job, struct err *refused, struct err *e)
{
	const struct uses_job *job = uses_job;

	(void)refused;
	for (size_t i = 0; i < job->n; i++) {
		uint8_t hash[HASH_LEN];
		struct store_token t;
		int found = row_get(b->env, b->txn, job->uses[i].id, hash, &t, e);

		if (found < 0)
			return false;
		if (found == 0) /* revoked meanwhile */
			continue;
		t.last_used_s = job->uses[i].used_s;
		if (!row_write(b, hash, &t, e))
			return false;
	}
	return true;
}

/* --- reads --- */

bool
token_verify(struct env *env, const uint8_t id[static STORE_TOKEN_ID_LEN],
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct store_token *t, struct err *e)
{
	DB_TXN *txn;
	bool exists;
	int found;

	if (!env_begin_reading(env, &txn, e))
		return false;
	found = find(env, txn, id, secret, &exists, t, e);
	if (found == 0 && !exists)
		found = grant_verify(env, txn, id, secret, t, e);
	txn->commit(txn, 0);
	if (found == 0)
		err_set(e, ERR_UNAUTHORIZED, "no such token");
	return found == 1;
}

int
token_find(struct env *env, DB_TXN *txn, const uint8_t id[static STORE_TOKEN_ID_LEN],
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct err *e)
{
	struct store_token t;
	bool exists;

	return find(env, txn, id, secret, &exists, &t, e);
}

static int
older_first(const void *a, const void *b)
{
	const struct store_token *x = a, *y = b;

	if (x->created_s != y->created_s)
		return x->created_s < y->created_s ? -1 : 1;
	return memcmp(x->id, y->id, sizeof x->id);
}

static bool
add(void *tokens, struct str key, struct str value, struct err *e)
{
	uint8_t hash[HASH_LEN];
	struct store_token t;

	(void)key;
	if (!row_read(value, hash, &t, e))
		return false;
	add_token(tokens, &t);
	return true;
}

bool
token_list(struct env *env, struct store_tokens *out, struct err *e)
{
	*out = (struct store_tokens){0};
	if (!env_each(env, env->tokens, add, out, e)) {
		store_tokens_free(out);
		return false;
	}
	if (out->n > 1)
		qsort(out->list, out->n, sizeof *out->list, older_first);
	return true;
}
