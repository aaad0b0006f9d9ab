/* storage/serve/status.c -- answers requests for the state and the contents of the store. */
#include "storage/archive/warnings.h"
#include "storage/serve/service.h"

bool
serve_status(struct service *s, struct unpack *u, struct reply *r, struct err *e)
{
	struct store_status status = {0};

	if (!unpack_done(u))
		return service_malformed(e);
	warnings_of(s->env, s->chores, status.warning);
	for (const struct type *const *t = model_types; *t != NULL; t++) {
		struct snapshot view;
		size_t i = status.n_types++;
		bool ok;

		if (!snapshot_begin(&view, s->env, *t, e))
			return false;
		status.epoch = view.state.epoch;
		status.types[i].type = *t;
		status.types[i].change = view.state.change;
		status.types[i].oldest = view.oldest;
		ok = database_count(view.table->rows, view.txn, &status.types[i].records, e);
		snapshot_end(&view);
		if (!ok)
			return false;
	}
	pack_status(&r->head, &status);
	return true;
}
