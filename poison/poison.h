/* poison/poison.h -- remembers requests that ended a worker, so that no other worker serves
 * them again.
 *
 * When a worker dies, the web server sends its request to the next worker.  A request that
 * kills its worker would kill one worker after the other.  So outboxd creates a table in shared
 * memory, and each worker writes into it which request it serves.  When a worker has ended,
 * outboxd reads from the table which request that was, and remembers it.  Workers use atomic
 * numbers instead of locks, and only outboxd writes what is remembered, so a process that dies
 * at any moment blocks nobody.
 *
 * A request is identified by a hash of the id that the web server gave it, its path and its
 * body.  A client that sends the same request again gets a new id, so this is another request.
 *
 * Times are monotonic seconds, the same for all processes. */
#ifndef POISON_POISON_H
#define POISON_POISON_H

#include <sys/types.h>

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"

#define POISON_KEEP_S 600   /* seconds that a request is remembered */
#define POISON_ENTRIES 256  /* requests that are remembered; then the oldest is forgotten */
#define POISON_WORKERS 1024 /* workers that may serve at once */
/* A request is poisonous when the weights of its ends add up to POISON_FATAL.  An end that only
 * the request can have caused has that weight.  SIGKILL has weight 1: it may come from the
 * operator, or from the kernel because the request used up the memory. */
#define POISON_FATAL 2

struct poison;

/* Creates an empty table.  *fd is close-on-exec; other processes pass it to poison_open().  The
 * caller closes it. */
bool poison_make(struct poison **p, int *fd, struct err *e);
/* Maps the table of fd; the caller keeps fd.  If it returns false, *p is NULL. */
bool poison_open(struct poison **p, int fd, struct err *e);
void poison_close(struct poison **p); /* safe on NULL; sets *p to NULL */

/* --- for workers; p may be NULL: then no request is remembered --- */

/* Returns the hash of a request; never 0. */
uint64_t poison_hash(
    const struct poison *p, struct str request_id, struct str path, struct str body);
/* Writes that this process now serves the request with this hash; 0: none.  id is for the log
 * of outboxd. */
void poison_serve(struct poison *p, uint64_t hash, struct str id);
/* Whether the request has ended workers often enough.  If another process still serves it
 * according to the table, outboxd may not yet know that this process ended, so this waits for
 * at most POISON_WAIT_MS. */
#define POISON_WAIT_MS 500
bool poison_knows(struct poison *p, uint64_t hash, int64_t now_s);

/* --- for outboxd --- */

/* Notes that the worker pid has ended, and adds weight to the request that it served.  Sets id
 * to the id of that request, or "".  Returns true if the request is poisonous from now on.
 * weight 0: remembers nothing. */
bool poison_ended(struct poison *p, pid_t pid, unsigned weight, int64_t now_s,
    char id[static LOG_REQUEST_ID_MAX + 1]);

#endif
