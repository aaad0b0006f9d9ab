/* tests/storage.c -- rows, index keys and frames as bytes. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "config/limits.h"
#include "storage/body.h"
#include "storage/table.h"
#include "storage/wire/protocol.h"
#include "tests/suites.h"

static void
a_row_comes_back_as_it_was_packed(void)
{
	uint8_t policies[16] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2};
	struct row r = {7, 12, 11, -5, INT64_C(1) << 40, 99, STR("example.com"), 2, policies};
	struct buf b = {0};
	struct row back;

	row_pack(&r, &b);
	CU_ASSERT_TRUE_FATAL(row_unpack(7, buf_str(&b), &back));
	CU_ASSERT_EQUAL(back.id, 7);
	CU_ASSERT_EQUAL(back.change, 12);
	CU_ASSERT_EQUAL(back.created_change, 11);
	CU_ASSERT_EQUAL(back.created_at, -5);
	CU_ASSERT_EQUAL(back.deliver_at, INT64_C(1) << 40);
	CU_ASSERT_EQUAL(back.size, 99);
	CU_ASSERT_TRUE(str_is(back.domain, "example.com"));
	CU_ASSERT_EQUAL(back.n_policies, 2);
	CU_ASSERT_EQUAL(memcmp(back.policies, policies, 16), 0);
	buf_free(&b);
}

static void
a_row_that_is_cut_or_too_long_is_refused(void)
{
	struct row r = {.id = 1, .domain = STR("example.com")};
	struct buf b = {0};
	struct row back;

	row_pack(&r, &b);
	for (size_t len = 0; len < b.len; len++)
		CU_ASSERT_FALSE(row_unpack(1, (struct str){b.s, len}, &back));
	buf_putc(&b, 0);
	CU_ASSERT_FALSE(row_unpack(1, buf_str(&b), &back));
	b.len--;
	b.s[0]++; /* another format */
	CU_ASSERT_FALSE(row_unpack(1, buf_str(&b), &back));
	buf_free(&b);
}

static size_t
keys_in(const struct row *r, enum index i)
{
	struct buf key = {0};
	size_t n = 0;

	while (row_index_key(r, i, n, &key))
		n++;
	buf_free(&key);
	return n;
}

static void
a_label_has_a_key_for_the_domain_and_for_what_follows_each_dot(void)
{
	struct row r = {.id = 9, .domain = STR("a.b.example")};
	static const char *const rests[] = {"a.b.example", "b.example", "example"};
	struct buf key = {0};

	CU_ASSERT_EQUAL(keys_in(&r, INDEX_LABEL), 3);
	for (size_t i = 0; i < 3; i++) {
		size_t len = strlen(rests[i]);

		buf_clear(&key);
		CU_ASSERT_TRUE(row_index_key(&r, INDEX_LABEL, i, &key));
		CU_ASSERT_EQUAL_FATAL(key.len, len + 1 + 8);
		CU_ASSERT_EQUAL(memcmp(key.s, rests[i], len + 1), 0);
		CU_ASSERT_EQUAL(get_be64((uint8_t *)key.s + len + 1), 9);
	}
	buf_free(&key);
}

static void
every_other_index_has_one_key_and_policies_one_each(void)
{
	uint8_t policies[24] = {0};
	struct row r = {
	    .id = 9, .domain = STR("a.example"), .n_policies = 3, .policies = policies};

	CU_ASSERT_EQUAL(keys_in(&r, INDEX_DOMAIN), 1);
	CU_ASSERT_EQUAL(keys_in(&r, INDEX_CREATED_AT), 1);
	CU_ASSERT_EQUAL(keys_in(&r, INDEX_DELIVER_AT), 1);
	CU_ASSERT_EQUAL(keys_in(&r, INDEX_POLICY), 3);
	r.n_policies = 0;
	CU_ASSERT_EQUAL(keys_in(&r, INDEX_POLICY), 0);
}

