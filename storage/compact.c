/* storage/compact.c -- makes the database files smaller: pages are filled up, and what is then
 * empty goes back to the disk.
 *
 * Each slice is a job of the writer, so that nobody waits for locks of ours and we for
 * nobody's, and others' writes come between two slices. */
#include "storage/chore.h"

#include <stdlib.h>
#include <string.h>

/* Pages that are fuller stay as they are: to fill them to the brim would make the next write
 * split them. */
#define FILL_PERCENT 80
#define SLICE_RECORDS 500
/* A slice that gives pages back sorts the whole list of free ones first. */
#define SLICES_GIVING_BACK 16
#define KEY_BYTES_MAX 512 /* more than any key of ours has */

struct slice {
	DB *db;
	size_t records; /* it may go over */
	uint32_t flags; /* of DB->compact() */
	uint8_t key[KEY_BYTES_MAX];
	uint32_t key_len;
	size_t passed; /* records gone over */
	bool end;      /* it was the last */
};

/* The key that so many records behind the slice's first one has; false: there is none, or *rc.
 */
static bool
find_stop(struct slice *s, DBT *stop, int *rc)
{
	DBT none = {.flags = DB_DBT_USERMEM | DB_DBT_PARTIAL};
	DBC *c = NULL;

	*rc = s->db->cursor(s->db, NULL, &c, 0);
	if (*rc == 0)
		*rc = c->get(c, stop, &none, DB_SET_RANGE);
	for (size_t i = 0; *rc == 0 && i < s->records; i++, s->passed++)
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
slice_run(struct batch *b, void *slice, struct err *refused, struct err *e)
{
	struct slice *s = slice;
	uint8_t key[KEY_BYTES_MAX];
	DBT start = {.data = s->key, .size = s->key_len};
	DBT stop = {
	    .data = key, .size = s->key_len, .ulen = sizeof key, .flags = DB_DBT_USERMEM};
	DB_COMPACT c = {.compact_fillpercent = FILL_PERCENT};
	bool more;
	int rc;

	(void)b;
	(void)refused;
	memcpy(key, s->key, s->key_len);
	more = find_stop(s, &stop, &rc);
	if (rc == 0)
		rc = s->db->compact(
		    s->db, NULL, &start, more ? &stop : NULL, &c, s->flags, NULL);
	if (rc != 0)
		return db_failed(e, rc, "compacting");
	s->end = !more;
	s->key_len = more ? stop.size : 0;
	memcpy(s->key, key, s->key_len);
	return true;
}

/* All of a database, slice by slice; *records are those gone over. */
static bool
go_over(struct chore *c, DB *db, uint32_t flags, size_t slice_records, size_t *records,
    struct err *e)
{
	struct slice s = {.db = db, .flags = flags, .records = slice_records};

	while (!s.end) {
		/* So heavy that it is alone in its batch, with no locks but its own. */
		struct job j = {.run = slice_run, .arg = &s, .ops = BATCH_OPS_MAX + 1};

		if (!chore_goes_on(c, e) || !writer_do(c->writer, &j, e))
			return false;
	}
	*records = s.passed;
	return true;
}

static bool
compact_one(struct chore *c, DB *db, struct err *e)
{
	size_t records, slice;

	if (!go_over(c, db, 0, SLICE_RECORDS, &records, e))
		return false;
	slice = records / SLICES_GIVING_BACK;
	return go_over(
	    c, db, DB_FREE_SPACE, slice < SLICE_RECORDS ? SLICE_RECORDS : slice, &records, e);
}

static uint64_t
bytes_of_all(const struct env *env, DB *const *all, size_t n)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += env_file_bytes(env, database_name(all[i]));
	return bytes;
}

bool
compact_run(struct chore *c, struct err *e)
{
	DB *all[ENV_DATABASES_MAX];
	size_t n = env_databases(c->env, all);
	uint64_t before = bytes_of_all(c->env, all, n), after;

	c->total = before;
	for (size_t i = 0; i < n; i++) {
		uint64_t bytes = env_file_bytes(c->env, database_name(all[i]));

		chore_tell(c, "%s", database_name(all[i]));
		if (!compact_one(c, all[i], e))
			return false;
		c->done += bytes;
	}
	/* Only now do the files shrink that were truncated in the cache. */
	if (!env_checkpoint(c->env, e))
		return false;
	after = bytes_of_all(c->env, all, n);
	chore_tell(c, "the databases had %llu KiB and have %llu",
	    (unsigned long long)(before >> 10), (unsigned long long)(after >> 10));
	return true;
}
