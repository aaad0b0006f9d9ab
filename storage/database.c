/* storage/database.c -- one Berkeley DB database. */
#include "storage/database.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* With any other priority a page can look more worth keeping than its own version from before
 * the last write; Berkeley DB then chooses that version to evict, passes over it because it is
 * chosen, and fills the cache with versions that nobody can see. */
#define PAGE_PRIORITY DB_PRIORITY_VERY_LOW

/* What passes by itself: too many readers, a writer in the way, no room. */
static const int passing[] = {DB_LOCK_DEADLOCK, DB_LOCK_NOTGRANTED, ENOMEM, EAGAIN, EBUSY,
    ENOSPC, EDQUOT, EMFILE, ENFILE};

/* A page that is not where another points or not what it says (EINVAL), an index entry without
 * its row, a disk that cannot read what it was given. */
static const int damage[] = {
    DB_PAGE_NOTFOUND, DB_SECONDARY_BAD, DB_VERIFY_BAD, DB_CHKSUM_FAIL, EIO, EINVAL};

/* What the files are not to blame for. */
static const int refusals[] = {EACCES, EPERM, EROFS, DB_VERSION_MISMATCH};

static bool
is_among(int rc, const int *codes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rc == codes[i])
			return true;
	return false;
}
#define IS_AMONG(rc, codes) is_among(rc, codes, sizeof(codes) / sizeof(codes)[0])

bool
db_passes(int rc)
{
	return IS_AMONG(rc, passing);
}

bool
db_failed(struct err *e, int rc, const char *what)
{
	enum err_code code = ERR_SERVER_FAIL;

	if (rc == DB_RUNRECOVERY)
		_exit(EX_SOFTWARE);
	if (db_passes(rc))
		code = ERR_SERVER_UNAVAILABLE;
	else if (IS_AMONG(rc, damage))
		code = ERR_DAMAGED;
	return err_set(e, code, "%s: %s", what, db_strerror(rc));
}

bool
db_open_failed(struct err *e, int rc, const char *what)
{
	enum err_code code = ERR_DAMAGED;

	if (db_passes(rc))
		code = ERR_SERVER_UNAVAILABLE;
	else if (IS_AMONG(rc, refusals))
		code = ERR_SERVER_FAIL;
	return err_set(e, code, "%s: %s", what, db_strerror(rc));
}

DBT
dbt_in(struct str s)
{
	/* Berkeley DB does not write to what it is given; its API has no const. */
	return (DBT){.data = (void *)(uintptr_t)s.s, .size = (uint32_t)s.len};
}

int
db_get(DB *db, DB_TXN *txn, struct str key, struct buf *value, struct err *e)
{
	DBT k = dbt_in(key), v = {.flags = DB_DBT_USERMEM};
	int rc;

	buf_reserve(value, 1);
	do {
		v.data = value->s;
		v.ulen = (uint32_t)(value->cap > UINT32_MAX ? UINT32_MAX : value->cap);
		rc = db->get(db, txn, &k, &v, 0);
		if (rc == DB_BUFFER_SMALL) {
			value->len = 0;
			buf_reserve(value, v.size);
		}
	} while (rc == DB_BUFFER_SMALL);
	value->len = rc == 0 ? v.size : 0;
	if (rc == DB_NOTFOUND || rc == DB_KEYEMPTY)
		return 0;
	if (rc != 0) {
		db_failed(e, rc, "reading");
		return -1;
	}
	return 1;
}

bool
db_put(DB *db, DB_TXN *txn, struct str key, struct str value, struct err *e)
{
	DBT k = dbt_in(key), v = dbt_in(value);
	int rc = db->put(db, txn, &k, &v, 0);

	return rc == 0 || db_failed(e, rc, "writing");
}

bool
db_delete(DB *db, DB_TXN *txn, struct str key, struct err *e)
{
	DBT k = dbt_in(key);
	int rc = db->del(db, txn, &k, 0);

	return rc == 0 || rc == DB_NOTFOUND || db_failed(e, rc, "deleting");
}

/* *db, or *db closed and *e set. */
static bool
opened(DB **db, const char *file, uint32_t flags, struct err *e)
{
	int rc;

	if ((rc = (*db)->set_priority(*db, PAGE_PRIORITY)) != 0 ||
	    (rc = (*db)->open(*db, NULL, file, NULL, DB_BTREE,
		 DB_AUTO_COMMIT | DB_THREAD | flags, 0600)) != 0) {
		db_open_failed(e, rc, file);
		database_close(db);
		return false;
	}
	return true;
}

static bool
handle_create(DB **db, DB_ENV *env, struct err *e)
{
	int rc = db_create(db, env, 0);

	if (rc == 0)
		return true;
	*db = NULL;
	return db_failed(e, rc, "creating a database handle");
}

bool
database_open(DB **db, DB_ENV *env, const char *file, uint32_t set_flags, uint32_t open_flags,
    struct err *e)
{
	int rc;

	if (!handle_create(db, env, e))
		return false;
	if ((rc = (*db)->set_pagesize(*db, DATABASE_PAGE_BYTES)) != 0 ||
	    (rc = (*db)->set_flags(*db, DB_CHKSUM | set_flags)) != 0) {
		db_open_failed(e, rc, file);
		database_close(db);
		return false;
	}
	return opened(db, file, open_flags, e);
}

bool
database_open_again(DB **again, DB *db, int (*order)(DB *again, const DBT *a, const DBT *b),
    void *arg, struct err *e)
{
	uint32_t flags = 0;
	int rc;

	if (!handle_create(again, db->get_env(db), e))
		return false;
	(*again)->app_private = arg;
	/* A handle of the other kind would begin to keep page versions, or not see them. */
	if ((rc = db->get_open_flags(db, &flags)) != 0 ||
	    (rc = (*again)->set_bt_compare(*again, order)) != 0) {
		db_open_failed(e, rc, database_name(db));
		database_close(again);
		return false;
	}
	return opened(again, database_name(db), flags & DB_MULTIVERSION, e);
}

void
database_close(DB **db)
{
	if (*db != NULL)
		(*db)->close(*db, 0);
	*db = NULL;
}

const char *
database_name(DB *db)
{
	const char *file = "", *database;

	db->get_dbname(db, &file, &database);
	return file;
}

bool
database_count(DB *db, DB_TXN *txn, uint64_t *n, struct err *e)
{
	DB_BTREE_STAT *stat = NULL;
	int rc = db->stat(db, txn, &stat, DB_FAST_STAT);

	if (rc != 0)
		return db_failed(e, rc, "counting records");
	*n = stat->bt_nkeys;
	free(stat);
	return true;
}
