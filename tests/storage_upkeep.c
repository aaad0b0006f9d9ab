/* tests/storage_upkeep.c -- what the store does beside its requests, and what the disk and the
 * cache do to it. */
#include <dirent.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "storage/maintain.h"
#include "storage/opids.h"
#include "storage/set.h"
#include "tests/bare.h"
#include "tests/suites.h"

#define DMARC (&dmarc_internal_report)

static void
operation_ids_are_forgotten_when_their_time_is_over(void)
{
	struct store_results r;
	struct store_op op;
	struct sample s;
	struct err e = {0};
	struct bare b;

	bare_start(&b);
	b.clock.fixed_s = 1000000;
	sample_make(&s, 1);
	op = sample_op(&s, STORE_CREATE, 7);
	for (unsigned i = 1; i <= 3; i++) {
		r = bare_set_numbered(&b, i, &op, 1);
		store_results_free(&r);
	}
	b.clock.fixed_s += OPID_KEEP_S;
	CU_ASSERT_TRUE(maintain_prune(&b.env, b.writer, 1000000, &e));
	r = bare_set_numbered(&b, 1, &op, 1);
	CU_ASSERT_TRUE(r.replayed);
	store_results_free(&r);
	b.clock.fixed_s++;
	CU_ASSERT_TRUE(maintain_prune(&b.env, b.writer, 1000000, &e));
	r = bare_set_numbered(&b, 1, &op, 1);
	CU_ASSERT_FALSE(r.replayed);
	store_results_free(&r);
	bare_stop(&b);
}

static void
old_changes_are_forgotten_and_the_oldest_state_moves(void)
{
	enum { OLD = 2 * PRUNE_BATCH + 1, KEEP_S = 100 };
	struct counters c;
	struct store_results r;
	struct store_op op;
	struct sample s;
	struct err e = {0};
	struct bare b;

	bare_start(&b);
	b.clock.fixed_s = 1000000;
	sample_make(&s, 1);
	op = sample_op(&s, STORE_CREATE, 0);
	for (unsigned i = 1; i <= OLD; i++) {
		r = bare_set_numbered(&b, i, &op, 1);
		store_results_free(&r);
	}
	b.clock.fixed_s += KEEP_S;
	CU_ASSERT_TRUE(maintain_prune(&b.env, b.writer, KEEP_S, &e));
	CU_ASSERT_TRUE(env_counters(&b.env, NULL, DMARC, &c, &e));
	CU_ASSERT_EQUAL(c.oldest, 0);
	r = bare_set_numbered(&b, OLD + 1, &op, 1);
	store_results_free(&r);
	b.clock.fixed_s++;
	CU_ASSERT_TRUE(maintain_prune(&b.env, b.writer, KEEP_S, &e));
	CU_ASSERT_TRUE(env_counters(&b.env, NULL, DMARC, &c, &e));
	CU_ASSERT_EQUAL(c.oldest, OLD);
	CU_ASSERT_EQUAL(c.change, OLD + 1);
	CU_ASSERT_TRUE(table_is_sound(&b.env, DMARC));
	bare_stop(&b);
}

