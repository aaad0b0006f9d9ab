/* poison/poison.h -- requests that ended a worker, so that no other worker serves them again.
 *
 * A web server gives a request whose worker has died to the next worker.  A request that kills
 * its worker would kill one after the other.  So each worker writes into a table in memory,
 * which outboxd makes and all share, what it serves; outboxd looks there when a worker has
 * ended, and remembers the request.  Everything is one atomic number, and only outboxd writes
 * what is remembered: a process that dies in the middle of anything holds nobody.
 *
 * A request is known by a hash of the id that the web server gave it, its path and its body.
 * Who sends the same again has a new id, and so another request.
 *
 * Times are monotonic seconds, the same for all processes. */
#ifndef POISON_POISON_H
#define POISON_POISON_H

#include <sys/types.h>

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"

#define POISON_KEEP_S 600   /* a request is remembered for so long */
#define POISON_ENTRIES 256  /* and so many are; then the oldest is forgotten */
#define POISON_WORKERS 1024 /* that may serve at once */
/* Ends that nobody but the request can have caused count POISON_FATAL.  SIGKILL counts one: it
 * may come from the operator, or from the kernel because the request took all memory. */
#define POISON_FATAL 2

struct poison;

/* An empty table; *fd is for poison_open() in other processes, close-on-exec, and the caller's
 * to close. */
bool poison_make(struct poison **p, int *fd, struct err *e);
/* The table behind fd, which stays the caller's.  On false *p is NULL. */
bool poison_open(struct poison **p, int fd, struct err *e);
void poison_close(struct poison **p); /* safe on NULL; leaves NULL */

/* --- for a worker; p may be NULL: nothing is known then --- */

/* Never 0. */
uint64_t poison_hash(
    const struct poison *p, struct str request_id, struct str path, struct str body);
/* This process serves that request from now on; 0: none.  id is for the log of outboxd. */
void poison_serve(struct poison *p, uint64_t hash, struct str id);
/* Whether a worker ended because of that request.  Where another process still has it as
 * served, outboxd may not have seen its end: waits for that, at most POISON_WAIT_MS. */
#define POISON_WAIT_MS 500
bool poison_knows(struct poison *p, uint64_t hash, int64_t now_s);

/* --- for outboxd --- */

/* A worker has ended.  What it served counts weight more; *id is the request then, and true is
 * returned if it is poison from now on.  weight 0: nothing is remembered. */
bool poison_ended(struct poison *p, pid_t pid, unsigned weight, int64_t now_s,
    char id[static LOG_REQUEST_ID_MAX + 1]);

#endif
