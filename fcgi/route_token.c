/* fcgi/route_token.c -- POST /auth/token exchanges a code or a refresh token for an access
 * token (RFC 6749, 3.2).  POST /auth/revoke revokes a token (RFC 7009). */
#include <sodium.h>
#include <string.h>

#include "fcgi/exchange.h"
#include "fcgi/media.h"
#include "login/login.h"

/* error and why are literals that need no escapes in JSON. */
static bool
refuse(struct exchange *x, const char *error, const char *why)
{
	x->out->status = 400;
	buf_printf(
	    &x->out->body, "{\"error\":\"%s\",\"error_description\":\"%s\"}", error, why);
	return true;
}

static void
add_scope(const char *name, void *arg)
{
	struct buf *out = arg;

	if (out->s[out->len - 1] != '"')
		buf_putc(out, ' ');
	buf_puts(out, name);
}

static void
answer(struct exchange *x, const struct login_tokens *t)
{
	struct token access;

	buf_printf(&x->out->body,
	    "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%u,"
	    "\"refresh_token\":\"%s\",\"scope\":\"",
	    t->access, t->access_s, t->refresh);
	/* The scope is always everything that the user may do, whatever the client asked for
	 * (RFC 6749, 3.3). */
	permission_each(t->permissions, add_scope, &x->out->body);
	buf_puts(&x->out->body, "\"}");
	memcpy(x->out->subject, t->subject, sizeof t->subject);
	if (token_parse(str_of(t->access), &access))
		token_id_format(access.id, x->out->token);
	token_wipe(&access);
}

/* Reads the form and has use answer the request. */
static bool
answer_form(struct exchange *x,
    bool (*use)(struct exchange *, const struct form *, struct err *), struct err *e)
{
	const struct http_request *r = x->request;
	struct form f;
	bool ok;

	x->out->pragma = "no-cache"; /* RFC 6749, 5.1 */
	if (!exchange_check_encoding(x, e))
		return false;
	if (!media_is_form(r->content_type))
		return refuse(x, "invalid_request",
		    "the content type must be application/x-www-form-urlencoded");
	if (r->body_too_large || !form_read(&f, r->body))
		return refuse(
		    x, "invalid_request", "the body is malformed, or gives a parameter twice");
	ok = use(x, &f, e);
	form_free(&f);
	return ok;
}

static bool
exchange_grant(struct exchange *x, const struct form *f, struct err *e)
{
	struct login_tokens t;
	struct err why = {0};
	bool ok = login_exchange(x->http->login, f, x->request->request_id, &t, &why);

	if (!ok)
		err_set(e, ERR_NOT_READY, "%s", why.text);
	else if (t.error != NULL)
		refuse(x, t.error, t.why);
	else
		answer(x, &t);
	sodium_memzero(&t, sizeof t);
	return ok;
}

bool
route_token(struct exchange *x, struct err *e)
{
	return answer_form(x, exchange_grant, e);
}

static bool
give_back(struct exchange *x, const struct form *f, struct err *e)
{
	struct login_refusal refusal;
	struct err why = {0};

	if (!login_revoke(x->http->login, f, &refusal, &why))
		return err_set(e, ERR_NOT_READY, "%s", why.text);
	if (refusal.error != NULL)
		return refuse(x, refusal.error, refusal.why);
	x->out->content_type = NULL; /* status 200 with an empty body (RFC 7009, 2.2) */
	return true;
}

bool
route_revoke(struct exchange *x, struct err *e)
{
	return answer_form(x, give_back, e);
}