static void
a_disk_that_is_nearly_full_takes_destroys_alone(void)
{
	struct store_result made;
	struct store_results r;
	struct store_op ops[4];
	struct sample s;
	struct bare b;

	bare_start(&b);
	sample_make(&s, 1);
	made = bare_set_one(&b, 1, sample_op(&s, STORE_CREATE, 0));
	bare_close(&b);
	b.reserve_bytes = UINT64_MAX;
	bare_open(&b);
	CU_ASSERT_EQUAL(
	    bare_set_one(&b, 1, sample_op(&s, STORE_CREATE, 0)).id, made.id); /* again */
	ops[0] = sample_op(&s, STORE_CREATE, 0);
	ops[1] = sample_update(&s, made.id, made.change);
	ops[1].tag = 1;
	ops[2] = sample_destroy(made.id);
	ops[2].tag = 2;
	ops[3] = sample_destroy(0); /* of what the first did not make */
	ops[3].tag = 3;
	ops[3].created_by = 0;
	r = bare_set_numbered(&b, 2, ops, 4);
	CU_ASSERT_EQUAL(r.results[0].outcome, STORE_OVER_QUOTA);
	CU_ASSERT_EQUAL(r.results[0].id, 0);
	CU_ASSERT_EQUAL(r.results[1].outcome, STORE_OVER_QUOTA);
	CU_ASSERT_EQUAL(r.results[2].outcome, STORE_DONE);
	CU_ASSERT_EQUAL(r.results[3].outcome, STORE_NOT_FOUND);
	CU_ASSERT_EQUAL(r.reserve_bytes, UINT64_MAX);
	CU_ASSERT_TRUE(r.free_bytes > 0);
	store_results_free(&r);
	bare_stop(&b);
}

static void
what_a_full_disk_refused_is_done_when_it_is_asked_again(void)
{
	struct sample s;
	struct bare b;

	bare_start(&b);
	sample_make(&s, 1);
	bare_close(&b);
	b.reserve_bytes = UINT64_MAX;
	bare_open(&b);
	CU_ASSERT_EQUAL(
	    bare_set_one(&b, 1, sample_op(&s, STORE_CREATE, 0)).outcome, STORE_OVER_QUOTA);
	bare_close(&b);
	b.reserve_bytes = 0;
	bare_open(&b);
	CU_ASSERT_EQUAL(
	    bare_set_one(&b, 1, sample_op(&s, STORE_CREATE, 0)).outcome, STORE_DONE);
	bare_stop(&b);
}

static void
an_environment_that_is_open_is_not_opened_again(void)
{
	struct env_options o = {.cache_mb = 1, .lock_wait_ms = 20};
	struct env other;
	struct err e = {0};
	struct bare b;

	bare_start(&b);
	o.dir = b.dir;
	CU_ASSERT_FALSE(env_open(&other, &o, &b.clock, &b.log, &e));
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_UNAVAILABLE);
	bare_stop(&b);
}

static size_t
log_files(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *f;
	size_t n = 0;

	while (d != NULL && (f = readdir(d)) != NULL)
		n += strncmp(f->d_name, "log.", 4) == 0;
	if (d != NULL)
		closedir(d);
	return n;
}

static void
logs_that_recovery_does_not_need_are_removed(void)
{
	enum { BODY = 8 << 20, SETS = 5 * (ENV_LOG_FILE_BYTES / BODY) / 2 };
	struct sample s;
	struct store_op op;
	struct err e = {0};
	struct bare b;
	char *body = mem_new(BODY, 1);
	size_t before;

	bare_start(&b);
	sample_make(&s, 1);
	randombytes_buf(body, BODY); /* which nothing makes smaller */
	for (unsigned i = 1; i <= SETS; i++) {
		op = sample_op(&s, STORE_CREATE, 0);
		op.body = (struct str){body, BODY};
		bare_set_one(&b, i, op);
	}
	before = log_files(b.dir);
	CU_ASSERT_TRUE(before >= 3);
	CU_ASSERT_TRUE(env_checkpoint(&b.env, &e));
	CU_ASSERT_TRUE(maintain_logs(&b.env, &e));
	CU_ASSERT_TRUE(log_files(b.dir) < before);
	CU_ASSERT_TRUE(log_files(b.dir) >= 1);
	bare_close(&b);
	bare_open(&b);
	CU_ASSERT_EQUAL(bare_count(&b), SETS);
	free(body);
	bare_stop(&b);
}

/* The bodies of 1500 sets, or the page versions that 80 leave where a reader holds them, do not
 * fit into the cache. */
