/* tests/ctl_text.c -- what others wrote, as outboxctl shows it. */
#include <CUnit/CUnit.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/table.h"
#include "ctl/text.h"
#include "tests/suites.h"

static const struct {
	const char *text, *shown;
	size_t width;
} texts[] = {
    {"plain", "plain", 5},
    {"", "", 0},
    {"tab\tnew\nline", "tab\\x09new\\x0aline", 18},
    {"\x1b]0;title\x07", "\\x1b]0;title\\x07", 16},
    {"del\x7f", "del\\x7f", 7},
    {"csi\xc2\x9b", "csi\\u009b", 9},
    {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", 4},
    {"\xe6\x97\xa5\xe6\x9c\xac", "\xe6\x97\xa5\xe6\x9c\xac", 4},
    {"e\xcc\x81", "e\xcc\x81", 1},
    {"\xe2\x80\x8etxt.exe", "\\u200etxt.exe", 13},
    {"a\xe2\x80\x8b"
     "b",
	"a\\u200b"
	"b",
	8},
    {"line\xe2\x80\xa8sep", "line\\u2028sep", 13},
    {"bad\xff", "bad\\xff", 7},
    {"cut\xe6\x97", "cut\\xe6\\x97", 11},
    {"\xed\xa0\x80", "\\xed\\xa0\\x80", 12},
};

static void
what_is_not_seen_is_escaped(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct buf out = {0};

		text_escape(str_of(texts[i].text), &out);
		CU_ASSERT_STRING_EQUAL(buf_terminate(&out), texts[i].shown);
		CU_ASSERT_EQUAL(text_width(buf_str(&out)), texts[i].width);
		buf_free(&out);
	}
}

static void
a_nul_is_escaped_too(void)
{
	struct buf out = {0};

	setlocale(LC_CTYPE, "C.UTF-8");
	text_escape((struct str){"a\0b", 3}, &out);
	CU_ASSERT_STRING_EQUAL(buf_terminate(&out), "a\\x00b");
	buf_free(&out);
}

static const struct {
	const char *json, *shown;
} values[] = {
    {"null", ""},
    {"\"a b\"", "a b"},
    {"12", "12"},
    {"1.0", "1.0"},
    {"0.1", "0.1"},
    {"true", "true"},
    {"{}", ""},
    {"{\"a@example.com\": true, \"b@example.com\": true}", "a@example.com, b@example.com"},
    {"{\"0\": {\"count\": 5}}", "{\"0\":{\"count\":5}}"},
    {"[\"a\", 1]", "[\"a\",1]"},
    {"{\"\\u001b\": true}", "\\x1b"},
    {"\"\\u202etxt.exe\"", "\\u202etxt.exe"},
    {"[\"\\u009b\"]", "[\"\\u009b\"]"},
};

static void
values_are_shown_in_one_line(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		json_t *v = json_loads(values[i].json, JSON_DECODE_ANY, NULL);
		struct buf out = {0};

		text_value(v, &out);
		CU_ASSERT_STRING_EQUAL(buf_terminate(&out), values[i].shown);
		buf_free(&out);
		json_decref(v);
	}
}

static void
an_object_is_shown_as_indented_lines(void)
{
	json_t *v =
	    json_loads("{\"id\": \"d1\", \"rua\": {}, \"report\": {\"orgName\": \"x\\ny\", "
		       "\"records\": {\"0\": {\"count\": 5}}}}",
		0, NULL);
	struct buf out = {0};

	text_object(v, &out);
	CU_ASSERT_STRING_EQUAL(buf_terminate(&out),
	    "id: d1\nrua:\nreport:\n  orgName: x\\x0ay\n  records:\n    0:\n      count: 5\n");
	buf_free(&out);
	json_decref(v);
}

static void
json_for_a_terminal_is_ascii(void)
{
	json_t *v = json_loads("{\"a\": \"\\u00fc\\u009b\"}", 0, NULL);
	struct buf out = {0};

	text_json(v, true, &out);
	CU_ASSERT_STRING_EQUAL(buf_terminate(&out), "{\"a\":\"\\u00FC\\u009B\"}\n");
	buf_clear(&out);
	text_json(v, false, &out);
	CU_ASSERT_STRING_EQUAL(buf_terminate(&out), "{\"a\":\"\xc3\xbc\xc2\x9b\"}\n");
	buf_free(&out);
	json_decref(v);
}

/* --- tables --- */

struct printed {
	char *text;
	size_t len;
	FILE *file;
	struct table table;
};

static void
begin(struct printed *p, const char *names)
{
	json_t *list = json_loads(names, 0, NULL);

	setlocale(LC_CTYPE, "C.UTF-8");
	*p = (struct printed){0};
	p->file = open_memstream(&p->text, &p->len);
	table_start(&p->table, p->file, list);
	json_decref(list);
}

static void
add(struct printed *p, const char *row)
{
	json_t *v = json_loads(row, 0, NULL);

	table_add(&p->table, v);
	json_decref(v);
}

static void
end(struct printed *p)
{
	table_print(&p->table);
	table_free(&p->table);
	fclose(p->file);
}

static void
columns_are_as_wide_as_what_is_in_them(void)
{
	struct printed p;

	begin(&p, "[\"id\", \"domain\", \"n\"]");
	add(&p, "{\"id\": \"d1\", \"domain\": \"\\u65e5\\u672c.example\", \"n\": 1}");
	add(&p, "{\"id\": \"d22\", \"n\": 2, \"more\": 3}");
	end(&p);
	CU_ASSERT_STRING_EQUAL(p.text,
	    "id   domain        n\n"
	    "d1   \xe6\x97\xa5\xe6\x9c\xac.example  1\n"
	    "d22                2\n");
	free(p.text);
}

static void
a_table_without_rows_is_nothing(void)
{
	struct printed p;

	begin(&p, "[\"id\"]");
	end(&p);
	CU_ASSERT_EQUAL(p.len, 0);
	free(p.text);
}

static size_t
lines_of(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

static void
a_long_table_is_printed_part_by_part(void)
{
	struct printed p;

	begin(&p, "[\"id\"]");
	for (int i = 0; i < TABLE_ROWS_MAX; i++)
		add(&p, "{\"id\": \"d1\"}");
	fflush(p.file);
	CU_ASSERT_EQUAL(p.len, 0);
	add(&p, "{\"id\": \"d2\"}");
	fflush(p.file);
	CU_ASSERT_EQUAL(lines_of(p.text), 1 + TABLE_ROWS_MAX);
	end(&p);
	CU_ASSERT_EQUAL(lines_of(p.text), 1 + TABLE_ROWS_MAX + 1);
	free(p.text);
}

const CU_TestInfo ctl_text_tests[] = {
    {"what is not seen is escaped", what_is_not_seen_is_escaped},
    {"a NUL is escaped too", a_nul_is_escaped_too},
    {"values are shown in one line", values_are_shown_in_one_line},
    {"an object is shown as indented lines", an_object_is_shown_as_indented_lines},
    {"JSON for a terminal is ASCII", json_for_a_terminal_is_ascii},
    {"columns are as wide as what is in them", columns_are_as_wide_as_what_is_in_them},
    {"a table without rows is nothing", a_table_without_rows_is_nothing},
    {"a long table is printed part by part", a_long_table_is_printed_part_by_part},
    CU_TEST_INFO_NULL,
};
