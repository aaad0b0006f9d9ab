/* client/client.c -- the session, the schema, and requests. */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>

#include "client/cache.h"
#include "json/read.h"
#include "json/text.h"

#define CORE "urn:ietf:params:jmap:core"
#define OUTBOX "urn:stalwart:jmap"
#define OBJECTS_DEFAULT 500      /* objects in one call, if the session sets no limit */
#define SIZE_DEFAULT (10u << 20) /* bytes of a request, if the session sets no limit */

/* --- opening --- */

static char *
url_of(const struct client *c, const char *path)
{
	struct buf url = {0};

	buf_printf(&url, "%s%s", c->settings.url, path);
	buf_terminate(&url);
	return url.s;
}

static bool
get_ok(struct client *c, const char *url, struct http_answer *a, struct err *e)
{
	return http_get(c->http, url, a, e) && http_is_ok(a, url, e);
}

/* The session's limit of that name, or the default. */
static size_t
limit_of(const json_t *session, const char *name, size_t otherwise)
{
	const json_t *core = json_object_get(json_object_get(session, "capabilities"), CORE);
	const json_t *v = json_object_get(core, name);

	return json_is_integer(v) && json_integer_value(v) > 0 ? (size_t)json_integer_value(v)
							       : otherwise;
}

/* The session may give URLs with another host name.  Only their path is used, so the token goes
 * to the configured server alone. */
static bool
take_session(struct client *c, const json_t *session, const char *url, struct err *e)
{
	const char *api = member_text(session, "apiUrl");
	const char *download = member_text(session, "downloadUrl");
	const char *account = member_text(json_object_get(session, "primaryAccounts"), OUTBOX);

	if (api != NULL)
		c->api_url = http_path_on(c->settings.url, api);
	if (c->api_url == NULL)
		return err_set(e, ERR_SERVER_FAIL,
		    "%s does not answer with a JMAP session: is it the URL of a Report Outbox?",
		    url);
	c->download_url = download != NULL ? str_dup(str_of(download)) : NULL;
	c->account_id = account != NULL ? str_dup(str_of(account)) : NULL;
	c->max_objects_in_get = limit_of(session, "maxObjectsInGet", OBJECTS_DEFAULT);
	c->max_objects_in_set = limit_of(session, "maxObjectsInSet", OBJECTS_DEFAULT);
	c->max_size_request = limit_of(session, "maxSizeRequest", SIZE_DEFAULT);
	return true;
}

static bool
read_session(struct client *c, struct err *e)
{
	struct http_answer a = {0};
	char *url = url_of(c, "/jmap/session");
	json_t *session = NULL;
	bool ok = false;

	if (!get_ok(c, url, &a, e))
		goto out;
	session = json_loadb(a.body.s != NULL ? a.body.s : "", a.body.len, 0, NULL);
	ok = take_session(c, session, url, e);
out:
	json_decref(session);
	http_answer_free(&a);
	free(url);
	return ok;
}

/* The server redirects to the document; the last part of that path is its hash. */
static bool
follow_schema(struct client *c, const char *url, struct err *e)
{
	const char *slash = strrchr(url, '/');
	struct str hash = str_of(slash != NULL ? slash + 1 : "");
	struct http_answer a = {0};
	struct buf kept = {0};
	bool ok = false;

	if (cache_get(c->settings.url, hash, &kept) &&
	    catalog_parse(&c->catalog, buf_str(&kept), &(struct err){0})) {
		ok = true;
		goto out;
	}
	if (!get_ok(c, url, &a, e) || !catalog_parse(&c->catalog, buf_str(&a.body), e))
		goto out;
	cache_put(c->settings.url, hash, buf_str(&a.body));
	ok = true;
out:
	http_answer_free(&a);
	buf_free(&kept);
	return ok;
}

static bool
read_schema(struct client *c, struct err *e)
{
	struct http_answer a = {0};
	char *url = url_of(c, "/api/schema"), *to = NULL;
	bool ok = false;

	if (!http_get(c->http, url, &a, e))
		goto out;
	if (a.location != NULL) {
		to = http_path_on(c->settings.url, a.location);
		ok = to != NULL ? follow_schema(c, to, e)
				: err_set(e, ERR_SERVER_FAIL, "%s redirects to no URL", url);
	} else
		ok = http_is_ok(&a, url, e) && catalog_parse(&c->catalog, buf_str(&a.body), e);
out:
	http_answer_free(&a);
	free(url);
	free(to);
	return ok;
}

