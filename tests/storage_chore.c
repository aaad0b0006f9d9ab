/* tests/storage_chore.c -- what the store does beside its requests: one chore at a time. */
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pack.h"
#include "storage/chore.h"
#include "storage/giveback.h"
#include "storage/set.h"
#include "tests/bare.h"
#include "tests/suites.h"

#define DMARC (&dmarc_internal_report)
#define POLL_US 5000
#define POLLS_MAX 12000 /* a minute */

static const struct chore_schedule never; /* a backup for its age or size */

static struct store_chore
ended(struct chores *all, enum store_chore_kind kind)
{
	struct store_chore c = {.running = true};
	struct err e = {0};

	for (int i = 0; i < POLLS_MAX && c.running; i++) {
		if (!chore_show(all, kind, &c, &e))
			CU_FAIL_FATAL("there is no chore");
		usleep(POLL_US);
	}
	CU_ASSERT_FALSE(c.running);
	return c;
}

static uint64_t
bytes_of(const struct bare *b, const char *file)
{
	struct stat st;

	CU_ASSERT_EQUAL_FATAL(fstatat(b->env.dir_fd, file, &st, 0), 0);
	return (uint64_t)st.st_size;
}

/* Creates that many records, with bodies that do not compress, and destroys all but every
 * tenth. */
static void
fill_and_thin(struct bare *b, unsigned n)
{
	enum { OPS = 100, BODY_BYTES = 1500 };
	struct sample s[OPS];
	struct store_op ops[OPS];
	struct store_results r;
	char *body = mem_new(1, BODY_BYTES);

	for (unsigned i = 0; i < n; i += OPS) {
		for (uint32_t k = 0; k < OPS; k++) {
			sample_make(&s[k], i + k);
			ops[k] = sample_op(&s[k], STORE_CREATE, k);
			randombytes_buf(body, BODY_BYTES);
			ops[k].body = (struct str){body, BODY_BYTES};
		}
		r = bare_set_numbered(b, i, ops, OPS);
		store_results_free(&r);
	}
	for (unsigned i = 0; i < n; i += OPS) {
		for (uint32_t k = 0; k < OPS; k++) {
			ops[k] = sample_destroy((i + k) % 10 == 0 ? 0 : i + k);
			ops[k].tag = k;
		}
		r = bare_set_numbered(b, n + i, ops, OPS);
		store_results_free(&r);
	}
	free(body);
}

/* Reads all records in snapshot after snapshot. */
struct reader {
	struct bare *bare;
	unsigned expect;
	pthread_t thread;
	volatile bool stop;
	unsigned rounds, wrong;
};

static void *
read_all(void *arg)
{
	const struct store_get q = {.type = DMARC,
	    .all = true,
	    .want_bodies = true,
	    .max_objects = SIZE_MAX,
	    .max_bytes = SIZE_MAX};
	struct reader *r = arg;

	for (; !r->stop; r->rounds++) {
		struct store_rows rows;
		struct err e = {0};

		if (!read_get(&r->bare->env, &q, &rows, &e) || rows.n != r->expect) {
			fprintf(stderr, "%zu records: %s\n", rows.n, e.text);
			r->wrong++;
		}
		store_rows_free(&rows);
	}
	return NULL;
}

static void
verify_file(const struct bare *b, const char *file)
{
	char path[SCRATCH_DIR_MAX + 64];
	DB *db;

	snprintf(path, sizeof path, "%s/%s", b->dir, file);
	CU_ASSERT_EQUAL_FATAL(db_create(&db, NULL, 0), 0);
	CU_ASSERT_EQUAL(db->verify(db, path, NULL, NULL, 0), 0);
}

static void
verify_files(const struct bare *b)
{
	static const char *const files[] = {"DmarcInternalReport.rows",
	    "DmarcInternalReport.bodies", "DmarcInternalReport.changes",
	    "DmarcInternalReport.domain", "DmarcInternalReport.label",
	    "DmarcInternalReport.policy", "opids", "opids.time", "meta"};

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		verify_file(b, files[i]);
}

