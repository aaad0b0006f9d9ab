/* storage/giveback.h -- gives the free pages of a database back to the disk: the last pages are
 * moved to the places of the free ones, and the file is cut.
 *
 * Private to storage/.  A slice is for the writer's thread alone. */
#ifndef STORAGE_GIVEBACK_H
#define STORAGE_GIVEBACK_H

#include "base/clock.h"
#include "storage/database.h"

#define GIVEBACK_KEY_MAX 512 /* bytes; more than any key of ours has */

struct giveback {
	int64_t slice_us;        /* how long a slice may move pages */
	bool end;                /* the last slice was the last */
	uint32_t unused;         /* pages that are free, after the last slice */
	uint64_t wants_cache_mb; /* not 0: they stay, as the cache had to be so large */

	/* giveback.c's */
	DB *of, *db; /* db: NULL before the first slice */
	DB_COMPACT c;
	uint32_t used, between; /* pages but the first; those free before one that is used */
	bool running, stopped;
	int64_t until_us; /* 0: nothing is moved yet */
	unsigned comparisons, stuck;
	uint8_t key[GIVEBACK_KEY_MAX];
	uint32_t key_len;
};

/* db is borrowed, and g may not be moved, until giveback_close(). */
void giveback_begin(struct giveback *g, DB *db);
/* Some pages, until ->end. */
bool giveback_slice(struct giveback *g, struct err *e);
void giveback_close(struct giveback *g); /* by any thread */

#endif
