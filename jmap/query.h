/* jmap/query.h -- what /query and /queryChanges have in common. */
#ifndef JMAP_QUERY_H
#define JMAP_QUERY_H

#include "jmap/call.h"
#include "storage/filter.h"

/* type, filter, sort and total of q, from the call's arguments.  q borrows f, which the caller
 * gives to filter_free(), also after an error. */
bool query_read(const struct call *c, struct store_query *q, struct filter *f, struct err *e);

#endif