static void
compact_shrinks_the_files_and_readers_see_all_meanwhile(void)
{
	enum { RECORDS = 3000, READERS = 2 };
	struct reader readers[READERS];
	struct store_chore c;
	struct chores *all;
	struct err e = {0};
	uint64_t number, before, rows_before;
	struct bare b;

	bare_start(&b);
	fill_and_thin(&b, RECORDS);
	before = bytes_of(&b, "DmarcInternalReport.bodies");
	rows_before = bytes_of(&b, "DmarcInternalReport.rows");
	CU_ASSERT_TRUE_FATAL(chores_start(&all, &never, &b.env, b.writer, &e));
	for (size_t i = 0; i < READERS; i++) {
		readers[i] = (struct reader){.bare = &b, .expect = RECORDS / 10};
		pthread_create(&readers[i].thread, NULL, read_all, &readers[i]);
	}
	for (int round = 0; round < 3; round++) {
		CU_ASSERT_TRUE(chore_begin(all, STORE_COMPACT, STR(""), &number, &e));
		c = ended(all, STORE_COMPACT);
		CU_ASSERT_EQUAL(c.number, number);
		CU_ASSERT_STRING_EQUAL(c.why.text, "");
	}
	for (size_t i = 0; i < READERS; i++) {
		readers[i].stop = true;
		pthread_join(readers[i].thread, NULL);
		CU_ASSERT_EQUAL(readers[i].wrong, 0);
		CU_ASSERT_TRUE(readers[i].rounds > 0);
	}
	chores_stop(&all);
	CU_ASSERT_TRUE(bytes_of(&b, "DmarcInternalReport.bodies") < before / 4);
	CU_ASSERT_TRUE(bytes_of(&b, "DmarcInternalReport.rows") < rows_before / 2);
	CU_ASSERT_TRUE(table_is_sound(&b.env, DMARC));
	bare_close(&b);
	verify_files(&b);
	bare_open(&b);
	CU_ASSERT_TRUE(table_is_sound(&b.env, DMARC));
	CU_ASSERT_EQUAL(bare_count(&b), RECORDS / 10);
	bare_stop(&b);
}

/* --- a database of its own, in any shape --- */

#define KEY_LEN 8

struct contents {
	uint32_t records;
	uint32_t body_bytes;
	uint32_t scatter; /* factor from a record's number to its key; 1: in sequence */
	uint32_t keep_from, keep_to, keep_each; /* what stays of them; keep_each 0: nothing */
};

static void
contents_key(const struct contents *s, uint32_t i, uint8_t key[static KEY_LEN])
{
	put_be64(key, i * s->scatter);
}

static bool
stays(const struct contents *s, uint32_t i)
{
	return s->keep_each != 0 && i >= s->keep_from && i < s->keep_to &&
	    i % s->keep_each == 0;
}

/* Puts all of them, or deletes what does not stay. */
static void
contents_write(DB *db, const struct contents *s, bool put)
{
	enum { A_TRANSACTION = 100 };
	char *body = mem_new(1, s->body_bytes);
	DB_ENV *env = db->get_env(db);
	struct err e = {0};
	DB_TXN *txn = NULL;
	uint8_t key[KEY_LEN];

	for (uint32_t i = 0; i < s->records; i++) {
		struct str k = {(char *)key, sizeof key};

		if (i % A_TRANSACTION == 0) {
			if (txn != NULL)
				txn->commit(txn, DB_TXN_NOSYNC);
			CU_ASSERT_EQUAL_FATAL(env->txn_begin(env, NULL, &txn, 0), 0);
		}
		contents_key(s, i, key);
		memcpy(body, key, sizeof key);
		if (put ? !db_put(db, txn, k, (struct str){body, s->body_bytes}, &e)
			: !stays(s, i) && !db_delete(db, txn, k, &e))
			CU_FAIL_FATAL("a record cannot be written");
	}
	txn->commit(txn, DB_TXN_NOSYNC);
	free(body);
}

/* Is there what stays, and nothing else? */
static void
contents_check(struct env *env, DB *db, const struct contents *s)
{
	struct buf value = {0};
	struct err e = {0};
	uint32_t missing = 0, wrong = 0;
	uint8_t key[KEY_LEN];
	DB_TXN *txn;

	CU_ASSERT_TRUE_FATAL(env_begin_reading(env, &txn, &e));
	for (uint32_t i = 0; i < s->records; i++) {
		int found;

		contents_key(s, i, key);
		found = db_get(db, txn, (struct str){(char *)key, sizeof key}, &value, &e);
		missing += found != (stays(s, i) ? 1 : 0);
		wrong += found == 1 &&
		    (value.len != s->body_bytes || memcmp(value.s, key, sizeof key) != 0);
	}
	txn->commit(txn, 0);
	CU_ASSERT_EQUAL(missing, 0);
	CU_ASSERT_EQUAL(wrong, 0);
	buf_free(&value);
}

/* Returns in how many slices. */
static unsigned
give_back(DB *db, int64_t slice_us)
{
	enum { SLICES_MAX = 2000 };
	struct giveback g;
	struct err e = {0};
	unsigned slices = 0;

	giveback_begin(&g, db);
	g.slice_us = slice_us;
	while (!g.end && slices++ < SLICES_MAX)
		if (!giveback_slice(&g, &e))
			CU_FAIL_FATAL("nothing can be given back");
	CU_ASSERT_TRUE(g.end);
	CU_ASSERT_EQUAL(g.unused, 0);
	giveback_close(&g);
	return slices;
}

