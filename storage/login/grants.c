/* storage/login/grants.c -- logins: what a user granted a client, from the authorization code
 * to the last refresh token. */
#include "storage/login/grants.h"

#include <sodium.h>
#include <string.h>

#include "storage/login/grant.h"
#include "storage/login/secret.h"
#include "storage/login/users.h"

/* What each kind of secret is hashed for. */
static const char *const purposes[] = {
    [STORE_CODE] = "code",
    [STORE_REFRESH] = "refresh token",
};

/* The hash of a secret of g, as rows keep it. */
static bool
hash_of(struct env *env, DB_TXN *txn, const struct grant *g, const char *purpose,
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], uint8_t hash[static SECRET_HASH_LEN],
    struct err *e)
{
	const struct str parts[] = {
	    grant_key(g), {(const char *)secret, STORE_TOKEN_SECRET_LEN}};

	return secret_hash(env, txn, purpose, parts, 2, hash, SECRET_HASH_LEN, e);
}

/* --- a code --- */

static bool
begin_new(struct batch *b, const struct store_grant *asked, struct grant *g,
    struct err *refused, struct err *e)
{
	struct store_user user;
	int stands;

	memcpy(g->user, asked->user.s, asked->user.len);
	memcpy(g->client, asked->client.s, asked->client.len);
	memcpy(g->redirect, asked->redirect.s, asked->redirect.len);
	if (asked->address.len > 0)
		memcpy(g->address, asked->address.s, asked->address.len);
	memcpy(g->challenge, asked->challenge, sizeof g->challenge);
	g->stamp = asked->stamp;
	g->begun_s = b->now_s;
	g->ends_s = b->now_s + GRANT_CODE_S;
	stands = grant_user(b->env, b->txn, g, &user, e);
	if (stands == 0)
		err_set(refused, ERR_UNAUTHORIZED, "the user or the password has changed");
	if (stands != 1)
		return stands == 0;
	return timed_make_room(&b->env->grants, b->txn, GRANTS_MAX, e) && grant_write(b, g, e);
}

bool
grant_begin_run(struct batch *b, void *grant, struct err *refused, struct err *e)
{
	const struct store_grant *asked = grant;
	uint8_t hash[SECRET_HASH_LEN];
	struct grant g;
	int found = grant_read(b->env, b->txn, asked->id, &g, e);

	if (found < 0 ||
	    !hash_of(b->env, b->txn, &g, purposes[STORE_CODE], asked->secret, hash, e))
		return false;
	if (found == 1) {
		/* The same secret means that a client sent the request again because it lost
		 * the answer. */
		if (sodium_memcmp(g.next, hash, sizeof hash) != 0)
			err_set(refused, ERR_SERVER_FAIL, "there is a grant of that id");
		return true;
	}
	memcpy(g.next, hash, sizeof hash);
	return begin_new(b, asked, &g, refused, e);
}

/* --- its use, and that of a refresh token --- */

enum use { USE_FIRST, USE_SAME_AGAIN, USE_FORBIDDEN };

/* Whether the client is the one that the login was granted to, and a code is used with its
 * redirect URI and verifier (RFC 6749, 4.1.3; RFC 7636, 4.6). */
static bool
is_of(const struct store_take *asked, const struct grant *g)
{
	if (!str_is(asked->client, g->client))
		return false;
	return asked->kind != STORE_CODE ||
	    (str_is(asked->redirect, g->redirect) &&
		sodium_memcmp(asked->challenge, g->challenge, sizeof g->challenge) == 0);
}

/* Only the client of the login knows its id, so another secret with this id is one that was
 * used before. */
static enum use
use_of(const struct store_take *asked, const struct grant *g,
    const uint8_t hash[static SECRET_HASH_LEN], int64_t now_s)
{
	if (sodium_memcmp(hash, g->next, SECRET_HASH_LEN) == 0)
		return USE_FIRST;
	if (sodium_memcmp(hash, g->last, SECRET_HASH_LEN) != 0)
		return USE_FORBIDDEN;
	if (sodium_memcmp(asked->opid, g->opid, sizeof g->opid) == 0 ||
	    (asked->kind == STORE_REFRESH && now_s - g->used_s < GRANT_GRACE_S))
		return USE_SAME_AGAIN;
	return USE_FORBIDDEN;
}

/* Computes the tokens that a use of a secret gives.  A repeated request gets the same tokens as
 * long as the row keeps its salt.  Neither the secret alone nor the database alone is enough to
 * compute them. */
