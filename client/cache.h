/* client/cache.h -- schema documents that were got before, in $XDG_CACHE_HOME/report-outbox.
 *
 * A server names its document by a hash of it, so what is kept under that name never grows old.
 * What cannot be kept, or read, is got again: nothing here fails. */
#ifndef CLIENT_CACHE_H
#define CLIENT_CACHE_H

#include <stdbool.h>

#include "base/str.h"

#define CACHE_HASH_MAX 128 /* bytes of the server's name for a document */

/* server is its URL, hash the server's name for the document.  Appends it. */
bool cache_get(const char *server, struct str hash, struct buf *out);
/* In place of the server's earlier ones. */
void cache_put(const char *server, struct str hash, struct str document);

#endif
