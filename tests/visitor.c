/* tests/visitor.c -- somebody who logs in. */
#include "tests/visitor.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "login/form.h"
#include "login/password.h"

#define FORM_TYPE "application/x-www-form-urlencoded"
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

void
visitor_make_user(struct store *s)
{
	struct store_user u = {.name = VISITOR_NAME, .permissions = ~UINT64_C(0)};
	struct err e = {0};

	if (!password_hash(STR(VISITOR_PASSWORD), u.password, &e) ||
	    !store_user_add(s, &u, &e)) {
		fprintf(stderr, "tests/visitor: %s\n", e.text);
		exit(1);
	}
}

void
visitor_open(struct visitor *v, const struct transport *t)
{
	*v = (struct visitor){.transport = t};
}

void
visitor_close(struct visitor *v)
{
	answer_free(&v->answer);
}

const char *
visitor_header(struct visitor *v, const char *name)
{
	static char value[2048];
	size_t len = strlen(name);

	for (const char *line = v->answer.headers.s; line != NULL;
	     line = strchr(line, '\n') == NULL ? NULL : strchr(line, '\n') + 1)
		if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
			snprintf(value, sizeof value, "%.*s",
			    (int)strcspn(line + len + 2, "\r\n"), line + len + 2);
			return value;
		}
	return "";
}

/* What stands between before and after in text, into out; "" if that is nowhere. */
static void
find(const char *text, const char *before, char after, char *out, size_t size)
{
	const char *at = text == NULL ? NULL : strstr(text, before);
	const char *end = at == NULL ? NULL : strchr(at + strlen(before), after);

	if (at != NULL && end == NULL)
		end = at + strlen(at);
	snprintf(out, size, "%.*s",
	    at == NULL ? 0 : (int)(end - at - (ptrdiff_t)strlen(before)),
	    at == NULL ? "" : at + strlen(before));
}

/* The one that the form belongs to, of the answer's. */
static void
keep_cookie(struct visitor *v)
{
	static const char *const names[] = {
	    "Set-Cookie: outbox-login=", "Set-Cookie: __Host-outbox-login="};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *at = strstr(v->answer.headers.s, names[i]);

		if (at != NULL) {
			at += strlen("Set-Cookie: ");
			snprintf(
			    v->cookie, sizeof v->cookie, "%.*s", (int)strcspn(at, ";\r\n"), at);
		}
	}
}

static int
send(struct visitor *v, const struct exchange *x)
{
	struct err e = {0};
	char field[sizeof v->field];

	answer_free(&v->answer);
	if (!v->transport->send(v->transport->arg, x, &v->answer, &e)) {
		CU_FAIL("no answer");
		return 0;
	}
	buf_terminate(&v->answer.headers);
	buf_terminate(&v->answer.body);
	snprintf(v->location, sizeof v->location, "%s", visitor_header(v, "Location"));
	keep_cookie(v);
	find(v->answer.body.s, "name=\"form_token\" value=\"", '"', field, sizeof field);
	if (field[0] != '\0')
		snprintf(v->field, sizeof v->field, "%s", field);
	return v->answer.status;
}

int
visitor_get(struct visitor *v, const char *path)
{
	struct exchange x = {.method = "GET", .path = path};

	x.cookie = v->cookie[0] == '\0' ? NULL : v->cookie;
	return send(v, &x);
}

int
visitor_post(struct visitor *v, const char *path, const char *form)
{
	struct exchange x = {
	    .method = "POST", .path = path, .content_type = FORM_TYPE, .body = str_of(form)};

	x.cookie = v->cookie[0] == '\0' ? NULL : v->cookie;
	x.origin = v->origin;
	return send(v, &x);
}

int
visitor_see_form(struct visitor *v)
{
	return visitor_get(v, "/login?" VISITOR_REQUEST "&login_hint=" VISITOR_NAME);
}

int
visitor_log_in(struct visitor *v, const char *name, const char *password)
{
	struct buf form = {0};
	int status;

	buf_printf(
	    &form, "%s&form_token=%s&username=%s&password=", VISITOR_REQUEST, v->field, name);
	form_escape(&form, str_of(password));
	status = visitor_post(v, "/login", buf_terminate(&form));
	find(v->location, "?code=", '&', v->code, sizeof v->code);
	buf_free(&form);
	return status;
}

static int
ask_token(struct visitor *v, const char *form)
{
	char seconds[16];
	int status = visitor_post(v, "/auth/token", form);

	find(v->answer.body.s, "\"access_token\":\"", '"', v->access, sizeof v->access);
	find(v->answer.body.s, "\"refresh_token\":\"", '"', v->refresh, sizeof v->refresh);
	find(v->answer.body.s, "\"expires_in\":", ',', seconds, sizeof seconds);
	v->expires_in = strtol(seconds, NULL, 10);
	return status;
}

int
visitor_use_code(struct visitor *v, const char *code)
{
	char form[1024];

	snprintf(form, sizeof form,
	    "grant_type=authorization_code&code=%s&code_verifier=" VERIFIER
	    "&client_id=stalwart-webui&redirect_uri=%s",
	    code, VISITOR_CALLBACK);
	return ask_token(v, form);
}

int
visitor_use_refresh(struct visitor *v, const char *refresh)
{
	char form[256];

	snprintf(form, sizeof form,
	    "grant_type=refresh_token&refresh_token=%s&client_id=stalwart-webui", refresh);
	return ask_token(v, form);
}

int
visitor_revoke(struct visitor *v, const char *token, const char *more)
{
	char form[512];

	snprintf(form, sizeof form, "token=%s&client_id=stalwart-webui%s", token,
	    more == NULL ? "" : more);
	return visitor_post(v, "/auth/revoke", form);
}

int
visitor_see_session(struct visitor *v, const char *access)
{
	char header[sizeof "Bearer " + TOKEN_LEN];
	struct exchange x = {.method = "GET", .path = "/jmap/session", .authorization = header};

	snprintf(header, sizeof header, "Bearer %s", access);
	return send(v, &x);
}
