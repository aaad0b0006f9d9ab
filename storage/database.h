/* storage/database.h -- one Berkeley DB database: opened, read, written, and what its return
 * codes mean.
 *
 * Private to storage/. */
#ifndef STORAGE_DATABASE_H
#define STORAGE_DATABASE_H

#include <db.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* A page is written whole or not at all only up to the device's sector, which is 4096 bytes on
 * what is sold today. */
#define DATABASE_PAGE_BYTES 4096

/* *e from a Berkeley DB return code: ERR_SERVER_UNAVAILABLE for what passes by itself (locks,
 * memory, disk), ERR_DAMAGED for what cannot be read as it was written, ERR_SERVER_FAIL
 * otherwise.  DB_RUNRECOVERY ends the process at once: the
 * parent starts it again and it recovers. */
bool db_failed(struct err *e, int rc, const char *what);

/* The same for what is opened, where every code is damage that does not pass and is no matter
 * of rights: a file that is missing, cut, or not what it should be. */
bool db_open_failed(struct err *e, int rc, const char *what);

/* Does this return code stand for what passes by itself? */
bool db_passes(int rc);

DBT dbt_in(struct str s); /* for keys and values that Berkeley DB only reads */

/* 1 found, *value replaced; 0 none, *value empty; -1 with *e set. */
int db_get(DB *db, DB_TXN *txn, struct str key, struct buf *value, struct err *e);
bool db_put(DB *db, DB_TXN *txn, struct str key, struct str value, struct err *e);
/* True also if there was none. */
bool db_delete(DB *db, DB_TXN *txn, struct str key, struct err *e);

/* A checksummed B-tree of 4096-byte pages in a file of its own; what snapshots read is opened
 * DB_MULTIVERSION. */
bool database_open(DB **db, DB_ENV *env, const char *file, uint32_t set_flags,
    uint32_t open_flags, struct err *e);
/* Another handle of the database that db is, with an order of its own, which has to be the
 * usual one, and with arg as DB->app_private. */
bool database_open_again(DB **again, DB *db,
    int (*order)(DB *again, const DBT *a, const DBT *b), void *arg, struct err *e);
void database_close(DB **db);      /* safe on NULL; leaves NULL */
const char *database_name(DB *db); /* its file's, borrowed */
/* The records of a DB_RECNUM database, without walking it. */
bool database_count(DB *db, DB_TXN *txn, uint64_t *n, struct err *e);

#endif
