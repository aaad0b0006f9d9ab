/* fcgi/tally.h -- counts and logs requests.
 *
 * All requests are counted.  Of requests without a valid token, which strangers can send in any
 * number, only the first few in each second are logged.  A summary line later gives the number
 * of the others. */
#ifndef FCGI_TALLY_H
#define FCGI_TALLY_H

#include "fcgi/worker.h"

#define TALLY_LINES_PER_S 10 /* lines for requests without a token, by status and worker */
#define TALLY_SUMMARY_S 10   /* between two summary lines */

/* Counts and logs a served request.  body_bytes: length of the body of the request. */
void tally_request(struct worker *w, const struct http_request *r, size_t body_bytes,
    const struct http_response *a, int64_t started_us);
/* Counts and logs that a connection is closed because of the bytes that came over it, or
 * because the rest of a request did not come. */
void tally_broken(struct worker *w, const char *why, int64_t now_us);

/* Logs that accept() failed. */
void tally_accept_failed(struct worker *w, const char *why);

/* Logs the summaries that are due; if last, all that have something to report. */
void tally_summarise(struct worker *w, int64_t now_us, bool last);
bool tally_waits(const struct worker *w); /* a summary will be due */

#endif
