/* tests/jmap_filter.c -- from a client's filter and sort to the store's. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "jmap/call.h"
#include "jmap/filter.h"
#include "jmap/write.h"
#include "tests/suites.h"
#include "json/read.h"

static const struct type *const dmarc = &dmarc_internal_report;
static const struct type *const tls = &tls_internal_report;

static json_t *
parse(const char *text)
{
	json_t *v = json_read(str_of(text), JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(v);
	return v;
}

/* "and(text(example) not(deliverAt<5))", for comparing trees. */
static void
print_filter(const struct filter *f, struct buf *out)
{
	static const char *const operators[] = {
	    [FILTER_AND] = "and", [FILTER_OR] = "or", [FILTER_NOT] = "not"};
	static const char *const keys[] = {[KEY_DOMAIN] = "domain",
	    [KEY_CREATED_AT] = "created",
	    [KEY_DELIVER_AT] = "deliver",
	    [KEY_POLICY] = "policy"};
	static const char *const relations[] = {[REL_EQUAL] = "=",
	    [REL_LESS] = "<",
	    [REL_LESS_EQUAL] = "<=",
	    [REL_GREATER] = ">",
	    [REL_GREATER_EQUAL] = ">=",
	    [REL_TEXT] = "^"};

	if (f->kind == FILTER_KEY) {
		buf_puts(out, keys[f->key]);
		buf_puts(out, relations[f->relation]);
		if (f->text != NULL)
			buf_puts(out, f->text);
		else
			buf_printf(out, "%lld", (long long)f->number);
		return;
	}
	buf_printf(out, "%s(", operators[f->kind]);
	for (size_t i = 0; i < f->n; i++) {
		buf_puts(out, i > 0 ? " " : "");
		print_filter(&f->children[i], out);
	}
	buf_putc(out, ')');
}

