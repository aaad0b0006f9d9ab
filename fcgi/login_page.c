/* fcgi/login_page.c -- the HTML pages of the login, without script. */
#include "fcgi/login_page.h"

#include <sodium.h>
#include <string.h>

#include "login/redirect.h"

/* The contrast of text is at least 4.5:1, that of lines at least 3:1 (WCAG 2.1, 1.4.3 and
 * 1.4.11). */
static const char style[] =
    ":root{color-scheme:light dark;--page:#f3f4f6;--card:#fff;--text:#1b1b1b;--soft:#525860;"
    "--line:#767b84;--blue:#1a5fb4;--on-blue:#fff;--red:#b00020;--red-page:#fdecee}"
    "@media(prefers-color-scheme:dark){:root{--page:#15171a;--card:#212429;--text:#e9eaec;"
    "--soft:#b2b7bf;--line:#868c96;--blue:#8ab8f5;--on-blue:#0d2038;--red:#ff9a9f;"
    "--red-page:#3a2225}}"
    "body{font:1rem/1.5 system-ui,sans-serif;margin:0;padding:1rem;color:var(--text);"
    "background:var(--page)}"
    "main{box-sizing:border-box;max-width:24rem;margin:2rem auto;padding:1.5rem;"
    "border-radius:.5rem;background:var(--card);overflow-wrap:anywhere}"
    "h1{font-size:1.5rem;line-height:1.25;margin:0}"
    ".site{margin:.25rem 0 0;color:var(--soft)}"
    "label,input,button{display:block;font:inherit}"
    "label{margin:1rem 0 .25rem}"
    "input{box-sizing:border-box;width:100%;padding:.5rem;border:1px solid var(--line);"
    "border-radius:.25rem;color:inherit;background:var(--card)}"
    "input[aria-invalid]{border-color:var(--red)}"
    "input:focus,button:focus,a:focus{outline:3px solid var(--blue);outline-offset:2px}"
    "a{color:var(--blue)}"
    "button{width:100%;margin-top:1.5rem;padding:.5rem;border:1px solid var(--blue);"
    "border-radius:.25rem;background:var(--blue);color:var(--on-blue);cursor:pointer}"
    "button[name]{margin-top:.75rem;background:var(--card);color:var(--blue)}"
    ".error{margin-top:1rem;padding:.5rem 1rem;border-left:.25rem solid var(--red);"
    "background:var(--red-page)}"
    ".error h2{font-size:1rem;margin:0}"
    ".error p{margin:0}";

