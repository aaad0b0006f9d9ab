/* tests/chaos/client.h -- one client: the records it owns, and what it has been told of them.
 *
 * Private to crowd.c, client.c, writing.c and doubt.c. */
#ifndef TESTS_CHAOS_CLIENT_H
#define TESTS_CHAOS_CLIENT_H

#include <jansson.h>

#include "base/id.h"
#include "tests/chaos/ask.h"
#include "tests/chaos/crowd.h"

#define CLIENT_SET_MAX 4      /* writes in one set */
#define CLIENT_PENDING_MAX 32 /* unknown writes to be looked for */

/* A record as its one client knows it. */
struct own {
	uint64_t id, write; /* the last that was acknowledged */
	char letter;
	bool doubtful; /* a write to it is under way, or unknown */
};

/* A write in a set that is being sent, or whose outcome is not known. */
struct sending {
	enum write_kind kind;
	char letter;
	uint64_t set, write;
	uint64_t id, before; /* UPDATE, DESTROY: the record, and its write before */
	int64_t since_us;    /* when it became unknown */
};

struct client {
	struct crowd *crowd;
	struct pulse *pulse;
	unsigned number;
	pthread_t thread;
	struct site_client http;
	struct journal journal;
	uint64_t dice, writes;
	size_t n_own, cap;
	struct own *own;
	size_t n_pending;
	struct sending pending[CLIENT_PENDING_MAX]; /* the oldest first */
	char state[2][CROWD_STATE_MAX];             /* last one heard of: of 'd', of 't' */
	struct client_counts counts;
	atomic_bool held;
};

/* --- its records: client.c --- */

/* The record after an acknowledged write, or one that was found to have happened. */
void own_after(struct client *c, const struct sending *s, uint64_t id);
/* The record after a write that did not happen. */
void own_as_before(struct client *c, const struct sending *s);
void own_remove(struct client *c, char letter, uint64_t id);
/* One at random about which nothing is in doubt, of that letter or, for 0, of any; NULL if
 * chance finds none. */
struct own *own_pick(struct client *c, char letter);

/* --- asking: client.c.  False: there was no answer --- */

/* Counts the request, and notes an answer that cannot be. */
struct reply client_asked(struct client *c, struct reply r);
/* *record is for json_decref(); NULL and !*there if there is none of that id. */
bool client_get(struct client *c, char letter, uint64_t id, bool *there, json_t **record);
/* How many records have the domain of that write, and the last one's id. */
bool client_find(struct client *c, char letter, uint64_t write, size_t *n, uint64_t *id);
bool client_read(struct client *c);  /* a record of its own */
bool client_query(struct client *c); /* by the domain of one of its own */
void client_wrong(struct client *c, const char *what, char letter, uint64_t id, uint64_t write);

/* One set of random writes: writing.c. */
bool client_write(struct client *c);
/* Looks for the oldest unknown write, if it has had time to settle: doubt.c. */
bool client_look_back(struct client *c);

/* Keeps some of the states that are heard of: crowd.c. */
void crowd_keep_state(struct client *c, char letter);

#endif
