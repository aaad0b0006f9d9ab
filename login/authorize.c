/* login/authorize.c -- the authorization request of a client. */
#include "login/authorize.h"

#include <string.h>

#include "login/pkce.h"
#include "login/redirect.h"

static const struct {
	const char *client, *name;
} programs[] = {
    {LOGIN_CLIENT, "Stalwart WebUI"},
};

static const char *
program_of(struct str client)
{
	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
		if (str_is(client, programs[i].client))
			return programs[i].name;
	return NULL;
}

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
	a->program = program_of(a->client);
	if (a->client.len == 0)
		return refuse(a, NULL,
		    "This page is where a program sends you when you log in to it. Open that "
		    "program, and log in there.");
	if (a->program == NULL)
		return refuse(a, NULL,
		    "The program that sent you here has a name (client_id) that this outbox "
		    "does not know.");
	if (a->redirect.len == 0)
		return refuse(a, NULL,
		    "The program that sent you here does not say to which address you return "
		    "after the login (redirect_uri).");
	if (a->redirect.len > STORE_REDIRECT_MAX ||
	    !redirect_is_allowed(redirects, base, a->redirect))
		return refuse(a, NULL,
		    "The program that sent you here wants to send you to an address "
		    "(redirect_uri) that is not on this outbox's list. The operator of the "
		    "outbox can add it to redirect_uris in outbox.conf.");
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
		    redirect_is_secure(a->redirect)
			? "code_challenge of code_challenge_method S256 is required"
			: "Logging in needs https: without it a browser does not let this "
			  "program compute what a login needs (code_challenge_method S256). "
			  "Open its https address");
	if (str_is(form_value(f, "prompt"), "none"))
		return refuse(a, "login_required", "this page always asks for a password");
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