/* Some of them made DB->compact() with DB_FREE_SPACE go round without end. */
static const struct contents shapes[] = {{0, 8, 1, 0, 0, 0}, {1, 8, 1, 0, 1, 1},
    {20000, 30, 1, 0, 20000, 1}, {20000, 30, 2654435761u, 0, 20000, 1},
    {20000, 30, 2654435761u, 0, 20000, 10}, {20000, 30, 1, 18000, 20000, 1},
    {20000, 30, 1, 0, 2000, 1}, {20000, 30, 1, 19999, 20000, 1}, {20000, 30, 1, 0, 0, 0},
    {200, 20000, 1, 0, 200, 10}, {200, 20000, 2654435761u, 150, 200, 1}};

static void
free_pages_go_back_whatever_the_shape(void)
{
	struct err e = {0};
	struct bare b;

	bare_start(&b);
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
		for (int64_t slice_us = 0; slice_us < 1000000; slice_us += 500000) {
			const struct contents *s = &shapes[i];
			DB_COMPACT c = {.compact_fillpercent = 80};
			char file[32];
			unsigned slices;
			DB *db;

			snprintf(file, sizeof file, "shape.%zu.%d", i, slice_us > 0);
			CU_ASSERT_TRUE_FATAL(database_open(
			    &db, b.env.db, file, 0, DB_CREATE | DB_MULTIVERSION, &e));
			if (s->records > 0) {
				contents_write(db, s, true);
				contents_write(db, s, false);
			}
			CU_ASSERT_EQUAL(db->compact(db, NULL, NULL, NULL, &c, 0, NULL), 0);
			slices = give_back(db, slice_us);
			CU_ASSERT_TRUE(slice_us == 0 || slices < 10);
			contents_check(&b.env, db, s);
			database_close(&db);
			CU_ASSERT_TRUE(env_checkpoint(&b.env, &e));
			verify_file(&b, file);
		}
	bare_stop(&b);
}

/* To sort them would take so long that the store would seem stuck. */
static void
free_pages_that_the_cache_cannot_hold_stay_and_are_told(void)
{
	const struct contents s = {3000, 9000, 1, 2900, 3000, 1};
	struct giveback g;
	struct err e = {0};
	uint64_t before;
	struct bare b;
	DB *db;

	bare_start(&b);
	CU_ASSERT_TRUE_FATAL(
	    database_open(&db, b.env.db, "shape", 0, DB_CREATE | DB_MULTIVERSION, &e));
	contents_write(db, &s, true);
	contents_write(db, &s, false);
	CU_ASSERT_TRUE(env_checkpoint(&b.env, &e));
	before = bytes_of(&b, "shape");
	giveback_begin(&g, db);
	CU_ASSERT_TRUE(giveback_slice(&g, &e));
	CU_ASSERT_TRUE(g.end);
	CU_ASSERT_TRUE(g.unused > 8000);
	CU_ASSERT_TRUE(g.wants_cache_mb > 8000 / 128 && g.wants_cache_mb < 10000 / 128);
	giveback_close(&g);
	CU_ASSERT_TRUE(env_checkpoint(&b.env, &e));
	CU_ASSERT_EQUAL(bytes_of(&b, "shape"), before);
	contents_check(&b.env, db, &s);
	database_close(&db);
	bare_stop(&b);
}

static void
one_chore_at_a_time_is_done(void)
{
	uint64_t number, again;
	struct store_chore c;
	struct chores *all;
	struct err e = {0};
	struct bare b;

	bare_start(&b);
	CU_ASSERT_TRUE_FATAL(chores_start(&all, &never, &b.env, b.writer, &e));
	CU_ASSERT_FALSE(chore_show(all, STORE_COMPACT, &c, &e));
	CU_ASSERT_EQUAL(e.code, ERR_NOT_FOUND);
	e = (struct err){0};
	CU_ASSERT_TRUE(chore_begin(all, STORE_COMPACT, STR(""), &number, &e));
	if (!chore_begin(all, STORE_COMPACT, STR("other"), &again, &e))
		CU_ASSERT_EQUAL(e.code, ERR_SERVER_UNAVAILABLE);
	ended(all, STORE_COMPACT);
	e = (struct err){0};
	CU_ASSERT_TRUE(chore_begin(all, STORE_COMPACT, STR(""), &again, &e));
	CU_ASSERT_NOT_EQUAL(number, again);
	CU_ASSERT_FALSE(chore_begin(all, STORE_CHORE__COUNT, STR(""), &again, &e));
	chores_stop(&all);
	bare_stop(&b);
}

const CU_TestInfo storage_chore_tests[] = {
    {"compact shrinks the files, and readers see all meanwhile",
	compact_shrinks_the_files_and_readers_see_all_meanwhile},
    {"free pages go back, whatever the shape", free_pages_go_back_whatever_the_shape},
    {"free pages that the cache cannot hold stay and are told",
	free_pages_that_the_cache_cannot_hold_stay_and_are_told},
    {"one chore at a time is done", one_chore_at_a_time_is_done},
    CU_TEST_INFO_NULL,
};
