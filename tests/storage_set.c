/* tests/storage_set.c -- what a set does to an environment, and what is left of it. */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/id.h"
#include "storage/set.h"
#include "tests/bare.h"
#include "tests/suites.h"

#define DMARC (&dmarc_internal_report)
#define UNKNOWN_ID 4711

/* The body of a record; "" if there is none.  For buf_free(). */
static struct buf
body_of(struct bare *b, uint64_t id)
{
	struct store_get q = {.type = DMARC, .ids = &id, .n = 1, .want_bodies = true};
	struct store_rows rows;
	struct buf body = {0};
	struct err e = {0};

	q.max_bytes = SIZE_MAX;
	CU_ASSERT_TRUE_FATAL(read_get(&b->env, &q, &rows, &e));
	buf_add_str(&body, rows.rows[0].body);
	buf_terminate(&body);
	store_rows_free(&rows);
	return body;
}

static void
ops_are_done_in_order_with_one_change_number_each(void)
{
	struct sample a, c;
	struct store_op ops[3];
	struct store_results r;
	struct bare b;

	bare_start(&b);
	sample_make(&a, 1);
	sample_make(&c, 2);
	ops[0] = sample_op(&a, STORE_CREATE, 30);
	ops[1] = sample_op(&c, STORE_CREATE, 20);
	ops[2] = sample_destroy(UNKNOWN_ID);
	ops[2].tag = 10;
	r = bare_set_numbered(&b, 1, ops, 3);
	CU_ASSERT_FALSE(r.replayed);
	CU_ASSERT_EQUAL(r.old_state.change, 0);
	CU_ASSERT_EQUAL(r.new_state.change, 2);
	CU_ASSERT_EQUAL(r.old_state.epoch, r.new_state.epoch);
	CU_ASSERT_NOT_EQUAL(r.new_state.epoch, 0);
	CU_ASSERT_EQUAL_FATAL(r.n, 3);
	CU_ASSERT_EQUAL(r.results[0].tag, 30);
	CU_ASSERT_EQUAL(r.results[0].id, 1);
	CU_ASSERT_EQUAL(r.results[0].change, 1);
	CU_ASSERT_EQUAL(r.results[1].tag, 20);
	CU_ASSERT_EQUAL(r.results[1].id, 2);
	CU_ASSERT_EQUAL(r.results[1].change, 2);
	CU_ASSERT_EQUAL(r.results[2].tag, 10);
	CU_ASSERT_EQUAL(r.results[2].outcome, STORE_NOT_FOUND);
	store_results_free(&r);
	CU_ASSERT_TRUE(table_is_sound(&b.env, DMARC));
	bare_stop(&b);
}

static void
an_update_of_what_changed_since_is_a_conflict(void)
{
	struct sample s, t;
	struct store_result made, r;
	struct buf body;
	struct bare b;

	bare_start(&b);
	sample_make(&s, 1);
	sample_make(&t, 2);
	made = bare_set_one(&b, 1, sample_op(&s, STORE_CREATE, 0));
	r = bare_set_one(&b, 2, sample_update(&t, made.id, made.change));
	CU_ASSERT_EQUAL(r.outcome, STORE_DONE);
	CU_ASSERT_EQUAL(r.id, made.id);
	CU_ASSERT_EQUAL(r.change, 2);
	r = bare_set_one(&b, 3, sample_update(&s, made.id, made.change));
	CU_ASSERT_EQUAL(r.outcome, STORE_CONFLICT);
	CU_ASSERT_EQUAL(r.change, 0);
	body = body_of(&b, made.id);
	CU_ASSERT_STRING_EQUAL(body.s, t.body);
	buf_free(&body);
	r = bare_set_one(&b, 4, sample_update(&s, UNKNOWN_ID, 1));
	CU_ASSERT_EQUAL(r.outcome, STORE_NOT_FOUND);
	CU_ASSERT_TRUE(table_is_sound(&b.env, DMARC));
	bare_stop(&b);
}

