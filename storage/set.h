/* storage/set.h -- Foo/set (RFC 8620, 5.3) as a job of the writer.
 *
 * Private to storage/. */
#ifndef STORAGE_SET_H
#define STORAGE_SET_H

#include "storage/wire/protocol.h"
#include "storage/writer.h"

struct set_job {
	const struct set_request *request;
	size_t entries;    /* of set_weigh(); more than STORE_SET_ENTRIES_MAX are refused */
	struct buf answer; /* packed results, for buf_free() */
};

/* Entries that the set would write and remove, of the records as they are now: what it brings,
 * and what the records have that it updates or destroys. */
bool set_weigh(struct env *env, const struct set_request *q, size_t *entries, struct err *e);

bool set_run(struct batch *b, void *set_job, struct err *refused, struct err *e);

#endif
