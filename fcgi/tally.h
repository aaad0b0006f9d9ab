/* fcgi/tally.h -- what is counted and logged of each request.
 *
 * Strangers can send any number of requests.  Each one is counted, but of those without a valid
 * token only the first few each second are logged, and then a line says how many were not. */
#ifndef FCGI_TALLY_H
#define FCGI_TALLY_H

#include "fcgi/worker.h"

#define TALLY_LINES_PER_S 10 /* of requests without a token, for each status, by one worker */
#define TALLY_SUMMARY_S 10   /* between two lines that say how many were not logged */

/* body_bytes: of the request. */
void tally_request(struct worker *w, const struct http_request *r, size_t body_bytes,
    const struct http_response *a, int64_t started_us);
/* A connection is cut off because of what came over it. */
void tally_broken(struct worker *w, const char *why, int64_t now_us);

/* No connection can be accepted at the moment. */
void tally_accept_failed(struct worker *w, const char *why);

/* Writes the summaries that are due; all that there is to say if last. */
void tally_summarise(struct worker *w, int64_t now_us, bool last);
bool tally_waits(const struct worker *w); /* there will be something to summarise */

#endif
