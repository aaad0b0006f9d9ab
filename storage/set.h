/* storage/set.h -- Foo/set (RFC 8620, 5.3) as a job of the writer.
 *
 * Private to storage/. */
#ifndef STORAGE_SET_H
#define STORAGE_SET_H

#include "storage/wire/protocol.h"
#include "storage/writer.h"

struct set_job {
	const struct set_request *request;
	struct buf answer; /* packed results, for buf_free() */
};

bool set_run(struct batch *b, void *set_job, struct err *refused, struct err *e);

#endif
