/* storage/generation.h -- a number in shared memory that the store raises whenever a token is
 * revoked or changes, so that the workers' caches of verified tokens empty at once, without a
 * round trip.
 *
 * A file of 8 bytes beside the store's socket, "<socket>.generation", mapped by all.  The store
 * makes it and raises it at its start and, after the commit and before the answer, at each
 * revoke. */
#ifndef STORAGE_GENERATION_H
#define STORAGE_GENERATION_H

#include <stdint.h>

#include "base/err.h"

struct generation; /* a mapping */

bool generation_create(
    struct generation **g, const char *socket_path, struct err *e); /* the store */
bool generation_open(
    struct generation **g, const char *socket_path, struct err *e); /* a worker: read-only */
void generation_close(struct generation **g);
uint64_t generation_now(const struct generation *g);
void generation_raise(struct generation *g);

#endif
