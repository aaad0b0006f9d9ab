/* storage/wire/asking.h -- one round trip over the store's socket, as every function of
 * storage/store.h makes it.
 *
 * Private to storage/.  asking_begin(), pack what the operation takes, asking_told(), unpack
 * what it gives, asking_end(). */
#ifndef STORAGE_WIRE_ASKING_H
#define STORAGE_WIRE_ASKING_H

#include "storage/wire/protocol.h"

/* Starts a request; its payload is to be packed behind. */
struct buf *asking_begin(struct store *s, enum operation o);
/* When the store has to begin a write, or to end a read, so that its answer comes while there
 * is time; monotonic microseconds. */
int64_t asking_begin_by(const struct store *s);
/* Sends the request until there is a reply or no more time.  *u is then what the operation
 * gives, and borrows from s. */
bool asking_told(struct store *s, struct unpack *u, struct err *e);
/* read: all of the reply could be unpacked.  A reply that could not be is a store that is not
 * ours: false with *e set. */
bool asking_end(struct store *s, bool read, struct err *e);
/* The same where request or reply held a secret: it does not stay in memory. */
bool asking_end_secret(struct store *s, bool read, struct err *e);

/* The request was sent more than once, so it may have been done before. */
bool asking_was_repeated(const struct store *s);
/* What *u borrowed from, now the caller's. */
struct buf asking_take_reply(struct store *s);

#endif
