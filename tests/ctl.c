/* tests/ctl.c -- what people type at outboxctl. */
#include <CUnit/CUnit.h>

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

const CU_TestInfo ctl_tests[] = {
    {"durations are a number and a unit", durations_are_a_number_and_a_unit},
    CU_TEST_INFO_NULL,
};
