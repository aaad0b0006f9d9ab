/* storage/login/grant.h -- the row of a login.
 *
 * Private to storage/login/.  A row, at the login's id: when it ends (i64), version (u8), user
 * (str), the user's stamp (u64), client (str), redirect (str), challenge (32 bytes), begun
 * (i64), last used (i64; 0: the code is still to be used), operation id of that use (16 bytes),
 * salt of what it gave (32 bytes), hash of the secret that may be used next (32 bytes) and of
 * the one that was used last (32 bytes), and of the present access token and the one before:
 * hash (32 bytes), expires (i64); since version 2 also the address it was begun from (str). */
#ifndef STORAGE_LOGIN_GRANT_H
#define STORAGE_LOGIN_GRANT_H

#include "storage/login.h"
#include "storage/login/secret.h"
#include "storage/writer.h"

#define GRANT_SALT_LEN 32
#define GRANT_ACCESS_KEPT 2 /* requests under way still carry the one before */

struct access {
	uint8_t hash[SECRET_HASH_LEN];
	int64_t expires_s; /* 0: there is none */
};

struct grant {
	uint8_t id[STORE_TOKEN_ID_LEN];
	int64_t ends_s;
	char user[STORE_SUBJECT_MAX + 1];
	uint64_t stamp;
	char client[STORE_CLIENT_MAX + 1], redirect[STORE_REDIRECT_MAX + 1];
	char address[STORE_ADDRESS_MAX + 1]; /* "": not known */
	uint8_t challenge[STORE_CHALLENGE_LEN];
	int64_t begun_s, used_s;
	uint8_t opid[STORE_OPID_LEN], salt[GRANT_SALT_LEN];
	uint8_t next[SECRET_HASH_LEN], last[SECRET_HASH_LEN];
	struct access access[GRANT_ACCESS_KEPT]; /* the newest first */
};

struct str grant_key(const struct grant *g);

/* The row of an id: 1 found, 0 none, -1 with *e set. */
int grant_read(struct env *env, DB_TXN *txn, const uint8_t id[static STORE_TOKEN_ID_LEN],
    struct grant *g, struct err *e);
/* The same of a row at hand, whose id is key.  False with *e set. */
bool grant_unpack(struct str key, struct str value, struct grant *g, struct err *e);
bool grant_write(struct batch *b, const struct grant *g, struct err *e);
bool grant_delete(struct batch *b, const struct grant *g, struct err *e);

/* Is the user there, with the password that the login was made under?  1, 0 or -1 with *e set.
 */
int grant_user(
    struct env *env, DB_TXN *txn, const struct grant *g, struct store_user *u, struct err *e);

#endif
