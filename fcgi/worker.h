/* fcgi/worker.h -- everything that a worker process holds.  main() creates it, and functions
 * get the parts that they need. */
#ifndef FCGI_WORKER_H
#define FCGI_WORKER_H

#include "base/clock.h"
#include "base/log.h"
#include "base/meter.h"
#include "base/status.h"
#include "base/str.h"
#include "config/config.h"
#include "fcgi/heartbeat.h"
#include "fcgi/http.h"
#include "poison/poison.h"

#define TALLY_STATUSES_MAX 48 /* at least the number of rows of http_statuses */

/* Meters for log lines that strangers can cause; see tally.h. */
struct tally {
	struct meter by_status[TALLY_STATUSES_MAX]; /* in the order of http_statuses */
	struct meter broken, accept_failed;
};

struct connection;

struct worker {
	struct config config;
	struct clock clock;
	struct log log;
	struct http http;
	struct poison *poison;       /* NULL: requests that end a worker are not remembered */
	struct heartbeat *heartbeat; /* NULL: no heartbeat */
	struct tally tally;
	/* Buffers for the connection that is being served, reused for the next one. */
	struct buf received, told, head;
	bool large_is_free;       /* the large body was served: paused connections may go on */
	struct connection *large; /* the connection whose body may grow large; NULL: none */
	size_t unfinished;        /* connections with an unfinished request */
};

#endif
