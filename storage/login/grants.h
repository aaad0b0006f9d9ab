/* storage/login/grants.h -- logins: what a user granted a client, from the authorization code
 * to the last refresh token.
 *
 * Private to storage/.  All of a login is one row, so that it ends, with every token it gave
 * out, when the row does.  A row, at its id: when it ends (i64), version (u8), user (str), the
 * user's stamp (u64), client (str), redirect (str), challenge (32 bytes), begun (i64), last
 * used (i64; 0: the code is still to be used), operation id of that use (16 bytes), salt of
 * what it gave (32 bytes), hash of the secret that may be used next (32 bytes) and of the one
 * that was used last (32 bytes), and of the present access token and the one before: hash (32
 * bytes), expires (i64). */
#ifndef STORAGE_LOGIN_GRANTS_H
#define STORAGE_LOGIN_GRANTS_H

#include "storage/login.h"
#include "storage/writer.h"

/* Job of the writer; arg is a struct store_grant. */
bool grant_begin_run(struct batch *b, void *grant, struct err *refused, struct err *e);

struct take_job {
	struct store_take asked;
	/* out */
	struct store_taken taken;
	bool given; /* taken is filled in */
	bool ended; /* the grant is: what was asked had been used before */
};

/* Job of the writer; arg is a struct take_job. */
bool grant_take_run(struct batch *b, void *take_job, struct err *refused, struct err *e);

/* Is there an access token of that id and secret, of a user who is as he was?  1 yes, with *t;
 * 0 no; -1 with *e set. */
int grant_verify(struct env *env, DB_TXN *txn, const uint8_t id[static STORE_TOKEN_ID_LEN],
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct store_token *t, struct err *e);

#endif