static void
keys_of_an_index_sort_by_value_and_then_by_id(void)
{
	/* ascending */
	static const struct {
		int64_t deliver_at;
		uint64_t id;
	} rows[] = {{INT64_MIN, 5}, {-1, 1}, {-1, 2}, {0, 0}, {1, UINT64_MAX}, {INT64_MAX, 3}};
	struct buf last = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct row r = {.id = rows[i].id, .deliver_at = rows[i].deliver_at};
		struct buf key = {0};

		row_index_key(&r, INDEX_DELIVER_AT, 0, &key);
		CU_ASSERT_EQUAL_FATAL(key.len, 16);
		CU_ASSERT_TRUE(i == 0 || memcmp(last.s, key.s, key.len) < 0);
		buf_free(&last);
		last = key;
	}
	buf_free(&last);
}

/* A request of each kind, packed. */
static void
pack_sample_get(struct buf *b)
{
	static const uint64_t ids[] = {3, 1, UINT64_MAX};
	struct store_get q = {
	    .type = &dmarc_internal_report, .ids = ids, .n = 3, .want_bodies = true};

	q.max_objects = 500;
	q.max_bytes = 1u << 20;
	q.until.deadline_us = -6;
	pack_get(b, &q);
}

static void
pack_sample_set(struct buf *b)
{
	static const struct keys keys = {
	    STR("example.com"), -1, 2, 4, {9, 3, 9, 1} /* 9 twice, not in order */};
	struct store_op ops[] = {
	    {STORE_CREATE, 4, 0, STORE_NOT_CREATED_HERE, 0, STR("{}"), &keys},
	    {STORE_UPDATE, 2, 0, 4, 0, STR("{\"a\":1}"), &keys},
	    {STORE_DESTROY, 3, 77, STORE_NOT_CREATED_HERE, 0, {0}, NULL},
	};
	struct store_set q = {
	    .type = &tls_internal_report, .opid = {1, 2, 3}, .ops = ops, .n = 3};

	q.if_in_state = true;
	q.state = (struct state){5, 6};
	pack_set(b, &q);
}

static struct filter sample_leaves[] = {
    {.kind = FILTER_KEY, .key = KEY_DOMAIN, .relation = REL_TEXT, .text = (char *)"example"},
    {.kind = FILTER_KEY, .key = KEY_DELIVER_AT, .relation = REL_LESS, .number = -9},
};
static const struct filter sample_filter = {FILTER_AND, 2, sample_leaves, 0, 0, 0, NULL};

static const struct store_query sample_query = {.type = &dmarc_internal_report,
    .filter = &sample_filter,
    .sort = {{KEY_DOMAIN, true}, {KEY_ID, false}},
    .n_sort = 2,
    .has_anchor = true,
    .anchor = 8,
    .anchor_offset = -2,
    .position = -3,
    .limit = 10,
    .total = true,
    .until.deadline_us = 5};

static void
pack_sample_query(struct buf *b)
{
	pack_query(b, &sample_query);
}

static void
pack_sample_changes(struct buf *b)
{
	struct store_changes q = {&dmarc_internal_report, {1, 2}, 3, {.deadline_us = 4}};

	pack_changes(b, &q);
}

static void
pack_sample_query_changes(struct buf *b)
{
	struct store_query_changes q = {
	    .query = sample_query, .since = {1, 2}, .max = 3, .has_up_to = true, .up_to_id = 4};

	pack_query_changes(b, &q);
}

/* Each unpacks and packs again. */
static bool
again_get(struct unpack *u, struct buf *b)
{
	struct store_get q;

	if (!unpack_get(u, &q))
		return false;
	pack_get(b, &q);
	free((void *)(uintptr_t)q.ids);
	return true;
}

static bool
again_set(struct unpack *u, struct buf *b)
{
	struct set_request q;

	if (!unpack_set(u, &q))
		return false;
	CU_ASSERT_EQUAL(q.type, &tls_internal_report);
	CU_ASSERT_TRUE(q.if_in_state && q.state.epoch == 5 && q.state.change == 6);
	CU_ASSERT_EQUAL_FATAL(q.n, 3);
	CU_ASSERT_EQUAL(q.ops[0].n_policies, 3);
	CU_ASSERT_EQUAL(get_be64(q.ops[0].policies), 1);
	CU_ASSERT_EQUAL(get_be64(q.ops[0].policies + 16), 9);
	CU_ASSERT_EQUAL(q.ops[1].created_by, 4);
	CU_ASSERT_TRUE(str_is(q.ops[1].body, "{\"a\":1}"));
	CU_ASSERT_EQUAL(q.ops[2].id, 77);
	CU_ASSERT_EQUAL(q.tags[0].tag, 2);
	CU_ASSERT_EQUAL(q.tags[0].index, 1);
	set_request_free(&q);
	pack_sample_set(b);
	return true;
}