static void
a_destroyed_record_is_gone_and_its_id_is_not_given_again(void)
{
	struct store_result made, r;
	struct sample s;
	struct buf body;
	struct bare b;

	bare_start(&b);
	sample_make(&s, 3);
	made = bare_set_one(&b, 1, sample_op(&s, STORE_CREATE, 0));
	CU_ASSERT_EQUAL(bare_set_one(&b, 2, sample_destroy(made.id)).outcome, STORE_DONE);
	CU_ASSERT_EQUAL(bare_set_one(&b, 3, sample_destroy(made.id)).outcome, STORE_NOT_FOUND);
	body = body_of(&b, made.id);
	CU_ASSERT_EQUAL(body.len, 0);
	buf_free(&body);
	r = bare_set_one(&b, 4, sample_op(&s, STORE_CREATE, 0));
	CU_ASSERT_TRUE(r.id > made.id);
	CU_ASSERT_TRUE(table_is_sound(&b.env, DMARC));
	bare_stop(&b);
}

static void
updates_and_destroys_can_name_a_create_of_their_set(void)
{
	struct sample s, t;
	struct store_op ops[6];
	struct store_results r;
	struct buf body;
	struct bare b;

	bare_start(&b);
	sample_make(&s, 1);
	sample_make(&t, 2);
	ops[0] = sample_op(&t, STORE_UPDATE, 0); /* its create comes later */
	ops[0].created_by = 2;
	ops[1] = sample_op(&s, STORE_CREATE, 1);
	ops[2] = sample_op(&s, STORE_CREATE, 2);
	ops[3] = sample_op(&t, STORE_UPDATE, 3);
	ops[3].created_by = 1;
	ops[4] = sample_destroy(0);
	ops[4].tag = 4;
	ops[4].created_by = 2;
	ops[5] = sample_op(&t, STORE_UPDATE, 5);
	ops[5].created_by = 3; /* no create */
	r = bare_set_numbered(&b, 1, ops, 6);
	CU_ASSERT_EQUAL(r.results[0].outcome, STORE_NOT_FOUND);
	CU_ASSERT_EQUAL(r.results[3].outcome, STORE_DONE);
	CU_ASSERT_EQUAL(r.results[3].id, r.results[1].id);
	CU_ASSERT_EQUAL(r.results[4].outcome, STORE_DONE);
	CU_ASSERT_EQUAL(r.results[4].id, r.results[2].id);
	CU_ASSERT_EQUAL(r.results[5].outcome, STORE_NOT_FOUND);
	body = body_of(&b, r.results[1].id);
	CU_ASSERT_STRING_EQUAL(body.s, t.body);
	buf_free(&body);
	store_results_free(&r);
	CU_ASSERT_EQUAL(bare_count(&b), 1);
	CU_ASSERT_TRUE(table_is_sound(&b.env, DMARC));
	bare_stop(&b);
}

static void
another_state_or_epoch_refuses_the_whole_set(void)
{
	struct store_set q = {.type = DMARC, .if_in_state = true, .n = 1};
	struct store_results r;
	struct store_op op;
	struct sample s;
	struct err e = {0};
	struct bare b;

	bare_start(&b);
	sample_make(&s, 1);
	op = sample_op(&s, STORE_CREATE, 0);
	r = bare_set_numbered(&b, 1, &op, 1);
	q.ops = &op;
	q.state = r.new_state;
	store_results_free(&r);
	q.opid[0] = 9;
	q.state.epoch ^= 1;
	CU_ASSERT_FALSE(bare_set(&b, &q, &r, &e));
	CU_ASSERT_EQUAL(e.code, ERR_STATE_MISMATCH);
	q.state.epoch ^= 1;
	q.state.change--;
	e = (struct err){0};
	CU_ASSERT_FALSE(bare_set(&b, &q, &r, &e));
	CU_ASSERT_EQUAL(e.code, ERR_STATE_MISMATCH);
	q.state.change++;
	CU_ASSERT_TRUE(bare_set(&b, &q, &r, &e));
	CU_ASSERT_EQUAL(r.new_state.change, 2);
	store_results_free(&r);
	CU_ASSERT_EQUAL(bare_count(&b), 2);
	bare_stop(&b);
}

