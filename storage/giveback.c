/* storage/giveback.c -- gives the free pages of a database back to the disk.
 *
 * Berkeley DB's own way, DB->compact() with DB_FREE_SPACE, is kept from what it does wrong
 * (docs/decisions/011-space-is-given-back-to-the-page.md): while it runs, it compares keys with
 * a function of ours, which corrects its aim and ends it when its time is over. */
#include "storage/giveback.h"

#include <stdlib.h>
#include <string.h>

/* Pages that hold less are filled up; all others are moved as they are, and so is the last one,
 * which is left where it is when it counts as one to fill. */
#define FILL_PERCENT 1
/* Of moving; what comes before, sorting the free pages, takes as long as it takes. */
#define SLICE_US INT64_C(200000)
#define LOOKS_AT_CLOCK 64 /* one in so many comparisons does */
#define STUCK_MAX 3       /* slices that end at the key at which they began */
/* To sort them, each free page before the last that is in use is written, and its version from
 * before is kept.  What then does not fit into the cache is written to files, a millisecond
 * each: with so many, a slice takes two seconds longer. */
#define VERSIONS_BESIDE_CACHE 2000

/* Where Berkeley DB keeps, in a file's first page, the numbers of the first free and of the
 * last page, and in a free page that of the next. */
#define FIRST_FREE_AT 28
#define LAST_AT 32
#define NEXT_FREE_AT 16

static uint32_t
number_at(const uint8_t *page, size_t at)
{
	uint32_t n;

	memcpy(&n, page + at, sizeof n);
	return n;
}

/* The two numbers that stand at these places of a page. */
static int
page_look(DB *db, db_pgno_t number, size_t a_at, uint32_t *a, size_t b_at, uint32_t *b)
{
	DB_MPOOLFILE *file = db->get_mpf(db);
	void *page;
	int rc = file->get(file, &number, NULL, 0, &page);

	if (rc != 0)
		return rc;
	*a = number_at(page, a_at);
	*b = number_at(page, b_at);
	return file->put(file, page, DB_PRIORITY_VERY_LOW, 0);
}

/* is_free: a bit for each page, by number. */
static int
list_free(DB *db, uint8_t *is_free, uint32_t next, uint32_t last, uint32_t *n)
{
	int rc = 0;

	for (*n = 0; rc == 0 && next != 0; (*n)++) {
		uint32_t same;

		if (next > last || (is_free[next / 8] & 1u << next % 8) != 0)
			return DB_VERIFY_BAD;
		is_free[next / 8] |= (uint8_t)(1u << next % 8);
		rc = page_look(db, next, NEXT_FREE_AT, &next, NEXT_FREE_AT, &same);
	}
	return rc;
}

static bool
count(struct giveback *g, struct err *e)
{
	uint32_t first, last;
	uint8_t *is_free = NULL;
	int rc = page_look(g->db, 0, FIRST_FREE_AT, &first, LAST_AT, &last);

	if (rc != 0)
		goto out;
	is_free = mem_new(last / 8 + 1, 1);
	rc = list_free(g->db, is_free, first, last, &g->unused);
	if (rc != 0)
		goto out;
	g->used = last - g->unused;
	g->between = g->unused;
	for (; (is_free[last / 8] & 1u << last % 8) != 0; last--)
		g->between--;
out:
	free(is_free);
	return rc == 0 || db_failed(e, rc, "counting free pages");
}

/* The usual order.  It is first asked for when the free pages have been sorted and none has
 * been moved. */
static int
order(DB *db, const DBT *a, const DBT *b)
{
	struct giveback *g = db->app_private;
	size_t len = a->size < b->size ? a->size : b->size;
	int c = len > 0 ? memcmp(a->data, b->data, len) : 0;

	if (g->running && g->until_us == 0) {
		g->c.compact_truncate = g->used;
		g->until_us = clock_monotonic_us() + g->slice_us;
	}
	if (g->running && ++g->comparisons % LOOKS_AT_CLOCK == 0 &&
	    clock_monotonic_us() > g->until_us) {
		g->c.compact_pages = 0; /* no more of them */
		g->stopped = true;
	}
	return c != 0 ? c : (a->size > b->size) - (a->size < b->size);
}

void
giveback_begin(struct giveback *g, DB *db)
{
	*g = (struct giveback){.slice_us = SLICE_US, .of = db};
}

void
giveback_close(struct giveback *g)
{
	/* What it has written is the environment's to sync. */
	if (g->db != NULL)
		g->db->close(g->db, DB_NOSYNC);
	g->db = NULL;
}

/* For both versions of so many pages. */
static bool
fits_cache(DB *db, uint32_t pages)
{
	DB_ENV *env = db->get_env(db);
	uint32_t gbytes = 0, bytes = 0;
	uint64_t cache;
	int n;

	env->get_cachesize(env, &gbytes, &bytes, &n);
	cache = (((uint64_t)gbytes << 30) + bytes) / DATABASE_PAGE_BYTES;
	return pages <= cache / 2 + VERSIONS_BESIDE_CACHE;
}

/* From where the last slice ended. */
static int
compact(struct giveback *g)
{
	uint8_t key[GIVEBACK_KEY_MAX];
	DBT start = {.data = g->key, .size = g->key_len};
	DBT end = {.data = key, .ulen = sizeof key, .flags = DB_DBT_USERMEM};
	int rc;

	g->c = (DB_COMPACT){.compact_fillpercent = FILL_PERCENT};
	g->until_us = 0;
	g->stopped = false;
	g->running = true;
	rc = g->db->compact(g->db, NULL, &start, NULL, &g->c, DB_FREE_SPACE, &end);
	g->running = false;
	if (rc != 0)
		return rc;
	if (end.size != g->key_len || memcmp(key, g->key, end.size) != 0)
		g->stuck = 0;
	else
		g->stuck++;
	g->end = !g->stopped || g->stuck >= STUCK_MAX;
	g->unused += g->c.compact_pages_free - g->c.compact_pages_truncated;
	g->key_len = end.size;
	memcpy(g->key, key, end.size);
	return 0;
}

bool
giveback_slice(struct giveback *g, struct err *e)
{
	int rc;

	if ((g->db == NULL && !database_open_again(&g->db, g->of, order, g, e)) || !count(g, e))
		return false;
	if (!fits_cache(g->db, g->between))
		g->wants_cache_mb = (2 * (uint64_t)g->between * DATABASE_PAGE_BYTES >> 20) + 1;
	g->end = g->unused == 0 || g->wants_cache_mb > 0;
	if (g->end)
		return true;
	rc = compact(g);
	return rc == 0 || db_failed(e, rc, "giving pages back");
}
