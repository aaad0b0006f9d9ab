/* storage/query/range.h -- an interval of one index's keys, and which record numbers it has in
 * a snapshot.
 *
 * Private to storage/.  Every condition of a /query comes down to such intervals.  As the
 * indexes have DB_RECNUM, an interval's size, the place of a key in it and the key at a place
 * are found in logarithmic time. */
#ifndef STORAGE_QUERY_RANGE_H
#define STORAGE_QUERY_RANGE_H

#include "storage/table.h"

/* The rows themselves, taken as an index on the id alone. */
#define INDEX_ROWS INDEX__COUNT
#define RANGE_INDEXES (INDEX__COUNT + 1)

/* Bytes; the longest is a domain of 253, a NUL, a date and an id. */
#define RANGE_KEY_MAX 1024
/* Entries that one bulk read asks for, where many are wanted. */
#define RANGE_CHUNK 4096

/* What a key consists of: its parts in order, the id last.  KEY_NONE is a part that no sort
 * knows by name. */
#define RANGE_PARTS_MAX 3

struct range_parts {
	size_t n;
	enum key keys[RANGE_PARTS_MAX];
};

extern const struct range_parts range_parts[RANGE_INDEXES];

/* Bytes that the first n parts of a key of this index take. */
size_t range_prefix(enum index i, struct str key, size_t n);

/* --- a snapshot's indexes, read --- */

struct reader {
	struct snapshot *snapshot;
	uint64_t records;            /* of the type */
	DBC *cursors[RANGE_INDEXES]; /* opened when first needed */
	char *bulk;
	struct buf row; /* what the last row borrows from */
};

/* Entries of an index in its order. */
struct entries {
	size_t n, cap;
	uint64_t *ids;
	size_t *ends;    /* of each key in .keys, where keys are wanted */
	struct buf keys; /* one behind the other */
};

bool reader_open(struct reader *r, struct snapshot *s, struct err *e);
void reader_close(struct reader *r); /* safe on {0} */

/* Numbers count an index's entries from 0. */
bool reader_size(struct reader *r, enum index i, uint64_t *n, struct err *e);
/* The number of the first entry whose key is not before this one; the index's size if there is
 * none. */
bool reader_number(
    struct reader *r, enum index i, struct str key, uint64_t *number, struct err *e);
bool reader_key(
    struct reader *r, enum index i, uint64_t number, struct buf *key, struct err *e);
/* n entries from number on; there must be so many.  Replaces *out. */
bool reader_entries(struct reader *r, enum index i, uint64_t number, size_t n, bool keys,
    struct entries *out, struct err *e);
struct str entries_key(const struct entries *x, size_t i);
void entries_free(struct entries *x); /* safe on {0} */

/* As snapshot_row(); row borrows from the reader until the next call. */
int reader_row(struct reader *r, uint64_t id, struct row *row, struct err *e);

/* --- intervals --- */

struct range {
	enum index index;
	struct buf low, high; /* keys from low on and before high; high empty: to the end */
	uint64_t lo, hi;      /* record numbers: lo to hi - 1 */
	size_t fixed;         /* that many first parts are the same in all its keys */
};

/* .index, .low and .high are set: finds the rest. */
bool range_resolve(struct range *g, struct reader *r, struct err *e);
/* Appends what sorts behind every value of n more parts. */
void range_end(struct buf *key, size_t n);
bool range_whole(
    struct range *g, enum index i, struct reader *r, struct err *e); /* all of it */
uint64_t range_count(const struct range *g);
bool range_is_empty(const struct range *g);
/* Every record is in it at most once, so that range_count() counts records. */
bool range_is_distinct(const struct range *g);
void range_copy(struct range *to, const struct range *from);
void range_free(struct range *g); /* leaves {0}; safe on {0} */

/* The key that row has in this interval, if it has one, replaces *key. */
bool range_row_key(const struct range *g, const struct row *row, struct buf *key);

#endif
