/* storage/writer.h -- the one thread that writes: it takes all jobs that wait and puts them
 * into one transaction.
 *
 * Private to storage/.  So many clients share one sync of the disk, change numbers have no
 * holes and are in commit order, and no two writers ever wait for each other's locks. */
#ifndef STORAGE_WRITER_H
#define STORAGE_WRITER_H

#include <semaphore.h>

#include "storage/env.h"

/* What jobs of one transaction share. */
struct batch {
	struct env *env;
	DB_TXN *txn;
	uint32_t epoch;
	int64_t now_s;
	bool nearly_full;    /* the disk: refuse what makes the store grow */
	uint64_t free_bytes; /* on it */
	struct {
		bool loaded;
		struct counters before, now;
	} counters[MODEL_TYPES_MAX + 1]; /* by type->number */
};

/* The type's counters for a job to read and raise; written once, when the batch is complete. */
bool batch_counters(struct batch *b, const struct type *t, struct counters **c, struct err *e);

/* A job is run in the writer's thread, inside a batch, and possibly again if that batch had to
 * be aborted; the last run counts.  A refusal (a state that does not match) sets *refused
 * before anything is written and returns true.  False with *e set: Berkeley DB failed, and
 * nothing of this batch is kept. */
struct job {
	bool (*run)(struct batch *b, void *arg, struct err *refused, struct err *e);
	void *arg;
	size_t bytes, entries; /* its weight: how many others fit beside it */
	size_t ops;            /* records that it writes; for the metrics */
	bool asked;            /* by a client: counts in the metrics with its ops */

	/* the writer's */
	struct err refused;
	sem_t done;
	struct job *next;
};

#define BATCH_JOBS_MAX 256
#define BATCH_BYTES_MAX (32u << 20)
/* Entries of all databases that a batch writes or removes; a job that has more is alone in its
 * batch. */
#define BATCH_ENTRIES_MAX 20000

struct writer;

bool writer_start(struct writer **w, struct env *env, struct err *e);
/* After the last job; ends the thread.  Safe on NULL; leaves NULL. */
void writer_stop(struct writer **w);

/* Waits until the job is done and on disk, or has failed.  The queue needs no bound of its own:
 * whoever waits here holds a connection, and those are limited. */
bool writer_do(struct writer *w, struct job *j, struct err *e);

/* Jobs that wait for the next batch. */
size_t writer_waiting(struct writer *w);
/* How long the present batch has taken; 0: there is none. */
int64_t writer_busy_us(const struct writer *w);

#endif
