/* storage/login/grants.h -- logins: what a user granted a client, from the authorization code
 * to the last refresh token.
 *
 * Private to storage/.  All of a login is one row (grant.h), so that it ends, with every token
 * it gave out, when the row does. */
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
