/* config/limits.c -- the default limits. */
#include "config/limits.h"

const struct limits limits_default = {
    .max_size_request = 16 << 20,
    .max_size_record = 10 << 20,
    .max_size_response = 64 << 20,
    .max_calls_in_request = 64,
    .max_objects_in_get = 500,
    .max_objects_in_set = 500,
    .max_query_limit = 5000,
    .max_changes = 5000,
    .max_work_in_request = 8000000,
    .max_cpu_ms_in_request = 2000,
    .max_concurrent_requests = 16,
};
