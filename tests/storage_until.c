/* tests/storage_until.c -- reads of the store end when their time is over or their client is
 * gone. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "storage/serve/service.h"
#include "tests/bare.h"
#include "tests/suites.h"

#define DMARC (&dmarc_internal_report)
#define RECORDS 200
#define LATER_US INT64_C(60000000)

static void
fill(struct bare *b)
{
	struct sample samples[RECORDS];
	struct store_op ops[RECORDS];
	struct store_results r;

	for (uint32_t i = 0; i < RECORDS; i++) {
		sample_make(&samples[i], i);
		ops[i] = sample_op(&samples[i], STORE_CREATE, i);
	}
	r = bare_set_numbered(b, 1, ops, RECORDS);
	store_results_free(&r);
}

/* Each packs a read of all that there is, to be answered until then. */
static void
pack_get_until(struct bare *b, struct buf *frame, int64_t deadline_us)
{
	const struct store_get q = {.type = DMARC,
	    .all = true,
	    .want_bodies = true,
	    .max_objects = RECORDS,
	    .max_bytes = SIZE_MAX,
	    .until.deadline_us = deadline_us};

	(void)b;
	frame_begin(frame, OPERATION_GET);
	pack_get(frame, &q);
}

static void
pack_query_until(struct bare *b, struct buf *frame, int64_t deadline_us)
{
	const struct store_query q = {
	    .type = DMARC, .limit = RECORDS, .until.deadline_us = deadline_us};

	(void)b;
	frame_begin(frame, OPERATION_QUERY);
	pack_query(frame, &q);
}

static struct state
first_state(struct bare *b)
{
	struct state s = {0};
	struct err e = {0};

	CU_ASSERT_TRUE_FATAL(env_epoch(&b->env, NULL, &s.epoch, &e));
	return s;
}

static void
pack_changes_until(struct bare *b, struct buf *frame, int64_t deadline_us)
{
	const struct store_changes q = {.type = DMARC,
	    .since = first_state(b),
	    .max = RECORDS,
	    .until.deadline_us = deadline_us};

	frame_begin(frame, OPERATION_CHANGES);
	pack_changes(frame, &q);
}

static void
pack_query_changes_until(struct bare *b, struct buf *frame, int64_t deadline_us)
{
	const struct store_query_changes q = {
	    .query = {.type = DMARC, .until.deadline_us = deadline_us},
	    .since = first_state(b),
	    .max = RECORDS};

	frame_begin(frame, OPERATION_QUERY_CHANGES);
	pack_query_changes(frame, &q);
}

static void (*const reads[])(struct bare *b, struct buf *frame, int64_t deadline_us) = {
    pack_get_until, pack_query_until, pack_changes_until, pack_query_changes_until};
#define N_READS (sizeof reads / sizeof reads[0])

/* The error with which the store answers the i-th read. */
static enum err_code
answer_to(struct bare *b, size_t i, int64_t deadline_us, const int *asked_by)
{
	struct service service = {.env = &b->env, .writer = b->writer};
	struct reply r = {.asked_by = asked_by};
	struct buf frame = {0};
	struct unpack u;
	uint8_t code = 0;

	reads[i](b, &frame, deadline_us);
	frame_end(&frame, 0);
	CU_ASSERT_TRUE(service_answer(&service, &frame, &r));
	CU_ASSERT_TRUE(frame_open(&r.head, &code, &u));
	buf_free(&frame);
	buf_free(&r.head);
	buf_free(&r.tail);
	return (enum err_code)code;
}

static void
a_read_ends_at_its_deadline(void)
{
	struct bare b;

	bare_start(&b);
	fill(&b);
	for (size_t i = 0; i < N_READS; i++) {
		int64_t now_us = clock_monotonic_us();

		CU_ASSERT_EQUAL(answer_to(&b, i, now_us - 1, NULL), ERR_SERVER_UNAVAILABLE);
		CU_ASSERT_EQUAL(answer_to(&b, i, now_us + LATER_US, NULL), ERR_NONE);
		CU_ASSERT_EQUAL(answer_to(&b, i, 0, NULL), ERR_NONE);
	}
	bare_stop(&b);
}

static void
a_read_for_a_client_that_is_gone_ends(void)
{
	struct bare b;
	int ends[2];

	bare_start(&b);
	fill(&b);
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	for (size_t i = 0; i < N_READS; i++)
		CU_ASSERT_EQUAL(answer_to(&b, i, 0, &ends[0]), ERR_NONE);
	close(ends[1]);
	for (size_t i = 0; i < N_READS; i++)
		CU_ASSERT_EQUAL(answer_to(&b, i, 0, &ends[0]), ERR_SERVER_UNAVAILABLE);
	close(ends[0]);
	bare_stop(&b);
}

/* With a budget of units in the place of time: whatever it is, the read is done or says that it
 * is not, and it needs more than one look. */
static void
a_read_ends_in_the_middle(void)
{
	struct bare b;
	uint64_t units = 0;
	bool done = false;

	bare_start(&b);
	fill(&b);
	for (; !done && units < 1000000; units += 100) {
		struct budget budget;
		struct store_get q = {.type = DMARC,
		    .all = true,
		    .want_bodies = true,
		    .max_objects = RECORDS,
		    .max_bytes = SIZE_MAX,
		    .until.budget = &budget};
		struct store_rows rows;
		struct err e = {0};

		budget_begin(&budget, units, NULL, NULL);
		done = read_get(&b.env, &q, &rows, &e);
		CU_ASSERT(done || e.code == ERR_SERVER_UNAVAILABLE);
		CU_ASSERT_EQUAL(rows.n, done ? RECORDS : 0);
		store_rows_free(&rows);
	}
	CU_ASSERT(units > RECORDS && units < 1000000);
	bare_stop(&b);
}

const CU_TestInfo storage_until_tests[] = {
    {"a read ends at its deadline", a_read_ends_at_its_deadline},
    {"a read for a client that is gone ends", a_read_for_a_client_that_is_gone_ends},
    {"a read ends in the middle", a_read_ends_in_the_middle},
    CU_TEST_INFO_NULL,
};
