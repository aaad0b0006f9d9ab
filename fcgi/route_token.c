/* fcgi/route_token.c -- POST /auth/token: a code or a refresh token for an access token (RFC
 * 6749, 3.2). */
#include <sodium.h>
#include <string.h>

#include "fcgi/exchange.h"
#include "fcgi/media.h"
#include "login/login.h"

/* error and why are literals. */
static bool
refuse(struct exchange *x, const char *error, const char *why)
{
	x->out->status = 400;
	buf_printf(
	    &x->out->body, "{\"error\":\"%s\",\"error_description\":\"%s\"}", error, why);
	return true;
}

static void
answer(struct exchange *x, const struct login_tokens *t)
{
	struct token access;

	buf_printf(&x->out->body,
	    "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%u,"
	    "\"refresh_token\":\"%s\"}",
	    t->access, t->access_s, t->refresh);
	memcpy(x->out->subject, t->subject, sizeof t->subject);
	if (token_parse(str_of(t->access), &access))
		token_id_format(access.id, x->out->token);
	token_wipe(&access);
}

bool
route_token(struct exchange *x, struct err *e)
{
	const struct http_request *r = x->request;
	struct login_tokens t;
	struct err why = {0};
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
		    x, "invalid_request", "the body is malformed, or says something twice");
	ok = login_exchange(x->http->login, &f, r->request_id, &t, &why);
	if (!ok)
		err_set(e, ERR_NOT_READY, "%s", why.text);
	else if (t.error != NULL)
		refuse(x, t.error, t.why);
	else
		answer(x, &t);
	sodium_memzero(&t, sizeof t);
	form_free(&f);
	return ok;
}