static bool
again_query(struct unpack *u, struct buf *b)
{
	struct store_query q;
	struct filter f;

	if (!unpack_query(u, &q, &f))
		return false;
	pack_query(b, &q);
	filter_free(&f);
	return true;
}

static bool
again_changes(struct unpack *u, struct buf *b)
{
	struct store_changes q;

	if (!unpack_changes(u, &q))
		return false;
	pack_changes(b, &q);
	return true;
}

static bool
again_query_changes(struct unpack *u, struct buf *b)
{
	struct store_query_changes q;
	struct filter f;

	if (!unpack_query_changes(u, &q, &f))
		return false;
	pack_query_changes(b, &q);
	filter_free(&f);
	return true;
}

static const struct {
	void (*pack)(struct buf *b);
	bool (*again)(struct unpack *u, struct buf *b);
} requests[] = {
    {pack_sample_get, again_get},
    {pack_sample_set, again_set},
    {pack_sample_query, again_query},
    {pack_sample_changes, again_changes},
    {pack_sample_query_changes, again_query_changes},
};

static void
requests_come_back_as_they_were_packed(void)
{
	for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		struct buf sent = {0}, back = {0};
		struct unpack u;

		requests[i].pack(&sent);
		u = unpack_of(buf_str(&sent));
		CU_ASSERT_TRUE(requests[i].again(&u, &back));
		CU_ASSERT_TRUE(str_equal(buf_str(&sent), buf_str(&back)));
		buf_free(&sent);
		buf_free(&back);
	}
}

static void
requests_that_are_cut_or_too_long_are_refused(void)
{
	for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		struct buf sent = {0}, back = {0};
		struct unpack u;

		requests[i].pack(&sent);
		for (size_t len = 0; len < sent.len; len++) {
			u = unpack_of((struct str){sent.s, len});
			CU_ASSERT_FALSE(requests[i].again(&u, &back));
		}
		buf_putc(&sent, 0);
		u = unpack_of(buf_str(&sent));
		CU_ASSERT_FALSE(requests[i].again(&u, &back));
		buf_free(&sent);
		buf_free(&back);
	}
}

static bool
set_is_accepted(const struct store_set *q)
{
	struct buf b = {0};
	struct set_request r;
	struct unpack u;
	bool ok;

	pack_set(&b, q);
	u = unpack_of(buf_str(&b));
	ok = unpack_set(&u, &r);
	if (ok)
		set_request_free(&r);
	buf_free(&b);
	return ok;
}

static void
two_ops_with_one_tag_are_refused(void)
{
	struct store_op ops[] = {
	    {.kind = STORE_DESTROY, .tag = 1, .created_by = STORE_NOT_CREATED_HERE},
	    {.kind = STORE_DESTROY, .tag = 2, .created_by = STORE_NOT_CREATED_HERE},
	};
	struct store_set q = {.type = &dmarc_internal_report, .ops = ops, .n = 2};

	CU_ASSERT_TRUE(set_is_accepted(&q));
	ops[1].tag = 1;
	CU_ASSERT_FALSE(set_is_accepted(&q));
	ops[1].tag = STORE_NOT_CREATED_HERE;
	CU_ASSERT_FALSE(set_is_accepted(&q));
}

static void
a_domain_that_is_too_long_or_holds_a_nul_is_refused(void)
{
	char domain[REQUEST_DOMAIN_MAX + 1];
	struct keys keys = {.domain = {domain, REQUEST_DOMAIN_MAX}};
	struct store_op op = {.kind = STORE_CREATE, .body = STR("{}"), .keys = &keys};
	struct store_set q = {.type = &dmarc_internal_report, .ops = &op, .n = 1};

	memset(domain, 'a', sizeof domain);
	CU_ASSERT_TRUE(set_is_accepted(&q));
	keys.domain.len++;
	CU_ASSERT_FALSE(set_is_accepted(&q));
	keys.domain.len = 5;
	domain[2] = '\0';
	CU_ASSERT_FALSE(set_is_accepted(&q));
}

