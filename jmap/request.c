/* jmap/request.c -- a Request in, a Response out (RFC 8620, 3.3 to 3.6). */
#include "jmap/jmap.h"

#include <sodium.h>

#include "jmap/call.h"
#include "jmap/capability.h"
#include "jmap/ijson.h"
#include "jmap/session.h"
#include "jmap/write.h"
#include "json/number.h"

/* One of methodCalls: [name, arguments, id]. */
static bool
is_invocation(const json_t *v)
{
	return json_array_size(v) == 3 && string_is(json_array_get(v, 0)) &&
	    json_is_object(json_array_get(v, 1)) && string_is(json_array_get(v, 2));
}

static bool
are_invocations(const json_t *v)
{
	size_t i;
	json_t *one;

	json_array_foreach(v, i, one)
		if (!is_invocation(one))
			return false;
	return json_is_array(v);
}

static bool
is_id_map(const json_t *v)
{
	const char *creation_id;
	json_t *id;

	if (!json_is_object(v))
		return false;
	json_object_foreach((json_t *)v, creation_id, id)
		if (!is_id(str_of(creation_id)) || !is_id(json_str(id)))
			return false;
	return true;
}

/* Other members of a Request are ignored: 1.8 and 3.3 leave room for later ones. */
static bool
check_shape(const json_t *request, struct err *e)
{
	const json_t *created_ids = json_object_get(request, "createdIds");

	if (!json_is_object(request))
		return err_set(e, ERR_NOT_REQUEST, "A Request is an object");
	if (!argument_is(ARG_STRINGS, json_object_get(request, "using")))
		return err_set(e, ERR_NOT_REQUEST, "using must be an array of strings");
	if (!are_invocations(json_object_get(request, "methodCalls")))
		return err_set(e, ERR_NOT_REQUEST,
		    "methodCalls must be an array of [name, arguments object, call id]");
	if (created_ids != NULL && !is_id_map(created_ids))
		return err_set(e, ERR_NOT_REQUEST,
		    "createdIds must be an object of ids, whose names are creation ids: each 1 "
		    "to 255 of A-Z, a-z, 0-9, - and _");
	return true;
}

static bool
check_capabilities(const json_t *using, struct err *e)
{
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)using, i, one)
		if (!capability_is_known(json_str(one)))
			return err_set(e, ERR_UNKNOWN_CAPABILITY, "%.100s is not known here",
			    json_string_value(one));
	return true;
}

static bool
check_request(const json_t *request, const struct limits *limits, struct err *e)
{
	if (!check_shape(request, e) ||
	    !check_capabilities(json_object_get(request, "using"), e))
		return false;
	if (json_array_size(json_object_get(request, "methodCalls")) >
	    limits->max_calls_in_request)
		return err_set_limit(e, "maxCallsInRequest", "A request may hold %zu calls",
		    limits->max_calls_in_request);
	return true;
}

static bool
is_abandoned(struct run *r)
{
	const struct jmap_request *q = r->request;

	r->abandoned = r->abandoned || (q->is_gone != NULL && q->is_gone(q->is_gone_arg));
	return r->abandoned;
}

/* Each call's arguments are given up as it begins, so that a long Request shrinks while it
 * runs. */
static void
do_calls(struct run *r, json_t *calls, struct jmap_done *done)
{
	size_t i;
	json_t *call;

	json_array_foreach(calls, i, call) {
		json_t *args;

		if (is_abandoned(r))
			return;
		args = json_incref(json_array_get(call, 1));

		json_array_set_new(call, 1, json_null());
		if (!call_do(r, i, json_str(json_array_get(call, 0)), args,
			json_str(json_array_get(call, 2))))
			done->errors++;
		done->calls++;
	}
}

static void
respond(struct run *r, json_t *request, struct jmap_done *done)
{
	bool wants_ids = json_object_get(request, "createdIds") != NULL;

	buf_putc(r->out, '{');
	write_name(r->out, "methodResponses");
	buf_putc(r->out, '[');
	do_calls(r, json_object_get(request, "methodCalls"), done);
	buf_putc(r->out, ']');
	if (wants_ids) {
		write_name(r->out, "createdIds");
		text_tree(r->out, r->created_ids, SIZE_MAX);
	}
	write_name(r->out, "sessionState");
	write_session_state(r->out, r->jmap, r->request->principal, r->request->base_url);
	buf_putc(r->out, '}');
}

/* The text is of no use once it is a tree of many times its size. */
static bool
read_request(struct run *r, json_t **request, struct err *e)
{
	const struct jmap_request *q = r->request;
	bool ok = ijson_parse(q->body, r->jmap->limits->max_size_request, request, e);

	crypto_generichash(r->body_hash, sizeof r->body_hash, (const unsigned char *)q->body.s,
	    q->body.len, NULL, 0);
	if (q->spent != NULL)
		buf_free(q->spent);
	return ok;
}

/* Whether every call failed because the store does not answer.  A call that refers to the
 * answer of such a call failed for the same reason. */
static bool
is_store_away(const struct run *r, const struct jmap_done *done)
{
	return r->unavailable > 0 && r->unavailable + r->unresolved == done->calls;
}

bool
jmap_request(struct jmap *j, const struct jmap_request *q, struct buf *out,
    struct jmap_done *done, struct err *e)
{
	struct run r = {.jmap = j, .request = q, .out = out};
	json_t *request = NULL;
	size_t start = out->len;
	bool ok = false;

	budget_begin_cpu(&r.budget, j->limits->max_work_in_request,
	    (int64_t)j->limits->max_cpu_ms_in_request * 1000);
	if (!read_request(&r, &request, e) || !check_request(request, j->limits, e))
		goto out;
	/* What references bring counts like what was sent. */
	r.answers.room = j->limits->max_size_request;
	r.answers.budget = &r.budget;
	r.using = json_object_get(request, "using");
	r.created_ids = json_incref(json_object_get(request, "createdIds"));
	if (r.created_ids == NULL)
		r.created_ids = json_object();
	respond(&r, request, done);
	if (r.abandoned) {
		out->len = start;
		err_set(e, ERR_CLIENT_GONE, "The client has gone");
		goto out;
	}
	if (is_store_away(&r, done)) {
		out->len = start;
		err_set(e, ERR_NOT_READY, "%s", r.store_error.text);
		goto out;
	}
	ok = true;
out:
	answers_free(&r.answers);
	json_decref(r.created_ids);
	json_decref(request);
	return ok;
}
