/* tests/json.c -- trees of JSON whose numbers stay as they were written. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "tests/suites.h"
#include "json/number.h"
#include "json/read.h"
#include "json/text.h"

#define LEN(a) (sizeof(a) / sizeof(a)[0])

static json_t *
number(const char *text)
{
	json_t *v = json_read(str_of(text), JSON_DECODE_ANY, NULL);

	CU_ASSERT_TRUE(number_is(v));
	CU_ASSERT_FALSE(string_is(v));
	return v;
}

static void
every_text_comes_back_as_it_was(void)
{
	static const char *const texts[] = {
	    "0",
	    "-0",
	    "-0.0",
	    "0.1",
	    "0.10",
	    "1E400",
	    "1e+2",
	    "-1.5e-3",
	    "9223372036854775807",
	    "9223372036854775808",
	    "-9223372036854775808",
	    "-9223372036854775809",
	    "18446744073709551615",
	    "123456789012345678901234567890.5",
	    "[1,2.5,{\"a\":1e300,\"b\":[]},-0]",
	    "{\"a\\\"1.5\":\"2.5\",\"c\\\\\":1.50}",
	    "{\"1.5\":1.5}",
	    "[\"\\u0000\\u001f\\\"\\\\\",true,false,null,{}]",
	};

	for (size_t i = 0; i < LEN(texts); i++) {
		json_t *v = json_read(str_of(texts[i]), JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		struct buf out = {0};

		CU_ASSERT_PTR_NOT_NULL_FATAL(v);
		CU_ASSERT_TRUE(text_tree(&out, v, strlen(texts[i])));
		CU_ASSERT_STRING_EQUAL(buf_terminate(&out), texts[i]);
		buf_clear(&out);
		CU_ASSERT_FALSE(text_tree(&out, v, strlen(texts[i]) - 1));
		buf_free(&out);
		json_decref(v);
	}
}

/* The same complaint at the same place as without our marks. */
static void
wrong_texts_are_refused_where_they_are_wrong(void)
{
	static const char *const texts[] = {
	    "",
	    "01",
	    "-",
	    "1.",
	    "1.5e",
	    ".5",
	    "+1.5",
	    "1.5.5",
	    "{1.5:2}",
	    "{1.5 :2}",
	    "[1 2]",
	    "\"a",
	    "[\"a\\",
	};
	static const char placed[] = "[0.5, 0.25,\n 0.1, 1e400, \"x\", 5e0] ?";
	json_error_t why;

	for (size_t i = 0; i < LEN(texts); i++) {
		json_error_t plain;

		CU_ASSERT_PTR_NULL(json_read(str_of(texts[i]), JSON_DECODE_ANY, &why));
		CU_ASSERT_PTR_NULL(
		    json_loadb(texts[i], strlen(texts[i]), JSON_DECODE_ANY, &plain));
		CU_ASSERT_STRING_EQUAL(why.text, plain.text);
		CU_ASSERT_EQUAL(why.column, plain.column);
	}
	CU_ASSERT_PTR_NULL(json_read(str_of(placed), 0, &why));
	CU_ASSERT_EQUAL(why.line, 2);
	CU_ASSERT_EQUAL(why.column, (int)strlen(" 0.1, 1e400, \"x\", 5e0] ?"));
}

static void
a_NUL_outside_a_string_is_refused(void)
{
	static const struct str texts[] = {
	    {"5\0", 2}, {"[5\0]", 4}, {"[0.5\0]", 6}, {"\0[]", 3}};

	for (size_t i = 0; i < LEN(texts); i++)
		CU_ASSERT_PTR_NULL(json_read(texts[i], JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL));
}

static void
no_string_can_pass_for_a_number(void)
{
	static const char *const texts[] = {
	    "[\"\\ufdd01.5\"]",
	    "[\"\\uFDD0\"]",
	    "[\"\xef\xb7\x90-1\"]",
	    "{\"\\ufDd01.5\":1}",
	    "[1.5,\"\\ufdd01.5\"]",
	};
	json_t *v;

	for (size_t i = 0; i < LEN(texts); i++)
		CU_ASSERT_PTR_NULL(json_read(str_of(texts[i]), 0, NULL));
	v = json_read(STR("[\"a\\ufdd0\", \"1.5\"]"), 0, NULL);
	CU_ASSERT_TRUE(string_is(json_array_get(v, 0)));
	CU_ASSERT_TRUE(string_is(json_array_get(v, 1)));
	json_decref(v);
}

