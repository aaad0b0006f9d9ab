/* jmap/query_changes.c -- Foo/queryChanges (RFC 8620, 5.6). */
#include "jmap/query.h"

#include "jmap/state.h"
#include "jmap/write.h"

static void
write_answer(struct call *c, const struct store_query_changed *r)
{
	struct buf *out = c->run->out;

	call_open(c);
	write_name(out, "oldQueryState");
	write_state(out, r->old_state);
	write_name(out, "newQueryState");
	write_state(out, r->new_state);
	if (r->has_total) {
		write_name(out, "total");
		buf_printf(out, "%llu", (unsigned long long)r->total);
	}
	write_name(out, "removed");
	write_ids(out, c->type, r->removed, r->n_removed);
	write_name(out, "added");
	buf_putc(out, '[');
	for (size_t i = 0; i < r->n_added; i++) {
		write_comma(out);
		buf_puts(out, "{\"id\":");
		write_id(out, c->type, r->added[i].id);
		buf_printf(out, ",\"index\":%llu}", (unsigned long long)r->added[i].index);
	}
	buf_puts(out, "]}");
}

/* 5.6: tooManyChanges is for the client's own maxChanges; what is too much for us cannot be
 * calculated. */
static bool
too_many(const struct err *found, bool was_asked, struct err *e)
{
	if (found->code == ERR_TOO_MANY_CHANGES && !was_asked)
		return err_set(e, ERR_CANNOT_CALCULATE_CHANGES, "There are too many changes");
	*e = *found;
	return false;
}

bool
jmap_query_changes(struct call *c, struct err *e)
{
	const uint64_t most = c->run->jmap->limits->max_changes;
	const uint64_t asked = call_uint(c, "maxChanges", UINT64_MAX);
	struct store_query_changes q = {.max = asked < most ? asked : most};
	struct store_query_changed r = {0};
	struct err found = {0};
	struct filter f;
	bool ok = false;

	if (!query_read(c, &q.query, &f, e))
		goto out;
	if (!state_parse(call_string(c, "sinceQueryState"), &q.since)) {
		err_set(e, ERR_CANNOT_CALCULATE_CHANGES,
		    "sinceQueryState is no state of this server");
		goto out;
	}
	q.has_up_to = call_id(c, call_string(c, "upToId"), &q.up_to_id);
	if (!store_query_changes(c->run->jmap->store, &q, &r, &found)) {
		too_many(&found, asked <= most, e);
		goto out;
	}
	write_answer(c, &r);
	ok = true;
out:
	store_query_changed_free(&r);
	filter_free(&f);
	return ok;
}