static void
a_set_sent_again_is_not_done_again(void)
{
	struct store_results first, again;
	struct store_op op;
	struct sample s;
	struct bare b;

	bare_start(&b);
	sample_make(&s, 1);
	op = sample_op(&s, STORE_CREATE, 7);
	first = bare_set_numbered(&b, 1, &op, 1);
	again = bare_set_numbered(&b, 2, &op, 1);
	store_results_free(&again);
	bare_close(&b);
	bare_open(&b);
	again = bare_set_numbered(&b, 1, &op, 1);
	CU_ASSERT_FALSE(first.replayed);
	CU_ASSERT_TRUE(again.replayed);
	CU_ASSERT_EQUAL(again.new_state.change, first.new_state.change);
	CU_ASSERT_EQUAL_FATAL(again.n, 1);
	CU_ASSERT_EQUAL(again.results[0].tag, 7);
	CU_ASSERT_EQUAL(again.results[0].id, first.results[0].id);
	store_results_free(&first);
	store_results_free(&again);
	CU_ASSERT_EQUAL(bare_count(&b), 2);
	bare_stop(&b);
}

static void
a_get_keeps_its_order_and_its_limits(void)
{
	struct sample s;
	struct store_get q = {.type = DMARC, .n = 3, .want_bodies = true};
	uint64_t ids[] = {2, UNKNOWN_ID, 1};
	struct store_rows rows;
	struct err e = {0};
	struct bare b;
	size_t bytes;

	bare_start(&b);
	for (unsigned i = 1; i <= 2; i++) {
		sample_make(&s, i);
		bare_set_one(&b, i, sample_op(&s, STORE_CREATE, 0));
	}
	q.ids = ids;
	q.max_bytes = SIZE_MAX;
	CU_ASSERT_TRUE_FATAL(read_get(&b.env, &q, &rows, &e));
	CU_ASSERT_EQUAL(rows.state.change, 2);
	CU_ASSERT_EQUAL_FATAL(rows.n, 3);
	CU_ASSERT_EQUAL(rows.rows[0].id, 2);
	CU_ASSERT_TRUE(str_is(rows.rows[0].body, s.body));
	CU_ASSERT_EQUAL(rows.rows[1].change, 0);
	CU_ASSERT_EQUAL(rows.rows[2].id, 1);
	bytes = rows.frame.len;
	store_rows_free(&rows);
	q.max_bytes = bytes;
	CU_ASSERT_TRUE(read_get(&b.env, &q, &rows, &e));
	store_rows_free(&rows);
	q.max_bytes = bytes - 1;
	CU_ASSERT_FALSE(read_get(&b.env, &q, &rows, &e));
	CU_ASSERT_EQUAL(e.code, ERR_REQUEST_TOO_LARGE);
	q = (struct store_get){.type = DMARC, .all = true, .max_objects = 2};
	e = (struct err){0};
	CU_ASSERT_TRUE_FATAL(read_get(&b.env, &q, &rows, &e));
	CU_ASSERT_EQUAL(rows.n, 2);
	CU_ASSERT_EQUAL(rows.rows[1].body.len, 0);
	CU_ASSERT_EQUAL(rows.rows[1].change, 2);
	store_rows_free(&rows);
	q.max_objects = 1;
	CU_ASSERT_FALSE(read_get(&b.env, &q, &rows, &e));
	CU_ASSERT_EQUAL(e.code, ERR_REQUEST_TOO_LARGE);
	bare_stop(&b);
}

