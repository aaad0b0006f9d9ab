/* login/revoke.c -- the revocation endpoint: any token of a login ends the login (RFC 7009). */
#include <sodium.h>
#include <string.h>

#include "login/private.h"

static bool
refuse(struct login_refusal *r, const char *error, const char *why)
{
	r->error = error;
	r->why = why;
	return false;
}

/* Accepts both kinds of token, whatever token_type_hint says (2.1). */
static bool
read_token(struct str text, struct store_revoke *asked)
{
	struct token t;
	bool ok = token_parse_as(TOKEN_PREFIX_REFRESH, text, &t) || token_parse(text, &t);

	if (ok) {
		memcpy(asked->id, t.id, sizeof asked->id);
		memcpy(asked->secret, t.secret, sizeof asked->secret);
	}
	token_wipe(&t);
	return ok;
}

static bool
read_client(const struct form *f, struct store_revoke *asked, struct login_refusal *r)
{
	asked->client = form_value(f, "client_id");
	if (form_value(f, "token").len == 0)
		return refuse(r, "invalid_request", "token is missing");
	if (asked->client.len == 0)
		return refuse(r, "invalid_request", "client_id is missing");
	return str_is(asked->client, LOGIN_CLIENT) ||
	    refuse(r, "invalid_client", "there is no such client");
}

bool
login_revoke(
    struct login *l, const struct form *f, struct login_refusal *refusal, struct err *e)
{
	struct store_revoke asked = {0};
	enum store_revoked revoked = STORE_REVOKED_NONE;
	bool ok = true;

	*refusal = (struct login_refusal){0};
	if (!read_client(f, &asked, refusal))
		goto out;
	if (read_token(form_value(f, "token"), &asked))
		ok = store_login_revoke(l->options.store, &asked, &revoked, e);
	if (ok && revoked == STORE_REVOKED_NOT_OF_CLIENT)
		refuse(refusal, "unsupported_token_type",
		    "this client did not get this token by a login; use outboxctl token "
		    "revoke");
out:
	sodium_memzero(&asked, sizeof asked);
	return ok;
}
