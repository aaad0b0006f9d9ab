/* tests/chaos/inspect.c -- has the checker look at a copy of what the outbox left. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/io.h"
#include "tests/chaos/ask.h"
#include "tests/chaos/chaos.h"

#define CHECK_WAIT_S 600
#define REPORT_MAX (1 << 20)
#define CHANGES_PAGE 200

/* Runs it to its end; its exit status, or -1. */
static int
run(const char *const argv[], const char *log)
{
	int status = scratch_end(scratch_spawn(argv, log), 0, CHECK_WAIT_S);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
copy_store(struct chaos *c, const char *to)
{
	char from[CHAOS_PATH_MAX + 16], log[CHAOS_PATH_MAX + 16];
	const char *const argv[] = {"cp", "-a", "--sparse=always", from, to, NULL};

	snprintf(from, sizeof from, "%s/store", c->data);
	snprintf(log, sizeof log, "%s/copy.log", c->site.dir);
	scratch_remove(to);
	if (run(argv, log) != 0)
		chaos_wrong(c, "the store cannot be copied, see %s", log);
}

/* The checker's last line: "lost N wrong N". */
static void
take_report(struct chaos *c, const char *log)
{
	struct buf text = {0};
	struct err e = {0};
	unsigned lost = 0, wrong = 0;
	const char *last;

	if (!io_read_file(log, REPORT_MAX, &text, &e)) {
		chaos_wrong(c, "%s", e.text);
		return;
	}
	last = strstr(buf_terminate(&text), "\nlost ");
	if (last == NULL || sscanf(last, "\nlost %u wrong %u", &lost, &wrong) != 2) {
		chaos_wrong(c, "the checker has no result: %s", text.s);
	} else if (lost + wrong > 0) {
		fprintf(stderr, "%s", text.s);
		c->lost += lost;
		c->wrong += wrong;
	}
	buf_free(&text);
}

/* argv without its first member, which is the checker. */
static void
check(struct chaos *c, const char *argv[])
{
	char program[PATH_MAX], log[CHAOS_PATH_MAX + 16];

	scratch_program("chaos/check", program);
	snprintf(log, sizeof log, "%s/check.%u", c->site.dir, ++c->checks);
	argv[0] = program;
	run(argv, log);
	take_report(c, log);
}

void
inspect(struct chaos *c, const char *changes)
{
	char copy[CHAOS_PATH_MAX + 16];
	const char *argv[] = {NULL, copy, c->journals, changes, NULL};

	snprintf(copy, sizeof copy, "%s/copy", c->site.dir);
	copy_store(c, copy);
	check(c, argv);
	scratch_remove(copy);
}

void
inspect_moment(struct chaos *c, const char *store, uint64_t dmarc, uint64_t tls)
{
	char d[24], t[24];
	const char *argv[] = {NULL, "--moment", d, t, store, c->journals, NULL};

	snprintf(d, sizeof d, "%llu", (unsigned long long)dmarc);
	snprintf(t, sizeof t, "%llu", (unsigned long long)tls);
	check(c, argv);
}

/* --- /changes --- */

static void
write_ids(FILE *f, const char *word, const json_t *ids)
{
	json_t *id;
	size_t i;

	json_array_foreach(ids, i, id)
		fprintf(f, "%s %s\n", word, json_string_value(id));
}

/* Page after page; the pages of one walk stand behind one line "since", as one answer would. */
static bool
walk_changes(struct site_client *http, char letter, const char *since, FILE *f)
{
	char state[CROWD_STATE_MAX], now[CROWD_STATE_MAX];
	bool more = true;

	if (!ask_state(http, letter, now, sizeof now))
		return false;
	snprintf(state, sizeof state, "%s", since);
	fprintf(f, "since %c %s\n", letter, since);
	while (more) {
		struct reply r = ask_one(http, letter, "changes",
		    json_pack("{s:s, s:i}", "sinceState", state, "maxChanges", CHANGES_PAGE));

		if (r.told != TOLD_ANSWER)
			return false;
		write_ids(f, "created", json_object_get(r.args, "created"));
		write_ids(f, "updated", json_object_get(r.args, "updated"));
		write_ids(f, "destroyed", json_object_get(r.args, "destroyed"));
		snprintf(state, sizeof state, "%s",
		    json_string_value(json_object_get(r.args, "newState")));
		fprintf(f, "page %s\n", state);
		more = json_is_true(json_object_get(r.args, "hasMoreChanges"));
		json_decref(r.args);
	}
	fprintf(f, "until %s\n", now);
	return true;
}

void
inspect_changes(struct chaos *c, const char *changes)
{
	static const char letters[] = {'d', 't'};
	struct site_client http;
	FILE *f = fopen(changes, "w");

	if (f == NULL) {
		chaos_wrong(c, "cannot write %s", changes);
		return;
	}
	site_client_open(&http, &c->site);
	for (size_t i = 0; i < sizeof letters; i++) {
		char state[CROWD_STATE_MAX];

		crowd_state(c->crowd, letters[i], state);
		if (*state != '\0' && !walk_changes(&http, letters[i], state, f))
			chaos_wrong(c, "/changes since %s has no answer", state);
	}
	site_client_close(&http);
	fclose(f);
}
