/* storage/login/tokens.c -- bearer tokens: an id, and a keyed hash of the secret. */
#include "storage/login/tokens.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "storage/login/grants.h"
#include "storage/wire/protocol.h"

#define HASH_LEN 32

/* The value of an id: the hash, then the token as in frames. */
static bool
token_unpack(
    struct str value, uint8_t hash[static HASH_LEN], struct store_token *t, struct err *e)
{
	struct unpack u = unpack_of(value);

	unpack_bytes(&u, hash, HASH_LEN);
	unpack_token(&u, t);
	return unpack_done(&u) || err_set(e, ERR_DAMAGED, "a token cannot be read");
}

static struct str
key_of(const uint8_t id[static STORE_TOKEN_ID_LEN])
{
	return (struct str){(const char *)id, STORE_TOKEN_ID_LEN};
}

/* Keyed, so that a copied database alone does not let anybody test guesses; with the id, so
 * that a hash is of no use beside another id. */
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
find(struct env *env, DB_TXN *txn, const struct token_job *asked, bool *exists,
    struct store_token *t, struct err *e)
{
	uint8_t hash[HASH_LEN], kept[HASH_LEN];
	struct buf value = {0};
	int found = db_get(env->tokens, txn, key_of(asked->token.id), &value, e);

	*exists = found == 1;
	if (found == 1) {
		if (!token_unpack(buf_str(&value), kept, t, e) ||
		    !token_hash(env, txn, asked->token.id, asked->secret, hash, e))
			found = -1;
		else
			found = sodium_memcmp(hash, kept, HASH_LEN) == 0;
	}
	buf_free(&value);
	return found;
}

bool
token_create_run(struct batch *b, void *token_job, struct err *refused, struct err *e)
{
	const struct token_job *job = token_job;
	struct store_token there;
	uint8_t hash[HASH_LEN];
	struct buf value = {0};
	bool exists, ok;

	switch (find(b->env, b->txn, job, &exists, &there, e)) {
	case 1:
		return true; /* sent again by a client that lost the answer */
	case -1:
		return false;
	}
	if (exists) {
		err_set(refused, ERR_SERVER_FAIL, "there is a token of that id");
		return true;
	}
	if (!token_hash(b->env, b->txn, job->token.id, job->secret, hash, e))
		return false;
	buf_add(&value, hash, sizeof hash);
	pack_token(&value, &job->token);
	ok = db_put(b->env->tokens, b->txn, key_of(job->token.id), buf_str(&value), e);
	buf_free(&value);
	return ok;
}

bool
token_revoke_run(struct batch *b, void *token_job, struct err *refused, struct err *e)
{
	const struct token_job *job = token_job;
	struct buf value = {0};
	int found = db_get(b->env->tokens, b->txn, key_of(job->token.id), &value, e);

	buf_free(&value);
	if (found < 0)
		return false;
	if (found == 0) {
		err_set(refused, ERR_NOT_FOUND, "there is no token of that id");
		return true;
	}
	return db_delete(b->env->tokens, b->txn, key_of(job->token.id), e);
}

bool
token_verify(struct env *env, const uint8_t id[static STORE_TOKEN_ID_LEN],
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct store_token *t, struct err *e)
{
	struct token_job asked = {0};
	DB_TXN *txn;
	bool exists;
	int found;

	memcpy(asked.token.id, id, sizeof asked.token.id);
	memcpy(asked.secret, secret, sizeof asked.secret);
	if (!env_begin_reading(env, &txn, e))
		return false;
	found = find(env, txn, &asked, &exists, t, e);
	if (found == 0 && !exists)
		found = grant_verify(env, txn, id, secret, t, e);
	txn->commit(txn, 0);
	sodium_memzero(&asked, sizeof asked);
	if (found == 0)
		err_set(e, ERR_UNAUTHORIZED, "no such token");
	return found == 1;
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
	struct store_tokens *out = tokens;
	uint8_t hash[HASH_LEN];

	(void)key;
	if ((out->n & (out->n - 1)) == 0) /* a power of two: full */
		out->list = mem_grow(out->list, out->n ? 2 * out->n : 1, sizeof *out->list);
	return token_unpack(value, hash, &out->list[out->n++], e);
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