bool
client_open(struct client *c, const struct settings_given *g, struct err *e)
{
	*c = (struct client){0};
	return settings_read(&c->settings, g, e) && http_open(&c->http, &c->settings, e) &&
	    read_session(c, e) && read_schema(c, e);
}

void
client_close(struct client *c)
{
	free(c->api_url);
	free(c->download_url);
	free(c->account_id);
	catalog_free(&c->catalog);
	http_close(&c->http);
	settings_free(&c->settings);
	*c = (struct client){0};
}

/* --- requests --- */

json_t *
client_invocation(const char *type, const char *verb, json_t *arguments, const char *id)
{
	struct buf name = {0};
	json_t *call;

	buf_printf(&name, "%s/%s", type, verb);
	call = json_pack("[s, o, s]", buf_terminate(&name), arguments, id);
	buf_free(&name);
	return call;
}

/* Is each response [string, object, id], with the id of its call? */
static bool
are_answers(const json_t *responses, const json_t *calls)
{
	size_t i;
	const json_t *call;

	if (json_array_size(responses) != json_array_size(calls))
		return false;
	json_array_foreach(calls, i, call) {
		const json_t *r = json_array_get(responses, i);

		if (!json_is_string(json_array_get(r, 0)) ||
		    !json_is_object(json_array_get(r, 1)) ||
		    !json_equal(json_array_get(r, 2), json_array_get(call, 2)))
			return false;
	}
	return true;
}

bool
client_request(struct client *c, json_t *calls, json_t **responses, struct err *e)
{
	json_t *request =
	    json_pack("{s: [s, s], s: O}", "using", CORE, OUTBOX, "methodCalls", calls);
	json_t *response = NULL;
	struct buf text = {0};
	struct http_answer a = {0};
	bool ok = false;

	*responses = NULL;
	text_tree(&text, request, SIZE_MAX);
	if (!http_post(c->http, c->api_url, buf_str(&text), &a, e) ||
	    !http_is_ok(&a, c->api_url, e))
		goto out;
	response = json_read(buf_str(&a.body), 0, NULL);
	*responses = json_incref(json_object_get(response, "methodResponses"));
	if (!are_answers(*responses, calls)) {
		json_decref(*responses);
		*responses = NULL;
		err_set(
		    e, ERR_SERVER_FAIL, "%s does not answer with a JMAP response", c->api_url);
		goto out;
	}
	ok = true;
out:
	buf_free(&text);
	http_answer_free(&a);
	json_decref(response);
	json_decref(request);
	json_decref(calls);
	return ok;
}

static enum err_code
code_of(const char *type)
{
	static const enum err_code told[] = {ERR_FORBIDDEN, ERR_ACCOUNT_READ_ONLY,
	    ERR_SERVER_UNAVAILABLE, ERR_ANCHOR_NOT_FOUND, ERR_REQUEST_TOO_LARGE};

	for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
		if (strcmp(type, err_name(told[i])->type) == 0)
			return told[i];
	return ERR_SERVER_FAIL;
}

bool
client_answer(const json_t *responses, size_t i, const json_t **arguments, struct err *e)
{
	const json_t *r = json_array_get(responses, i);
	const char *type, *description;

	*arguments = json_array_get(r, 1);
	if (strcmp(json_string_value(json_array_get(r, 0)), "error") != 0)
		return true;
	type = member_text(*arguments, "type");
	description = member_text(*arguments, "description");
	return err_set(e, code_of(type != NULL ? type : ""), "the server answers %s%s%s",
	    type != NULL ? type : "an error", description != NULL ? ": " : "",
	    description != NULL ? description : "");
}

bool
client_call(struct client *c, const char *type, const char *verb, json_t *call,
    json_t **arguments, struct err *e)
{
	json_t *responses = NULL;
	const json_t *answer;
	bool ok = false;

	*arguments = NULL;
	if (!client_request(c, json_pack("[o]", client_invocation(type, verb, call, "c0")),
		&responses, e) ||
	    !client_answer(responses, 0, &answer, e))
		goto out;
	*arguments = json_incref((json_t *)answer);
	ok = true;
out:
	json_decref(responses);
	return ok;
}
