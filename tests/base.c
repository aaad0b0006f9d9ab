/* tests/base.c -- bytes, packed numbers, ids, dates, files. */
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/id.h"
#include "base/io.h"
#include "base/log.h"
#include "base/meter.h"
#include "base/net.h"
#include "base/pack.h"
#include "tests/suites.h"

static void
a_leap_second_is_the_second_after_it(void)
{
	static const char *const pairs[][2] = {
	    {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
	    {"2026-12-31T23:59:60.5Z", "2027-01-01T00:00:00Z"},
	    {"1972-06-30T23:59:60Z", "1972-07-01T00:00:00Z"},
	    {"9998-12-31T23:59:60Z", "9999-01-01T00:00:00Z"},
	};

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		char text[DATE_LEN + 1];
		int64_t seconds = 0;

		CU_ASSERT_TRUE(date_parse(str_of(pairs[i][0]), &seconds));
		date_format(seconds, text);
		CU_ASSERT_STRING_EQUAL(text, pairs[i][1]);
	}
}

static void
dates_are_utc_and_exist(void)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
	    {"1970-01-01T00:00:00Z", 0},
	    {"2026-01-01T00:00:00Z", 1767225600},
	    {"2024-02-29T23:59:59Z", 1709251199},
	    {"2026-11-15T20:34:00.000Z", 1794774840},
	    {"2026-11-15T20:34:00.123456789012Z", 1794774840},
	    {"0000-01-01T00:00:00Z", -62167219200},
	    {"9999-12-31T23:59:59Z", 253402300799},
	};
	static const char *const bad[] = {
	    "",
	    "2026-01-01",
	    "2026-01-01T00:00:00",
	    "2026-01-01T00:00:00z",
	    "2026-01-01t00:00:00Z",
	    "2026-01-01T00:00:00+00:00",
	    "2026-01-01T00:00:00.Z",
	    "2026-01-01T00:00:00.1x2Z",
	    "2026-01-01 00:00:00Z",
	    "2025-02-29T00:00:00Z",
	    "2026-04-31T00:00:00Z",
	    "2026-13-01T00:00:00Z",
	    "2026-00-01T00:00:00Z",
	    "2026-01-00T00:00:00Z",
	    "2026-01-01T24:00:00Z",
	    "2026-01-01T00:60:00Z",
	    "2026-12-31T23:59:61Z",
	    "2026-12-31T22:59:60Z",
	    "2026-12-30T23:59:60Z",
	    "2026-03-31T23:59:60Z",
	    "1971-12-31T23:59:60Z",
	    "9999-12-31T23:59:60Z",
	    "+026-01-01T00:00:00Z",
	    "2026-01-01T00:00:00ZZ",
	};

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		char again[DATE_LEN + 1];
		int64_t seconds = -1;

		CU_ASSERT_TRUE(date_parse(str_of(good[i].text), &seconds));
		CU_ASSERT_EQUAL(seconds, good[i].seconds);
		date_format(seconds, again);
		CU_ASSERT_EQUAL(strncmp(again, good[i].text, DATE_LEN - 1), 0);
		CU_ASSERT_EQUAL(strlen(again), DATE_LEN);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int64_t seconds;

		if (date_parse(str_of(bad[i]), &seconds))
			CU_FAIL(bad[i]);
	}
}

static void
ids_sort_as_they_were_given(void)
{
	static const uint64_t numbers[] = {1, 9, 10, 31, 32, 1023, 1024, 123456789, ID_MAX};
	char last[ID_LEN + 1] = "";

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		char id[ID_LEN + 1];
		uint64_t again;

		id_format('d', numbers[i], id);
		CU_ASSERT_EQUAL(strlen(id), ID_LEN);
		CU_ASSERT(strcmp(last, id) < 0);
		CU_ASSERT_TRUE(id_parse('d', str_of(id), &again));
		CU_ASSERT_EQUAL(again, numbers[i]);
		CU_ASSERT_FALSE(id_parse('t', str_of(id), &again));
		memcpy(last, id, sizeof last);
	}
}

