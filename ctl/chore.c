/* ctl/chore.c -- outboxctl compact; starts a chore in the store, and waits for it. */
#include "ctl/chore.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctl/command.h"
#include "ctl/progress.h"

#define POLL_US 100000
#define AWAY_US INT64_C(60000000) /* a store that restarts is back much earlier */

/* How often a chore is started again after the store ended during it. The chore may be what
 * ended the store, so only chores that just read are repeated. A backup continues where it
 * was. */
static const unsigned again_max[STORE_CHORE__COUNT] = {[STORE_BACKUP] = 5, [STORE_VERIFY] = 1};

struct waiting {
	struct store *store;
	enum store_chore_kind kind;
	const char *path;
	uint64_t number;       /* of the chore; 0: not yet started */
	unsigned again;        /* how often it was started again */
	int64_t away_since_us; /* 0: the store answers */
	struct progress progress;
};

/* Returns whether it is worth trying again after a call failed. */
static bool
may_pass(struct waiting *w, struct err *e)
{
	struct store_status status;
	int64_t now_us = clock_monotonic_us();

	if (e->code != ERR_SERVER_UNAVAILABLE)
		return false;
	if (store_status(w->store, &status, &(struct err){0}))
		w->away_since_us = 0;
	else if (w->away_since_us == 0)
		w->away_since_us = now_us;
	if (w->away_since_us != 0 && now_us - w->away_since_us > AWAY_US)
		return false;
	progress_say(&w->progress, "%s", e->text);
	*e = (struct err){0};
	return true;
}

/* Starts the chore or asks for its progress. Sets *ended once it is done. */
static bool
look(struct waiting *w, struct store_chore *chore, bool *ended, struct err *e)
{
	if (w->number == 0 && !store_chore_begin(w->store, w->kind, w->path, &w->number, e))
		return may_pass(w, e);
	if (!store_chore_show(w->store, w->kind, chore, e)) {
		if (e->code != ERR_NOT_FOUND) /* a restarted store does not know the chore */
			return may_pass(w, e);
		*e = (struct err){0};
		chore->number = 0;
	}
	w->away_since_us = 0;
	if (chore->number != w->number) {
		w->number = 0;
		return w->again++ < again_max[w->kind] ||
		    err_set(e, ERR_SERVER_FAIL,
			"the store ended while it was doing this, and it was not begun again; "
			"the log says why the store ended: journalctl -u report-outbox -g "
			"outbox-store");
	}
	*ended = !chore->running;
	progress_say(&w->progress, "%s: %llu of %llu MiB", chore->step,
	    (unsigned long long)(chore->done >> 20), (unsigned long long)(chore->total >> 20));
	return true;
}

bool
chore_wait(struct store *s, enum store_chore_kind kind, const char *path, struct err *e)
{
	struct waiting w = {.store = s, .kind = kind, .path = path};
	struct store_chore chore;
	bool ended = false, ok;

	progress_start(&w.progress, true);
	while ((ok = look(&w, &chore, &ended, e)) && !ended)
		usleep(POLL_US);
	progress_hide(&w.progress);
	if (!ok)
		return false;
	if (chore.why.code != ERR_NONE)
		return err_set(e, chore.why.code, "%s", chore.why.text);
	puts(chore.step);
	return true;
}

bool
ctl_compact(struct store *s, const words w, struct err *e)
{
	(void)w;
	return chore_wait(s, STORE_COMPACT, "", e);
}
