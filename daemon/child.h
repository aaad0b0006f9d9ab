/* daemon/child.h -- one process that outboxd started: the store, or a worker.
 *
 * A child has its socket as descriptor 0, its configuration as 3, as 4 a pipe into which it
 * writes a byte once it is ready, and one each second from then on, and as 5 the table of
 * metrics.  A worker also has, as 6, the table of requests that ended a worker.
 * Times are monotonic microseconds. */
#ifndef DAEMON_CHILD_H
#define DAEMON_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/log.h"

/* What kind of child it is. */
struct program {
	const char *name;   /* "outbox-store", beside outboxd's own file */
	int64_t start_us;   /* not ready after so long: killed */
	int64_t silence_us; /* ready, but not heard of for so long: killed */
	int64_t backoff_us; /* however often it ends, it waits no longer to be started again */
};

enum child_state {
	CHILD_WAITING,  /* to be started when due */
	CHILD_STARTING, /* runs, but is not ready */
	CHILD_READY,
	CHILD_STOPPING, /* told to */
	CHILD_GONE,     /* and not to be started again */
};

struct child {
	const struct program *program;
	enum child_state state;
	bool retired;     /* not to be started again once it has ended */
	pid_t pid;        /* 0: none */
	int ready_fd;     /* to read from; -1: none */
	int64_t ready_us; /* when it became ready */
	int64_t due_us;   /* when something is to be done about it; INT64_MAX: never */
	int64_t backoff_us;
};

/* What a start needs. */
struct child_place {
	const char *dir; /* of the programs */
	int listen_fd, config_fd, metrics_fd;
	int poison_fd; /* -1: the program has no use for it */
	const struct log *log;
};

void child_init(struct child *c, const struct program *program);

/* Does what is due: starts it, or kills it for its silence or its slow stop. */
void child_step(struct child *c, const struct child_place *place, int64_t now_us);
void child_hear(
    struct child *c, const struct log *log, int64_t now_us); /* ready_fd can be read */
void child_retire(struct child *c); /* once it has ended it is not started again */
void child_stop(
    struct child *c, int64_t stop_us, int64_t now_us); /* SIGTERM, and SIGKILL after stop_us */
void child_ended(struct child *c, int status, const struct log *log,
    int64_t now_us); /* as waitpid() tells */

#endif