static void
other_ids_are_refused(void)
{
	static const char *const bad[] = {"", "id1", "d", "d0000000000", "d000000000",
	    "d00000000001", "D0000000001", "d000000000w", "d000000000A", "d-000000001",
	    "d000000000\xc3"};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		uint64_t number;

		if (id_parse('d', str_of(bad[i]), &number))
			CU_FAIL(bad[i]);
	}
}

static void
packed_numbers_come_back_and_sort(void)
{
	static const int64_t numbers[] = {
	    INT64_MIN, -62167219200, -1, 0, 1, 253402300799, INT64_MAX};
	struct buf last = {0};

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		struct buf b = {0};
		struct unpack u;

		pack_i64(&b, numbers[i]);
		CU_ASSERT(last.len == 0 || memcmp(last.s, b.s, 8) < 0);
		u = unpack_of(buf_str(&b));
		CU_ASSERT_EQUAL(unpack_i64(&u), numbers[i]);
		CU_ASSERT_TRUE(unpack_done(&u));
		buf_free(&last);
		last = b;
	}
	buf_free(&last);
}

static void
reading_past_the_end_is_bad_and_gives_nothing(void)
{
	struct buf b = {0};
	struct unpack u;

	pack_u8(&b, 7);
	pack_u32(&b, 1000); /* a length with nothing behind it */
	u = unpack_of(buf_str(&b));
	CU_ASSERT_EQUAL(unpack_u8(&u), 7);
	CU_ASSERT_EQUAL(unpack_str(&u).len, 0);
	CU_ASSERT_TRUE(u.bad);
	CU_ASSERT_EQUAL(unpack_u64(&u), 0);
	CU_ASSERT_FALSE(unpack_done(&u));
	buf_clear(&b);
	pack_u32(&b, 3); /* three things of eight bytes each, in sixteen bytes */
	pack_u64(&b, 1);
	pack_u64(&b, 2);
	u = unpack_of(buf_str(&b));
	CU_ASSERT_EQUAL(unpack_count(&u, 8), 0);
	CU_ASSERT_TRUE(u.bad);
	buf_free(&b);
}

static void
numbers_have_one_spelling(void)
{
	uint64_t n = 0;

	CU_ASSERT_TRUE(str_to_u64(STR("0"), UINT64_MAX, &n));
	CU_ASSERT_TRUE(str_to_u64(STR("18446744073709551615"), UINT64_MAX, &n));
	CU_ASSERT_EQUAL(n, UINT64_MAX);
	CU_ASSERT_FALSE(str_to_u64(STR("18446744073709551616"), UINT64_MAX, &n));
	CU_ASSERT_FALSE(str_to_u64(STR("99999999999999999999"), UINT64_MAX, &n));
	CU_ASSERT_TRUE(str_to_u64(STR("10"), 10, &n));
	CU_ASSERT_FALSE(str_to_u64(STR("11"), 10, &n));
	CU_ASSERT_FALSE(str_to_u64(STR("01"), 10, &n));
	CU_ASSERT_FALSE(str_to_u64(STR("-1"), 10, &n));
	CU_ASSERT_FALSE(str_to_u64(STR("1 "), 10, &n));
	CU_ASSERT_FALSE(str_to_u64(STR(""), 10, &n));
}

static void
the_first_error_wins(void)
{
	struct err e = {0};

	CU_ASSERT_FALSE(err_set_at(&e, ERR_INVALID_ARGUMENTS, "ids", "must be a list"));
	CU_ASSERT_FALSE(err_set(&e, ERR_SERVER_FAIL, "later"));
	CU_ASSERT_EQUAL(e.code, ERR_INVALID_ARGUMENTS);
	CU_ASSERT_STRING_EQUAL(e.path, "ids");
	CU_ASSERT_STRING_EQUAL(e.text, "must be a list");
}