static void
filters_are_read(void)
{
	static const struct {
		const struct type *const *type;
		const char *json, *tree;
	} cases[] = {
	    {&dmarc, "{}", "and()"},
	    {&dmarc, "{\"domain\":\"Example\"}", "domain^example"},
	    {&tls, "{\"domain\":\"\"}", "domain^"},
	    {&dmarc, "{\"domain\":\"my-\"}", "domain^my-"},
	    {&dmarc,
		"{\"domain\":\"b\xc3\xbc"
		"cher.\"}",
		"domain^xn--bcher-kva."},
	    {&dmarc,
		"{\"domain\":\"B\xc3\x9c"
		"CHER\"}",
		"domain^b\xc3\xbc"
		"cher"},
	    {&dmarc, "{\"domain\":\" .Mail.bu\xcc\x88.\\u0009\"}", "domain^mail.xn--b-eha."},
	    {&dmarc,
		"{\"domain\":\"B\xc3\x9c"
		"CHER.B\xc3\x9c-\"}",
		"domain^xn--bcher-kva.b\xc3\xbc-"},
	    {&dmarc, "{\"domain\":\"a b\"}", "or()"},
	    {&dmarc, "{\"domain\":\"a\\u0000\"}", "or()"},
	    {&dmarc, "{\"createdAt\":\"1970-01-01T00:00:05Z\"}", "created=5"},
	    {&dmarc, "{\"deliverAtIsLessThan\":\"1970-01-01T00:00:05.000Z\"}", "deliver<5"},
	    {&dmarc, "{\"deliverAtIsLessThan\":\"1970-01-01T00:00:05.9Z\"}", "deliver<=5"},
	    {&dmarc, "{\"deliverAtIsLessThanOrEqual\":\"1970-01-01T00:00:05.001Z\"}",
		"deliver<=5"},
	    {&tls, "{\"deliverAtIsGreaterThan\":\"1970-01-01T00:00:05.50Z\"}", "deliver>5"},
	    {&tls, "{\"deliverAtIsGreaterThanOrEqual\":\"1970-01-01T00:00:05.1Z\"}",
		"deliver>5"},
	    {&tls, "{\"createdAt\":\"1970-01-01T00:00:05.1Z\"}", "or()"},
	    {&tls, "{\"deliverAtIsLessThanOrEqual\":\"1970-01-01T00:00:05Z\"}", "deliver<=5"},
	    {&dmarc, "{\"createdAtIsGreaterThan\":\"1970-01-01T00:00:05Z\"}", "created>5"},
	    {&dmarc, "{\"createdAtIsGreaterThanOrEqual\":\"1970-01-01T00:00:05Z\"}",
		"created>=5"},
	    {&dmarc, "{\"policyIdentifier\":9007199254740991}", "policy=9007199254740991"},
	    {&tls, "{\"policyIdentifiers\":5}", "policy=5"},
	    {&tls, "{\"policyIdentifiers\":\"9223372036854775807\"}",
		"policy=9223372036854775807"},
	    {&tls, "{\"policyIdentifier\":0}", "policy=0"},
	    {&tls, "{\"policyIdentifier\":\"9007199254740991\"}", "policy=9007199254740991"},
	    {&dmarc, "{\"domain\":\"a\",\"policyIdentifier\":1}", "and(domain^a policy=1)"},
	    {&dmarc, "{\"operator\":\"AND\",\"conditions\":[]}", "and()"},
	    {&dmarc, "{\"operator\":\"AnyOf\",\"conditions\":[{\"domain\":\"a\"},{}]}",
		"or(domain^a and())"},
	    {&dmarc,
		"{\"operator\":\"NOT\",\"conditions\":[{\"operator\":\"OR\",\"conditions\":[]}]"
		"}",
		"not(or())"},
	    {&dmarc,
		"{\"operator\":\"AllOf\",\"conditions\":[{\"operator\":\"Not\",\"conditions\":["
		"]}]}",
		"and(not())"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json_t *v = parse(cases[i].json);
		struct buf text = {0};
		struct err e = {0};
		struct filter f;

		CU_ASSERT_TRUE_FATAL(filter_read(*cases[i].type, v, &f, &e));
		print_filter(&f, &text);
		CU_ASSERT_STRING_EQUAL(buf_terminate(&text), cases[i].tree);
		buf_free(&text);
		filter_free(&f);
		json_decref(v);
	}
}

static void
wrong_filters_are_refused(void)
{
	static const struct {
		const char *json;
		enum err_code code;
	} bad[] = {
	    {"{\"colour\":1}", ERR_UNSUPPORTED_FILTER},
	    {"{\"report\":\"x\"}", ERR_UNSUPPORTED_FILTER},
	    {"{\"id\":\"x\"}", ERR_UNSUPPORTED_FILTER},
	    {"{\"domainIsLessThan\":\"x\"}", ERR_UNSUPPORTED_FILTER},
	    {"{\"createdAtIs\":\"1970-01-01T00:00:05Z\"}", ERR_UNSUPPORTED_FILTER},
	    {"{\"conditions\":[]}", ERR_UNSUPPORTED_FILTER},
	    {"{\"domain\":1}", ERR_INVALID_ARGUMENTS},
	    {"{\"domain\":null}", ERR_INVALID_ARGUMENTS},
	    {"{\"createdAt\":\"yesterday\"}", ERR_INVALID_ARGUMENTS},
	    {"{\"createdAt\":\"1970-01-01T00:00:05+00:00\"}", ERR_INVALID_ARGUMENTS},
	    {"{\"createdAt\":5}", ERR_INVALID_ARGUMENTS},
	    {"{\"policyIdentifier\":-1}", ERR_INVALID_ARGUMENTS},
	    {"{\"policyIdentifier\":18446744073709551616}", ERR_INVALID_ARGUMENTS},
	    {"{\"policyIdentifier\":\"18446744073709551616\"}", ERR_INVALID_ARGUMENTS},
	    {"{\"policyIdentifier\":\"01\"}", ERR_INVALID_ARGUMENTS},
	    {"{\"policyIdentifier\":\"\"}", ERR_INVALID_ARGUMENTS},
	    {"{\"policyIdentifier\":true}", ERR_INVALID_ARGUMENTS},
	    {"{\"domain\":\"a\",\"deliverAt\":false}", ERR_INVALID_ARGUMENTS},
	    {"{\"operator\":\"XOR\",\"conditions\":[]}", ERR_INVALID_ARGUMENTS},
	    {"{\"operator\":1,\"conditions\":[]}", ERR_INVALID_ARGUMENTS},
	    {"{\"operator\":\"AND\"}", ERR_INVALID_ARGUMENTS},
	    {"{\"operator\":\"AND\",\"conditions\":{}}", ERR_INVALID_ARGUMENTS},
	    {"{\"operator\":\"AND\",\"conditions\":[],\"domain\":\"a\"}",
		ERR_INVALID_ARGUMENTS},
	    {"{\"operator\":\"AND\",\"conditions\":[null]}", ERR_INVALID_ARGUMENTS},
	    {"{\"operator\":\"AND\",\"conditions\":[{\"domain\":\"a\"},{\"domain\":[]}]}",
		ERR_INVALID_ARGUMENTS},
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		json_t *v = parse(bad[i].json);
		struct err e = {0};
		struct filter f;

		CU_ASSERT_FALSE(filter_read(dmarc, v, &f, &e));
		if (e.code != bad[i].code)
			fprintf(stderr, "%s: %s\n", bad[i].json, e.text);
		CU_ASSERT_EQUAL(e.code, bad[i].code);
		filter_free(&f);
		json_decref(v);
	}
}

/* OR of n conditions, inside depth - 1 NOTs; read as a filter. */
static bool
is_read(int depth, int n)
{
	struct buf text = {0};
	struct err e = {0};
	struct filter f;
	json_t *v;
	bool ok;

	for (int i = 1; i < depth; i++)
		buf_puts(&text, "{\"operator\":\"NOT\",\"conditions\":[");
	buf_puts(&text, "{\"operator\":\"OR\",\"conditions\":[");
	for (int i = 0; i < n; i++) {
		write_comma(&text);
		buf_puts(&text, "{\"domain\":\"a\"}");
	}
	for (int i = 0; i < depth; i++)
		buf_puts(&text, "]}");
	v = parse(buf_terminate(&text));
	ok = filter_read(dmarc, v, &f, &e);
	CU_ASSERT_TRUE(ok || e.code == ERR_UNSUPPORTED_FILTER);
	filter_free(&f);
	json_decref(v);
	buf_free(&text);
	return ok;
}

static void
filters_have_limits(void)
{
	CU_ASSERT_TRUE(is_read(1, FILTER_MAX_NODES - 1));
	CU_ASSERT_FALSE(is_read(1, FILTER_MAX_NODES));
	CU_ASSERT_FALSE(is_read(1, FILTER_MAX_NODES + 1));
	CU_ASSERT_TRUE(is_read(FILTER_MAX_DEPTH, 0));
	CU_ASSERT_TRUE(is_read(FILTER_MAX_DEPTH - 1, 1));
	CU_ASSERT_FALSE(is_read(FILTER_MAX_DEPTH, 1));
	CU_ASSERT_FALSE(is_read(FILTER_MAX_DEPTH + 1, 0));
}

static void
sorts_are_read(void)
{
	static const struct {
		const char *json;
		enum err_code code;
		size_t n;
		struct sort sort[SORT_MAX];
	} cases[] = {
	    {"[]", ERR_NONE, 0, {{0}}},
	    {"[{\"property\":\"domain\"}]", ERR_NONE, 1, {{KEY_DOMAIN, true}}},
	    {"[{\"property\":\"deliverAt\",\"isAscending\":false},{\"property\":\"id\"}]",
		ERR_NONE, 2, {{KEY_DELIVER_AT, false}, {KEY_ID, true}}},
	    {"[{\"property\":\"createdAt\"},{\"property\":\"createdAt\",\"isAscending\":false},"
	     "{\"property\":\"domain\"},{\"property\":\"deliverAt\"},{\"property\":\"id\"},"
	     "{\"property\":\"id\"}]",
		ERR_NONE, 4,
		{{KEY_CREATED_AT, true}, {KEY_DOMAIN, true}, {KEY_DELIVER_AT, true},
		    {KEY_ID, true}}},
	    {"[{\"property\":\"id\"},{\"property\":\"domain\"}]", ERR_NONE, 1,
		{{KEY_ID, true}}},
	    {"[{\"property\":\"report\"}]", ERR_UNSUPPORTED_SORT, 0, {{0}}},
	    {"[{\"property\":\"policyIdentifier\"}]", ERR_UNSUPPORTED_SORT, 0, {{0}}},
	    {"[{\"property\":\"colour\"}]", ERR_UNSUPPORTED_SORT, 0, {{0}}},
	    {"[{\"property\":\"domain\",\"collation\":\"i;octet\"}]", ERR_UNSUPPORTED_SORT, 0,
		{{0}}},
	    {"[{}]", ERR_INVALID_ARGUMENTS, 0, {{0}}},
	    {"[{\"property\":1}]", ERR_INVALID_ARGUMENTS, 0, {{0}}},
	    {"[{\"property\":\"domain\",\"isAscending\":1}]", ERR_INVALID_ARGUMENTS, 0, {{0}}},
	    {"[{\"property\":\"domain\",\"up\":true}]", ERR_INVALID_ARGUMENTS, 0, {{0}}},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json_t *v = parse(cases[i].json);
		struct sort sort[SORT_MAX];
		struct err e = {0};
		size_t n;

		CU_ASSERT_EQUAL(sort_read(dmarc, v, sort, &n, &e), cases[i].code == ERR_NONE);
		CU_ASSERT_EQUAL(e.code, cases[i].code);
		for (size_t k = 0; k < cases[i].n; k++) {
			CU_ASSERT_EQUAL_FATAL(n, cases[i].n);
			CU_ASSERT_EQUAL(sort[k].key, cases[i].sort[k].key);
			CU_ASSERT_EQUAL(sort[k].ascending, cases[i].sort[k].ascending);
		}
		json_decref(v);
	}
}

const CU_TestInfo jmap_filter_tests[] = {
    {"filters are read", filters_are_read},
    {"wrong filters are refused", wrong_filters_are_refused},
    {"filters have limits", filters_have_limits},
    {"sorts are read", sorts_are_read},
    CU_TEST_INFO_NULL,
};
