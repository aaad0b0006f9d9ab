/* tests/chaos/main.c -- the proof that what was acknowledged survives: clients write through
 * nginx while processes are killed and stopped, disks fill and files break; then a checker that
 * shares no code with the store compares what is there with what was told.
 *
 *   CHAOS_TIME=SECONDS  a run of about that long; without it all that is wanted of each fault
 *   CHAOS_PLAN=A,B      these faults, and no others
 *   CHAOS_SEED=N        the dice of an earlier run */
#include <curl/curl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "tests/chaos/backup.h"
#include "tests/chaos/chaos.h"
#include "tests/chaos/disk.h"

#define FULL_S 1200 /* what all that is wanted takes, more or less */
#define TIME_MAX_S (7 * 86400)
#define STOP_WAIT_S 60
#define SETTINGS "workers = 8\nstore_cache_mb = 8\n"

static void
note(struct chaos *c, const char *what, const char *fmt, va_list ap)
{
	double at_s = (double)(clock_monotonic_us() - c->began_us) / 1e6;

	fprintf(c->log, "%.3f %s", at_s, what);
	vfprintf(c->log, fmt, ap);
	fputc('\n', c->log);
	fflush(c->log);
}

void
chaos_say(struct chaos *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(c, "", fmt, ap);
	va_end(ap);
}

/* Into the log, and to whoever waits. */
static void
cry(struct chaos *c, const char *what, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	note(c, what, fmt, ap);
	fprintf(stderr, "\nchaos: %s", what);
	vfprintf(stderr, fmt, again);
	fputc('\n', stderr);
	va_end(again);
}

void
chaos_wrong(struct chaos *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cry(c, "wrong: ", fmt, ap);
	va_end(ap);
	c->wrong++;
}

void
chaos_manual(struct chaos *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cry(c, "manual step: ", fmt, ap);
	va_end(ap);
	c->manual++;
}

/* The number in the environment; otherwise *out stays. */
static void
number_from(const char *name, uint64_t max, uint64_t *out)
{
	const char *text = getenv(name);

	if (text != NULL && *text != '\0' && !str_to_u64(str_of(text), max, out)) {
		fprintf(stderr, "chaos: %s is not a number up to %llu\n", name,
		    (unsigned long long)max);
		exit(2);
	}
}

/* The names in the environment; NULL: none are there. */
static const char *
plan_from(const char *name)
{
	const char *only = getenv(name);

	if (only == NULL || *only == '\0')
		return NULL;
	if (!plan_is_known(only)) {
		fprintf(stderr, "chaos: %s names no fault that there is; they are:\n", name);
		for (size_t i = 1; faults[i].name != NULL; i++)
			fprintf(stderr, "  %-14s %s\n", faults[i].name, faults[i].title);
		exit(2);
	}
	return only;
}

/* The first start is without the disk shim, which has to know the site's folder. */
static bool
begin(struct chaos *c, struct err *e)
{
	static const struct site_plan plan = {
	    .fronts = {FRONT_NGINX}, .n_fronts = 1, .settings = SETTINGS};
	char shim[PATH_MAX], log[CHAOS_PATH_MAX];

	site_start_as(&c->site, &plan);
	snprintf(c->data, sizeof c->data, "%s/data", c->site.dir);
	snprintf(c->side, sizeof c->side, "%s/disk", c->site.dir);
	snprintf(c->journals, sizeof c->journals, "%s/journals", c->site.dir);
	scratch_program("chaos/disk.so", shim);
	snprintf(log, sizeof log, "%s/chaos.log", c->site.dir);
	c->began_us = clock_monotonic_us();
	c->log = fopen(log, "w");
	if (c->log == NULL || mkdir(c->journals, 0700) != 0)
		return err_set(e, ERR_SERVER_FAIL, "cannot write into %s", c->site.dir);
	chaos_kill_all(c);
	if (!disk_begin(shim, c->data, c->side, e))
		return false;
	site_outboxd_again(&c->site);
	pulse_begin(&c->pulse);
	return crowd_start(&c->crowd, &c->site, &c->pulse, c->journals, c->dice, e);
}

/* Everybody is killed, so that the last check begins with a recovery too; then the outbox has
 * to start once more and end in order.  serving: it came back after the last fault. */
static void
end(struct chaos *c, bool serving, struct client_counts *counts)
{
	char changes[CHAOS_PATH_MAX + 16];
	struct states since;

	crowd_state(c->crowd, 'd', since.d);
	crowd_state(c->crowd, 't', since.t);
	snprintf(changes, sizeof changes, "%s/changes", c->site.dir);
	if (serving) {
		crowd_hold(c->crowd);
		inspect_changes(c, changes);
		crowd_go_on(c->crowd);
	}
	crowd_stop(&c->crowd, counts);
	chaos_kill_all(c);
	inspect(c, serving ? changes : NULL);
	if (serving) {
		site_outboxd_again(&c->site);
		site_wait_ready(&c->site);
		if (scratch_end(c->site.outboxd, SIGTERM, STOP_WAIT_S) != 0)
			chaos_wrong(c, "outboxd does not end in order");
	}
	if (serving)
		backup_return(c, &since);
	if (!front_stop(&c->site.fronts[0]))
		chaos_wrong(c, "nginx does not end in order");
}

int
main(void)
{
	static struct chaos c;
	struct plan plan = {.share = 1};
	struct client_counts counts;
	uint64_t seconds = 0, seed = randombytes_uniform(1000000);
	struct err e = {0};
	bool back, ok;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	number_from("CHAOS_TIME", TIME_MAX_S, &seconds);
	number_from("CHAOS_SEED", UINT32_MAX, &seed);
	plan.only = plan_from("CHAOS_PLAN");
	if (seconds > 0)
		plan.share = (double)seconds / FULL_S;
	c.dice = seed;
	printf("CHAOS_SEED=%llu\n", (unsigned long long)seed);
	fflush(stdout);
	prctl(PR_SET_CHILD_SUBREAPER, 1); /* to see whether anybody outlives outboxd */
	if (!begin(&c, &e)) {
		fprintf(stderr, "chaos: %s\n", e.text);
		return 1;
	}
	back = nemesis(&c, &plan);
	end(&c, back, &counts);
	fclose(c.log);
	ok = table_print(&c, &counts, plan.share >= 1) && back;
	if (ok)
		scratch_remove(c.site.dir);
	else
		printf("\nAll that it left is in %s\n", c.site.dir);
	return ok ? 0 : 1;
}
