/* storage/login/secret.c -- keyed hashes. */
#include "storage/login/secret.h"

#include <sodium.h>
#include <string.h>

#include "base/pack.h"

/* With its length before it, so that no two lists of parts are the same bytes. */
static void
add_part(crypto_generichash_state *s, const void *bytes, size_t len)
{
	uint8_t length[8];

	put_be64(length, len);
	crypto_generichash_update(s, length, sizeof length);
	crypto_generichash_update(s, bytes, len);
}

bool
secret_hash(struct env *env, DB_TXN *txn, const char *purpose, const struct str *parts,
    size_t n, uint8_t *hash, size_t len, struct err *e)
{
	uint8_t key[ENV_TOKEN_KEY_LEN];
	crypto_generichash_state s;

	if (!env_token_key(env, txn, key, e))
		return false;
	crypto_generichash_init(&s, key, sizeof key, len);
	add_part(&s, purpose, strlen(purpose));
	for (size_t i = 0; i < n; i++)
		add_part(&s, parts[i].s, parts[i].len);
	crypto_generichash_final(&s, hash, len);
	sodium_memzero(key, sizeof key);
	sodium_memzero(&s, sizeof s);
	return true;
}
