/* storage/login/secret.h -- keyed hashes, by the key that the environment was made with.
 *
 * Private to storage/.  A copied database without a secret that was handed out lets nobody find
 * that secret, nor the next one. */
#ifndef STORAGE_LOGIN_SECRET_H
#define STORAGE_LOGIN_SECRET_H

#include "storage/env.h"

#define SECRET_HASH_LEN 32

/* purpose names what the hash is for; hashes for two purposes are unrelated.  len: 16 to
 * SECRET_HASH_LEN. */
bool secret_hash(struct env *env, DB_TXN *txn, const char *purpose, const struct str *parts,
    size_t n, uint8_t *hash, size_t len, struct err *e);

#endif
