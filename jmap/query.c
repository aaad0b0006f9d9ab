/* jmap/query.c -- Foo/query (RFC 8620, 5.5). */
#include "jmap/query.h"

#include "jmap/filter.h"
#include "jmap/write.h"

bool
query_read(const struct call *c, struct store_query *q, struct filter *f, struct err *e)
{
	const json_t *filter = json_object_get(c->args, "filter");

	*f = (struct filter){0};
	q->type = c->type;
	q->total = json_is_true(json_object_get(c->args, "calculateTotal"));
	if (filter != NULL) {
		if (!filter_read(c->type, filter, f, e))
			return false;
		q->filter = f;
	}
	return sort_read(c->type, json_object_get(c->args, "sort"), q->sort, &q->n_sort, e);
}

static int64_t
int_argument(const struct call *c, const char *name)
{
	return argument_int(json_object_get(c->args, name));
}

static bool
read_window(const struct call *c, struct store_query *q, uint64_t limit, struct err *e)
{
	struct str anchor = call_string(c, "anchor");

	q->position = int_argument(c, "position");
	q->limit = limit;
	q->has_anchor = anchor.s != NULL;
	q->anchor_offset = int_argument(c, "anchorOffset");
	return !q->has_anchor || call_id(c, anchor, &q->anchor) ||
	    err_set_at(e, ERR_ANCHOR_NOT_FOUND, "anchor", "is no id");
}

static void
write_answer(struct call *c, const struct store_ids *r, uint64_t limit)
{
	const bool far =
	    r->position > ARG_INT_MAX; /* an offset may lead out of what is an Int */
	struct buf *out = c->run->out;

	call_open(c);
	write_name(out, "queryState");
	write_state(out, r->state);
	write_name(out, "canCalculateChanges");
	buf_puts(out, "true");
	write_name(out, "position");
	buf_printf(out, "%llu", (unsigned long long)(far ? ARG_INT_MAX : r->position));
	write_name(out, "ids");
	write_ids(out, c->type, r->ids, r->n);
	if (r->has_total) {
		write_name(out, "total");
		buf_printf(out, "%llu", (unsigned long long)r->total);
	}
	if (limit > 0) {
		write_name(out, "limit");
		buf_printf(out, "%llu", (unsigned long long)limit);
	}
	buf_putc(out, '}');
}

bool
jmap_query(struct call *c, struct err *e)
{
	const uint64_t most = c->run->jmap->limits->max_query_limit;
	const uint64_t asked = call_uint(c, "limit", UINT64_MAX);
	struct store_query q = {0};
	struct filter f;
	struct store_ids r = {0};
	bool ok = false;

	if (!query_read(c, &q, &f, e))
		goto out;
	if (!read_window(c, &q, asked > most ? most : asked, e))
		goto out;
	if (!store_query(c->run->jmap->store, &q, &r, e))
		goto out;
	/* 5.5: "limit" is there if the server set one, or another than the client's. */
	write_answer(c, &r, asked > most ? most : 0);
	ok = true;
out:
	store_ids_free(&r);
	filter_free(&f);
	return ok;
}
