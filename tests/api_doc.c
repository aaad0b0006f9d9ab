/* tests/api_doc.c -- docs/api.md: its examples are cases of tests/api, and it names every error
 * and permission. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/permission.h"
#include "base/io.h"
#include "tests/cases.h"
#include "tests/match.h"
#include "tests/suites.h"

#define PAGE "docs/api.md"
#define PAGE_MAX (1u << 20) /* bytes */

static bool
read_page(struct buf *page)
{
	struct err e = {0};
	bool ok = io_read_file(PAGE, PAGE_MAX, page, &e);

	CU_ASSERT_TRUE(ok);
	buf_terminate(page);
	return ok;
}

/* --- examples --- */

/* A comment with a case's file, and the JSON block behind it. */
struct example {
	char file[256]; /* "tests/api/get-properties/2.request.json" */
	struct str json;
};

/* The next one in *rest, which moves behind it. */
static bool
next_example(const char **rest, struct example *x)
{
	static const char open[] = "<!-- tests/api/", fence[] = "```json\n";
	const char *at = strstr(*rest, open),
		   *end = at == NULL ? NULL : strstr(at, " -->\n```json\n");
	const char *close;

	if (end == NULL)
		return false;
	at += strlen("<!-- ");
	snprintf(x->file, sizeof x->file, "%.*s", (int)(end - at), at);
	x->json.s = end + strlen(" -->\n") + strlen(fence);
	close = strstr(x->json.s, "\n```");
	if (close == NULL)
		return false;
	x->json.len = (size_t)(close - x->json.s);
	*rest = close;
	return true;
}

/* The calls or answers of v, if the other is nothing but them. */
static const json_t *
part_like(const json_t *v, const json_t *other)
{
	const json_t *calls = json_object_get(v, "methodCalls"),
		     *answers = json_object_get(v, "methodResponses");

	if (!json_is_array(other))
		return v;
	if (calls != NULL)
		return calls;
	return answers != NULL ? answers : v;
}

/* Names that a case's earlier examples bound stand for the same in its later ones. */
static bool
agrees(const struct example *x, json_t *bound, struct buf *why)
{
	json_t *want = json_load_file(x->file, JSON_ALLOW_NUL, NULL);
	json_t *shown =
	    json_loadb(x->json.s, x->json.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	bool ok = want != NULL && shown != NULL;

	buf_printf(why, "%s: ", x->file);
	if (ok)
		ok = match(bound, part_like(want, shown), part_like(shown, want), why);
	else
		buf_printf(why, "%s is not JSON", want == NULL ? "the case" : "the example");
	json_decref(want);
	json_decref(shown);
	return ok;
}

/* What people read in v stands in the case word for word: with a pattern there, the example
 * would not be noticed when it is no longer true. */
static bool
is_quoted(const json_t *v, const struct buf *text)
{
	const char *key;
	json_t *one;
	size_t i;

	json_array_foreach(v, i, one)
		if (!is_quoted(one, text))
			return false;
	json_object_foreach((json_t *)v, key, one) {
		bool says = strcmp(key, "description") == 0 || strcmp(key, "detail") == 0;
		char *words = says ? json_dumps(one, JSON_ENCODE_ANY) : NULL;
		bool found = !says || strstr(text->s, words) != NULL;

		free(words);
		if (!found || !is_quoted(one, text))
			return false;
	}
	return true;
}

static void
examples_say_what_cases_say(void)
{
	struct buf page = {0};
	struct example x;

	if (!read_page(&page))
		return;
	for (const char *rest = page.s; next_example(&rest, &x);) {
		json_t *shown = json_loadb(x.json.s, x.json.len, JSON_ALLOW_NUL, NULL);
		struct buf text = {0};
		struct err e = {0};
		bool ok = io_read_file(x.file, PAGE_MAX, &text, &e);

		buf_terminate(&text);
		CU_assertImplementation(
		    ok && is_quoted(shown, &text), __LINE__, x.file, __FILE__, "", CU_FALSE);
		buf_free(&text);
		json_decref(shown);
	}
	buf_free(&page);
}

static void
examples_are_cases(void)
{
	struct buf page = {0};
	const char *rest;
	json_t *bound = NULL;
	struct example x, last = {.file = ""};
	size_t n = 0;

	if (!read_page(&page))
		return;
	rest = page.s;
	for (; next_example(&rest, &x); last = x, n++) {
		size_t folder = (size_t)(strrchr(x.file, '/') - x.file);
		struct buf why = {0};
		bool ok;

		if (strncmp(x.file, last.file, folder + 1) != 0) {
			json_decref(bound);
			bound = json_load_file(CASES_DIR "/fixtures.json", 0, NULL);
		}
		ok = agrees(&x, bound, &why);
		CU_assertImplementation(
		    ok, __LINE__, buf_terminate(&why), __FILE__, "", CU_FALSE);
		buf_free(&why);
	}
	CU_ASSERT(n > 0);
	json_decref(bound);
	buf_free(&page);
}

/* Every fenced block of JSON is an example of a case. */
static void
no_example_is_untested(void)
{
	struct buf page = {0};
	size_t blocks = 0, examples = 0;
	struct example x;

	if (!read_page(&page))
		return;
	for (const char *at = page.s; (at = strstr(at, "```json\n")) != NULL; at++)
		blocks++;
	for (const char *rest = page.s; next_example(&rest, &x);)
		examples++;
	CU_ASSERT_EQUAL(blocks, examples);
	buf_free(&page);
}

/* --- names --- */

static void
check_named(const char *name, void *page)
{
	char quoted[256];

	snprintf(quoted, sizeof quoted, "`%s`", name);
	CU_assertImplementation(strstr(((struct buf *)page)->s, quoted) != NULL, __LINE__, name,
	    __FILE__, "", CU_FALSE);
}

static void
every_error_is_described(void)
{
	struct buf page = {0};

	if (!read_page(&page))
		return;
	for (int code = ERR_NONE + 1; code < ERR__COUNT; code++)
		check_named(err_name((enum err_code)code)->type, &page);
	buf_free(&page);
}

static void
every_permission_is_described(void)
{
	struct buf page = {0};

	if (!read_page(&page))
		return;
	permission_each(~(permissions)0, check_named, &page);
	buf_free(&page);
}

const CU_TestInfo api_doc_tests[] = {
    {"examples are cases", examples_are_cases},
    {"examples say what cases say", examples_say_what_cases_say},
    {"no example is untested", no_example_is_untested},
    {"every error is described", every_error_is_described},
    {"every permission is described", every_permission_is_described},
    CU_TEST_INFO_NULL,
};
