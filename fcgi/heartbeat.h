/* fcgi/heartbeat.h -- tells outboxd every second that this worker is alive, and ends the worker
 * when a request takes too long.
 *
 * The heartbeat has its own thread, so it goes on while the main thread computes or waits. */
#ifndef FCGI_HEARTBEAT_H
#define FCGI_HEARTBEAT_H

#include <stdbool.h>

#include "base/err.h"

#define HEARTBEAT_S 1

struct heartbeat;

/* Writes a byte to fd now and then every HEARTBEAT_S; fd -1: writes nothing.  Ends the worker
 * if one request takes longer than timeout_s. */
bool heartbeat_start(struct heartbeat **h, int fd, long timeout_s, struct err *e);
void heartbeat_stop(struct heartbeat **h); /* safe on NULL; sets *h to NULL */

/* Notes that a request has begun or ended.  Does nothing if h is NULL. */
void heartbeat_request(struct heartbeat *h, bool under_way);

#endif
