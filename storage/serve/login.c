/* storage/serve/login.c -- answers requests about users, grants, logins and attempts. */
#include <sodium.h>

#include "storage/login/attempts.h"
#include "storage/login/grants.h"
#include "storage/login/logins.h"
#include "storage/login/secret.h"
#include "storage/login/users.h"
#include "storage/serve/audit.h"

/* --- users --- */

/* Runs a job with the user in the request. */
static bool
write_user(struct service *s, struct unpack *u, struct reply *r, const char *event,
    bool (*run)(struct batch *, void *, struct err *, struct err *), struct err *e)
{
	struct store_user user;
	struct buf permissions;
	bool ok;

	unpack_user(u, &user);
	ok = unpack_done(u) ? service_write(s, run, &user, e) : service_malformed(e);
	permissions = audit_permissions(user.permissions);
	audit(s, r, event, e, "user=%s permissions=%s", log_quote(str_of(user.name)).text,
	    permissions.s);
	buf_free(&permissions);
	sodium_memzero(&user, sizeof user);
	return ok;
}

bool
serve_user_add(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	return write_user(s, u, r, "user-add", user_add_run, e);
}

bool
serve_user_set_password(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	if (!write_user(s, u, r, "user-passwd", user_set_password_run, e))
		return false;
	generation_raise(s->generation);
	return true;
}

bool
serve_user_get(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct str name = unpack_str(u);
	struct store_user user;

	if (!unpack_done(u))
		return service_malformed(e);
	if (!user_get(s->env, name, &user, e))
		return false;
	pack_user(&r->head, &user);
	return true;
}

bool
serve_user_list(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct store_users users;

	if (!unpack_done(u))
		return service_malformed(e);
	if (!user_list(s->env, &users, e))
		return false;
	pack_users(&r->head, &users);
	store_users_free(&users);
	return true;
}

/* Runs a job that ends logins, with the user name in the request.  event is the name of the
 * audit event. */
static bool
write_name(struct service *s, struct unpack *u, const struct reply *r, const char *event,
    bool (*run)(struct batch *, void *, struct err *, struct err *), struct err *e)
{
	struct store_user user = {0};
	bool ok;

	unpack_text(u, user.name, STORE_SUBJECT_MAX);
	ok = unpack_done(u) ? service_write(s, run, &user, e) : service_malformed(e);
	if (ok)
		generation_raise(s->generation);
	audit(s, r, event, e, "user=%s", log_quote(str_of(user.name)).text);
	return ok;
}

bool
serve_user_remove(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	return write_name(s, u, r, "user-remove", user_remove_run, e);
}

bool
serve_user_end_logins(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	return write_name(s, u, r, "user-end-logins", user_end_logins_run, e);
}

/* --- grants --- */

bool
serve_grant_begin(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct store_grant g;
	bool ok;

	(void)r;
	ok = unpack_grant(u, &g) ? service_write(s, grant_begin_run, &g, e)
				 : service_malformed(e);
	sodium_memzero(&g, sizeof g);
	return ok;
}

/* Tells all workers to forget the tokens that they have cached, because a login has ended.
 * reason is a literal. */
static void
login_ended(struct service *s, const struct reply *r,
    const uint8_t id[static STORE_TOKEN_ID_LEN], const char *user, const char *reason)
{
	generation_raise(s->generation);
	audit(s, r, "login-end", &(struct err){0}, "token=%s subject=%s reason=\"%s\"",
	    audit_id(id).text, log_quote(str_of(user)).text, reason);
}

/* Answers a request after its job was committed. */
static bool
answer_take(struct service *s, const struct take_job *job, struct reply *r, struct err *e)
{
	if (job->ended)
		login_ended(s, r, job->asked.id, job->taken.user,
		    "a code or refresh token was used again");
	if (!job->given)
		return err_set(e, ERR_UNAUTHORIZED,
		    "the code or refresh token is unknown, expired, used, or belongs to "
		    "another client");
	pack_str(&r->head, str_of(job->taken.user));
	buf_add(&r->head, job->taken.access, sizeof job->taken.access);
	buf_add(&r->head, job->taken.refresh, sizeof job->taken.refresh);
	pack_u32(&r->head, job->taken.access_s);
	pack_u64(&r->head, job->taken.permissions);
	return true;
}

bool
serve_grant_take(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct take_job job = {0};
	bool ok = unpack_take(u, &job.asked) || service_malformed(e);

	ok = ok && service_write(s, grant_take_run, &job, e) && answer_take(s, &job, r, e);
	sodium_memzero(&job, sizeof job);
	return ok;
}

/* --- logins --- */

bool
serve_login_list(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct store_logins logins;

	if (!unpack_done(u))
		return service_malformed(e);
	if (!login_list(s->env, clock_now_s(s->env->clock), &logins, e))
		return false;
	pack_logins(&r->head, &logins);
	store_logins_free(&logins);
	return true;
}

bool
serve_login_end(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct end_job job = {0};

	unpack_bytes(u, job.id, sizeof job.id);
	if (!unpack_done(u))
		return service_malformed(e);
	if (!service_write(s, login_end_run, &job, e)) {
		audit(s, r, "login-end", e, "token=%s", audit_id(job.id).text);
		return false;
	}
	login_ended(s, r, job.id, job.user, "the operator ended it");
	return true;
}

bool
serve_login_revoke(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct revoke_job job = {0};
	bool ok = unpack_revoke(u, &job.asked) || service_malformed(e);

	ok = ok && service_write(s, login_revoke_run, &job, e);
	if (ok && job.revoked == STORE_REVOKED)
		login_ended(s, r, job.asked.id, job.user, "its client gave a token back");
	if (ok)
		pack_u8(&r->head, (uint8_t)job.revoked);
	sodium_memzero(&job, sizeof job);
	return ok;
}

/* --- attempts --- */

static bool
write_attempt(struct service *s, struct unpack *u,
    bool (*run)(struct batch *, void *, struct err *, struct err *), struct attempt_job *job,
    struct err *e)
{
	*job = (struct attempt_job){.name = unpack_str(u)};
	job->address = unpack_str(u);
	return unpack_done(u) ? service_write(s, run, job, e) : service_malformed(e);
}

bool
serve_attempt_begin(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct attempt_job job;

	if (!write_attempt(s, u, attempt_begin_run, &job, e))
		return false;
	pack_u32(&r->head, job.wait_s);
	return true;
}

bool
serve_attempt_succeeded(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct attempt_job job;

	(void)r;
	return write_attempt(s, u, attempt_succeeded_run, &job, e);
}

bool
serve_form_key(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	uint8_t key[STORE_FORM_KEY_LEN];
	DB_TXN *txn;
	bool ok;

	if (!unpack_done(u))
		return service_malformed(e);
	if (!env_begin_reading(s->env, &txn, e))
		return false;
	ok = secret_hash(s->env, txn, "form key", NULL, 0, key, sizeof key, e);
	txn->commit(txn, 0);
	if (ok)
		buf_add(&r->head, key, sizeof key);
	sodium_memzero(key, sizeof key);
	return ok;
}
