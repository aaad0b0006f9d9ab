/* storage/login/uses.h -- when each token was last used.
 *
 * Private to storage/.  A use costs no write of its own.  It is noted in memory, and what was
 * noted is written at most every TOKEN_USES_WRITE_S, and at a clean stop.  A store that is
 * killed forgets what it had not written. */
#ifndef STORAGE_LOGIN_USES_H
#define STORAGE_LOGIN_USES_H

#include "storage/writer.h"

#define TOKEN_USES_WRITE_S 300
#define TOKEN_USES_MAX 4096  /* tokens between two writes; those beyond are not noted */
#define TOKEN_USES_BATCH 500 /* tokens written in one job */

struct token_use {
	uint8_t id[STORE_TOKEN_ID_LEN];
	int64_t used_s; /* seconds since 1970; 0: none */
};

struct token_uses; /* safe to use from all threads */

void token_uses_open(struct token_uses **u);
void token_uses_close(struct token_uses **u); /* safe on NULL; leaves NULL */

void token_uses_note(
    struct token_uses *u, const uint8_t id[static STORE_TOKEN_ID_LEN], int64_t now_s);
/* The last use that was noted and is not written yet; 0: none. */
int64_t token_uses_noted(struct token_uses *u, const uint8_t id[static STORE_TOKEN_ID_LEN]);
/* Writes what was noted, if anything was and the disk is not nearly full, and forgets it. */
bool token_uses_write(struct token_uses *u, struct env *env, struct writer *w, struct err *e);

#endif
