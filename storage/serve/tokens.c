/* storage/serve/tokens.c -- the operations on bearer tokens, answered. */
#include <sodium.h>

#include "storage/login/tokens.h"
#include "storage/serve/service.h"

bool
serve_token_create(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct token_job job = {0};
	bool ok;

	(void)r;
	unpack_token(u, &job.token);
	unpack_bytes(u, job.secret, sizeof job.secret);
	ok = unpack_done(u) ? service_write(s, token_create_run, &job, 0, 1, e)
			    : service_malformed(e);
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
	if (ok)
		pack_token(&r->head, &t);
	return ok;
}

bool
serve_token_list(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct store_tokens tokens;

	if (!unpack_done(u))
		return service_malformed(e);
	if (!token_list(s->env, &tokens, e))
		return false;
	pack_tokens(&r->head, &tokens);
	store_tokens_free(&tokens);
	return true;
}

bool
serve_token_revoke(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct token_job job = {0};

	(void)r;
	unpack_bytes(u, job.token.id, sizeof job.token.id);
	if (!unpack_done(u))
		return service_malformed(e);
	if (!service_write(s, token_revoke_run, &job, 0, 1, e))
		return false;
	generation_raise(s->generation);
	return true;
}
