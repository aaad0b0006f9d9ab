/* storage/compact.c -- makes the database files smaller: pages are filled up, and what is then
 * empty goes back to the disk.
 *
 * Each slice is a job of the writer, so that nobody waits for locks of ours and we for
 * nobody's, and others' writes come between two slices. */
#include "storage/chore.h"
#include "storage/giveback.h"

#include <stdlib.h>
#include <string.h>

/* Pages that are fuller stay as they are: to fill them to the brim would make the next write
 * split them.  Only those at the end are, because the last page, if hardly anything is on it,
 * would not be moved when pages are given back. */
#define FILL_PERCENT 80
#define FILL_LAST_PERCENT 100
#define SLICE_RECORDS 500

struct filling {
	DB *db;
	uint8_t key[GIVEBACK_KEY_MAX]; /* of the next slice's first record */
	uint32_t key_len;
	bool end; /* the last slice was the last */
};

/* The key that so many records behind the slice's first one has; false: there is none, or *rc.
 */
static bool
find_stop(const struct filling *f, DBT *stop, int *rc)
{
	DBT none = {.flags = DB_DBT_USERMEM | DB_DBT_PARTIAL};
	DBC *c = NULL;

	*rc = f->db->cursor(f->db, NULL, &c, 0);
	if (*rc == 0)
		*rc = c->get(c, stop, &none, DB_SET_RANGE);
	for (size_t i = 0; *rc == 0 && i < SLICE_RECORDS; i++)
		*rc = c->get(c, stop, &none, DB_NEXT);
	if (c != NULL)
		c->close(c);
	if (*rc == 0)
		return true;
	if (*rc == DB_NOTFOUND)
		*rc = 0;
	return false;
}

static bool
fill_slice(struct batch *b, void *filling, struct err *refused, struct err *e)
{
	struct filling *f = filling;
	uint8_t key[GIVEBACK_KEY_MAX];
	DBT start = {.data = f->key, .size = f->key_len};
	DBT stop = {
	    .data = key, .size = f->key_len, .ulen = sizeof key, .flags = DB_DBT_USERMEM};
	DB_COMPACT c = {0};
	bool more;
	int rc;

	(void)b;
	(void)refused;
	memcpy(key, f->key, f->key_len);
	more = find_stop(f, &stop, &rc);
	c.compact_fillpercent = more ? FILL_PERCENT : FILL_LAST_PERCENT;
	if (rc == 0)
		rc = f->db->compact(f->db, NULL, &start, more ? &stop : NULL, &c, 0, NULL);
	if (rc != 0)
		return db_failed(e, rc, "compacting");
	f->end = !more;
	f->key_len = more ? stop.size : 0;
	memcpy(f->key, key, f->key_len);
	return true;
}

static bool
giveback_run(struct batch *b, void *giveback, struct err *refused, struct err *e)
{
	(void)b;
	(void)refused;
	return giveback_slice(giveback, e);
}

/* Slice by slice, until *end. */
static bool
go_over(struct chore *c, bool (*slice)(struct batch *, void *, struct err *, struct err *),
    void *arg, const bool *end, struct err *e)
{
	while (!*end) {
		/* So heavy that it is alone in its batch, with no locks but its own. */
		struct job j = {.run = slice, .arg = arg, .entries = BATCH_ENTRIES_MAX + 1};

		if (!chore_goes_on(c, e) || !writer_do(c->writer, &j, e))
			return false;
	}
	return true;
}

/* What stays free, of all databases. */
struct rest {
	uint64_t pages;
	uint64_t wants_cache_mb;
};

static bool
compact_one(struct chore *c, DB *db, struct rest *rest, struct err *e)
{
	struct filling f = {.db = db};
	struct giveback g;
	bool ok;

	giveback_begin(&g, db);
	ok = go_over(c, fill_slice, &f, &f.end, e) && go_over(c, giveback_run, &g, &g.end, e);
	rest->pages += g.unused;
	if (g.wants_cache_mb > rest->wants_cache_mb)
		rest->wants_cache_mb = g.wants_cache_mb;
	giveback_close(&g);
	return ok;
}

static uint64_t
bytes_of_all(const struct env *env, DB *const *all, size_t n)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += env_file_bytes(env, database_name(all[i]));
	return bytes;
}

static void
tell_result(struct chore *c, uint64_t before, uint64_t after, const struct rest *rest)
{
	unsigned long long had = before >> 10, have = after >> 10;

	if (rest->wants_cache_mb == 0)
		chore_tell(c, "the databases had %llu KiB and have %llu", had, have);
	else
		chore_tell(c,
		    "the databases had %llu KiB and have %llu; %llu are free and go back with "
		    "store_cache_mb = %llu or more",
		    had, have, (unsigned long long)(rest->pages * DATABASE_PAGE_BYTES >> 10),
		    (unsigned long long)rest->wants_cache_mb);
}

bool
compact_run(struct chore *c, struct err *e)
{
	DB *all[ENV_DATABASES_MAX];
	size_t n = env_databases(c->env, all);
	struct rest rest = {0};
	uint64_t before;

	/* Files have their length, longer or shorter, once what is in the cache is written. */
	if (!env_checkpoint(c->env, e))
		return false;
	before = c->total = bytes_of_all(c->env, all, n);
	for (size_t i = 0; i < n; i++) {
		uint64_t bytes = env_file_bytes(c->env, database_name(all[i]));

		chore_tell(c, "%s", database_name(all[i]));
		if (!compact_one(c, all[i], &rest, e))
			return false;
		c->done += bytes;
	}
	if (!env_checkpoint(c->env, e))
		return false;
	tell_result(c, before, bytes_of_all(c->env, all, n), &rest);
	return true;
}