static void
a_large_body_comes_back_whole(void)
{
	struct sample s;
	struct store_op op;
	struct store_result made;
	struct buf big = {0}, back;
	struct bare b;

	bare_start(&b);
	sample_make(&s, 1);
	while (big.len < 3u << 20)
		buf_puts(&big, "{\"a\": \"a body of some megabytes\"}");
	op = sample_op(&s, STORE_CREATE, 0);
	op.body = buf_str(&big);
	made = bare_set_one(&b, 1, op);
	back = body_of(&b, made.id);
	CU_ASSERT_TRUE(str_equal(buf_str(&back), buf_str(&big)));
	buf_free(&back);
	buf_free(&big);
	bare_stop(&b);
}

static void
a_set_of_thousands_of_ops_fits_into_one_transaction(void)
{
	enum { OPS = 8000 };
	struct sample *samples = mem_new(OPS, sizeof *samples);
	struct store_op *ops = mem_new(OPS, sizeof *ops);
	struct store_results r;
	struct bare b;

	bare_start(&b);
	for (uint32_t i = 0; i < OPS; i++) {
		sample_make(&samples[i], i);
		ops[i] = sample_op(&samples[i], STORE_CREATE, i);
	}
	r = bare_set_numbered(&b, 1, ops, OPS);
	CU_ASSERT_EQUAL(r.new_state.change, OPS);
	store_results_free(&r);
	CU_ASSERT_EQUAL(bare_count(&b), OPS);
	CU_ASSERT_TRUE(table_is_sound(&b.env, DMARC));
	free(samples);
	free(ops);
	bare_stop(&b);
}

static void
indexes_agree_with_rows_after_many_mixed_ops(void)
{
	enum { SETS = 400, OPS = 5 };
	uint64_t ids[SETS * OPS] = {0}, changes[SETS * OPS] = {0};
	struct sample samples[OPS];
	struct store_op ops[OPS];
	size_t n = 0;
	struct bare b;

	bare_start(&b);
	srandom(1);
	for (unsigned i = 1; i <= SETS; i++) {
		struct store_results r;

		for (unsigned k = 0; k < OPS; k++) {
			size_t at = n == 0 ? 0 : (size_t)random() % n;
			long dice = random() % 10;

			sample_make(&samples[k], (unsigned)random() % 10000);
			ops[k] = sample_op(&samples[k], STORE_CREATE, k);
			if (n > 0 && dice >= 4) {
				ops[k].kind = dice >= 8 ? STORE_DESTROY : STORE_UPDATE;
				ops[k].id = ids[at];
				ops[k].if_change = changes[at];
			}
		}
		r = bare_set_numbered(&b, i, ops, OPS);
		for (unsigned k = 0; k < OPS; k++) {
			if (r.results[k].outcome != STORE_DONE)
				continue;
			if (ops[k].kind == STORE_CREATE)
				ids[n++] = r.results[k].id;
			for (size_t at = 0; at < n; at++)
				if (ids[at] == r.results[k].id)
					changes[at] = r.results[k].change;
		}
		store_results_free(&r);
	}
	CU_ASSERT_TRUE(bare_count(&b) > SETS / 2);
	CU_ASSERT_TRUE(table_is_sound(&b.env, DMARC));
	bare_close(&b);
	bare_open(&b);
	CU_ASSERT_TRUE(table_is_sound(&b.env, DMARC));
	bare_stop(&b);
}

