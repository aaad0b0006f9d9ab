/* fcgi/route_login.c -- GET and POST /login: the login page (RFC 6749, 3.1). */
#include <sodium.h>
#include <string.h>

#include "auth/subject.h"
#include "fcgi/cookie.h"
#include "fcgi/exchange.h"
#include "fcgi/login_page.h"
#include "fcgi/media.h"
#include "login/login.h"
#include "login/redirect.h"

#define HTML "text/html; charset=utf-8"
#define RETRY_AFTER_S 2

/* With "__Host-", browsers accept the cookie only from this host and only over TLS. */
#define COOKIE_SECURE_PREFIX "__Host-"
#define COOKIE "outbox-login" /* the login form belongs to this cookie */
/* Gets a new value whenever a form is sent.  Chromium keeps a page with everything that was
 * typed into it, even with no-store, and shows it again at Back, until a cookie of the site
 * changes. */
#define COOKIE_SENT "outbox-login-sent"

/* One request for the login page. */
struct visit {
	struct exchange *x;
	struct buf base; /* URL under which the browser reaches the outbox */
	struct form form;
	struct authorize authorize;
	char cookie[LOGIN_COOKIE_LEN + 1];
	bool has_cookie; /* cookie came with the request */
};

static bool
is_secure(const struct visit *v)
{
	struct str base = buf_str(&v->base);

	return str_cut_prefix(&base, "https://");
}

/* --- answers --- */

static bool
show(struct visit *v, int status)
{
	v->x->out->status = status;
	v->x->out->content_type = HTML;
	login_page_policy(v->authorize.redirect, &v->x->out->content_security_policy);
	return true;
}

/* Shows a page without a form. */
static bool
show_refusal(struct visit *v, int status, const char *why)
{
	const struct login_refusal_page page = {
	    .authorize = &v->authorize, .base = buf_str(&v->base), .why = why};

	login_page_refusal(&page, &v->x->out->body);
	v->authorize.redirect = (struct str){0};
	return show(v, status);
}

static bool
send_back(struct visit *v, const char *code, const char *error, const char *why)
{
	v->x->out->status = 303; /* after a 303 the browser sends a GET, also after a POST */
	v->x->out->content_type = NULL;
	authorize_location(
	    &v->authorize, code, error, why, buf_str(&v->base), &v->x->out->location);
	return true;
}

static void
set_cookie(struct visit *v, const char *name, const char *value)
{
	buf_printf(&v->x->out->set_cookies, "%s%s=%s; Path=/; HttpOnly; SameSite=Strict%s\n",
	    is_secure(v) ? COOKIE_SECURE_PREFIX : "", name, value,
	    is_secure(v) ? "; Secure" : "");
}

/* Changes the cookie COOKIE_SENT, so that no browser shows again what was typed into the form.
 */
static void
forget_page(struct visit *v)
{
	char value[LOGIN_COOKIE_LEN + 1];

	login_cookie_new(value);
	set_cookie(v, COOKIE_SENT, value);
}

/* Logs the reason why the store does not answer, but does not show it to strangers. */
static int
unavailable(struct visit *v, const struct err *why)
{
	v->x->out->cause = *why;
	v->x->out->retry_after_s = RETRY_AFTER_S;
	return 503;
}

static bool
show_form(struct visit *v, int status, struct str name, const struct login_complaint *complaint)
{
	struct login_page page = {.authorize = &v->authorize,
	    .site = redirect_host(buf_str(&v->base)),
	    .complaint = complaint};
	char field[LOGIN_FIELD_LEN + 1];
	struct err e = {0};

	if (!v->has_cookie) {
		login_cookie_new(v->cookie);
		set_cookie(v, COOKIE, v->cookie);
	}
	if (!login_field_of(v->x->http->login, str_of(v->cookie), field, &e))
		return show_refusal(v, unavailable(v, &e),
		    "The outbox is starting, or its store does not answer at the moment. You "
		    "can try again in a few seconds.");
	page.field = field;
	page.name = subject_is_valid(name) ? name : (struct str){0};
	login_page_form(&page, &v->x->out->body);
	return show(v, status);
}

static bool
complain(struct visit *v, int status, unsigned wrong, const char *text)
{
	const struct login_complaint complaint = {.text = text, .wrong = wrong};

	return show_form(v, status, form_value(&v->form, LOGIN_FIELD_NAME), &complaint);
}

static bool
complain_unavailable(struct visit *v, const struct err *why)
{
	return complain(v, unavailable(v, why), 0,
	    "The outbox is starting, or its store does not answer at the moment. Nothing is "
	    "wrong with what you typed. Try again in a few seconds.");
}

/* --- requests --- */

static void
read_cookie(struct visit *v)
{
	struct str value = cookie_value(
	    v->x->request->cookie, is_secure(v) ? COOKIE_SECURE_PREFIX COOKIE : COOKIE);

	if (value.len != LOGIN_COOKIE_LEN)
		return;
	memcpy(v->cookie, value.s, value.len);
	v->has_cookie = true;
}

