/* fcgi/worker.h -- all that one worker process has.  main() makes it; everyone is handed a
 * part. */
#ifndef FCGI_WORKER_H
#define FCGI_WORKER_H

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "config/config.h"
#include "fcgi/heartbeat.h"
#include "fcgi/http.h"

struct worker {
	struct config config;
	struct clock clock;
	struct log log;
	struct http http;
	struct heartbeat *heartbeat; /* NULL: nobody watches */
	struct buf body, head;       /* of the request under way; kept for the next one */
};

#endif
