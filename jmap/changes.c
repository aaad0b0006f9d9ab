/* jmap/changes.c -- Foo/changes (RFC 8620, 5.2). */
#include "jmap/call.h"
#include "jmap/state.h"
#include "jmap/write.h"

static void
write_answer(struct call *c, const struct store_changed *r)
{
	const struct {
		const char *name;
		const uint64_t *ids;
		size_t n;
	} lists[] = {
	    {"created", r->created, r->n_created},
	    {"updated", r->updated, r->n_updated},
	    {"destroyed", r->destroyed, r->n_destroyed},
	};
	struct buf *out = c->run->out;

	call_open(c);
	write_name(out, "oldState");
	write_state(out, r->old_state);
	write_name(out, "newState");
	write_state(out, r->new_state);
	write_name(out, "hasMoreChanges");
	buf_puts(out, r->more ? "true" : "false");
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		write_name(out, lists[i].name);
		write_ids(out, c->type, lists[i].ids, lists[i].n);
	}
	buf_putc(out, '}');
}

bool
jmap_changes(struct call *c, struct err *e)
{
	const uint64_t most = c->run->jmap->limits->max_changes;
	struct store_changes q = {.type = c->type, .max = call_uint(c, "maxChanges", most)};
	struct store_changed r = {0};

	if (q.max > most)
		q.max = most;
	if (!state_parse(call_string(c, "sinceState"), &q.since))
		return err_set(
		    e, ERR_CANNOT_CALCULATE_CHANGES, "sinceState is no state of this server");
	if (!store_changes(c->run->jmap->store, &q, &r, e))
		return false;
	write_answer(c, &r);
	store_changed_free(&r);
	return true;
}
