/* client/pages.c -- calls /query and /get until all pages are read. */
#include "client/pages.h"

/* The number of records to ask for next. */
static size_t
page_size(const struct pages *p)
{
	size_t max = p->client->max_objects_in_get;

	return p->left < max ? (size_t)p->left : max;
}

static json_t *
query_arguments(const struct pages *p)
{
	json_t *q = json_pack("{s: O, s: O*, s: I}", "filter", p->filter, "sort", p->sort,
	    "limit", (json_int_t)page_size(p));

	if (p->last == NULL)
		json_object_set_new(q, "calculateTotal", json_true());
	else {
		json_object_set(
		    q, "anchor", json_array_get(p->last, json_array_size(p->last) - 1));
		json_object_set_new(q, "anchorOffset", json_integer(1));
	}
	return q;
}

static json_t *
page_calls(const struct pages *p)
{
	json_t *get = json_pack("{s: {s: s, s: s+, s: s}, s: O}", "#ids", "resultOf", "q",
	    "name", p->type, "/query", "path", "/ids", "properties", p->properties);

	return json_pack("[o, o]", client_invocation(p->type, "query", query_arguments(p), "q"),
	    client_invocation(p->type, "get", get, "g"));
}

/* The records of list in the order of ids.  It leaves out records that were destroyed between
 * /query and /get. */
static json_t *
in_order(const json_t *ids, const json_t *list)
{
	json_t *by_id = json_object(), *out = json_array(), *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (member_text(v, "id") != NULL)
			json_object_set(by_id, member_text(v, "id"), v);
	json_array_foreach(ids, i, v)
		if (json_is_string(v) && json_object_get(by_id, json_string_value(v)) != NULL)
			json_array_append(out, json_object_get(by_id, json_string_value(v)));
	json_decref(by_id);
	return out;
}

/* The page is the last if it has fewer records than the client asked for and the server allows.
 */
static bool
is_last(const struct pages *p, const json_t *query, size_t n)
{
	const json_t *cap = json_object_get(query, "limit");
	size_t size = page_size(p);

	if (json_is_integer(cap) && (size_t)json_integer_value(cap) < size)
		size = (size_t)json_integer_value(cap);
	return n < size;
}

static bool
take_page(struct pages *p, const json_t *responses, json_t **records, struct err *e)
{
	const json_t *query, *get, *ids;
	size_t n;

	if (!client_answer(responses, 0, &query, e) || !client_answer(responses, 1, &get, e))
		return false;
	ids = json_object_get(query, "ids");
	n = json_array_size(ids);
	if (p->last == NULL)
		p->total = (uint64_t)json_integer_value(json_object_get(query, "total"));
	*records = in_order(ids, json_object_get(get, "list"));
	p->left = is_last(p, query, n) ? 0 : p->left - (n < p->left ? n : p->left);
	json_decref(p->last);
	p->last = json_incref((json_t *)ids);
	return true;
}

bool
pages_next(struct pages *p, json_t **records, struct err *e)
{
	*records = NULL;
	while (p->left > 0) {
		json_t *responses = NULL;
		struct err why = {0};
		size_t n;
		bool ok = client_request(p->client, page_calls(p), &responses, e);

		if (ok && !take_page(p, responses, records, &why)) {
			/* The anchor was destroyed: continue behind the record before it. */
			n = json_array_size(p->last);
			ok = why.code == ERR_ANCHOR_NOT_FOUND && n > 1 &&
			    json_array_remove(p->last, n - 1) == 0;
			if (!ok)
				*e = why;
		}
		json_decref(responses);
		if (!ok || *records != NULL)
			return ok;
	}
	return true;
}

void
pages_free(struct pages *p)
{
	json_decref(p->filter);
	json_decref(p->sort);
	json_decref(p->properties);
	json_decref(p->last);
	*p = (struct pages){0};
}
