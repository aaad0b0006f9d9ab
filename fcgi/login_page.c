/* fcgi/login_page.c -- the pages that people see: plain HTML, without script. */
#include "fcgi/login_page.h"

#include <sodium.h>
#include <string.h>

#include "login/redirect.h"

static const char style[] =
    "body{font:1rem/1.5 "
    "system-ui,sans-serif;margin:0;padding:1rem;color:#1b1b1b;background:#fff}"
    "main{max-width:24rem;margin:2rem auto}"
    "h1{font-size:1.5rem}"
    "label,input,button{display:block;font:inherit}"
    "label{margin-top:1rem}"
    "input{box-sizing:border-box;width:100%;padding:.5rem;border:1px solid #595959;"
    "border-radius:.25rem}"
    "input:focus,button:focus,a:focus{outline:3px solid #1a5fb4;outline-offset:2px}"
    "button{width:100%;margin-top:1.5rem;padding:.5rem;border:1px solid #1a5fb4;"
    "border-radius:.25rem;background:#1a5fb4;color:#fff}"
    "button[name]{margin-top:.75rem;background:#fff;color:#1a5fb4}"
    ".error{padding:.25rem 1rem;border-left:.5rem solid #b00020;background:#fdecee}"
    ".error h2{font-size:1rem}";

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
	    /* not no-referrer: browsers then hide the Origin of the form too */
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
add_complaint(struct buf *out, const char *complaint)
{
	buf_puts(out,
	    "<div class=\"error\" role=\"alert\">\n<h2>You are not logged in</h2>\n"
	    "<p id=\"complaint\">");
	add_text(out, str_of(complaint));
	buf_puts(out, " <a href=\"#" LOGIN_FIELD_NAME "\">Go to the form</a></p>\n</div>\n");
}

void
login_page_form(const struct login_page *p, struct buf *out)
{
	/* What was typed last is not said to be wrong by itself: nobody is told which it is. */
	const char *described = p->complaint == NULL ? "" : " aria-describedby=\"complaint\"";
	const struct authorize *a = p->authorize;

	begin(out,
	    p->complaint == NULL ? "Log in - Report Outbox" : "Error: Log in - Report Outbox");
	buf_puts(out, "<h1>Log in to Report Outbox</h1>\n");
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
	buf_printf(out,
	    "<label for=\"" LOGIN_FIELD_NAME "\">Name</label>\n"
	    "<input id=\"" LOGIN_FIELD_NAME "\" name=\"" LOGIN_FIELD_NAME "\" type=\"text\" "
	    "autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" "
	    "required%s%s "
	    "value=\"",
	    described, p->name.len == 0 ? " autofocus" : "");
	add_text(out, p->name);
	buf_printf(out,
	    "\">\n<label for=\"" LOGIN_FIELD_PASSWORD "\">Password</label>\n"
	    "<input id=\"" LOGIN_FIELD_PASSWORD "\" name=\"" LOGIN_FIELD_PASSWORD
	    "\" type=\"password\" autocomplete=\"current-password\" required%s%s>\n"
	    "<button type=\"submit\">Log in</button>\n"
	    "<button type=\"submit\" name=\"" LOGIN_FIELD_CANCEL
	    "\" value=\"yes\" formnovalidate>Cancel</button>\n</form>\n",
	    described, p->name.len == 0 ? "" : " autofocus");
	end(out);
}

void
login_page_refusal(const char *why, struct buf *out)
{
	begin(out, "Error - Report Outbox");
	buf_puts(out, "<h1>You cannot log in like this</h1>\n<p>");
	add_text(out, str_of(why));
	buf_puts(out, "</p>\n");
	end(out);
}

/* Where the form's answer may lead, in words of the policy (CSP3, 2.3.1): they name no IPv6
 * address, but a scheme with any host. */
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
		/* Some browsers hold what a form's answer redirects to against it too. */
		buf_putc(out, ' ');
		buf_add_str(out, source_of(redirect));
	}
}