static void
a_create_may_bring_its_id_if_that_is_new(void)
{
	static const struct {
		uint64_t id;
		unsigned seed;
		enum store_outcome outcome;
	} creates[] = {
	    {7, 1, STORE_DONE},
	    {7, 1, STORE_SAME},
	    {7, 2, STORE_ID_TAKEN},
	    {3, 1, STORE_ID_TAKEN}, /* the ids given have passed it */
	    {0, 160, STORE_DONE},   /* 8 */
	    {8, 160, STORE_SAME},
	    {8, 310, STORE_ID_TAKEN}, /* as long, and not the same */
	    {9, 3, STORE_DONE},
	    {ID_MAX, 4, STORE_DONE},
	};
	struct sample s;
	struct store_op op;
	struct bare b;

	bare_start(&b);
	for (unsigned i = 0; i < sizeof creates / sizeof creates[0]; i++) {
		struct store_result r;

		sample_make(&s, creates[i].seed);
		op = sample_op(&s, STORE_CREATE, 0);
		op.id = creates[i].id;
		r = bare_set_one(&b, i, op);
		CU_ASSERT_EQUAL(r.outcome, creates[i].outcome);
		if (r.outcome == STORE_DONE)
			CU_ASSERT_EQUAL(r.id, creates[i].id != 0 ? creates[i].id : 8);
	}
	CU_ASSERT_TRUE(table_is_sound(&b.env, DMARC));
	bare_stop(&b);
}

static void
pages_hold_as_many_records_as_fit_and_one_at_least(void)
{
	enum { RECORDS = 5 };
	struct store_get q = {.type = DMARC, .all = true, .page = true, .want_bodies = true};
	struct store_rows rows;
	struct sample s;
	struct err e = {0};
	struct bare b;

	bare_start(&b);
	sample_make(&s, 1);
	for (unsigned i = 1; i <= RECORDS; i++)
		bare_set_one(&b, i, sample_op(&s, STORE_CREATE, 0));
	q.max_objects = 2;
	q.max_bytes = SIZE_MAX;
	CU_ASSERT_TRUE_FATAL(read_get(&b.env, &q, &rows, &e));
	CU_ASSERT_EQUAL(rows.n, 2);
	CU_ASSERT_EQUAL(rows.rows[1].id, 2);
	store_rows_free(&rows);
	q.after = 2;
	q.max_objects = SIZE_MAX;
	q.max_bytes = 2 * strlen(s.body);
	CU_ASSERT_TRUE_FATAL(read_get(&b.env, &q, &rows, &e));
	CU_ASSERT_EQUAL(rows.n, 2);
	CU_ASSERT_EQUAL(rows.rows[0].id, 3);
	store_rows_free(&rows);
	q.max_bytes = 1;
	CU_ASSERT_TRUE_FATAL(read_get(&b.env, &q, &rows, &e));
	CU_ASSERT_EQUAL(rows.n, 1);
	CU_ASSERT_TRUE(str_is(rows.rows[0].body, s.body));
	store_rows_free(&rows);
	q.after = RECORDS;
	CU_ASSERT_TRUE_FATAL(read_get(&b.env, &q, &rows, &e));
	CU_ASSERT_EQUAL(rows.n, 0);
	store_rows_free(&rows);
	bare_stop(&b);
}

/* A job that writes and then fails as Berkeley DB might. */
static bool
broken_run(struct batch *b, void *runs, struct err *refused, struct err *e)
{
	struct counters *c;

	(void)refused;
	++*(int *)runs;
	if (!batch_counters(b, DMARC, &c, e))
		return false;
	c->change += 100;
	return db_put(b->env->meta, b->txn, STR("broken"), STR("yes"), e) &&
	    db_failed(e, DB_LOCK_DEADLOCK, "breaking");
}

static void
a_job_that_breaks_leaves_nothing(void)
{
	int runs = 0;
	struct job job = {.run = broken_run, .arg = &runs};
	struct buf value = {0};
	struct sample s;
	struct err e = {0};
	struct bare b;

	bare_start(&b);
	b.log.level = LOG_LEVEL_ERROR;
	CU_ASSERT_FALSE(writer_do(b.writer, &job, &e));
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_UNAVAILABLE);
	CU_ASSERT_EQUAL(runs, 2); /* in the batch, and alone */
	e = (struct err){0};
	CU_ASSERT_EQUAL(db_get(b.env.meta, NULL, STR("broken"), &value, &e), 0);
	sample_make(&s, 1);
	CU_ASSERT_EQUAL(bare_set_one(&b, 1, sample_op(&s, STORE_CREATE, 0)).change, 1);
	buf_free(&value);
	bare_stop(&b);
}

