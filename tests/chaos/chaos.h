/* tests/chaos/chaos.h -- a run: a site, the crowd that uses it, and what is done to it. */
#ifndef TESTS_CHAOS_CHAOS_H
#define TESTS_CHAOS_CHAOS_H

#include <stdio.h>

#include "tests/chaos/crowd.h"
#include "tests/chaos/powercut.h"
#include "tests/site.h"

#define CHAOS_WORKERS 8
#define CHAOS_PATH_MAX 256

/* States of both types that were answered at some time. */
struct states {
	char d[CROWD_STATE_MAX], t[CROWD_STATE_MAX];
};

struct chaos {
	struct site site;
	struct pulse pulse;
	struct crowd *crowd;
	char journals[CHAOS_PATH_MAX]; /* folder */
	char data[CHAOS_PATH_MAX];     /* data_dir of the outbox */
	char side[CHAOS_PATH_MAX];     /* of the disk shim */
	char backup[CHAOS_PATH_MAX];   /* folder of the last one; "" if there is none */
	struct states backed_up;       /* when it was begun */
	unsigned backups;
	uint64_t dice;
	unsigned struck[PULSE_KINDS_MAX]; /* by place in faults */
	unsigned checks, lost, wrong, manual;
	struct power_cut cut; /* all of them together */
	FILE *log;
	int64_t began_us;
};

/* Into the run's own log, DIR/chaos.log. */
void chaos_say(struct chaos *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Something that may never be; it is printed at once. */
void chaos_wrong(struct chaos *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The test had to help; it is printed at once. */
void chaos_manual(struct chaos *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* --- faults: faults.c --- */

struct fault {
	const char *name;                    /* as in CHAOS_PLAN: "kill-worker" */
	const char *title;                   /* as in the table */
	unsigned wanted;                     /* in a full run */
	unsigned each;                       /* that one strike makes, more or less */
	unsigned pause_min_ms, pause_max_ms; /* after it */
	int64_t gap_us;                      /* the longest gap may be so long; 0: no bound */
	unsigned (*strike)(struct chaos *c); /* how many it made */
};

/* kill -9 of outboxd, with which all its children have to end. */
void chaos_kill_all(struct chaos *c);

extern const struct fault faults[]; /* the first is none at all; ends with {0} */

/* --- the plan: nemesis.c --- */

struct plan {
	double share;     /* of what a full run wants; at least one of each */
	const char *only; /* names, with commas; NULL: all */
};

/* Is each name, of those with commas between them, a fault's? */
bool plan_is_known(const char *only);
/* Strikes until there have been as many as wanted.  False if the outbox did not come back. */
bool nemesis(struct chaos *c, const struct plan *p);

/* --- looking at what is there: inspect.c --- */

/* With all processes of the outbox ended and the crowd held or stopped: checks a copy of the
 * store against the journals.  changes: a file of /changes answers to check too, or NULL. */
void inspect(struct chaos *c, const char *changes);
/* The same for a store made of a backup that was begun when those changes had been
 * acknowledged. */
void inspect_moment(struct chaos *c, const char *store, uint64_t dmarc, uint64_t tls);
/* Asks /changes since the states the crowd remembers; the answers go to that file. */
void inspect_changes(struct chaos *c, const char *changes);

/* --- the end: table.c --- */

/* Prints it.  True if nothing is lost or wrong, and, where they count, no gap too long. */
bool table_print(const struct chaos *c, const struct client_counts *n, bool bounds);

#endif