static void
the_store_takes_the_largest_set_that_can_be_configured(void)
{
	CU_ASSERT_EQUAL(LIMITS_OBJECTS_IN_SET_MAX, REQUEST_OPS_MAX);
}

static void
a_set_of_too_many_ops_is_refused(void)
{
	struct store_op *ops = mem_new(REQUEST_OPS_MAX + 1, sizeof *ops);
	struct store_set q = {.type = &dmarc_internal_report, .ops = ops, .n = REQUEST_OPS_MAX};

	for (uint32_t i = 0; i <= REQUEST_OPS_MAX; i++)
		ops[i] = (struct store_op){.kind = STORE_DESTROY, .tag = i};
	CU_ASSERT_TRUE(set_is_accepted(&q));
	q.n++;
	CU_ASSERT_FALSE(set_is_accepted(&q));
	free(ops);
}

static bool
filter_is_accepted(const struct filter *f)
{
	struct buf b = {0};
	struct filter back;
	struct unpack u;
	bool ok;

	pack_filter(&b, f);
	u = unpack_of(buf_str(&b));
	ok = unpack_filter(&u, &back);
	if (ok)
		filter_free(&back);
	buf_free(&b);
	return ok;
}

static void
a_filter_that_is_too_deep_or_too_wide_is_refused(void)
{
	struct filter chain[FILTER_MAX_DEPTH + 1] = {{.kind = FILTER_AND}};
	struct filter *many = mem_new(FILTER_MAX_NODES, sizeof *many);
	struct filter wide = {.kind = FILTER_OR, .n = FILTER_MAX_NODES - 1, .children = many};

	for (size_t i = 1; i <= FILTER_MAX_DEPTH; i++) {
		CU_ASSERT_TRUE(filter_is_accepted(&chain[i - 1]));
		chain[i] =
		    (struct filter){.kind = FILTER_NOT, .n = 1, .children = &chain[i - 1]};
	}
	CU_ASSERT_FALSE(filter_is_accepted(&chain[FILTER_MAX_DEPTH]));
	for (size_t i = 0; i < FILTER_MAX_NODES; i++)
		many[i].kind = FILTER_AND;
	CU_ASSERT_TRUE(filter_is_accepted(&wide));
	wide.n++;
	CU_ASSERT_FALSE(filter_is_accepted(&wide));
	free(many);
}

