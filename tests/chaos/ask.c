/* tests/chaos/ask.c -- one HTTP request to the outbox, and what is known after it. */
#include "tests/chaos/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/chaos/contents.h"

#define SHOWN 100 /* bytes of an answer that is not understood */

/* Errors of a whole call that come before anything is done. */
static const char *const refusals[] = {"stateMismatch", "overQuota", "rateLimit",
    "requestTooLarge", "cannotCalculateChanges", "invalidResultReference"};
/* Those after which the call may have been done or not. */
static const char *const doubts[] = {"serverUnavailable", "serverFail"};

static bool
is_one_of(const char *text, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text != NULL && strcmp(text, list[i]) == 0)
			return true;
	return false;
}

static void
tell_call(struct reply *r, json_t *call)
{
	const char *name = json_string_value(json_array_get(call, 0)), *type;
	json_t *args = json_array_get(call, 1);

	if (name == NULL || !json_is_object(args)) {
		r->told = TOLD_WRONG;
		snprintf(r->text, sizeof r->text, "an answer without a method call");
		return;
	}
	if (strcmp(name, "error") != 0) {
		r->told = TOLD_ANSWER;
		r->args = json_incref(args);
		return;
	}
	type = json_string_value(json_object_get(args, "type"));
	snprintf(r->text, sizeof r->text, "%s", type == NULL ? "error without a type" : type);
	if (is_one_of(type, refusals, sizeof refusals / sizeof refusals[0]))
		r->told = TOLD_REFUSED;
	else if (is_one_of(type, doubts, sizeof doubts / sizeof doubts[0]))
		r->told = TOLD_NOTHING;
	else
		r->told = TOLD_WRONG;
}

static struct reply
tell(const struct answer *a)
{
	struct reply r = {.told = TOLD_NOTHING};
	json_t *body = a->status == 200 ? json_loadb(a->body.s, a->body.len, 0, NULL) : NULL;
	json_t *calls = json_object_get(body, "methodResponses");

	if (calls != NULL) {
		tell_call(&r, json_array_get(calls, json_array_size(calls) - 1));
	} else {
		r.told = a->status >= 500 ? TOLD_NOTHING : TOLD_WRONG;
		snprintf(r.text, sizeof r.text, "HTTP %d: %.*s", a->status,
		    (int)(a->body.len < SHOWN ? a->body.len : SHOWN), a->body.s);
	}
	json_decref(body);
	return r;
}

struct reply
ask(struct site_client *c, json_t *calls)
{
	json_t *request = json_pack("{s:[s,s], s:o}", "using", "urn:ietf:params:jmap:core",
	    "urn:stalwart:jmap", "methodCalls", calls);
	char *text = json_dumps(request, JSON_COMPACT);
	const struct exchange x = {.method = "POST",
	    .path = "/api",
	    .authorization = tokens_header(c->transport.tokens, "admin"),
	    .content_type = "application/json",
	    .body = str_of(text)};
	struct reply r = {.told = TOLD_NOTHING};
	struct answer a = {0};
	struct err e = {0};

	if (c->transport.send(c->transport.arg, &x, &a, &e))
		r = tell(&a);
	else
		snprintf(r.text, sizeof r.text, "%.150s", e.text);
	for (char *p = r.text; *p != '\0'; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	answer_free(&a);
	free(text);
	json_decref(request);
	return r;
}

json_t *
ask_call(char letter, const char *verb, json_t *args, const char *tag)
{
	char method[64];

	snprintf(method, sizeof method, "x:%s/%s", contents_type(letter), verb);
	return json_pack("[s, o, s]", method, args, tag);
}

struct reply
ask_one(struct site_client *c, char letter, const char *verb, json_t *args)
{
	return ask(c, json_pack("[o]", ask_call(letter, verb, args, "c")));
}

bool
ask_state(struct site_client *c, char letter, char *out, size_t size)
{
	struct reply r = ask_one(c, letter, "get", json_pack("{s:[]}", "ids"));
	const char *state = json_string_value(json_object_get(r.args, "state"));

	if (state != NULL)
		snprintf(out, size, "%s", state);
	json_decref(r.args);
	return state != NULL;
}
