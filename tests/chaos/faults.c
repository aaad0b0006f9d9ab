/* tests/chaos/faults.c -- what is done to a running outbox. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/chaos/chaos.h"
#include "tests/chaos/children.h"
#include "tests/chaos/dice.h"

#define STORE "outbox-store"
#define WORKER "outbox-worker"
#define GONE_WAIT_MS 5000
#define WATCHDOG_WAIT_MS 30000 /* until a process that does not move is ended */
#define START_WAIT_MS 8000     /* the parent waits at most 5 s before it starts a child */
#define RECOVERY_KILLS 5       /* one after the other */
#define RECOVERY_MAX_MS 150

/* A child of that name; 0 if there is none at the moment. */
static pid_t
pick(struct chaos *c, const char *name)
{
	pid_t list[CHILDREN_MAX];
	size_t n = children_named(c->site.outboxd, name, list);

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
		pid = children_wait_new(c->site.outboxd, STORE, pid, START_WAIT_MS);
	}
	return killed;
}

/* False if it is still there after a while; it is ours to wait for, as its parent is dead. */
static bool
ends(pid_t pid)
{
	for (unsigned ms = 0; ms < GONE_WAIT_MS; ms++) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return true;
		usleep(1000);
	}
	return false;
}

void
chaos_kill_all(struct chaos *c)
{
	pid_t list[CHILDREN_MAX];
	size_t n = children_named(c->site.outboxd, NULL, list);

	kill(c->site.outboxd, SIGKILL);
	waitpid(c->site.outboxd, NULL, 0);
	for (size_t i = 0; i < n; i++)
		if (!ends(list[i]))
			chaos_wrong(c, "process %d outlives its parent", (int)list[i]);
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
	if (!children_wait_gone(c->site.outboxd, pid, WATCHDOG_WAIT_MS)) {
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

const struct fault faults[] = {
    {"none", "no fault", 0, 0, 3000, 3000, .strike = NULL},
    {"kill-worker", "worker killed", 500, 1, 100, 500, 300000, .strike = kill_worker},
    {"kill-store", "store killed", 100, 1, 500, 2500, 3000000, .store = true,
	.strike = kill_store},
    {"kill-recovery", "store killed while it recovers", 50, RECOVERY_KILLS, 1000, 2000,
	.store = true, .strike = kill_recovery},
    {"kill-parent", "parent killed", 20, 1, 1000, 3000, .fresh = true, .strike = kill_parent},
    {"stop-worker", "worker stopped", 10, 1, 200, 1000, .strike = stop_worker},
    {"stop-store", "store stopped", 10, 1, 500, 1000, .store = true, .strike = stop_store},
    {"reload", "reload", 20, 1, 1500, 2500, .fresh = true, .strike = reload},
    {0},
};
