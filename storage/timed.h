/* storage/timed.h -- a database whose values begin with a time, and the index by it, so that
 * what is old is found without a walk.
 *
 * Private to storage/.  The writer alone works on it through these functions. */
#ifndef STORAGE_TIMED_H
#define STORAGE_TIMED_H

#include "storage/database.h"

#define TIMED_INDEX_SUFFIX ".time"
#define TIMED_LEN 8      /* of the time, an i64 as base/pack.h writes it */
#define TIMED_KEY_MAX 32 /* bytes of a key */

struct timed {
	DB *rows;    /* key -> time, then whatever it is */
	DB *by_time; /* associated: time, key */
};

/* name is that of the file; the index's is name.time.  Flags are those of database_open(), for
 * rows; without DB_CREATE an index that is missing is damage, as rows that are missing are.
 * timed_make_room() wants DB_RECNUM in set_flags. */
bool timed_open(struct timed *t, DB_ENV *env, const char *name, uint32_t set_flags,
    uint32_t open_flags, struct err *e);
void timed_close(struct timed *t); /* leaves {0} */

/* Forgets at most max of those whose time is before before_s, the oldest first. */
bool timed_prune(
    struct timed *t, DB_TXN *txn, int64_t before_s, size_t max, size_t *pruned, struct err *e);
/* Forgets the oldest until there are fewer than max. */
bool timed_make_room(struct timed *t, DB_TXN *txn, uint64_t max, struct err *e);

/* Has each row its time in the index, and the index nothing else?  While nobody writes. */
bool timed_check(struct timed *t, uint64_t *n, struct err *e);

#endif
