/* tests/chaos/faults.c -- what is done to a running outbox. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/chaos/backup.h"
#include "tests/chaos/chaos.h"
#include "tests/chaos/damage.h"
#include "tests/chaos/dice.h"
#include "tests/chaos/disk.h"
#include "tests/children.h"

#define STORE "outbox-store"
#define WORKER "outbox-worker"
#define CHILDREN_MAX 64
#define POLL_MS 2
#define GONE_WAIT_MS 5000
#define WATCHDOG_WAIT_MS 30000 /* until a process that does not move is ended */
#define START_WAIT_MS 8000     /* until the parent starts a child again */
#define RECOVERY_KILLS 5       /* one after the other */
#define RECOVERY_MAX_MS 150
#define ROOM_MAX (2 << 20)    /* bytes that a full disk still takes */
#define LOOK_AFTER_US 2000000 /* the store serves again, most of the time */
#define LOOK_WAIT_S 120
#define FULL_MIN_US 2000000
#define FULL_MAX_US 5000000
#define SYNC_MAX_US 40000 /* that a sync takes before the power fails */
#define SLOW_MIN_US 300000
#define SLOW_MAX_US 2500000 /* longer than from checkpoint to checkpoint */

/* Is the process, for so long at most, no child of outboxd any more? */
static bool
wait_gone(const struct chaos *c, pid_t child, unsigned wait_ms)
{
	for (unsigned ms = 0; ms < wait_ms; ms += POLL_MS) {
		pid_t list[CHILDREN_MAX];
		size_t n = children_named(c->site.outboxd, NULL, list, CHILDREN_MAX);
		bool there = false;

		for (size_t i = 0; i < n; i++)
			there = there || list[i] == child;
		if (!there)
			return true;
		usleep(POLL_MS * 1000);
	}
	return false;
}

/* The store that is not the one before; 0 if none is started for so long. */
static pid_t
wait_new_store(const struct chaos *c, pid_t before, unsigned wait_ms)
{
	for (unsigned ms = 0; ms < wait_ms; ms += POLL_MS) {
		pid_t pid = child_named(c->site.outboxd, STORE);

		if (pid > 0 && pid != before)
			return pid;
		usleep(POLL_MS * 1000);
	}
	return 0;
}

/* A child of that name; 0 if there is none at the moment. */
static pid_t
pick(struct chaos *c, const char *name)
{
	pid_t list[CHILDREN_MAX];
	size_t n = children_named(c->site.outboxd, name, list, CHILDREN_MAX);

	return n == 0 ? 0 : list[dice_below(&c->dice, n)];
}

static unsigned
kill_one(struct chaos *c, const char *name)
{
	pid_t pid = pick(c, name);

	return pid > 0 && kill(pid, SIGKILL) == 0;
}

static unsigned
kill_worker(struct chaos *c)
{
	return kill_one(c, WORKER);
}

static unsigned
kill_store(struct chaos *c)
{
	return kill_one(c, STORE);
}

/* Each store is killed before it has served anybody; the first one is not counted. */
static unsigned
kill_recovery(struct chaos *c)
{
	pid_t pid = pick(c, STORE);
	unsigned killed = 0;

	for (unsigned i = 0; i <= RECOVERY_KILLS && pid > 0; i++) {
		int64_t before_us = pulse_last_us(&c->pulse);

		if (i > 0)
			usleep((useconds_t)dice_below(&c->dice, RECOVERY_MAX_MS * 1000));
		kill(pid, SIGKILL);
		killed += i > 0 && pulse_last_us(&c->pulse) == before_us;
		pid = wait_new_store(c, pid, START_WAIT_MS);
	}
	return killed;
}

/* The outbox's processes that have become ours to wait for, since their parent is dead. */
static size_t
reap_orphans(pid_t list[static CHILDREN_MAX])
{
	size_t n = children_named(getpid(), "outbox", list, CHILDREN_MAX), alive = 0;

	for (size_t i = 0; i < n; i++)
		if (waitpid(list[i], NULL, WNOHANG) == 0)
			list[alive++] = list[i];
	return alive;
}

void
chaos_kill_all(struct chaos *c)
{
	pid_t list[CHILDREN_MAX];
	size_t alive = 1;

	kill(c->site.outboxd, SIGKILL);
	waitpid(c->site.outboxd, NULL, 0);
	for (unsigned ms = 0; alive > 0 && ms < GONE_WAIT_MS; ms++) {
		alive = reap_orphans(list);
		if (alive > 0)
			usleep(1000);
	}
	for (size_t i = 0; i < alive; i++) {
		chaos_wrong(c, "process %d outlives its parent", (int)list[i]);
		kill(list[i], SIGKILL);
		waitpid(list[i], NULL, 0);
	}
}

/* The next start comes at once, as that of a service manager. */
static unsigned
kill_parent(struct chaos *c)
{
	chaos_kill_all(c);
	site_outboxd_again(&c->site);
	return 1;
}

static unsigned
stop_one(struct chaos *c, const char *name)
{
	pid_t pid = pick(c, name);

	if (pid <= 0 || kill(pid, SIGSTOP) != 0)
		return 0;
	if (!wait_gone(c, pid, WATCHDOG_WAIT_MS)) {
		chaos_manual(c, "nobody ended a stopped %s", name);
		kill(pid, SIGKILL);
	}
	return 1;
}

