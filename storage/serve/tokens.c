/* storage/serve/tokens.c -- answers requests about bearer tokens. */
#include <sodium.h>
#include <string.h>

#include "storage/login/tokens.h"
#include "storage/serve/audit.h"

bool
serve_token_create(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct token_job job = {0};
	bool ok;

	unpack_token(u, &job.token);
	unpack_bytes(u, job.secret, sizeof job.secret);
	ok =
	    unpack_done(u) ? service_write(s, token_create_run, &job, e) : service_malformed(e);
	audit_token(s, r, "token-create", e, &job.token);
	sodium_memzero(&job, sizeof job);
	return ok;
}

bool
serve_token_verify(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	uint8_t id[STORE_TOKEN_ID_LEN], secret[STORE_TOKEN_SECRET_LEN];
	struct store_token t;
	bool ok;

	unpack_bytes(u, id, sizeof id);
	unpack_bytes(u, secret, sizeof secret);
	ok = unpack_done(u) ? token_verify(s->env, id, secret, &t, e) : service_malformed(e);
	sodium_memzero(secret, sizeof secret);
	if (!ok)
		return false;
	token_uses_note(s->uses, id, clock_now_s(s->env->clock));
	pack_token(&r->head, &t);
	return true;
}

bool
serve_token_list(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct store_tokens tokens;

	if (!unpack_done(u))
		return service_malformed(e);
	if (!token_list(s->env, &tokens, e))
		return false;
	for (size_t i = 0; i < tokens.n; i++) {
		int64_t noted_s = token_uses_noted(s->uses, tokens.list[i].id);

		if (noted_s != 0)
			tokens.list[i].last_used_s = noted_s;
	}
	pack_tokens(&r->head, &tokens);
	store_tokens_free(&tokens);
	return true;
}

bool
serve_token_revoke(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct token_job job = {0};
	uint8_t id[STORE_TOKEN_ID_LEN];
	bool ok;

	unpack_bytes(u, id, sizeof id);
	memcpy(job.token.id, id, sizeof id);
	ok =
	    unpack_done(u) ? service_write(s, token_revoke_run, &job, e) : service_malformed(e);
	if (ok)
		generation_raise(s->generation);
	audit(s, r, "token-revoke", e, "token=%s subject=%s", audit_id(id).text,
	    log_quote(str_of(job.token.subject)).text);
	return ok;
}

bool
serve_token_revoke_of(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct revoke_of_job job = {.subject = unpack_str(u)};
	bool ok = unpack_done(u) ? service_write(s, token_revoke_of_run, &job, e)
				 : service_malformed(e);

	if (ok) {
		generation_raise(s->generation);
		pack_tokens(&r->head, &job.revoked);
	} else
		audit(s, r, "token-revoke", e, "subject=%s", log_quote(job.subject).text);
	for (size_t i = 0; ok && i < job.revoked.n; i++)
		audit(s, r, "token-revoke", e, "token=%s subject=%s",
		    audit_id(job.revoked.list[i].id).text, log_quote(job.subject).text);
	store_tokens_free(&job.revoked);
	return ok;
}

bool
serve_token_rotate(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct rotate_job job = {0};
	bool ok;

	unpack_rotation(u, &job.asked);
	unpack_bytes(u, job.secret, sizeof job.secret);
	ok =
	    unpack_done(u) ? service_write(s, token_rotate_run, &job, e) : service_malformed(e);
	sodium_memzero(job.secret, sizeof job.secret);
	if (ok)
		pack_token(&r->head, &job.made);
	if (job.asked.keep_old) {
		audit_token(s, r, "token-create", e, &job.made);
		return ok;
	}
	if (ok)
		generation_raise(s->generation); /* the old token ends, or ends sooner */
	audit(s, r, "token-rotate", e, "token=%s subject=%s new=%s grace_s=%lld",
	    audit_id(job.asked.old_id).text, log_quote(str_of(job.made.subject)).text,
	    audit_id(job.asked.id).text, (long long)job.asked.grace_s);
	return ok;
}