static void
outgrow_the_cache(struct bare *b, unsigned first_set, unsigned sets)
{
	enum { OPS = 10, BODY_BYTES = 2000 };
	struct sample s[OPS];
	struct store_op ops[OPS];
	char *body = mem_new(1, BODY_BYTES);

	for (unsigned i = 0; i < sets; i++) {
		struct store_results r;

		randombytes_buf(body, BODY_BYTES); /* does not compress */
		for (uint32_t n = 0; n < OPS; n++) {
			sample_make(&s[n], (first_set + i) * OPS + n);
			ops[n] = sample_op(&s[n], STORE_CREATE, n);
			ops[n].body = (struct str){body, BODY_BYTES};
		}
		r = bare_set_numbered(b, first_set + i, ops, OPS);
		store_results_free(&r);
	}
	free(body);
}

static uint64_t
frozen_pages(struct bare *b)
{
	DB_MPOOL_STAT *stat = NULL;
	uint64_t n = UINT64_MAX;

	if (b->env.db->memp_stat(b->env.db, &stat, NULL, 0) == 0)
		n = stat->st_mvcc_frozen;
	free(stat);
	return n;
}

static void
page_versions_that_nobody_can_see_leave_the_cache(void)
{
	struct bare b;

	bare_start(&b);
	outgrow_the_cache(&b, 1, 1500);
	CU_ASSERT_EQUAL(frozen_pages(&b), 0);
	bare_stop(&b);
}

static void
a_snapshot_stays_as_it_was_however_much_is_written(void)
{
	enum { RECORDS = 60 };
	struct store_result made[RECORDS];
	struct buf value = {0};
	struct snapshot view;
	struct err e = {0};
	struct sample s;
	struct row row;
	struct bare b;

	bare_start(&b);
	for (unsigned i = 0; i < RECORDS; i++) {
		sample_make(&s, i);
		made[i] = bare_set_one(&b, i, sample_op(&s, STORE_CREATE, 0));
	}
	CU_ASSERT_TRUE_FATAL(snapshot_begin(&view, &b.env, DMARC, &e));
	for (unsigned i = 0; i < RECORDS; i++) {
		sample_make(&s, RECORDS + i);
		bare_set_one(&b, RECORDS + i, sample_update(&s, made[i].id, made[i].change));
	}
	outgrow_the_cache(&b, 2 * RECORDS, 80);
	CU_ASSERT_TRUE(frozen_pages(&b) > 0); /* or this proves nothing */
	CU_ASSERT_EQUAL(view.state.change, RECORDS);
	for (unsigned i = 0; i < RECORDS; i++) {
		CU_ASSERT_EQUAL(snapshot_row(&view, made[i].id, &value, &row, &e), 1);
		CU_ASSERT_EQUAL(row.change, made[i].change);
	}
	CU_ASSERT_EQUAL(snapshot_row(&view, RECORDS + 1, &value, &row, &e), 0);
	snapshot_end(&view);
	CU_ASSERT_TRUE(table_is_sound(&b.env, DMARC));
	buf_free(&value);
	bare_stop(&b);
}

const CU_TestInfo storage_upkeep_tests[] = {
    {"operation ids are forgotten when their time is over",
	operation_ids_are_forgotten_when_their_time_is_over},
    {"old changes are forgotten and the oldest state moves",
	old_changes_are_forgotten_and_the_oldest_state_moves},
    {"a disk that is nearly full takes destroys alone",
	a_disk_that_is_nearly_full_takes_destroys_alone},
    {"what a full disk refused is done when it is asked again",
	what_a_full_disk_refused_is_done_when_it_is_asked_again},
    {"an environment that is open is not opened again",
	an_environment_that_is_open_is_not_opened_again},
    {"logs that recovery does not need are removed",
	logs_that_recovery_does_not_need_are_removed},
    {"page versions that nobody can see leave the cache",
	page_versions_that_nobody_can_see_leave_the_cache},
    {"a snapshot stays as it was however much is written",
	a_snapshot_stays_as_it_was_however_much_is_written},
    CU_TEST_INFO_NULL,
};