static void
every_error_has_a_name(void)
{
	for (int code = 0; code < ERR__COUNT; code++) {
		CU_ASSERT_PTR_NOT_NULL(err_name((enum err_code)code)->sentence);
		CU_ASSERT(err_name((enum err_code)code)->status >= 200);
	}
}

static void
what_is_logged_stays_one_line(void)
{
	struct log_quoted q = log_quote(STR("a\"b\n\x7f\xc3 c\\"));
	struct buf longest = {0};

	CU_ASSERT_STRING_EQUAL(q.text, "\"a\\x22b\\x0a\\x7f\\xc3 c\\x5c\"");
	for (int i = 0; i < LOG_QUOTED_MAX + 1; i++)
		buf_putc(&longest, '\n');
	q = log_quote(buf_str(&longest));
	CU_ASSERT_EQUAL(strlen(q.text), LOG_QUOTED_MAX * 4 + 2);
	buf_free(&longest);
}

static void
a_file_is_written_whole_with_its_mode(void)
{
	char dir[] = "/tmp/outbox-base-XXXXXX";
	struct buf path = {0}, back = {0};
	struct err e = {0};
	struct stat st;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	buf_printf(&path, "%s/file", dir);
	CU_ASSERT_TRUE(io_write_file(buf_terminate(&path), STR("one"), 0600, &e));
	CU_ASSERT_TRUE(io_write_file(path.s, STR("two two"), 0600, &e));
	CU_ASSERT_EQUAL(stat(path.s, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	CU_ASSERT_TRUE(io_read_file(path.s, 7, &back, &e));
	CU_ASSERT_TRUE(str_is(buf_str(&back), "two two"));
	buf_clear(&back);
	CU_ASSERT_FALSE(io_read_file(path.s, 6, &back, &e)); /* one past the limit */
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_FAIL);
	unlink(path.s);
	CU_ASSERT_EQUAL(rmdir(dir), 0); /* nothing was left beside it */
	buf_free(&path);
	buf_free(&back);
}

static void
addresses_are_understood_or_refused(void)
{
	struct err e = {0};
	int fd = io_listen("127.0.0.1:0", 1, 0600, &e);

	CU_ASSERT(fd >= 0);
	io_close(&fd);
	CU_ASSERT_EQUAL(fd, -1);
	CU_ASSERT_EQUAL(io_listen("localhost", 1, 0600, &e), -1);
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_FAIL);
	e = (struct err){0};
	CU_ASSERT_EQUAL(io_listen(":80", 1, 0600, &e), -1);
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_FAIL);
	e = (struct err){0};
	CU_ASSERT_EQUAL(io_connect_unix("/nonexistent/socket", 100, &e), -1);
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_UNAVAILABLE);
}

static void
networks_are_understood_or_refused(void)
{
	static const struct {
		const char *text;
		unsigned bits; /* 0: refused */
	} nets[] = {
	    {"192.0.2.1", 128},
	    {"192.0.2.1/32", 128},
	    {"192.0.2.0/24", 120},
	    {"0.0.0.0/0", 96},
	    {"2001:db8::1", 128},
	    {"2001:db8::/32", 32},
	    {"::ffff:192.0.2.0/120", 120},
	    {"", 0},
	    {"192.0.2", 0},
	    {"192.0.2.1/", 0},
	    {"192.0.2.1/33", 0},
	    {"192.0.2.1/-1", 0},
	    {"192.0.2.1/024", 0},
	    {"192.0.2.1/24/24", 0},
	    {"2001:db8::/129", 0},
	    {"/8", 0},
	    {"[2001:db8::1]", 0},
	    {"192.0.2.1:80", 0},
	    {"localhost", 0},
	    {"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc", 0},
	};

	for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++) {
		struct net n;

		CU_ASSERT_EQUAL(net_parse(str_of(nets[i].text), &n), nets[i].bits > 0);
		CU_ASSERT(nets[i].bits == 0 || n.bits == nets[i].bits);
	}
}

