/* storage/login/logins.c -- which logins there are, and how one is ended. */
#include "storage/login/logins.h"

#include <stdlib.h>
#include <string.h>

#include "storage/login/grant.h"
#include "storage/login/tokens.h"
#include "storage/login/users.h"

/* --- the end of one --- */

static bool
end_one(struct batch *b, const struct grant *g, char *user, struct err *e)
{
	memcpy(user, g->user, sizeof g->user);
	return grant_delete(b, g, e);
}

/* The id is only part of secrets, so a client that names it has, or had, a token of this login.
 * An old token ends the login like the present one (RFC 7009, 2.1). */
bool
login_revoke_run(struct batch *b, void *revoke_job, struct err *refused, struct err *e)
{
	struct revoke_job *job = revoke_job;
	struct grant g;
	int found = grant_read(b->env, b->txn, job->asked.id, &g, e);

	(void)refused;
	job->revoked = STORE_REVOKED_NONE;
	if (found == 1 && str_is(job->asked.client, g.client)) {
		job->revoked = STORE_REVOKED;
		return end_one(b, &g, job->user, e);
	}
	if (found == 0)
		found = token_find(b->env, b->txn, job->asked.id, job->asked.secret, e);
	if (found == 1)
		job->revoked = STORE_REVOKED_NOT_OF_CLIENT;
	return found >= 0;
}

bool
login_end_run(struct batch *b, void *end_job, struct err *refused, struct err *e)
{
	struct end_job *job = end_job;
	struct grant g;
	int found = grant_read(b->env, b->txn, job->id, &g, e);

	if (found == 0)
		err_set(refused, ERR_NOT_FOUND, "there is no login of that id");
	return found == 1 ? end_one(b, &g, job->user, e) : found == 0;
}

/* --- all of them --- */

struct listing {
	struct store_logins *out;
	struct store_users users; /* by name */
	int64_t now_s;
};

static int
by_name(const void *name, const void *user)
{
	return strcmp(name, ((const struct store_user *)user)->name);
}

/* It is not over, its code was used, and its user has the same password as then. */
static bool
stands(const struct listing *l, const struct grant *g)
{
	const struct store_user *u = l->users.n == 0
	    ? NULL
	    : bsearch(g->user, l->users.list, l->users.n, sizeof *l->users.list, by_name);

	return g->used_s != 0 && g->ends_s > l->now_s && u != NULL && u->stamp == g->stamp;
}

static bool
add(void *listing, struct str key, struct str value, struct err *e)
{
	struct listing *l = listing;
	struct store_logins *out = l->out;
	struct store_login *login;
	struct grant g;

	if (!grant_unpack(key, value, &g, e))
		return false;
	if (!stands(l, &g))
		return true;
	if ((out->n & (out->n - 1)) == 0) /* a power of two: full */
		out->list = mem_grow(out->list, out->n ? 2 * out->n : 1, sizeof *out->list);
	login = &out->list[out->n++];
	*login =
	    (struct store_login){.begun_s = g.begun_s, .used_s = g.used_s, .ends_s = g.ends_s};
	memcpy(login->id, g.id, sizeof g.id);
	memcpy(login->user, g.user, sizeof g.user);
	memcpy(login->client, g.client, sizeof g.client);
	memcpy(login->address, g.address, sizeof g.address);
	return true;
}

static int
older_first(const void *a, const void *b)
{
	const struct store_login *x = a, *y = b;

	if (x->begun_s != y->begun_s)
		return x->begun_s < y->begun_s ? -1 : 1;
	return memcmp(x->id, y->id, sizeof x->id);
}

bool
login_list(struct env *env, int64_t now_s, struct store_logins *out, struct err *e)
{
	struct listing l = {.out = out, .now_s = now_s};
	bool ok;

	*out = (struct store_logins){0};
	ok = user_list(env, &l.users, e) && env_each(env, env->grants.rows, add, &l, e);
	store_users_free(&l.users);
	if (!ok)
		store_logins_free(out);
	else if (out->n > 1)
		qsort(out->list, out->n, sizeof *out->list, older_first);
	return ok;
}
