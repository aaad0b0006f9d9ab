/* client/cache.h -- keeps schema documents in $XDG_CACHE_HOME/report-outbox.
 *
 * A server names its document by a hash of it, so a cached document never becomes out of date.
 * If a document cannot be cached or read, the client downloads it again, so nothing here fails.
 */
#ifndef CLIENT_CACHE_H
#define CLIENT_CACHE_H

#include <stdbool.h>

#include "base/str.h"

#define CACHE_HASH_MAX 128 /* bytes of a hash */

/* server is its URL, hash the server's name for the document.  Appends the document; false if
 * the cache does not have it. */
bool cache_get(const char *server, struct str hash, struct buf *out);
/* Replaces the server's earlier documents. */
void cache_put(const char *server, struct str hash, struct str document);

#endif
