/* jmap/dispatch.c -- one method call: what every method would otherwise have to do for itself.
 */
#include "jmap/call.h"

#include "base/id.h"
#include "jmap/problem.h"
#include "jmap/write.h"
#include "json/charge.h"

#define CALL_PRICE 100 /* units, of a call that does next to nothing */

static bool
is_used(const struct run *r, const char *capability)
{
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)r->using, i, one)
		if (str_is(json_str(one), capability))
			return true;
	return false;
}

static bool
check_account(const struct call *c, struct err *e)
{
	struct str id = call_string(c, "accountId");

	return id.s == NULL || str_is(id, JMAP_ACCOUNT_ID) ||
	    err_set(e, ERR_ACCOUNT_NOT_FOUND, "The account is %s", JMAP_ACCOUNT_ID);
}

static bool
check_permission(const struct call *c, const struct verb *v, struct err *e)
{
	return v->needs == ACTION__COUNT ||
	    permission_check(
		c->run->request->principal->permissions, c->type, v->needs, ERR_FORBIDDEN, e);
}

static bool
too_much_work(struct err *e)
{
	return err_set(e, ERR_REQUEST_TOO_LARGE,
	    "The request asks for more work than one request may; send its calls in several");
}

bool
call_charge(struct call *c, uint64_t units, struct err *e)
{
	return budget_charge(&c->run->budget, units) || too_much_work(e);
}

bool
call_charge_tree(struct call *c, const json_t *v, unsigned price, struct err *e)
{
	return json_charge(&c->run->budget, v, price) || too_much_work(e);
}

static bool
run_method(struct call *c, struct err *e)
{
	struct run *r = c->run;
	struct method m;

	if (!method_named(c->method, &m))
		return err_set(e, ERR_UNKNOWN_METHOD, "There is no such method");
	if (!is_used(r, m.capability))
		return err_set(
		    e, ERR_UNKNOWN_METHOD, "The method needs %s in using", m.capability);
	c->type = m.type;
	c->verb = m.verb;
	if (!call_charge(c, CALL_PRICE, e))
		return false;
	if (!references_resolve(&c->args, &r->answers, buf_str(r->out), e))
		return false;
	if (!call_charge_tree(c, c->args, 1, e))
		return false;
	if (m.verb->args != NULL && !arguments_check(m.verb->args, c->args, e))
		return false;
	if (m.type != NULL && !check_account(c, e))
		return false;
	return check_permission(c, m.verb, e) && m.verb->run(c, e);
}

/* result: "ok", or the type of an error. */
static void
count(const struct call *c, const char *result, int64_t began_us)
{
	struct metrics *m = c->run->jmap->metrics;
	const char *type = c->type != NULL ? c->type->name
	    : c->verb != NULL              ? "Core"
					   : "unknown";
	const char *verb = c->verb != NULL ? c->verb->name : "unknown";

	metrics_add(m, METRIC_CALLS, METRIC_LABELS(type, verb, result), 1);
	metrics_observe(
	    m, METRIC_CALL_TIME, METRIC_LABELS(type, verb), clock_monotonic_us() - began_us);
}

static void
note_failure(struct run *r, const struct err *e)
{
	if (e->code == ERR_SERVER_UNAVAILABLE || e->code == ERR_DAMAGED) {
		r->unavailable++;
		if (r->store_error.code == ERR_NONE)
			r->store_error = *e;
	} else if (e->code == ERR_INVALID_RESULT_REFERENCE) {
		r->unresolved++;
	}
}

bool
call_do(struct run *r, size_t index, struct str method, json_t *args, struct str tag)
{
	struct call c = {.run = r, .method = method, .index = index, .args = args};
	struct answer a = {.name = method, .tag = tag};
	struct err e = {0};
	int64_t began_us = clock_monotonic_us();
	size_t start;
	bool ok;

	write_comma(r->out);
	start = r->out->len;
	buf_putc(r->out, '[');
	text_string(r->out, method);
	buf_putc(r->out, ',');
	a.at = r->out->len;
	ok = run_method(&c, &e);
	if (!ok) {
		r->out->len = start;
		buf_puts(r->out, "[\"error\",");
		a.name = STR("error");
		a.at = r->out->len;
		write_error(r->out, &e);
		note_failure(r, &e);
	}
	count(&c, ok ? "ok" : err_name(e.code)->type, began_us);
	a.len = r->out->len - a.at;
	answers_add(&r->answers, a);
	buf_putc(r->out, ',');
	text_string(r->out, tag);
	buf_putc(r->out, ']');
	json_decref(c.args);
	return ok;
}

struct str
call_string(const struct call *c, const char *name)
{
	return json_str(json_object_get(c->args, name));
}

uint64_t
call_uint(const struct call *c, const char *name, uint64_t absent)
{
	const json_t *v = json_object_get(c->args, name);

	return v == NULL ? absent : (uint64_t)argument_int(v);
}

bool
call_id(const struct call *c, struct str text, uint64_t *id)
{
	if (str_cut_prefix(&text, "#"))
		text = json_str(json_object_getn(c->run->created_ids, text.s, text.len));
	return id_parse(c->type->letter, text, id);
}

void
call_open(struct call *c)
{
	buf_putc(c->run->out, '{');
	write_name(c->run->out, "accountId");
	text_string(c->run->out, STR(JMAP_ACCOUNT_ID));
}
