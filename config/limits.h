/* config/limits.h -- how much a client may ask for at once (RFC 8620, 2 and 5).  Sizes are
 * bytes. */
#ifndef CONFIG_LIMITS_H
#define CONFIG_LIMITS_H

#include <stddef.h>

/* The most that max_objects_in_set may be: what the store takes in one request. */
#define LIMITS_OBJECTS_IN_SET_MAX 65536

/* Published in the session where RFC 8620 names them. */
struct limits {
	size_t max_size_request;     /* of an HTTP body; 16 MiB */
	size_t max_size_record;      /* of one record's canonical text; 10 MiB */
	size_t max_size_response;    /* of what one /get answers, and of the records one /set
					stores and their answers together; 64 MiB */
	size_t max_calls_in_request; /* 64 */
	size_t max_objects_in_get;   /* 500 */
	size_t max_objects_in_set;   /* 500 */
	size_t max_query_limit; /* ids of one /query page; 5000, at least max_objects_in_get */
	size_t max_changes;     /* ids of one /changes or /queryChanges answer; 5000 */
	size_t max_work_in_request;     /* units of base/budget.h; 8,000,000 */
	size_t max_cpu_ms_in_request;   /* milliseconds of a core; 2000, and at most half of
					   worker_timeout_s */
	size_t max_concurrent_requests; /* told to clients; 16 */
};

extern const struct limits limits_default;

#endif
