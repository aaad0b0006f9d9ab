/* storage/wire/client_metrics.c -- what the store tells of itself, asked of it. */
#include "storage/metrics.h"
#include "storage/wire/asking.h"

bool
store_metrics(struct store *s, bool counted, struct metric_list *out, struct err *e)
{
	struct unpack u;

	pack_u8(asking_begin(s, OPERATION_METRICS), counted);
	return asking_end(s, asking_told(s, &u, e) && unpack_metrics(&u, out), e);
}
