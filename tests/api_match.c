/* tests/api_match.c -- a case can fail: what the patterns of tests/match.h accept, and what
 * they refuse. */
#include <CUnit/CUnit.h>

#include "tests/match.h"
#include "tests/suites.h"

static const struct {
	const char *want, *fits, *differs;
} patterns[] = {
    {"1", "1", "2"},
    {"1", "1.0", "\"1\""},
    {"null", "null", "false"},
    {"[1, 2]", "[1, 2]", "[2, 1]"},
    {"[1, 2]", "[1, 2]", "[1, 2, 3]"},
    {"[1, 2]", "[1, 2]", "[1]"},
    {"{\"a\": 1}", "{\"a\": 1}", "{\"a\": 1, \"b\": 2}"},
    {"{\"a\": 1}", "{\"a\": 1}", "{}"},
    {"{\"a\": null}", "{\"a\": null}", "{}"},
    {"{\"a\": 1, \"...\": true}", "{\"a\": 1, \"b\": 2}", "{\"b\": 2}"},
    {"{\"a\": \"${absent}\", \"...\": true}", "{\"b\": 1}", "{\"a\": null}"},
    {"{\"a\": \"${any}\"}", "{\"a\": null}", "{}"},
    {"\"${string}\"", "\"x\"", "\"\""},
    {"\"${string}\"", "\"x\"", "1"},
    {"\"${uint}\"", "0", "-1"},
    {"\"${uint}\"", "0", "0.5"},
    {"\"${contains:bc}\"", "\"abcd\"", "\"abd\""},
    {"[\"${unordered}\", 1, 2]", "[2, 1]", "[1, 1]"},
    {"[\"${unordered}\", 1, 2]", "[2, 1]", "[2, 1, 3]"},
    {"[\"${unordered}\"]", "[]", "[1]"},
    {"[\"${a}\", \"${a}\"]", "[1, 1]", "[1, 2]"},
    {"[\"${a}\", \"${b != a}\"]", "[1, 2]", "[1, 1]"},
    {"[\"${a}\", {\"${a}\": 1}]", "[\"x\", {\"x\": 1}]", "[\"x\", {\"y\": 1}]"},
    {"[{\"${a}\": 1}, \"${a}\"]", "[{\"x\": 1}, \"x\"]", "[{\"x\": 1}, \"y\"]"},
    {"[\"${unordered}\", [\"${a}\", 1], [\"${b}\", 2]]", "[[8, 2], [9, 1]]",
	"[[8, 2], [9, 2]]"},
};

static bool
fits(const char *want, const char *got)
{
	json_t *w = json_loads(want, JSON_DECODE_ANY, NULL),
	       *g = json_loads(got, JSON_DECODE_ANY, NULL);
	json_t *bound = json_object();
	struct buf why = {0};
	bool ok = match(bound, w, g, &why);

	CU_ASSERT_PTR_NOT_NULL(w);
	CU_ASSERT_PTR_NOT_NULL(g);
	CU_ASSERT_EQUAL(ok, why.len == 0);
	json_decref(w);
	json_decref(g);
	json_decref(bound);
	buf_free(&why);
	return ok;
}

static void
patterns_accept_and_refuse(void)
{
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
		CU_ASSERT_TRUE(fits(patterns[i].want, patterns[i].fits));
		CU_ASSERT_FALSE(fits(patterns[i].want, patterns[i].differs));
	}
}

static const struct {
	const char *text, *filled; /* NULL: a name is not bound */
} fills[] = {
    {"{\"ids\": [\"${a}\"]}", "{\"ids\": [\"x\"]}"},
    {"{\"${a}\": \"${a}99\"}", "{\"x\": \"x99\"}"},
    {"{\"report\": \"${o}\"}", "{\"report\": {\"b\":1}}"},
    {"[\"${n}\"]", "[5]"},
    {"no JSON ${a", "no JSON ${a"},
    {"\"${c}\"", NULL},
};

static void
names_in_requests_are_filled(void)
{
	json_t *bound = json_pack("{s:s, s:{s:i}, s:i}", "a", "x", "o", "b", 1, "n", 5);

	for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i++) {
		struct buf out = {0}, why = {0};
		bool ok = match_fill(bound, str_of(fills[i].text), &out, &why);

		CU_ASSERT_EQUAL(ok, fills[i].filled != NULL);
		if (ok)
			CU_ASSERT_STRING_EQUAL(buf_terminate(&out), fills[i].filled);
		buf_free(&out);
		buf_free(&why);
	}
	json_decref(bound);
}

const CU_TestInfo api_match_tests[] = {
    {"patterns accept and refuse", patterns_accept_and_refuse},
    {"names in requests are filled", names_in_requests_are_filled},
    CU_TEST_INFO_NULL,
};