static void
conditions_that_make_no_sense_are_refused(void)
{
	static const struct filter bad[] = {
	    {.kind = FILTER_KEY, .key = KEY_DOMAIN, .relation = REL_EQUAL, .text = (char *)"a"},
	    {.kind = FILTER_KEY, .key = KEY_DELIVER_AT, .relation = REL_TEXT},
	    {.kind = FILTER_KEY, .key = KEY_ID, .relation = REL_EQUAL},
	    {.kind = FILTER_KEY, .key = KEY__COUNT, .relation = REL_EQUAL},
	    {.kind = FILTER_KEY, .key = KEY_POLICY, .relation = 0},
	    {.kind = FILTER_KEY, .key = KEY_POLICY, .relation = REL_TEXT + 1},
	    {.kind = 0},
	    {.kind = FILTER_KEY + 1},
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CU_ASSERT_FALSE(filter_is_accepted(&bad[i]));
	CU_ASSERT_TRUE(filter_is_accepted(&sample_filter));
}

static void
replies_come_back_as_they_were_packed(void)
{
	struct store_result results[] = {{1, STORE_DONE, 5, 6}, {2, STORE_OVER_QUOTA, 0, 0}};
	struct store_results sent = {{1, 2}, {1, 3}, true, 2, results, 70, 80}, back;
	struct buf b = {0};
	struct unpack u;

	pack_results(&b, &sent);
	u = unpack_of(buf_str(&b));
	CU_ASSERT_TRUE_FATAL(unpack_results(&u, &back));
	CU_ASSERT_TRUE(back.replayed);
	CU_ASSERT_EQUAL(back.new_state.change, 3);
	CU_ASSERT_EQUAL_FATAL(back.n, 2);
	CU_ASSERT_EQUAL(back.results[0].change, 6);
	CU_ASSERT_EQUAL(back.free_bytes, 70);
	CU_ASSERT_EQUAL(back.reserve_bytes, 80);
	CU_ASSERT_EQUAL(back.results[1].outcome, STORE_OVER_QUOTA);
	store_results_free(&back);
	for (size_t len = 0; len < b.len; len++) {
		u = unpack_of((struct str){b.s, len});
		CU_ASSERT_FALSE(unpack_results(&u, &back));
	}
	buf_free(&b);
}

/* A text with a NUL would be shorter for whoever reads it as a C string. */
static void
a_reply_with_a_nul_in_a_text_is_refused(void)
{
	struct store_chore chore = {.step = "ab", .why = {.text = "cd"}}, back;
	struct err sent = {.path = "ab", .text = "cd"}, e;
	const uint8_t code = ERR_SERVER_FAIL;
	struct buf b = {0};
	struct unpack u;

	pack_chore(&b, &chore);
	u = unpack_of(buf_str(&b));
	CU_ASSERT_TRUE(unpack_chore(&u, &back));
	for (const char *letter = "ac"; *letter != '\0'; letter++) {
		char *at = memchr(b.s, *letter, b.len);

		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
		*at = '\0';
		u = unpack_of(buf_str(&b));
		CU_ASSERT_FALSE(unpack_chore(&u, &back));
		*at = *letter;
	}
	buf_clear(&b);
	pack_error(&b, &sent);
	u = unpack_of(buf_str(&b));
	CU_ASSERT_TRUE(unpack_error(&u, code, &e));
	for (const char *letter = "ac"; *letter != '\0'; letter++) {
		char *at = memchr(b.s, *letter, b.len);

		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
		*at = '\0';
		u = unpack_of(buf_str(&b));
		CU_ASSERT_FALSE(unpack_error(&u, code, &e));
		*at = *letter;
	}
	buf_free(&b);
}

static void
a_body_comes_back_as_it_was_or_not_at_all(void)
{
	struct buf text = {0}, packed = {0}, back = {0};
	struct body_work work = {0};
	struct err e = {0};
	struct str cut;
	size_t reserved;

	for (int i = 0; i < 10000; i++)
		buf_printf(&text, "{\"count\":%d}", i);
	CU_ASSERT_TRUE(body_pack(&work, buf_str(&text), &packed, &e));
	CU_ASSERT(packed.len < text.len / 2);
	CU_ASSERT_TRUE(body_unpack(&work, buf_str(&packed), text.len, &back, &e));
	CU_ASSERT_TRUE(str_equal(buf_str(&back), buf_str(&text)));
	reserved = back.cap;
	for (size_t i = 0; i < 4; i++) {
		const size_t wrong[] = {0, text.len - 1, text.len + 1, UINT32_MAX};

		e = (struct err){0};
		CU_ASSERT_FALSE(body_unpack(&work, buf_str(&packed), wrong[i], &back, &e));
		CU_ASSERT_EQUAL(e.code, ERR_DAMAGED);
		CU_ASSERT_EQUAL(back.cap, reserved);
	}
	cut = buf_str(&packed);
	cut.len--;
	CU_ASSERT_FALSE(body_unpack(&work, cut, text.len, &back, &e));
	CU_ASSERT_FALSE(body_unpack(&work, (struct str){0}, 0, &back, &e));
	packed.s[0]++; /* a format of the future */
	CU_ASSERT_FALSE(body_unpack(&work, buf_str(&packed), text.len, &back, &e));
	buf_free(&text);
	buf_free(&packed);
	buf_free(&back);
	body_work_free(&work);
}

static void
bodies_of_a_reply_must_be_as_long_as_its_rows_say(void)
{
	struct store_row rows[] = {{1, 2, STR("abc")}, {3, 0, {0}}, {4, 5, STR("de")}};
	struct store_rows sent = {.n = 3, .rows = rows}, back;
	struct buf b = {0};
	struct unpack u;

	pack_rows(&b, &sent);
	buf_puts(&b, "abcde");
	u = unpack_of(buf_str(&b));
	CU_ASSERT_TRUE_FATAL(unpack_rows(&u, &back));
	CU_ASSERT_TRUE(str_is(back.rows[0].body, "abc"));
	CU_ASSERT_EQUAL(back.rows[1].change, 0);
	CU_ASSERT_TRUE(str_is(back.rows[2].body, "de"));
	store_rows_free(&back);
	b.len--;
	u = unpack_of(buf_str(&b));
	CU_ASSERT_FALSE(unpack_rows(&u, &back));
	buf_puts(&b, "ef");
	u = unpack_of(buf_str(&b));
	CU_ASSERT_FALSE(unpack_rows(&u, &back));
	buf_free(&b);
}

/* What frame_read() makes of bytes that are written and of what follows: nothing, or the end.
 */
static bool
frame_is_read(struct str bytes, bool then_close)
{
	struct buf b = {0};
	int fds[2];
	bool ok;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0 ||
	    write(fds[0], bytes.s, bytes.len) != (ssize_t)bytes.len)
		CU_FAIL_FATAL("no sockets");
	if (then_close)
		shutdown(fds[0], SHUT_WR);
	ok = frame_read(fds[1], &b, clock_monotonic_us() + 20000);
	CU_ASSERT_TRUE(b.cap < 1u << 20); /* whatever the length says */
	buf_free(&b);
	close(fds[0]);
	close(fds[1]);
	return ok;
}

