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
try_backup(struct chaos *c, const struct states *before)
{
	char data[CHAOS_PATH_MAX + 16], store[CHAOS_PATH_MAX + 32];
	const char *const restore[] = {
	    "outbox-store", "--dir", data, "--restore", c->backup, NULL};

	snprintf(data, sizeof data, "%s/restored", c->site.dir);
	snprintf(store, sizeof store, "%s/store", data);
	scratch_remove(data);
	crowd_hold(c->crowd);
	if (run(c, restore))
		inspect_moment(c, store, change_of(before->d), change_of(before->t));
	pulse_skip(&c->pulse);
	crowd_go_on(c->crowd);
	scratch_remove(data);
}

unsigned
backup_take(struct chaos *c)
{
	char config[CHAOS_PATH_MAX];
	const char *const argv[] = {"outboxctl", "--config", config, "backup", c->backup, NULL};
	struct states before;

	if (c->backup[0] != '\0')
		scratch_remove(c->backup);
	snprintf(config, sizeof config, "%s/outbox.conf", c->site.dir);
	snprintf(c->backup, sizeof c->backup, "%s/backup.%u", c->site.dir, ++c->backups);
	crowd_state(c->crowd, 'd', before.d);
	crowd_state(c->crowd, 't', before.t);
	if (!run(c, argv)) {
		c->backup[0] = '\0';
		return 1;
	}
	try_backup(c, &before);
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
backup_return(struct chaos *c, const struct states *before)
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
	expect_unknown(c, &http, 'd', before->d);
	expect_unknown(c, &http, 't', before->t);
	site_client_close(&http);
	chaos_kill_all(c);
}
