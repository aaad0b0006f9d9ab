/* config/limits.h -- limits on what one request may ask for (RFC 8620, 2 and 5).  Sizes are
 * bytes. */
#ifndef CONFIG_LIMITS_H
#define CONFIG_LIMITS_H

#include <stddef.h>

/* Upper limit of max_objects_in_set: the store takes no more in one request. */
#define LIMITS_OBJECTS_IN_SET_MAX 65536

/* The session publishes those that RFC 8620 names. */
struct limits {
	size_t max_size_request;     /* of an HTTP body; 16 MiB */
	size_t max_size_record;      /* of one record's canonical text; 10 MiB */
	size_t max_size_response;    /* of the answer of one /get; of the records that one /set
					stores, together with their answers; 64 MiB */
	size_t max_calls_in_request; /* 64 */
	size_t max_objects_in_get;   /* 500 */
	size_t max_objects_in_set;   /* 500 */
	size_t max_query_limit; /* ids on one /query page; 5000, at least max_objects_in_get */
	size_t max_changes;     /* ids in one /changes or /queryChanges answer; 5000 */
	size_t max_work_in_request;     /* units of base/budget.h; 8,000,000 */
	size_t max_cpu_ms_in_request;   /* milliseconds of CPU time; 2000, and at most half of
					   worker_timeout_s */
	size_t max_concurrent_requests; /* published only; 16 */
};

extern const struct limits limits_default;

#endif
