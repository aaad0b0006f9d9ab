/* client/pages.h -- reads all results of a query, page by page. */
#ifndef CLIENT_PAGES_H
#define CLIENT_PAGES_H

#include <stdint.h>

#include "client/client.h"

/* Each page begins behind the last record of the previous page (RFC 8620, 5.5: anchor), so that
 * none is missed or repeated while other clients add and remove records. */
struct pages {
	struct client *client; /* borrowed, like type */
	const char *type;
	json_t *filter, *sort, *properties; /* owned; sort NULL: the server's order */
	uint64_t left;                      /* how many records to read still */
	json_t *last;                       /* ids of the last page; NULL before the first */
	uint64_t total; /* results of the query; known after the first page */
};

/* *records is an array in the query's order, for json_decref().  It is NULL after the last
 * page. */
bool pages_next(struct pages *p, json_t **records, struct err *e);
void pages_free(struct pages *p);

#endif