static void
networks_hold_their_addresses_alone(void)
{
	static const struct {
		const char *nets, *address;
		bool held;
	} cases[] = {
	    {"", "192.0.2.1", false},
	    {"192.0.2.1", "192.0.2.1", true},
	    {"192.0.2.1", "192.0.2.2", false},
	    {" 192.0.2.2\n\t192.0.2.1 ", "192.0.2.1", true},
	    {"192.0.2.128/25", "192.0.2.128", true},
	    {"192.0.2.128/25", "192.0.2.127", false},
	    {"192.0.2.130/25", "192.0.2.255", true},
	    {"0.0.0.0/0", "255.255.255.255", true},
	    {"0.0.0.0/0", "2001:db8::1", false},
	    {"::/0", "192.0.2.1", true},
	    {"192.0.2.1", "::ffff:192.0.2.1", true},
	    {"::ffff:192.0.2.1", "192.0.2.1", true},
	    {"2001:db8::/33", "2001:db8:7fff::1", true},
	    {"2001:db8::/33", "2001:db8:8000::1", false},
	    {"0.0.0.0/0 ::/0", "unix:", false},
	    {"0.0.0.0/0 ::/0", "", false},
	    {"0.0.0.0/0 ::/0", "192.0.2.1/32", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct nets n;

		CU_ASSERT_TRUE(nets_parse(str_of(cases[i].nets), &n));
		CU_ASSERT_EQUAL(nets_hold(&n, str_of(cases[i].address)), cases[i].held);
		nets_free(&n);
		CU_ASSERT_FALSE(nets_hold(&n, str_of(cases[i].address)));
	}
}

static void
a_meter_lets_a_number_of_lines_through_each_second(void)
{
	const int64_t second = 1000000;
	struct meter m = {0};
	int64_t took_us;

	for (unsigned i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(meter_take(&m, 3, second + i), i < 3);
	CU_ASSERT_FALSE(meter_take(&m, 3, 2 * second - 1));
	CU_ASSERT_TRUE(meter_take(&m, 3, 2 * second));
	CU_ASSERT_EQUAL(meter_summary(&m, 3 * second, 2 * second, &took_us), 0);
	CU_ASSERT_EQUAL(meter_summary(&m, 3 * second + 3, 2 * second, &took_us), 3);
	CU_ASSERT_EQUAL(took_us, 2 * second);
	CU_ASSERT_EQUAL(meter_summary(&m, 9 * second, 0, &took_us), 0);
	CU_ASSERT_TRUE(meter_take(&m, 3, 0)); /* a clock that began again */
}

const CU_TestInfo base_tests[] = {
    {"a meter lets a number of lines through each second",
	a_meter_lets_a_number_of_lines_through_each_second},
    {"dates are UTC and exist", dates_are_utc_and_exist},
    {"a leap second is the second after it", a_leap_second_is_the_second_after_it},
    {"ids sort as they were given", ids_sort_as_they_were_given},
    {"other ids are refused", other_ids_are_refused},
    {"packed numbers come back and sort", packed_numbers_come_back_and_sort},
    {"reading past the end is bad and gives nothing",
	reading_past_the_end_is_bad_and_gives_nothing},
    {"numbers have one spelling", numbers_have_one_spelling},
    {"the first error wins", the_first_error_wins},
    {"every error has a name", every_error_has_a_name},
    {"what is logged stays one line", what_is_logged_stays_one_line},
    {"a file is written whole, with its mode", a_file_is_written_whole_with_its_mode},
    {"addresses are understood or refused", addresses_are_understood_or_refused},
    {"networks are understood or refused", networks_are_understood_or_refused},
    {"networks hold their addresses alone", networks_hold_their_addresses_alone},
    CU_TEST_INFO_NULL,
};
