/* login/exchange.c -- the token endpoint: takes a code or a refresh token, and gives an access
 * token and the next refresh token (RFC 6749, 4.1.3 and 6). */
#include <sodium.h>
#include <string.h>

#include "base/pack.h"
#include "login/pkce.h"
#include "login/private.h"

/* Reads the parameters of one grant type, except client_id; false with t->error. */
typedef bool grant_read(const struct form *f, struct store_take *take, struct login_tokens *t);

static bool
refuse(struct login_tokens *t, const char *error, const char *why)
{
	t->error = error;
	t->why = why;
	return false;
}

static bool
read_secret(const char *prefix, struct str text, struct store_take *take)
{
	struct token secret;
	bool ok = token_parse_as(prefix, text, &secret);

	if (ok) {
		memcpy(take->id, secret.id, sizeof take->id);
		memcpy(take->secret, secret.secret, sizeof take->secret);
	}
	token_wipe(&secret);
	return ok;
}

static bool
read_code(const struct form *f, struct store_take *take, struct login_tokens *t)
{
	take->kind = STORE_CODE;
	take->redirect = form_value(f, "redirect_uri");
	if (form_value(f, "code").len == 0)
		return refuse(t, "invalid_request", "code is missing");
	if (take->redirect.len == 0)
		return refuse(t, "invalid_request", "redirect_uri is missing");
	if (form_value(f, "code_verifier").len == 0)
		return refuse(t, "invalid_request", "code_verifier is missing");
	if (!pkce_of_verifier(form_value(f, "code_verifier"), take->challenge))
		return refuse(t, "invalid_grant", "code_verifier is not as RFC 7636 describes");
	return read_secret(TOKEN_PREFIX_CODE, form_value(f, "code"), take) ||
	    refuse(t, "invalid_grant", "code is malformed");
}

static bool
read_refresh(const struct form *f, struct store_take *take, struct login_tokens *t)
{
	take->kind = STORE_REFRESH;
	if (form_value(f, "refresh_token").len == 0)
		return refuse(t, "invalid_request", "refresh_token is missing");
	return read_secret(TOKEN_PREFIX_REFRESH, form_value(f, "refresh_token"), take) ||
	    refuse(t, "invalid_grant", "refresh_token is malformed");
}

static const struct {
	const char *type;
	grant_read *read;
} grants[] = {
    {"authorization_code", read_code},
    {"refresh_token", read_refresh},
};

static bool
read_request(const struct form *f, struct store_take *take, struct login_tokens *t)
{
	struct str type = form_value(f, "grant_type");

	take->client = form_value(f, "client_id");
	if (type.len == 0)
		return refuse(t, "invalid_request", "grant_type is missing");
	if (take->client.len == 0)
		return refuse(t, "invalid_request", "client_id is missing");
	if (!str_is(take->client, LOGIN_CLIENT))
		return refuse(t, "invalid_client", "there is no such client");
	for (size_t i = 0; i < sizeof grants / sizeof grants[0]; i++)
		if (str_is(type, grants[i].type))
			return grants[i].read(f, take, t);
	return refuse(t, "unsupported_grant_type",
	    "grant_type must be authorization_code or refresh_token");
}

/* Sets an id that is the same only if the web server sends the same request again. */
static void
operation_id(struct str request_id, struct store_take *take)
{
	struct buf all = {0};

	if (request_id.len == 0) {
		randombytes_buf(take->opid, sizeof take->opid);
		return;
	}
	pack_str(&all, request_id);
	buf_add(&all, take->id, sizeof take->id);
	crypto_generichash(
	    take->opid, sizeof take->opid, (unsigned char *)all.s, all.len, NULL, 0);
	buf_free(&all);
}

static void
format(const char *prefix, const uint8_t *id, const uint8_t *secret,
    char out[static TOKEN_LEN + 1])
{
	struct token t;

	memcpy(t.id, id, sizeof t.id);
	memcpy(t.secret, secret, sizeof t.secret);
	token_format_as(prefix, &t, out);
	token_wipe(&t);
}

bool
login_exchange(struct login *l, const struct form *f, struct str request_id,
    struct login_tokens *t, struct err *e)
{
	struct store_take take = {0};
	struct store_taken taken = {0};
	struct err why = {0};
	bool ok = true;

	*t = (struct login_tokens){0};
	if (!read_request(f, &take, t))
		goto out;
	operation_id(request_id, &take);
	if (!store_grant_take(l->options.store, &take, &taken, &why)) {
		if (why.code == ERR_UNAUTHORIZED)
			refuse(t, "invalid_grant",
			    "the code or refresh token is unknown, expired, used, or belongs "
			    "to another client");
		else
			ok = err_set(e, why.code, "%s", why.text);
		goto out;
	}
	format(TOKEN_PREFIX, take.id, taken.access, t->access);
	format(TOKEN_PREFIX_REFRESH, take.id, taken.refresh, t->refresh);
	memcpy(t->subject, taken.user, sizeof t->subject);
	t->access_s = taken.access_s;
	t->permissions = taken.permissions;
out:
	sodium_memzero(&take, sizeof take);
	sodium_memzero(&taken, sizeof taken);
	return ok;
}
