/* fcgi/worker.h -- all that one worker process has.  main() makes it; everyone is handed a
 * part. */
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

#define TALLY_STATUSES_MAX 48 /* rows of http_statuses */

/* Lines of the log that strangers can cause; tally.h. */
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
	struct poison *poison;       /* NULL: nobody remembers */
	struct heartbeat *heartbeat; /* NULL: nobody watches */
	struct tally tally;
	struct buf received, told, head; /* for the connection that is being read; kept for the
					    next one */
	bool large_is_free;              /* it was served: others may be read on */
	struct connection *large; /* whose body may grow large; NULL: whoever comes first */
	size_t unfinished;        /* connections on which half a request has come */
};

#endif