static void
integers_have_their_exact_value(void)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t n;
	} cases[] = {
	    {"0", true, 0},
	    {"-0", true, 0},
	    {"-0.0e5", true, 0},
	    {"0e999999999999999999", true, 0},
	    {"1.0", true, 1},
	    {"1e3", true, 1000},
	    {"0.0015e5", true, 150},
	    {"150000e-4", true, 15},
	    {"9007199254740993.0", true, UINT64_C(9007199254740993)},
	    {"18446744073709551615", true, UINT64_MAX},
	    {"1844674407370955161.5e1", true, UINT64_MAX},
	    {"18446744073709551615.000", true, UINT64_MAX},
	    {"18446744073709551616", false, 0},
	    {"1e19", true, UINT64_C(10000000000000000000)},
	    {"1e20", false, 0},
	    {"1e999999999999999999", false, 0},
	    {"9007199254740991.4", false, 0},
	    {"1e-1", false, 0},
	    {"1e-999999999999999999", false, 0},
	    {"-1", false, 0},
	    {"-1.0", false, 0},
	};

	for (size_t i = 0; i < LEN(cases); i++) {
		json_t *v = number(cases[i].text);
		uint64_t n = 1;

		CU_ASSERT_EQUAL(number_to_u64(v, UINT64_MAX, &n), cases[i].ok);
		CU_ASSERT(!cases[i].ok || n == cases[i].n);
		if (cases[i].n > 0)
			CU_ASSERT_FALSE(number_to_u64(v, cases[i].n - 1, &n));
		json_decref(v);
	}
}

static void
signed_integers_have_their_exact_value(void)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t n;
	} cases[] = {
	    {"-9007199254740991", true, INT64_C(-9007199254740991)},
	    {"-9007199254740991.0", true, INT64_C(-9007199254740991)},
	    {"9007199254740991.0", true, INT64_C(9007199254740991)},
	    {"-9007199254740992", false, 0},
	    {"-9007199254740992.0", false, 0},
	    {"9007199254740992.0", false, 0},
	    {"-1e3", true, -1000},
	    {"-0.5", false, 0},
	    {"18446744073709551615", false, 0},
	};

	for (size_t i = 0; i < LEN(cases); i++) {
		json_t *v = number(cases[i].text);
		int64_t n = 1;

		CU_ASSERT_EQUAL(number_to_i64(v, INT64_C(9007199254740991), &n), cases[i].ok);
		CU_ASSERT(!cases[i].ok || n == cases[i].n);
		CU_ASSERT_EQUAL(number_is_integer(v), strcmp(cases[i].text, "-0.5") != 0);
		json_decref(v);
	}
}

static void
a_double_gives_back_every_digit(void)
{
	static const struct {
		const char *text;
		bool ok;
		double n;
	} cases[] = {
	    {"0.1", true, 0.1},
	    {"0.30000000000000004", true, 0.30000000000000004},
	    {"0.1000000000000000055511151231257827", true, 0.1},
	    {"0.1000000000000000055511151231257828", false, 0},
	    {"9007199254740993", false, 0},
	    {"9007199254740993.0", false, 0},
	    {"9007199254740994", true, 9007199254740994.0},
	    {"1152921504606846976", true, 1152921504606846976.0},
	    {"123456789012345678", false, 0},
	    {"1e300", true, 1e300},
	    {"-1.7976931348623157e308", true, -1.7976931348623157e308},
	    {"1e400", false, 0},
	    {"5e-324", true, 5e-324},
	    {"1e-400", false, 0},
	    {"0e400", true, 0},
	};
	json_t *v;
	double n;

	for (size_t i = 0; i < LEN(cases); i++) {
		v = number(cases[i].text);
		CU_ASSERT_EQUAL(number_to_double(v, &n), cases[i].ok);
		CU_ASSERT(!cases[i].ok || n == cases[i].n);
		json_decref(v);
	}
	v = number("-0");
	CU_ASSERT_TRUE(number_to_double(v, &n));
	CU_ASSERT(n == 0 && signbit(n));
	json_decref(v);
}

/* The longest double has 767 digits. */
static void
digits_are_bounded(void)
{
	struct buf text = {0};
	uint64_t u;
	double n;
	json_t *v;

	buf_puts(&text, "0.");
	for (size_t i = 0; i < 800; i++)
		buf_putc(&text, '1');
	v = number(buf_terminate(&text));
	CU_ASSERT_FALSE(number_to_double(v, &n));
	CU_ASSERT_FALSE(number_to_u64(v, UINT64_MAX, &u));
	CU_ASSERT_FALSE(number_is_integer(v));
	json_decref(v);
	buf_clear(&text);
	buf_puts(&text, "5.");
	for (size_t i = 0; i < 800; i++)
		buf_putc(&text, '0');
	v = number(buf_terminate(&text));
	CU_ASSERT_TRUE(number_to_double(v, &n));
	CU_ASSERT_TRUE(number_to_u64(v, 5, &u));
	json_decref(v);
	buf_free(&text);
}

const CU_TestInfo json_tests[] = {
    {"every text comes back as it was", every_text_comes_back_as_it_was},
    {"wrong texts are refused where they are wrong",
	wrong_texts_are_refused_where_they_are_wrong},
    {"a NUL outside a string is refused", a_NUL_outside_a_string_is_refused},
    {"no string can pass for a number", no_string_can_pass_for_a_number},
    {"integers have their exact value", integers_have_their_exact_value},
    {"signed integers have their exact value", signed_integers_have_their_exact_value},
    {"a double gives back every digit", a_double_gives_back_every_digit},
    {"the digits of a number are bounded", digits_are_bounded},
    CU_TEST_INFO_NULL,
};