/* Reads the authorization request from encoded.  Returns false if it has already answered: with
 * a refusal or a redirect. */
static bool
visit_begin(struct visit *v, struct str encoded)
{
	if (!form_read(&v->form, encoded)) {
		show_refusal(v, 400,
		    "The address of this page is malformed, or gives a parameter twice.");
		return false;
	}
	read_cookie(v);
	if (authorize_read(
		&v->authorize, &v->form, login_redirects(v->x->http->login), buf_str(&v->base)))
		return true;
	if (v->authorize.error == NULL)
		show_refusal(v, 400, v->authorize.why);
	else
		send_back(v, NULL, v->authorize.error, v->authorize.why);
	return false;
}

static void
visit_end(struct visit *v)
{
	sodium_memzero(v->cookie, sizeof v->cookie);
	form_free(&v->form);
	buf_free(&v->base);
}

/* Finds out the URL under which the browser reaches the outbox.  If that fails, answers with a
 * page that shows the reason, and returns false. */
static bool
find_base(struct visit *v)
{
	struct err why = {0};

	if (exchange_base_url(v->x, &v->base, &why))
		return true;
	show_refusal(v, err_name(why.code)->status, why.text);
	return false;
}

bool
route_login(struct exchange *x, struct err *e)
{
	struct visit v = {.x = x};

	(void)e;
	if (find_base(&v) && visit_begin(&v, x->request->query))
		show_form(&v, 200, v.authorize.hint, NULL);
	visit_end(&v);
	return true;
}

/* Browsers send a true Origin, or none. */
static bool
is_from_elsewhere(const struct visit *v)
{
	struct str origin = v->x->request->origin;

	return origin.len > 0 && !str_equal_nocase(origin, redirect_origin(buf_str(&v->base)));
}

static bool
show_wait(struct visit *v, uint32_t wait_s)
{
	uint32_t n = wait_s < 60 ? wait_s : (wait_s + 59) / 60;
	char complaint[128];

	snprintf(complaint, sizeof complaint,
	    "There were too many attempts. Try again in %u %s%s.", n,
	    wait_s < 60 ? "second" : "minute", n == 1 ? "" : "s");
	v->x->out->retry_after_s = wait_s;
	return complain(v, 429, 0, complaint); /* RFC 6585, 4 */
}

static bool
try_password(struct visit *v)
{
	struct str name = form_value(&v->form, LOGIN_FIELD_NAME);
	struct str password = form_value(&v->form, LOGIN_FIELD_PASSWORD);
	struct login_result r;
	struct token code;
	struct err e = {0};

	if (name.len == 0 || password.len == 0)
		return complain(v, 400,
		    (name.len == 0 ? LOGIN_WRONG_NAME : 0) |
			(password.len == 0 ? LOGIN_WRONG_PASSWORD : 0),
		    "Enter your name and your password.");
	if (!login_try(v->x->http->login, name, password, exchange_client(v->x), &v->authorize,
		&r, &e))
		return complain_unavailable(v, &e);
	switch (r.end) {
	case LOGIN_WRONG:
		return complain(v, 403, LOGIN_WRONG_NAME | LOGIN_WRONG_PASSWORD,
		    "The name or the password is wrong.");
	case LOGIN_WAIT:
		return show_wait(v, r.wait_s);
	case LOGIN_DONE:
		break;
	}
	/* The tokens that the client gets for this code have the same id. */
	if (token_parse_as(TOKEN_PREFIX_CODE, str_of(r.code), &code))
		exchange_audit(v->x, "login", str_of(r.name), code.id);
	token_wipe(&code);
	send_back(v, r.code, NULL, NULL);
	sodium_memzero(&r, sizeof r);
	return true;
}

static bool
answer_form(struct visit *v)
{
	struct err e = {0};
	bool ok;

	forget_page(v);
	if (is_from_elsewhere(v))
		return complain(v, 403, 0,
		    "The form was sent from another site, or this site has another name. Check "
		    "the address in your browser, and try again.");
	if (!login_field_check(v->x->http->login,
		v->has_cookie ? str_of(v->cookie) : (struct str){0},
		form_value(&v->form, LOGIN_FIELD_HIDDEN), &ok, &e))
		return complain_unavailable(v, &e);
	if (!ok)
		return complain(v, 403, 0,
		    "The form was too old, or your browser keeps no cookies. Try again.");
	if (form_value(&v->form, LOGIN_FIELD_CANCEL).len > 0)
		return send_back(v, NULL, "access_denied", "The login was cancelled");
	return try_password(v);
}

bool
route_login_form(struct exchange *x, struct err *e)
{
	struct visit v = {.x = x};

	if (!exchange_check_encoding(x, e))
		return false;
	if (!find_base(&v))
		goto out;
	if (!media_is_form(x->request->content_type) || x->request->body_too_large)
		show_refusal(
		    &v, 400, "The request does not contain the login form of this page.");
	else if (visit_begin(&v, x->request->body))
		answer_form(&v);
out:
	visit_end(&v);
	return true;
}
