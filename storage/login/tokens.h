/* storage/login/tokens.h -- bearer tokens: an id, and a keyed hash of the secret.
 *
 * Private to storage/. */
#ifndef STORAGE_LOGIN_TOKENS_H
#define STORAGE_LOGIN_TOKENS_H

#include "storage/writer.h"

struct token_job {
	struct store_token token; /* revoke: its id alone */
	uint8_t secret[STORE_TOKEN_SECRET_LEN];
};

/* Jobs of the writer; arg is a struct token_job. */
bool token_create_run(struct batch *b, void *token_job, struct err *refused, struct err *e);
bool token_revoke_run(struct batch *b, void *token_job, struct err *refused, struct err *e);

/* Reads, as storage/store.h says. */
bool token_verify(struct env *env, const uint8_t id[static STORE_TOKEN_ID_LEN],
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct store_token *t, struct err *e);
bool token_list(struct env *env, struct store_tokens *out, struct err *e);

#endif
