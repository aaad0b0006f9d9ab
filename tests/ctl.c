/* tests/ctl.c -- what people type at outboxctl. */
#include <CUnit/CUnit.h>

#include "ctl/amount.h"
#include "ctl/duration.h"
#include "tests/suites.h"

static const struct {
	const char *text;
	int64_t seconds; /* 0: refused */
} durations[] = {
    {"1s", 1},
    {"90d", 90 * 86400},
    {"2w", 14 * 86400},
    {"36h", 36 * 3600},
    {"5m", 300},
    {"36500d", DURATION_MAX_S},
    {"36501d", 0},
    {"3153600000s", DURATION_MAX_S},
    {"3153600001s", 0},
    {"99999999999999999999d", 0},
    {"0d", 0},
    {"d", 0},
    {"", 0},
    {"90", 0},
    {"90D", 0},
    {"90 d", 0},
    {"-1d", 0},
    {"+1d", 0},
    {"1.5d", 0},
    {"1y", 0},
    {"1dd", 0},
};

static void
durations_are_a_number_and_a_unit(void)
{
	for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
		int64_t seconds = 0;

		CU_ASSERT_EQUAL(duration_parse(str_of(durations[i].text), &seconds),
		    durations[i].seconds != 0);
		CU_ASSERT_EQUAL(seconds, durations[i].seconds);
	}
}

static const struct {
	int64_t seconds;
	const char *text;
} spans[] = {
    {0, "0 s"},
    {59, "59 s"},
    {60, "1 min"},
    {3599, "59 min"},
    {3600, "1 h 0 min"},
    {86399, "23 h 59 min"},
    {86400, "1 d 0 h"},
    {31536000, "365 d 0 h"},
};

static const struct {
	double us;
	const char *text;
} times[] = {
    {0, "0.00 ms"},
    {420, "0.42 ms"},
    {17400, "17 ms"},
    {999999, "1000 ms"},
    {2500000, "2.5 s"},
};

static const struct {
	int64_t bytes;
	const char *text;
} sizes[] = {
    {0, "0.0 kB"},
    {201326592, "201.3 MB"},
    {999949999, "999.9 MB"},
    {999999999, "1.0 GB"},
    {INT64_MAX, "9223.4 PB"},
};

static void
amounts_are_short(void)
{
	struct buf out = {0};

	for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
		buf_clear(&out);
		amount_span(&out, spans[i].seconds);
		CU_ASSERT_STRING_EQUAL(buf_terminate(&out), spans[i].text);
	}
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		buf_clear(&out);
		amount_time(&out, times[i].us);
		CU_ASSERT_STRING_EQUAL(buf_terminate(&out), times[i].text);
	}
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		buf_clear(&out);
		amount_bytes(&out, sizes[i].bytes);
		CU_ASSERT_STRING_EQUAL(buf_terminate(&out), sizes[i].text);
	}
	buf_free(&out);
}

const CU_TestInfo ctl_tests[] = {
    {"durations are a number and a unit", durations_are_a_number_and_a_unit},
    {"amounts are short", amounts_are_short},
    CU_TEST_INFO_NULL,
};
