/* client/pages.h -- all records that a query finds, a page after the other. */
#ifndef CLIENT_PAGES_H
#define CLIENT_PAGES_H

#include <stdint.h>

#include "client/client.h"

/* Each page begins behind the last record of the one before (RFC 8620, 5.5: anchor), so that
 * none is missed or comes twice while others add and remove some. */
struct pages {
	struct client *client; /* borrowed, as type is */
	const char *type;
	json_t *filter, *sort, *properties; /* owned; sort NULL: the server's own order */
	uint64_t left;                      /* records still wanted */
	json_t *last;   /* the ids of the last page; NULL before the first */
	uint64_t total; /* that the query finds; known after the first page */
};

/* *records is an array in the query's order, for json_decref(), and NULL behind the last page.
 */
bool pages_next(struct pages *p, json_t **records, struct err *e);
void pages_free(struct pages *p);

#endif