/* Whoever waited has been told that it was not done, and may have asked again. */
static void
a_set_is_not_begun_after_its_deadline(void)
{
	struct sample sample;
	struct store_op op;
	struct store_set q = {.type = DMARC, .ops = &op, .n = 1};
	struct store_results r;
	struct err late = {0}, e = {0};
	struct bare b;

	bare_start(&b);
	sample_make(&sample, 1);
	op = sample_op(&sample, STORE_CREATE, 1);
	q.deadline_us = clock_monotonic_us() - 1;
	CU_ASSERT_FALSE(bare_set(&b, &q, &r, &late));
	CU_ASSERT_EQUAL(late.code, ERR_SERVER_UNAVAILABLE);
	CU_ASSERT_EQUAL(bare_count(&b), 0);
	q.deadline_us = clock_monotonic_us() + INT64_C(60000000);
	CU_ASSERT_TRUE(bare_set(&b, &q, &r, &e));
	store_results_free(&r);
	q.deadline_us = clock_monotonic_us() - 1; /* it was done, and the answer was lost */
	CU_ASSERT_TRUE(bare_set(&b, &q, &r, &e));
	CU_ASSERT_TRUE(r.replayed);
	store_results_free(&r);
	CU_ASSERT_EQUAL(bare_count(&b), 1);
	bare_stop(&b);
}

/* A set of creates that writes exactly the wanted number of entries.  Each record has as many
 * as it can; the last one has the rest. */
struct heavy {
	struct sample *samples;
	struct store_op *ops;
	size_t n;
};

#define HEAVY_DOMAIN "a.example" /* two labels */
#define HEAVY_OWN 8              /* entries of a record of that domain without policies */

static void
heavy_make(struct heavy *h, size_t entries)
{
	*h = (struct heavy){.n = 1 + entries / (HEAVY_OWN + MODEL_MAX_INDEXED_VALUES)};
	h->samples = mem_new(h->n, sizeof *h->samples);
	h->ops = mem_new(h->n, sizeof *h->ops);
	for (size_t i = 0; i < h->n; i++) {
		struct sample *s = &h->samples[i];
		size_t left = entries - HEAVY_OWN * (h->n - i);

		sample_make(s, (unsigned)i);
		s->keys.domain = STR(HEAVY_DOMAIN);
		s->keys.n_policies =
		    left < MODEL_MAX_INDEXED_VALUES ? left : MODEL_MAX_INDEXED_VALUES;
		for (size_t p = 0; p < s->keys.n_policies; p++)
			randombytes_buf(&s->keys.policies[p], sizeof s->keys.policies[p]);
		h->ops[i] = sample_op(s, STORE_CREATE, (uint32_t)i);
		entries -= HEAVY_OWN + s->keys.n_policies;
	}
	CU_ASSERT_EQUAL_FATAL(entries, 0);
}

static void
heavy_free(struct heavy *h)
{
	free(h->samples);
	free(h->ops);
}

/* The error of a set of these ops; ERR_NONE if it was done. */
static enum err_code
set_error(struct bare *b, unsigned number, const struct store_op *ops, size_t n)
{
	struct store_set q = {.type = DMARC, .ops = ops, .n = n};
	struct store_results r = {0};
	struct err e = {0};

	put_be64(q.opid, number);
	bare_set(b, &q, &r, &e);
	store_results_free(&r);
	return e.code;
}

static void
check_locks_are_left(struct bare *b)
{
	DB_LOCK_STAT *locks = NULL;

	CU_ASSERT_EQUAL_FATAL(b->env.db->lock_stat(b->env.db, &locks, 0), 0);
	CU_ASSERT(locks->st_maxnlocks < locks->st_maxlocks / 2);
	CU_ASSERT(locks->st_maxnobjects < locks->st_maxobjects / 2);
	free(locks);
}

