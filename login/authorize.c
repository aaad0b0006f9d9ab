/* login/authorize.c -- what a client asks a user for. */
#include "login/authorize.h"

#include <string.h>

#include "login/pkce.h"
#include "login/redirect.h"

static bool
refuse(struct authorize *a, const char *error, const char *why)
{
	a->error = error;
	a->why = why;
	return false;
}

/* RFC 6749, appendix A.5 */
static bool
is_printable(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.s[i] < ' ' || text.s[i] > '~')
			return false;
	return true;
}

bool
authorize_read(
    struct authorize *a, const struct form *f, const char *redirects, struct str base)
{
	*a = (struct authorize){
	    .client = form_value(f, "client_id"), .redirect = form_value(f, "redirect_uri")};
	if (!str_is(a->client, LOGIN_CLIENT))
		return refuse(a, NULL, "The program that sent you here is not known.");
	if (a->redirect.len > STORE_REDIRECT_MAX ||
	    !redirect_is_allowed(redirects, base, a->redirect))
		return refuse(a, NULL,
		    "The program that sent you here wants you sent back to an address that is "
		    "not on the list.");
	a->state = form_value(f, "state");
	if (a->state.len > AUTHORIZE_STATE_MAX || !is_printable(a->state)) {
		a->state = (struct str){0};
		return refuse(a, "invalid_request", "state is too long or not printable ASCII");
	}
	if (form_value(f, "response_type").len == 0)
		return refuse(a, "invalid_request", "response_type is missing");
	if (!str_is(form_value(f, "response_type"), "code"))
		return refuse(a, "unsupported_response_type", "response_type must be code");
	a->challenge_text = form_value(f, "code_challenge");
	if (!str_is(form_value(f, "code_challenge_method"), "S256") ||
	    !pkce_read(a->challenge_text, a->challenge))
		return refuse(a, "invalid_request",
		    "code_challenge of code_challenge_method S256 is required");
	if (str_is(form_value(f, "prompt"), "none"))
		return refuse(a, "login_required", "nobody is logged in without a password");
	a->hint = form_value(f, "login_hint");
	return true;
}

static void
add_parameter(struct buf *out, char before, const char *name, struct str value)
{
	buf_putc(out, before);
	buf_puts(out, name);
	buf_putc(out, '=');
	form_escape(out, value);
}

void
authorize_location(const struct authorize *a, const char *code, const char *error,
    const char *why, struct str base, struct buf *out)
{
	bool query = memchr(a->redirect.s, '?', a->redirect.len) != NULL;

	buf_add_str(out, a->redirect);
	if (code != NULL) {
		add_parameter(out, query ? '&' : '?', "code", str_of(code));
	} else {
		add_parameter(out, query ? '&' : '?', "error", str_of(error));
		add_parameter(out, '&', "error_description", str_of(why));
	}
	if (a->state.len > 0)
		add_parameter(out, '&', "state", a->state);
	add_parameter(out, '&', "iss", base);
}
