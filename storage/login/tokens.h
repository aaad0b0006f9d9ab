/* storage/login/tokens.h -- bearer tokens: an id, and a keyed hash of the secret.
 *
 * Private to storage/. */
#ifndef STORAGE_LOGIN_TOKENS_H
#define STORAGE_LOGIN_TOKENS_H

#include "storage/login/uses.h"
#include "storage/writer.h"

struct token_job {
	struct store_token token; /* revoke: its id alone; afterwards what was revoked */
	uint8_t secret[STORE_TOKEN_SECRET_LEN];
};

struct revoke_of_job {
	struct str subject;
	struct store_tokens revoked; /* out; store_tokens_free() */
};

struct rotate_job {
	struct store_rotation asked;
	uint8_t secret[STORE_TOKEN_SECRET_LEN]; /* of the new one */
	struct store_token made;                /* out */
};

struct uses_job {
	const struct token_use *uses;
	size_t n;
};

/* Jobs of the writer; arg is the struct that the name says. */
bool token_create_run(struct batch *b, void *token_job, struct err *refused, struct err *e);
bool token_revoke_run(struct batch *b, void *token_job, struct err *refused, struct err *e);
bool token_revoke_of_run(
    struct batch *b, void *revoke_of_job, struct err *refused, struct err *e);
bool token_rotate_run(struct batch *b, void *rotate_job, struct err *refused, struct err *e);
bool token_uses_run(struct batch *b, void *uses_job, struct err *refused, struct err *e);

/* Is there a token of that id and secret, other than those of logins?  1 yes, 0 no, -1 with *e
 * set. */
int token_find(struct env *env, DB_TXN *txn, const uint8_t id[static STORE_TOKEN_ID_LEN],
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct err *e);

/* Reads, as storage/store.h says. */
bool token_verify(struct env *env, const uint8_t id[static STORE_TOKEN_ID_LEN],
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct store_token *t, struct err *e);
bool token_list(struct env *env, struct store_tokens *out, struct err *e);

#endif
