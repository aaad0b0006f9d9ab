/* base/status.h -- the HTTP statuses that clients get, of a worker and of the web servers. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include "base/err.h"

struct http_status {
	int status;
	enum err_code code; /* whose problem type front has; ERR_NONE: about:blank */
	const char *phrase; /* "Bad Request" (RFC 9110, 15) */
	/* What clients are told where nginx or Apache gives this status by itself, one sentence
	 * without ' and $, which mean something to nginx; NULL: neither does so. */
	const char *front;
	const char *limit; /* of such a problem (RFC 8620, 3.6.1); NULL: none */
};

/* Ends with a row whose status is 0. */
extern const struct http_status http_statuses[];

/* The phrase of a status of the table; "" for another. */
const char *http_phrase(int status);

#endif