static void
add_text(struct buf *out, struct str text)
{
	static const struct {
		char c;
		const char *escaped;
	} special[] = {
	    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

	for (size_t i = 0; i < text.len; i++) {
		const char *escaped = NULL;

		for (size_t k = 0; k < sizeof special / sizeof special[0]; k++)
			if (text.s[i] == special[k].c)
				escaped = special[k].escaped;
		if (escaped != NULL)
			buf_puts(out, escaped);
		else
			buf_putc(out, text.s[i]);
	}
}

static void
begin(struct buf *out, const char *title)
{
	buf_puts(out,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    /* not no-referrer: then browsers would send the form without its Origin */
	    "<meta name=\"referrer\" content=\"same-origin\">\n<title>");
	buf_puts(out, title);
	buf_puts(out, "</title>\n<style>");
	buf_puts(out, style);
	buf_puts(out, "</style>\n</head>\n<body>\n<main>\n");
}

static void
end(struct buf *out)
{
	buf_puts(out, "</main>\n</body>\n</html>\n");
}

static void
add_hidden(struct buf *out, const char *name, struct str value)
{
	if (value.len == 0)
		return;
	buf_printf(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	add_text(out, value);
	buf_puts(out, "\">\n");
}

static void
add_complaint(struct buf *out, const struct login_complaint *c)
{
	buf_puts(out,
	    "<div class=\"error\" role=\"alert\">\n<h2>You are not logged in</h2>\n"
	    "<p id=\"complaint\">");
	add_text(out, str_of(c->text));
	buf_puts(out, "</p>\n</div>\n");
}

/* Shows which site gets the password and which program asks for the login. */
static void
add_site(struct buf *out, const struct login_page *p)
{
	buf_puts(out, "<p class=\"site\">at ");
	add_text(out, p->site);
	buf_puts(out, ", to go on to ");
	add_text(out, str_of(p->authorize->program));
	buf_puts(out, "</p>\n");
}

/* Returns the attributes that mark an input as wrong and link it to the reason. */
static const char *
state_of(const struct login_page *p, unsigned field)
{
	if (p->complaint == NULL)
		return "";
	return (p->complaint->wrong & field) != 0
	    ? " aria-invalid=\"true\" aria-describedby=\"complaint\""
	    : " aria-describedby=\"complaint\"";
}

static void
add_inputs(struct buf *out, const struct login_page *p)
{
	buf_printf(out,
	    "<label for=\"" LOGIN_FIELD_NAME "\">Name</label>\n"
	    "<input id=\"" LOGIN_FIELD_NAME "\" name=\"" LOGIN_FIELD_NAME "\" type=\"text\" "
	    "autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" "
	    "required%s%s "
	    "value=\"",
	    state_of(p, LOGIN_WRONG_NAME), p->name.len == 0 ? " autofocus" : "");
	add_text(out, p->name);
	buf_printf(out,
	    "\">\n<label for=\"" LOGIN_FIELD_PASSWORD "\">Password</label>\n"
	    "<input id=\"" LOGIN_FIELD_PASSWORD "\" name=\"" LOGIN_FIELD_PASSWORD
	    "\" type=\"password\" autocomplete=\"current-password\" required%s%s>\n",
	    state_of(p, LOGIN_WRONG_PASSWORD), p->name.len == 0 ? "" : " autofocus");
}

void
login_page_form(const struct login_page *p, struct buf *out)
{
	const struct authorize *a = p->authorize;

	begin(out,
	    p->complaint == NULL ? "Log in - Report Outbox" : "Error: Log in - Report Outbox");
	buf_puts(out, "<h1>Log in to Report Outbox</h1>\n");
	add_site(out, p);
	if (p->complaint != NULL)
		add_complaint(out, p->complaint);
	buf_puts(out, "<form method=\"post\" action=\"login\">\n");
	add_hidden(out, "response_type", STR("code"));
	add_hidden(out, "client_id", a->client);
	add_hidden(out, "redirect_uri", a->redirect);
	add_hidden(out, "state", a->state);
	add_hidden(out, "code_challenge", a->challenge_text);
	add_hidden(out, "code_challenge_method", STR("S256"));
	add_hidden(out, LOGIN_FIELD_HIDDEN, str_of(p->field));
	add_inputs(out, p);
	buf_puts(out,
	    "<button type=\"submit\">Log in</button>\n"
	    "<button type=\"submit\" name=\"" LOGIN_FIELD_CANCEL
	    "\" value=\"yes\" formnovalidate>Cancel</button>\n</form>\n");
	end(out);
}

/* Adds a link that shows the same login form again. */
static void
add_again(struct buf *out, const struct authorize *a)
{
	const struct {
		const char *name;
		struct str value;
	} parameters[] = {{"client_id", a->client}, {"redirect_uri", a->redirect},
	    {"state", a->state}, {"code_challenge", a->challenge_text},
	    {"login_hint", a->hint}};

	/* A URL-escaped value needs no HTML escapes. */
	buf_puts(out, "<p><a href=\"login?response_type=code&amp;code_challenge_method=S256");
	for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
		if (parameters[i].value.len == 0)
			continue;
		buf_printf(out, "&amp;%s=", parameters[i].name);
		form_escape(out, parameters[i].value);
	}
	buf_puts(out, "\">Try again</a></p>\n");
}

static void
add_webui(struct buf *out, struct str base)
{
	buf_puts(out, "<p>If this outbox has a WebUI, it is at <a href=\"");
	add_text(out, base);
	buf_puts(out, "/admin/\">");
	add_text(out, base);
	buf_puts(out, "/admin/</a>: log in from there.</p>\n");
}

void
login_page_refusal(const struct login_refusal_page *p, struct buf *out)
{
	begin(out, "Error: Log in - Report Outbox");
	buf_puts(out, "<h1>You are not logged in</h1>\n<p>");
	add_text(out, str_of(p->why));
	buf_puts(out, "</p>\n");
	if (p->authorize->challenge_text.len > 0)
		add_again(out, p->authorize);
	else
		add_webui(out, p->base);
	end(out);
}

/* Returns the source expression (CSP 3, 2.3.1) for the origin that the answer to the form
 * redirects to.  CSP cannot express an IPv6 address, so such an origin becomes its scheme
 * alone. */
static struct str
source_of(struct str redirect)
{
	struct str origin = redirect_origin(redirect);
	const char *colon = memchr(origin.s, ':', origin.len);

	if (colon != NULL && memchr(origin.s, '[', origin.len) != NULL)
		origin.len = (size_t)(colon - origin.s) + 1;
	return origin;
}

void
login_page_policy(struct str redirect, struct buf *out)
{
	char hash_text[sodium_base64_ENCODED_LEN(
	    crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL)];
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const unsigned char *)style, sizeof style - 1);
	sodium_bin2base64(
	    hash_text, sizeof hash_text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
	buf_printf(out,
	    "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; "
	    "frame-ancestors 'none'; form-action 'self'",
	    hash_text);
	if (redirect.len > 0) {
		/* Some browsers apply form-action also to the redirect in the answer to a form.
		 */
		buf_putc(out, ' ');
		buf_add_str(out, source_of(redirect));
	}
}
