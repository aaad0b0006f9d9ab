/* tests/calls.c -- one method call in a request of its own. */
#include "tests/calls.h"

#include <stdlib.h>
#include <string.h>

bool
call_text(const struct transport *t, const char *path, const char *method, struct str args,
    json_t **answer, struct err *e)
{
	struct buf body = {0};
	json_t *reply;
	bool ok;

	buf_printf(&body,
	    "{\"using\":[\"urn:ietf:params:jmap:core\",\"urn:stalwart:jmap\"],\"methodCalls\":["
	    "[\"%s\",",
	    method);
	buf_add_str(&body, args);
	buf_puts(&body, ",\"c\"]]}");
	ok = transport_post(t, path, buf_str(&body), &reply, e);
	*answer = json_incref(json_array_get(json_object_get(reply, "methodResponses"), 0));
	json_decref(reply);
	buf_free(&body);
	return ok;
}

bool
call_json(const struct transport *t, const char *path, const char *method, const json_t *args,
    json_t **answer, struct err *e)
{
	char *text = json_dumps(args, JSON_COMPACT);
	bool ok = call_text(t, path, method, str_of(text), answer, e);

	free(text);
	return ok;
}

json_t *
answer_member(const json_t *answer, const char *name)
{
	return json_object_get(json_array_get(answer, 1), name);
}

bool
answer_is_error(const json_t *answer, const char *type)
{
	const char *name = json_string_value(json_array_get(answer, 0));
	const char *got = json_string_value(answer_member(answer, "type"));

	return name != NULL && strcmp(name, "error") == 0 && got != NULL &&
	    strcmp(got, type) == 0;
}