static unsigned
stop_worker(struct chaos *c)
{
	return stop_one(c, WORKER);
}

static unsigned
stop_store(struct chaos *c)
{
	return stop_one(c, STORE);
}

static unsigned
reload(struct chaos *c)
{
	return kill(c->site.outboxd, SIGHUP) == 0;
}

static void
set_disk(struct chaos *c, struct disk_control want)
{
	struct err e = {0};

	if (!disk_set(c->side, &want, &e))
		chaos_wrong(c, "%s", e.text);
}

static void
linger(struct chaos *c, useconds_t least_us, useconds_t most_us)
{
	usleep(least_us + (useconds_t)dice_below(&c->dice, most_us - least_us));
}

/* A disk that is full, and after a while is not. */
static unsigned
fill_disk(struct chaos *c)
{
	struct disk_control full = {.room = (int64_t)dice_below(&c->dice, ROOM_MAX)};

	full.overwriting = dice_below(&c->dice, 2) == 0;
	full.unseen = dice_below(&c->dice, 2) == 0;
	set_disk(c, full);
	linger(c, FULL_MIN_US, FULL_MAX_US);
	set_disk(c, (struct disk_control){.room = -1});
	return 1;
}

/* With nobody running. */
static void
lose_unsynced(struct chaos *c)
{
	struct err e = {0};

	if (!power_cut(c->data, c->side, &c->dice, &c->cut, &e))
		chaos_wrong(c, "%s", e.text);
}

/* Mostly out of a time with slow syncs, so that more is under way.  What the disk then holds is
 * checked before anybody uses it. */
static unsigned
cut_power(struct chaos *c)
{
	uint32_t sync_us = (uint32_t)dice_below(&c->dice, SYNC_MAX_US);

	set_disk(c, (struct disk_control){.room = -1, .sync_us = sync_us});
	linger(c, SLOW_MIN_US, SLOW_MAX_US);
	chaos_kill_all(c);
	crowd_hold(c->crowd);
	lose_unsynced(c);
	set_disk(c, (struct disk_control){.room = -1});
	inspect(c, NULL);
	pulse_skip(&c->pulse);
	site_outboxd_again(&c->site);
	crowd_go_on(c->crowd);
	return 1;
}

/* Every page and every record is read; what that finds, the store repairs. */
static void
look_through(struct chaos *c)
{
	char program[PATH_MAX], config[CHAOS_PATH_MAX], log[CHAOS_PATH_MAX];
	const char *const argv[] = {program, "--config", config, "verify", NULL};

	scratch_program("outboxctl", program);
	snprintf(config, sizeof config, "%s/outbox.conf", c->site.dir);
	snprintf(log, sizeof log, "%s/verify.log", c->site.dir);
	usleep(LOOK_AFTER_US);
	scratch_end(scratch_spawn(argv, log), 0, LOOK_WAIT_S);
}

/* A file is broken while nobody has it open, often by the power cut that ended everybody, or
 * behind the store's back, which then is killed so that it looks at its files again.  Where
 * only a look at every page would find it, somebody has that done, as they would every night.
 */
static unsigned
damage_file(struct chaos *c)
{
	char store[CHAOS_PATH_MAX + 16], text[DAMAGE_TEXT_MAX];
	bool serving = dice_below(&c->dice, 3) == 0, hidden = false;
	bool power = !serving && dice_below(&c->dice, 2) == 0;
	struct err e = {0};

	snprintf(store, sizeof store, "%s/store", c->data);
	if (!serving)
		chaos_kill_all(c);
	if (power)
		lose_unsynced(c);
	if (!damage(store, serving, &c->dice, text, &hidden, &e))
		chaos_wrong(c, "%s", e.text);
	chaos_say(c, "%s%s%s", text, serving ? ", while it is open" : "",
	    power ? ", at a power cut" : "");
	if (serving)
		kill_store(c);
	else
		site_outboxd_again(&c->site);
	if (hidden)
		look_through(c);
	return 1;
}

const struct fault faults[] = {
    {"none", "no fault", 0, 0, 3000, 3000, .strike = NULL},
    {"kill-worker", "worker killed", 500, 1, 100, 500, 300000, .strike = kill_worker},
    {"kill-store", "store killed", 100, 1, 500, 2500, 3000000, .strike = kill_store},
    {"kill-recovery", "store killed while it recovers", 50, RECOVERY_KILLS, 1000, 2000,
	.strike = kill_recovery},
    {"kill-parent", "parent killed", 20, 1, 1000, 3000, .strike = kill_parent},
    {"stop-worker", "worker stopped", 10, 1, 200, 1000, .strike = stop_worker},
    {"stop-store", "store stopped", 10, 1, 500, 1000, .strike = stop_store},
    {"reload", "reload", 20, 1, 1500, 2500, .strike = reload},
    {"full-disk", "disk full for some seconds", 10, 1, 1000, 2000, .strike = fill_disk},
    {"power-cut", "power cut", 30, 1, 1000, 3000, .strike = cut_power},
    {"damage", "file damaged", 10, 1, 3000, 5000, .strike = damage_file},
    {"backup", "backup taken, restored and checked", 10, 1, 1000, 2000, .strike = backup_take},
    {0},
};
