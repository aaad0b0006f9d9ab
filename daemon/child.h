/* daemon/child.h -- one process that outboxd started: the store, or a worker.
 *
 * A child gets these descriptors: 0 its socket; 3 its configuration; 4 a pipe, into which it
 * writes a byte once it is ready and then one each second; 5 the table of metrics.  A worker
 * also gets 6, the table of requests that ended a worker.
 *
 * Times are monotonic microseconds. */
#ifndef DAEMON_CHILD_H
#define DAEMON_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/log.h"

/* A kind of child. */
struct program {
	const char *name;   /* "outbox-store", in the folder of outboxd */
	int64_t start_us;   /* killed if it is not ready after this long */
	int64_t silence_us; /* killed if it was ready and has sent no byte for this long */
	int64_t backoff_us; /* longest wait before it is started again */
};

enum child_state {
	CHILD_WAITING,  /* starts at due_us */
	CHILD_STARTING, /* runs, but is not yet ready */
	CHILD_READY,
	CHILD_STOPPING, /* got SIGTERM */
	CHILD_GONE,     /* has ended and is not started again */
};

struct child {
	const struct program *program;
	enum child_state state;
	bool retired;     /* do not start it again after it ends */
	pid_t pid;        /* 0: none */
	int ready_fd;     /* read end of its pipe; -1: none */
	int64_t ready_us; /* when it became ready */
	int64_t due_us;   /* when child_step() must act; INT64_MAX: never */
	int64_t backoff_us;
};

/* What a child needs to start. */
struct child_place {
	const char *dir; /* folder of the programs */
	int listen_fd, config_fd, metrics_fd;
	int poison_fd; /* -1: the program does not use it */
	const struct log *log;
};

void child_init(struct child *c, const struct program *program);

/* Does what is due at now_us: starts the child, or kills it if it was silent or stops too
 * slowly. */
void child_step(struct child *c, const struct child_place *place, int64_t now_us);
void child_hear(struct child *c, const struct log *log,
    int64_t now_us);                /* call when ready_fd is readable */
void child_retire(struct child *c); /* it is not started again after it ends */
void child_stop(struct child *c, int64_t stop_us,
    int64_t now_us); /* sends SIGTERM, and SIGKILL after stop_us */
void child_ended(struct child *c, int status, const struct log *log,
    int64_t now_us); /* status as from waitpid() */

#endif