static void
a_set_writes_a_number_of_entries_and_no_more(void)
{
	struct bare b;

	bare_start(&b);
	for (size_t past = 0; past < 2; past++) {
		struct heavy h;
		uint64_t before = bare_count(&b);

		heavy_make(&h, STORE_SET_ENTRIES_MAX + past);
		CU_ASSERT_EQUAL(set_error(&b, (unsigned)past, h.ops, h.n),
		    past ? ERR_REQUEST_TOO_LARGE : ERR_NONE);
		CU_ASSERT_EQUAL(bare_count(&b), before + (past ? 0 : h.n));
		heavy_free(&h);
	}
	check_locks_are_left(&b);
	bare_stop(&b);
}

/* The records that are there have as many entries as a set may write: to destroy them takes
 * as many, to update one of them as well takes more. */
static void
entries_of_records_that_are_there_count(void)
{
	struct store_op *ops;
	struct sample small;
	struct heavy h;
	struct bare b;

	bare_start(&b);
	heavy_make(&h, STORE_SET_ENTRIES_MAX);
	CU_ASSERT_EQUAL_FATAL(set_error(&b, 1, h.ops, h.n), ERR_NONE);
	ops = mem_new(h.n + 1, sizeof *ops);
	for (size_t i = 0; i < h.n; i++) {
		ops[i] = sample_destroy(i + 1);
		ops[i].tag = (uint32_t)i;
	}
	sample_make(&small, 1);
	ops[h.n] = sample_op(&small, STORE_CREATE, (uint32_t)h.n);
	CU_ASSERT_EQUAL(set_error(&b, 2, ops, h.n + 1), ERR_REQUEST_TOO_LARGE);
	CU_ASSERT_EQUAL(bare_count(&b), h.n);
	ops[0] = sample_update(&small, 1, 1);
	CU_ASSERT_EQUAL(set_error(&b, 3, ops, h.n), ERR_REQUEST_TOO_LARGE);
	ops[0] = sample_destroy(1);
	CU_ASSERT_EQUAL(set_error(&b, 4, ops, h.n), ERR_NONE);
	CU_ASSERT_EQUAL(bare_count(&b), 0);
	free(ops);
	heavy_free(&h);
	bare_stop(&b);
}

const CU_TestInfo storage_set_tests[] = {
    {"a set writes a number of entries and no more",
	a_set_writes_a_number_of_entries_and_no_more},
    {"entries of records that are there count", entries_of_records_that_are_there_count},
    {"a set is not begun after its deadline", a_set_is_not_begun_after_its_deadline},
    {"ops are done in order, with one change number each",
	ops_are_done_in_order_with_one_change_number_each},
    {"an update of what changed since is a conflict",
	an_update_of_what_changed_since_is_a_conflict},
    {"a destroyed record is gone and its id is not given again",
	a_destroyed_record_is_gone_and_its_id_is_not_given_again},
    {"updates and destroys can name a create of their set",
	updates_and_destroys_can_name_a_create_of_their_set},
    {"another state or epoch refuses the whole set",
	another_state_or_epoch_refuses_the_whole_set},
    {"a set sent again is not done again", a_set_sent_again_is_not_done_again},
    {"a get keeps its order and its limits", a_get_keeps_its_order_and_its_limits},
    {"a create may bring its id, if that is new", a_create_may_bring_its_id_if_that_is_new},
    {"pages hold as many records as fit, and one at least",
	pages_hold_as_many_records_as_fit_and_one_at_least},
    {"a large body comes back whole", a_large_body_comes_back_whole},
    {"a set of thousands of ops fits into one transaction",
	a_set_of_thousands_of_ops_fits_into_one_transaction},
    {"indexes agree with rows after many mixed ops",
	indexes_agree_with_rows_after_many_mixed_ops},
    {"a job that breaks leaves nothing", a_job_that_breaks_leaves_nothing},
    CU_TEST_INFO_NULL,
};
