/* tests/chaos/nemesis.c -- which fault comes next, and whether the outbox got over it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/chaos/chaos.h"
#include "tests/chaos/dice.h"

#define MS_US INT64_C(1000)
#define SERVICE_WAIT_US (60000 * MS_US)
#define SERVICE_POLL_US 5000

bool
plan_is_known(const char *only)
{
	const char *at = only;
	size_t len;

	do {
		size_t i = 1;

		len = strcspn(at, ",");
		while (faults[i].name != NULL &&
		    (strlen(faults[i].name) != len || strncmp(faults[i].name, at, len) != 0))
			i++;
		if (faults[i].name == NULL)
			return false;
		at += len + 1;
	} while (at[-1] != '\0');
	return true;
}

static bool
is_planned(const struct plan *p, const struct fault *f)
{
	const char *at = p->only == NULL ? NULL : strstr(p->only, f->name);
	size_t len = strlen(f->name);

	if (p->only == NULL)
		return true;
	for (; at != NULL; at = strstr(at + len, f->name))
		if ((at == p->only || at[-1] == ',') && (at[len] == ',' || at[len] == '\0'))
			return true;
	return false;
}

static unsigned
wanted(const struct plan *p, const struct fault *f)
{
	unsigned n = (unsigned)(f->wanted * p->share);

	if (!is_planned(p, f) || f->wanted == 0)
		return 0;
	return n > 0 ? n : 1;
}

/* How many strikes of that fault are still to come. */
static unsigned
due(const struct chaos *c, const struct plan *p, size_t at)
{
	const struct fault *f = &faults[at];
	unsigned n = wanted(p, f);

	return c->struck[at] >= n ? 0 : (n - c->struck[at] + f->each - 1) / f->each;
}

/* One of the strikes that are due, each as likely; 0: none is. */
static size_t
choose(struct chaos *c, const struct plan *p)
{
	unsigned all = 0;
	uint64_t at;

	for (size_t i = 0; faults[i].name != NULL; i++)
		all += due(c, p, i);
	if (all == 0)
		return 0;
	at = dice_below(&c->dice, all);
	for (size_t i = 0; faults[i].name != NULL; i++) {
		unsigned n = due(c, p, i);

		if (at < n)
			return i;
		at -= n;
	}
	return 0;
}

/* Somebody's write is acknowledged that was not before. */
static bool
serves(struct chaos *c)
{
	int64_t now_us = clock_monotonic_us();

	while (pulse_last_us(&c->pulse) <= now_us) {
		if (clock_monotonic_us() - now_us > SERVICE_WAIT_US)
			return false;
		usleep(SERVICE_POLL_US);
	}
	return true;
}

static void
pause_after(struct chaos *c, const struct fault *f)
{
	useconds_t spread_us = (useconds_t)(f->pause_max_ms - f->pause_min_ms) * 1000;

	usleep(f->pause_min_ms * 1000 + (useconds_t)dice_below(&c->dice, spread_us + 1));
}

/* So that what happened then can be found in the logs. */
static void
note_gap(struct chaos *c, size_t at, int64_t longest_us)
{
	if (c->pulse.longest_us[at] > longest_us)
		chaos_say(c, "gap: %.3f s, the longest of its kind so far",
		    (double)c->pulse.longest_us[at] / 1e6);
}

static void
progress(const struct chaos *c, const struct plan *p)
{
	fprintf(stderr, "\rchaos:");
	for (size_t i = 1; faults[i].name != NULL; i++)
		if (wanted(p, &faults[i]) > 0)
			fprintf(stderr, " %s %u/%u", faults[i].name, c->struck[i],
			    wanted(p, &faults[i]));
	fprintf(stderr, "  ");
}

bool
nemesis(struct chaos *c, const struct plan *p)
{
	size_t at;

	if (!serves(c))
		return false;
	pulse_clear(&c->pulse);
	pause_after(c, &faults[0]);
	while ((at = choose(c, p)) > 0) {
		int64_t longest_us = c->pulse.longest_us[at];
		unsigned n;

		pulse_turn(&c->pulse, (unsigned)at);
		chaos_say(c, "%s", faults[at].title);
		n = faults[at].strike(c);
		pause_after(c, &faults[at]);
		if (!serves(c)) {
			chaos_manual(c, "nobody is served after: %s", faults[at].title);
			return false;
		}
		c->struck[at] += n;
		note_gap(c, at, longest_us);
		if (isatty(STDERR_FILENO))
			progress(c, p);
	}
	return true;
}
