/* fcgi/heartbeat.h -- tells outboxd each second that this worker lives, and ends the worker
 * when a request takes too long.
 *
 * A thread of its own: it beats also while the other one computes or waits. */
#ifndef FCGI_HEARTBEAT_H
#define FCGI_HEARTBEAT_H

#include <stdbool.h>

#include "base/err.h"

#define HEARTBEAT_S 1

struct heartbeat;

/* Writes a byte to fd now and each HEARTBEAT_S from now on; fd -1: nobody listens.  timeout_s:
 * how long one request may take. */
bool heartbeat_start(struct heartbeat **h, int fd, long timeout_s, struct err *e);
void heartbeat_stop(struct heartbeat **h); /* safe on NULL; leaves NULL */

/* A request begins, or has ended.  Nothing to do on NULL. */
void heartbeat_request(struct heartbeat *h, bool under_way);

#endif