static bool
give(struct batch *b, struct take_job *job, const struct grant *g, struct err *e)
{
	const struct str parts[] = {grant_key(g),
	    {(const char *)job->asked.secret, sizeof job->asked.secret},
	    {(const char *)g->salt, sizeof g->salt}};

	memcpy(job->taken.user, g->user, sizeof g->user);
	job->given = secret_hash(b->env, b->txn, "next refresh token", parts, 3,
			 job->taken.refresh, sizeof job->taken.refresh, e) &&
	    secret_hash(b->env, b->txn, "next access token", parts, 3, job->taken.access,
		sizeof job->taken.access, e);
	return job->given;
}

static int64_t
sooner(int64_t a_s, int64_t b_s)
{
	return a_s < b_s ? a_s : b_s;
}

static bool
use_first(struct batch *b, struct take_job *job, struct grant *g, struct err *e)
{
	randombytes_buf(g->salt, sizeof g->salt);
	memcpy(g->opid, job->asked.opid, sizeof g->opid);
	memcpy(g->last, g->next, sizeof g->last);
	g->used_s = b->now_s;
	g->begun_s = clamp_future(g->begun_s, b->now_s, 0);
	g->ends_s = sooner(b->now_s + GRANT_REFRESH_S, g->begun_s + GRANT_ABSOLUTE_S);
	g->access[1] = g->access[0];
	g->access[0].expires_s = sooner(b->now_s + GRANT_ACCESS_S, g->ends_s);
	return give(b, job, g, e) &&
	    hash_of(
		b->env, b->txn, g, purposes[STORE_REFRESH], job->taken.refresh, g->next, e) &&
	    hash_of(
		b->env, b->txn, g, "access token", job->taken.access, g->access[0].hash, e) &&
	    grant_write(b, g, e);
}

static bool
take(struct batch *b, struct take_job *job, struct grant *g, struct err *e)
{
	uint8_t hash[SECRET_HASH_LEN];
	bool ok = true;

	if (!hash_of(b->env, b->txn, g, purposes[job->asked.kind], job->asked.secret, hash, e))
		return false;
	switch (use_of(&job->asked, g, hash, b->now_s)) {
	case USE_FIRST:
		ok = use_first(b, job, g, e);
		break;
	case USE_SAME_AGAIN:
		ok = give(b, job, g, e);
		break;
	case USE_FORBIDDEN: /* RFC 9700, 4.14.2 */
		job->ended = true;
		memcpy(job->taken.user, g->user, sizeof g->user);
		ok = grant_delete(b, g, e);
		break;
	}
	if (job->given)
		job->taken.access_s = (uint32_t)(g->access[0].expires_s - b->now_s);
	return ok;
}

bool
grant_take_run(struct batch *b, void *take_job, struct err *refused, struct err *e)
{
	struct take_job *job = take_job;
	struct store_user user;
	struct grant g;
	int found = grant_read(b->env, b->txn, job->asked.id, &g, e);

	(void)refused;
	job->given = job->ended = false;
	if (found == 1)
		found = g.ends_s > b->now_s && is_of(&job->asked, &g);
	if (found == 1)
		found = grant_user(b->env, b->txn, &g, &user, e);
	if (found == 1)
		job->taken.permissions = user.permissions;
	return found == 1 ? take(b, job, &g, e) : found == 0;
}

/* --- access tokens --- */

int
grant_verify(struct env *env, DB_TXN *txn, const uint8_t id[static STORE_TOKEN_ID_LEN],
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct store_token *t, struct err *e)
{
	uint8_t hash[SECRET_HASH_LEN];
	struct store_user user;
	struct grant g;
	int found = grant_read(env, txn, id, &g, e);

	if (found != 1)
		return found;
	if (!hash_of(env, txn, &g, "access token", secret, hash, e))
		return -1;
	for (size_t i = 0; i < GRANT_ACCESS_KEPT; i++)
		if (g.access[i].expires_s != 0 &&
		    sodium_memcmp(hash, g.access[i].hash, sizeof hash) == 0) {
			*t = (struct store_token){
			    .created_s = g.begun_s, .expires_s = g.access[i].expires_s};
			memcpy(t->id, id, sizeof t->id);
			memcpy(t->subject, g.user, sizeof t->subject);
			found = grant_user(env, txn, &g, &user, e);
			t->permissions = found == 1 ? user.permissions : 0;
			return found;
		}
	return 0;
}
