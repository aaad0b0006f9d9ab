/* storage/changes.h -- the change log of one type, walked and coalesced.
 *
 * Private to storage/. */
#ifndef STORAGE_CHANGES_H
#define STORAGE_CHANGES_H

#include "storage/table.h"

/* /queryChanges cannot be told in pages, so all ids of its window are in memory together: a
 * client that was away for more changes than this asks for the list again. */
#define CHANGES_AT_ONCE_MAX 1000000

/* What happened after the change numbered since: *out as storage/store.h says for
 * store_changes(), with at most max ids.  The log is walked no further than that, so .new_state
 * can be one between two commits. */
bool changes_since(struct snapshot *s, struct state since, uint64_t max,
    struct store_changed *out, struct err *e);

#endif
