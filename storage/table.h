/* storage/table.h -- the databases of one type of record: rows, bodies, indexes, change log.
 *
 * Private to storage/.  All numbers in keys are big-endian (base/pack.h), so that bytes sort as
 * numbers; dates are signed with the sign bit flipped (pack_i64).  Every database is a
 * checksummed B-tree of 4096-byte pages, multiversion, and those marked R have DB_RECNUM, so
 * that a key's place and the key at a place are found in logarithmic time.
 *
 *   rows       R  id -> row                       the primary: what indexes and filters need
 *   bodies        id -> canonical JSON text, compressed (storage/body.h)
 *   changes       change number -> kind (u8), id (u64), time (i64)
 *   domain     R  domain \0 deliverAt id -> id    associated with rows, as all below
 *   label      R  rest \0 id -> id                one for the domain and for what follows each
 *                                                 of its dots
 *   createdAt  R  createdAt id -> id
 *   deliverAt  R  deliverAt id -> id
 *   policy     R  policy identifier id -> id      one for each of the record's
 *
 * Every index key ends in the record's id, so keys are unique and a key alone tells the record.
 */
#ifndef STORAGE_TABLE_H
#define STORAGE_TABLE_H

#include <db.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "model/type.h"
#include "storage/database.h"
#include "storage/store.h"

enum index {
	INDEX_DOMAIN,
	INDEX_LABEL,
	INDEX_CREATED_AT,
	INDEX_DELIVER_AT,
	INDEX_POLICY,
	INDEX__COUNT
};

struct table {
	const struct type *type;
	DB *rows, *bodies, *changes;
	/* Associated: for the writer.  On these DB_GET_RECNO tells the place in rows. */
	DB *index[INDEX__COUNT];
	/* The same files opened again, read-only, not associated: the only handles on which
	 * Berkeley DB allows DB_MULTIPLE_KEY bulk reads, and DB_GET_RECNO is the index's. */
	DB *scan[INDEX__COUNT];
};

/* --- rows: storage/row.c --- */

#define ROW_POLICY_LEN 8

struct row {
	uint64_t id;
	uint64_t change;         /* change number of its last write */
	uint64_t created_change; /* and of its creation */
	int64_t created_at, deliver_at;
	uint32_t size; /* bytes of the body */
	struct str domain;
	size_t n_policies;
	const uint8_t *policies; /* n_policies big-endian u64 */
};

void row_pack(const struct row *r, struct buf *out);
/* Borrows from value.  False if it is not what row_pack() wrote. */
bool row_unpack(uint64_t id, struct str value, struct row *r);

/* The key of r in index i, appended to out.  LABEL and POLICY have several: nth counts from 0;
 * false past the last. */
bool row_index_key(const struct row *r, enum index i, size_t nth, struct buf *out);

/* --- databases: storage/table.c --- */

/* create: DB_CREATE to make the databases, 0 if one that is missing is damage. */
bool table_open(
    struct table *t, DB_ENV *env, const struct type *type, uint32_t create, struct err *e);
void table_close(struct table *t);
bool table_is_file(const char *name); /* of one of the types' databases */

/* --- one consistent view for reading: storage/snapshot.c --- */

/* A snapshot transaction and the type's counters as of it.  Takes no read locks, so it never
 * waits for the writer and the writer never for it; short, because page versions stay in the
 * cache until it ends. */
struct snapshot {
	DB_TXN *txn;
	const struct table *table;
	struct state state;
	uint64_t oldest;       /* the change log holds every change after this number */
	struct budget *budget; /* borrowed: stops the reading; NULL: nothing does */
};

struct env;
bool snapshot_begin(struct snapshot *s, struct env *env, const struct type *t, struct err *e);
/* The same for a read that ends when b is spent. */
bool snapshot_begin_within(
    struct snapshot *s, struct env *env, const struct type *t, struct budget *b, struct err *e);
void snapshot_end(struct snapshot *s); /* safe on {0} */
/* Charges the budget for what is read next.  ERR_SERVER_UNAVAILABLE if it is spent. */
bool snapshot_charge(struct snapshot *s, uint64_t units, struct err *e);

/* The row with that id: 1 found (r borrows from *value, a buf the caller clears or frees), 0
 * none, -1 with *e set. */
int snapshot_row(
    struct snapshot *s, uint64_t id, struct buf *value, struct row *r, struct err *e);

/* --- reads, each in one snapshot: get.c, changes.c, query/query.c, query/query_changes.c ---
 */

/* Fill *out as storage/store.h says; used by the server, which packs *out into a frame. */
bool read_get(
    struct env *env, const struct store_get *q, struct store_rows *out, struct err *e);
bool read_query(
    struct env *env, const struct store_query *q, struct store_ids *out, struct err *e);
bool read_changes(
    struct env *env, const struct store_changes *q, struct store_changed *out, struct err *e);
bool read_query_changes(struct env *env, const struct store_query_changes *q,
    struct store_query_changed *out, struct err *e);

#endif