static void
a_frame_is_read_whole_or_not_at_all(void)
{
	struct buf b = {0};

	frame_begin(&b, 1);
	buf_puts(&b, "payload");
	frame_end(&b, 0);
	CU_ASSERT_TRUE(frame_is_read(buf_str(&b), false));
	for (size_t len = 0; len < b.len; len++) {
		CU_ASSERT_FALSE(frame_is_read((struct str){b.s, len}, true));
		CU_ASSERT_TRUE(len % 5 != 0 || !frame_is_read((struct str){b.s, len}, false));
	}
	buf_puts(&b, "more");
	CU_ASSERT_FALSE(frame_is_read(buf_str(&b), false));
	buf_free(&b);
}

static void
a_frame_of_an_impossible_length_is_refused(void)
{
	static const uint32_t lengths[] = {0, 1, STORE_FRAME_MAX + 1, UINT32_MAX};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		buf_clear(&b);
		pack_u32(&b, lengths[i]);
		buf_puts(&b, "12345678");
		CU_ASSERT_FALSE(frame_is_read(buf_str(&b), false));
	}
	/* the largest is only promised, and waited for in vain */
	buf_clear(&b);
	pack_u32(&b, STORE_FRAME_MAX);
	buf_puts(&b, "12345678");
	CU_ASSERT_FALSE(frame_is_read(buf_str(&b), false));
	buf_free(&b);
}

const CU_TestInfo storage_tests[] = {
    {"a row comes back as it was packed", a_row_comes_back_as_it_was_packed},
    {"a row that is cut or too long is refused", a_row_that_is_cut_or_too_long_is_refused},
    {"a label has a key for the domain and for what follows each dot",
	a_label_has_a_key_for_the_domain_and_for_what_follows_each_dot},
    {"every other index has one key, and policies one each",
	every_other_index_has_one_key_and_policies_one_each},
    {"keys of an index sort by value and then by id",
	keys_of_an_index_sort_by_value_and_then_by_id},
    {"requests come back as they were packed", requests_come_back_as_they_were_packed},
    {"requests that are cut or too long are refused",
	requests_that_are_cut_or_too_long_are_refused},
    {"two ops with one tag are refused", two_ops_with_one_tag_are_refused},
    {"a domain that is too long or holds a NUL is refused",
	a_domain_that_is_too_long_or_holds_a_nul_is_refused},
    {"a set of too many ops is refused", a_set_of_too_many_ops_is_refused},
    {"the store takes the largest set that can be configured",
	the_store_takes_the_largest_set_that_can_be_configured},
    {"a filter that is too deep or too wide is refused",
	a_filter_that_is_too_deep_or_too_wide_is_refused},
    {"conditions that make no sense are refused", conditions_that_make_no_sense_are_refused},
    {"replies come back as they were packed", replies_come_back_as_they_were_packed},
    {"a reply with a NUL in a text is refused", a_reply_with_a_nul_in_a_text_is_refused},
    {"a body comes back as it was, or not at all", a_body_comes_back_as_it_was_or_not_at_all},
    {"bodies of a reply must be as long as its rows say",
	bodies_of_a_reply_must_be_as_long_as_its_rows_say},
    {"a frame is read whole or not at all", a_frame_is_read_whole_or_not_at_all},
    {"a frame of an impossible length is refused", a_frame_of_an_impossible_length_is_refused},
    CU_TEST_INFO_NULL,
};
