/* tests/storage_chore.c -- what the store does beside its requests: one chore at a time. */
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/chore.h"
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
verify_files(const struct bare *b)
{
	static const char *const files[] = {"DmarcInternalReport.rows",
	    "DmarcInternalReport.bodies", "DmarcInternalReport.changes",
	    "DmarcInternalReport.domain", "DmarcInternalReport.label",
	    "DmarcInternalReport.policy", "opids", "opids.time", "meta"};

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char path[SCRATCH_DIR_MAX + 64];
		DB *db;

		snprintf(path, sizeof path, "%s/%s", b->dir, files[i]);
		CU_ASSERT_EQUAL_FATAL(db_create(&db, NULL, 0), 0);
		CU_ASSERT_EQUAL(db->verify(db, path, NULL, NULL, 0), 0);
	}
}

static void
compact_shrinks_the_files_and_readers_see_all_meanwhile(void)
{
	enum { RECORDS = 5000, READERS = 2 };
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
    {"one chore at a time is done", one_chore_at_a_time_is_done},
    CU_TEST_INFO_NULL,
};
