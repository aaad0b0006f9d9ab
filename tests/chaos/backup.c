/* tests/chaos/backup.c -- hot backups, taken under load and put back. */
#include "tests/chaos/backup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/chaos/ask.h"

#define WAIT_S 600

/* Runs a program of the outbox to its end; true if that is a good one. */
static bool
run(struct chaos *c, const char *const argv[])
{
	char program[PATH_MAX], log[CHAOS_PATH_MAX];
	const char *all[8] = {program};
	int status;

	scratch_program(argv[0], program);
	snprintf(log, sizeof log, "%s/backup.log", c->site.dir);
	for (size_t i = 1; argv[i] != NULL; i++)
		all[i] = argv[i];
	status = scratch_end(scratch_spawn(all, log), 0, WAIT_S);
	if (status != 0)
		chaos_wrong(c, "%s %s ends with %d, see %s", argv[0], argv[3],
		    WEXITSTATUS(status), log);
	return status == 0;
}

/* The number in a state that is known. */
static uint64_t
change_of(const char *state)
{
	const char *dash = strchr(state, '-');

	return dash == NULL ? 0 : strtoull(dash + 1, NULL, 10);
}

/* Makes a store of the backup in a place of its own and has it checked for its moment. */
static void
try_backup(struct chaos *c)
{
	char data[CHAOS_PATH_MAX + 16], store[CHAOS_PATH_MAX + 32];
	const char *const restore[] = {
	    "outbox-store", "--dir", data, "--restore", c->backup, NULL};

	snprintf(data, sizeof data, "%s/restored", c->site.dir);
	snprintf(store, sizeof store, "%s/store", data);
	scratch_remove(data);
	crowd_hold(c->crowd);
	if (run(c, restore))
		inspect_moment(c, store, change_of(c->backed_up.d), change_of(c->backed_up.t));
	pulse_skip(&c->pulse);
	crowd_go_on(c->crowd);
	scratch_remove(data);
}

/* What the backup has to have: all that anybody has seen by now. */
static void
look_at_states(struct chaos *c, struct states *now)
{
	struct site_client http;

	crowd_state(c->crowd, 'd', now->d);
	crowd_state(c->crowd, 't', now->t);
	site_client_open(&http, &c->site);
	if (!ask_state(&http, 'd', now->d, sizeof now->d) ||
	    !ask_state(&http, 't', now->t, sizeof now->t))
		chaos_say(c, "nobody tells the state; an older one is taken");
	site_client_close(&http);
}

unsigned
backup_take(struct chaos *c)
{
	char config[CHAOS_PATH_MAX];
	const char *const argv[] = {"outboxctl", "--config", config, "backup", c->backup, NULL};

	if (c->backup[0] != '\0')
		scratch_remove(c->backup);
	snprintf(config, sizeof config, "%s/outbox.conf", c->site.dir);
	snprintf(c->backup, sizeof c->backup, "%s/backup.%u", c->site.dir, ++c->backups);
	look_at_states(c, &c->backed_up);
	if (!run(c, argv)) {
		c->backup[0] = '\0';
		return 1;
	}
	try_backup(c);
	return 1;
}

static void
expect_unknown(struct chaos *c, struct site_client *http, char letter, const char *state)
{
	struct reply r =
	    ask_one(http, letter, "changes", json_pack("{s:s}", "sinceState", state));

	if (r.told != TOLD_REFUSED || strcmp(r.text, "cannotCalculateChanges") != 0)
		chaos_wrong(c, "/changes since %s, from before a restore: %s", state, r.text);
	json_decref(r.args);
}

void
backup_return(struct chaos *c, const struct states *since)
{
	char config[CHAOS_PATH_MAX];
	const char *const argv[] = {
	    "outboxctl", "--config", config, "restore", c->backup, NULL};
	struct site_client http;

	if (c->backup[0] == '\0')
		return;
	snprintf(config, sizeof config, "%s/outbox.conf", c->site.dir);
	if (!run(c, argv))
		return;
	site_outboxd_again(&c->site);
	site_wait_ready(&c->site);
	site_client_open(&http, &c->site);
	expect_unknown(c, &http, 'd', since->d);
	expect_unknown(c, &http, 't', since->t);
	expect_unknown(c, &http, 'd', c->backed_up.d);
	expect_unknown(c, &http, 't', c->backed_up.t);
	site_client_close(&http);
	chaos_kill_all(c);
}
