/* base/status.h -- the HTTP statuses that the workers and the web servers send. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include "base/err.h"

struct http_status {
	int status;
	enum err_code code; /* the problem type of .front; ERR_NONE: about:blank */
	const char *phrase; /* "Bad Request" (RFC 9110, 15) */
	/* What clients read where nginx or Apache sends this status by itself: one sentence
	 * without ' and $, which nginx would interpret.  NULL: neither sends it. */
	const char *front;
	const char *limit; /* the problem's "limit" (RFC 8620, 3.6.1); NULL: none */
};

/* The last row has status 0. */
extern const struct http_status http_statuses[];

/* The phrase of a status; "" if the table does not have it. */
const char *http_phrase(int status);

#endif
