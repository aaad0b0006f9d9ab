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
/* outboxd waits longer before each start of a store that keeps dying soon after it was ready,
 * up to 5 s: after a few such deaths in a row the store is left alone until it has lived. */
#define QUICK_MAX 5
#define LIVED_US (11000 * MS_US)

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

static bool
is_store_spared(const struct chaos *c, const struct fault *f)
{
	return f->deaths > 0 && c->quick + f->deaths > QUICK_MAX &&
	    clock_monotonic_us() - c->store_back_us < LIVED_US;
}

/* How many strikes of that fault are still to come, but 0 if it may not come now. */
static unsigned
due(const struct chaos *c, const struct plan *p, size_t at)
{
	const struct fault *f = &faults[at];
	unsigned n = wanted(p, f);

	if (c->struck[at] >= n || is_store_spared(c, f))
		return 0;
	return (n - c->struck[at] + f->each - 1) / f->each;
}

static bool
is_over(const struct chaos *c, const struct plan *p)
{
	for (size_t i = 0; faults[i].name != NULL; i++)
		if (c->struck[i] < wanted(p, &faults[i]))
			return false;
	return true;
}

/* One of the strikes that are due, each as likely; 0: none is at the moment. */
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

static void
note_store(struct chaos *c, const struct fault *f)
{
	int64_t now_us = clock_monotonic_us();

	if (f->fresh)
		c->quick = 0;
	if (f->deaths == 0)
		return;
	c->quick = now_us - c->store_back_us < LIVED_US ? c->quick + f->deaths : f->deaths;
	c->store_back_us = now_us;
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
	if (!serves(c))
		return false;
	pulse_clear(&c->pulse);
	pause_after(c, &faults[0]);
	while (!is_over(c, p)) {
		size_t at = choose(c, p);
		unsigned n;

		if (at == 0) {
			usleep(SERVICE_POLL_US);
			continue;
		}
		pulse_turn(&c->pulse, (unsigned)at);
		chaos_say(c, "%s", faults[at].title);
		n = faults[at].strike(c);
		pause_after(c, &faults[at]);
		if (!serves(c)) {
			chaos_manual(c, "nobody is served after: %s", faults[at].title);
			return false;
		}
		c->struck[at] += n;
		note_store(c, &faults[at]);
		if (isatty(STDERR_FILENO))
			progress(c, p);
	}
	return true;
}
