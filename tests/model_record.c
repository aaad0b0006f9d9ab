/* tests/model_record.c -- checking records: shapes, defaults, paths, limits, keys. */
#include <CUnit/CUnit.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/model_toy.h"
#include "tests/suites.h"
#include "json/text.h"

#define RECORD_MAX (10u << 20) /* bytes */

#define DMARC_REPORT                                                                           \
	"\"report\": {\"orgName\": \"Example\", \"email\": \"a@example.com\","                 \
	" \"reportId\": \"1\", \"dateRangeBegin\": \"2026-01-01T00:00:00Z\","                  \
	" \"dateRangeEnd\": \"2026-01-02T00:00:00Z\", \"policyDomain\": \"example.com\","      \
	" \"policyAdkim\": \"relaxed\", \"policyAspf\": \"strict\", \"policyDisposition\": "   \
	"\"none\","                                                                            \
	" \"policySubdomainDisposition\": \"none\", \"records\": "
#define DMARC_RECORD                                                                           \
	"\"sourceIp\": \"192.0.2.1\", \"evaluatedDisposition\": \"none\","                     \
	" \"evaluatedDkim\": \"pass\", \"evaluatedSpf\": \"pass\", \"envelopeFrom\": \"\","    \
	" \"headerFrom\": \"example.com\""
#define DMARC_REST                                                                             \
	"\"domain\": \"Example.com\", \"createdAt\": \"2026-01-01T00:00:00.5Z\","              \
	" \"deliverAt\": \"2026-01-03T00:00:00Z\""
#define TOY_REST "\"part\": {\"title\": \"t\"}, \"domain\": \"a.example\""

/* What the text of a toy record begins with. */
#define TOY_DEFAULTS "\"tags\":[],\"ids\":[],\"count\":7,"
#define TOY_PART "\"part\":{\"title\":\"t\",\"version\":1.0,\"note\":null,\"items\":[]}"

/* A record of the toy type as it is sent, and its text, or its problems as lines. */
struct toy_case {
	const char *sent, *result;
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void
check_toys(const struct toy_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_t *v = toy_parse(cases[i].sent);
		struct buf got = {0};

		toy_record(&toy, v, &got);
		if (strcmp(got.s, cases[i].result) != 0)
			printf("\n  %s:\n  got  %s\n  want %s\n", cases[i].sent, got.s,
			    cases[i].result);
		CU_ASSERT_STRING_EQUAL(got.s, cases[i].result);
		buf_free(&got);
		json_decref(v);
	}
}

static void
absent_and_null_values_get_their_defaults(void)
{
	static const char text[] = "{" TOY_DEFAULTS TOY_PART ",\"domain\":\"a.example\"}";
	static const struct toy_case cases[] = {
	    {"{" TOY_REST "}", text},
	    {"{\"domain\": \"A.example\", \"part\": {\"title\": \"t\"}}", text},
	    {"{\"tags\": null, \"ids\": null, \"count\": null, \"domain\": \"a.example\","
	     " \"part\": {\"title\": \"t\", \"version\": null, \"note\": null, \"items\": "
	     "null}}",
		text},
	};

	check_toys(cases, COUNT(cases));
}

static void
sets_and_lists_come_in_both_shapes(void)
{
	static const struct toy_case cases[] = {
	    {"{\"tags\": [\"b@a.example\", \"a@a.example\"], " TOY_REST "}",
		"{\"tags\":[\"b@a.example\",\"a@a.example\"],\"ids\":[],\"count\":7," TOY_PART
		",\"domain\":\"a.example\"}"},
	    {"{\"tags\": {\"b@a.example\": true, \"mailto:a@a.example\": true}, \"ids\": "
	     "{\"10\": true,"
	     " \"9\": true}, " TOY_REST "}",
		"{\"tags\":[\"b@a.example\",\"a@a.example\"],\"ids\":[10,9],\"count\":"
		"7," TOY_PART ",\"domain\":\"a.example\"}"},
	    {"{\"tags\": {}, \"ids\": {}, " TOY_REST "}",
		"{" TOY_DEFAULTS TOY_PART ",\"domain\":\"a.example\"}"},
	    {"{\"domain\": \"a.example\", \"part\": {\"title\": \"t\", \"items\": {\"10\": "
	     "{\"n\": 10},"
	     " \"9\": {\"n\": 9, \"marks\": {\"red\": true}}, \"0\": {}}}}",
		"{" TOY_DEFAULTS
		"\"part\":{\"title\":\"t\",\"version\":1.0,\"note\":null,\"items\":["
		"{\"n\":0,\"who\":null,\"marks\":[]},{\"n\":9,\"who\":null,\"marks\":[\"red\"]}"
		","
		"{\"n\":10,\"who\":null,\"marks\":[]}]},\"domain\":\"a.example\"}"},
	};

	check_toys(cases, COUNT(cases));
}

static void
sets_lose_duplicates_and_keep_their_order(void)
{
	static const struct toy_case cases[] = {
	    {"{\"ids\": [3, 1, 3, 1.0, 2, 3e0], " TOY_REST "}",
		"{\"tags\":[],\"ids\":[3,1,2],\"count\":7," TOY_PART
		",\"domain\":\"a.example\"}"},
	    {"{\"tags\": [\"a@a.example\", \"mailto:a@a.example\", \"A@a.example\"], " TOY_REST
	     "}",
		"{\"tags\":[\"a@a.example\",\"A@a.example\"],\"ids\":[],\"count\":7," TOY_PART
		",\"domain\":\"a.example\"}"},
	};

	check_toys(cases, COUNT(cases));
}

#define WANT_EMAIL "must be an e-mail address, such as reports@example.com\n"
#define WANT_UINT "must be an integer from 0 to 9007199254740991\n"
#define WANT_SET "must be an array, or an object whose members are true\n"
#define WANT_LIST "must be an array of objects, or an object with the keys 0, 1, 2 ...\n"
#define WANT_INDEX "must be a decimal index without leading zeros\n"

static void
every_wrong_property_is_named_as_it_was_sent(void)
{
	static const struct toy_case cases[] = {
	    {"[]", ": must be an object\n"},
	    {"null", ": must be an object\n"},
	    {"{}", "part: is required\ndomain: is required\n"},
	    {"{\"part\": null, \"domain\": null}", "part: is required\ndomain: is required\n"},
	    {"{\"part\": [], \"domain\": {}}",
		"part: must be an object\ndomain: must be a domain name, such as "
		"example.com\n"},
	    {"{\"colour\": 1, \"a/b~c\": null, \"\": 1, " TOY_REST "}",
		"colour: is not a property of Toy\na~1b~0c: is not a property of Toy\n"
		": is not a property of Toy\n"},
	    {"{\"id\": \"x\", \"@type\": \"Toy\", \"Count\": 1, " TOY_REST "}",
		"id: is not a property of Toy\n@type: is not a property of Toy\n"
		"Count: is not a property of Toy\n"},
	    {"{\"tags\": \"a@a.example\", \"ids\": 1, " TOY_REST "}",
		"tags: " WANT_SET "ids: " WANT_SET},
	    {"{\"tags\": [\"a@a.example\", \"\", null, [], {}], " TOY_REST "}",
		"tags/1: " WANT_EMAIL "tags/2: " WANT_EMAIL "tags/3: " WANT_EMAIL
		"tags/4: " WANT_EMAIL},
	    {"{\"tags\": {\"a/b~\": true, \"b@a.example\": false, \"c@a.example\": null,"
	     " \"d@a.example\": 1, \"\": true}, " TOY_REST "}",
		"tags/a~1b~0: " WANT_EMAIL "tags/b@a.example: must be true\n"
		"tags/c@a.example: must be true\ntags/d@a.example: must be true\n"
		"tags/: " WANT_EMAIL},
	    {"{\"ids\": [\"1\", -1, 1.5], " TOY_REST "}",
		"ids/0: " WANT_UINT "ids/1: " WANT_UINT "ids/2: " WANT_UINT},
	    {"{\"ids\": {\"01\": true, \"-1\": true, \"1.0\": true, \"9007199254740992\": "
	     "true}, " TOY_REST "}",
		"ids/01: " WANT_UINT "ids/-1: " WANT_UINT "ids/1.0: " WANT_UINT
		"ids/9007199254740992: " WANT_UINT},
	    {"{\"domain\": \"a.example\", \"part\": {\"items\": {\"7\": {\"n\": -1, \"marks\":"
	     " [\"red\", \"green\"]}, \"01\": {}, \"x\": {}, \"\": {}, \"3\": null}, \"nope\": "
	     "1}}",
		"part/title: is required\npart/items/01: " WANT_INDEX
		"part/items/x: " WANT_INDEX "part/items/: " WANT_INDEX
		"part/items/3: must be an object\npart/items/7/n: " WANT_UINT
		"part/items/7/marks/1: must be one of red, blue\n"
		"part/nope: is not a property of Part\n"},
	    {"{\"domain\": \"a.example\", \"part\": {\"title\": \"\", \"items\": [{\"who\": "
	     "1}, [],"
	     " {\"x\": {\"n\": []}}]}}",
		"part/items/0/who: must be a string without NUL characters\n"
		"part/items/1: must be an object\npart/items/2/x: is not a property of Item\n"},
	    {"{\"domain\": \"a.example\", \"part\": {\"title\": \"\", \"items\": \"\"}}",
		"part/items: " WANT_LIST},
	    {"{\"domain\": \"a.example\", \"part\": {\"title\": \"\", \"items\": {\"a\":"
	     " {\"b\": {\"c\": {\"d\": [[[[1]]]]}}}}}}",
		"part/items/a: " WANT_INDEX},
	};

	check_toys(cases, COUNT(cases));
}

static void
members_are_counted_after_duplicates(void)
{
	static const struct toy_case cases[] = {
	    {"{\"ids\": [1, 2, 3, 1], " TOY_REST "}",
		"{\"tags\":[],\"ids\":[1,2,3],\"count\":7," TOY_PART
		",\"domain\":\"a.example\"}"},
	    {"{\"ids\": [1, 2, 3, 4], " TOY_REST "}", "ids: must have at most 3 members\n"},
	    {"{\"ids\": {\"1\": true, \"2\": true, \"3\": true, \"4\": true}, " TOY_REST "}",
		"ids: must have at most 3 members\n"},
	    {"{\"domain\": \"a.example\", \"part\": {\"title\": \"t\", \"items\": [{}, {}, {}, "
	     "{}, {}, "
	     "{}]}}",
		"part/items: must have at most 5 members\n"},
	};

	check_toys(cases, COUNT(cases));
}

/* What of a record is told back: sent, the property, differs, absent. */
static void
what_is_stored_otherwise_than_sent_is_told(void)
{
	static const struct {
		const char *sent, *name;
		bool differs, absent;
	} cases[] = {
	    {"{" TOY_REST "}", "domain", false, false},
	    {"{" TOY_REST "}", "tags", true, true},
	    {"{" TOY_REST "}", "count", true, true},
	    {"{\"count\": null, " TOY_REST "}", "count", true, false},
	    {"{\"count\": 7.0, " TOY_REST "}", "count", false, false},
	    {"{" TOY_REST "}", "part", true, false},
	    {"{\"domain\": \"A.example\"}", "domain", true, false},
	    {"{\"tags\": null}", "tags", true, false},
	    {"{\"tags\": []}", "tags", false, false},
	    {"{\"tags\": {}}", "tags", false, false},
	    {"{\"tags\": [\"a@a.example\"]}", "tags", false, false},
	    {"{\"tags\": {\"a@a.example\": true}}", "tags", false, false},
	    {"{\"tags\": [\"mailto:a@a.example\"]}", "tags", true, false},
	    {"{\"tags\": [\"a@a.example\", \"a@a.example\"]}", "tags", true, false},
	    {"{\"ids\": {\"12\": true}}", "ids", false, false},
	    {"{\"part\": {\"title\": \"t\", \"version\": 1, \"items\": []}}", "part", false,
		false},
	    {"{\"part\": {\"title\": \"t\", \"version\": 1, \"note\": null, \"items\": {}}}",
		"part", false, false},
	    {"{\"part\": {\"title\": \"t\", \"version\": 1}}", "part", true, false},
	    {"{\"part\": {\"title\": \"t\", \"version\": 1, \"items\": [{\"n\": 1, \"marks\": "
	     "[]}]}}",
		"part", false, false},
	    {"{\"part\": {\"title\": \"t\", \"version\": 1, \"items\": [{\"n\": 1}]}}", "part",
		true, false},
	    {"{\"part\": {\"title\": \"t\", \"version\": 1, \"items\": {\"0\": {\"n\": 1,"
	     " \"marks\": []}}}}",
		"part", false, false},
	    {"{\"part\": {\"title\": \"t\", \"version\": 1, \"items\": {\"1\": {\"n\": 1,"
	     " \"marks\": []}}}}",
		"part", true, false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		json_t *v = toy_parse(cases[i].sent);
		struct record r = {0};
		struct problems p = {0};
		size_t f;

		CU_ASSERT_PTR_NOT_NULL_FATAL(model_field(&toy, str_of(cases[i].name), &f));
		model_record(&toy, v, RECORD_MAX, &r, &p);
		if (r.fields[f].differs != cases[i].differs ||
		    r.fields[f].absent != cases[i].absent)
			printf("\n  %s of %s\n", cases[i].name, cases[i].sent);
		CU_ASSERT_EQUAL(r.fields[f].differs, cases[i].differs);
		CU_ASSERT_EQUAL(r.fields[f].absent, cases[i].absent);
		record_free(&r);
		problems_free(&p);
		json_decref(v);
	}
}

static struct str
field_text(const struct type *t, const struct record *r, const char *name)
{
	size_t i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(model_field(t, str_of(name), &i));
	return (struct str){r->text.s + r->fields[i].at, r->fields[i].len};
}

/* Otherwise every /get would parse what it could pass on. */
static void
text_is_current_as_it_is_stored(void)
{
	static const char sent[] =
	    "{\"tags\":[\"a@b.example\"],\"ids\":[1,2],\"part\":{\"title\":\"]}\\\"\\\\\","
	    "\"items\":[{\"n\":5,\"marks\":[\"red\",\"blue\"]},{\"who\":\"\"}]},"
	    "\"domain\":\"a.example\"}";
	struct problems p = {0};
	struct record r = {0};
	json_t *v = toy_parse(sent);
	struct str text;

	CU_ASSERT_TRUE_FATAL(model_record(&toy, v, RECORD_MAX, &r, &p));
	text = buf_str(&r.text);
	CU_ASSERT_TRUE(model_is_current(&toy, text));
	for (size_t len = 0; len < text.len; len++)
		CU_ASSERT_FALSE(model_is_current(&toy, (struct str){text.s, len}));
	record_free(&r);
	json_decref(v);
}

static void
text_without_a_field_is_not_current(void)
{
	static const char *const texts[] = {
	    "{}",
	    "[]",
	    "{\"ids\":[],\"count\":7,\"part\":{\"title\":\"\",\"version\":1.0,\"note\":null,"
	    "\"items\":[]},\"domain\":\"a\"}",
	    "{\"tags\":[],\"ids\":[],\"count\":7,\"part\":{\"title\":\"\",\"version\":1.0,"
	    "\"items\":[]},\"domain\":\"a\"}",
	    "{\"tags\":[],\"ids\":[],\"count\":7,\"part\":{\"title\":\"\",\"version\":1.0,"
	    "\"note\":null,\"items\":[{\"n\":0,\"marks\":[]}]},\"domain\":\"a\"}",
	    "{\"tags\":[],\"ids\":[],\"count\":7,\"part\":{\"title\":\"\",\"version\":1.0,"
	    "\"note\":null,\"items\":[]},\"domain\":\"a\",\"gone\":1}",
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		CU_ASSERT_FALSE(model_is_current(&toy, str_of(texts[i])));
}

static void
keys_and_places_are_those_of_the_text(void)
{
	static const char dmarc[] =
	    "{\"policyIdentifier\": 9007199254740991, " DMARC_REPORT "[]}, " DMARC_REST "}";
	static const char tls[] =
	    "{\"policyIdentifiers\": {\"12\": true, \"0\": true}, \"report\": {\"reportId\": "
	    "\"\","
	    " \"dateRangeStart\": \"2026-01-01T00:00:00Z\", \"dateRangeEnd\":"
	    " \"2026-01-01T00:00:00Z\"}, \"domain\": \"b\u00fccher.example\", \"createdAt\":"
	    " \"1969-12-31T23:59:59Z\", \"deliverAt\": \"1970-01-01T00:00:01Z\"}";
	struct problems p = {0};
	struct record r = {0};
	json_t *v = toy_parse(dmarc);

	CU_ASSERT_TRUE_FATAL(model_record(&dmarc_internal_report, v, RECORD_MAX, &r, &p));
	CU_ASSERT_TRUE(str_is(r.keys.domain, "example.com"));
	CU_ASSERT_EQUAL(r.keys.created_at, 1767225600);
	CU_ASSERT_EQUAL(r.keys.deliver_at, 1767398400);
	CU_ASSERT_EQUAL(r.keys.n_policies, 1);
	CU_ASSERT_EQUAL(r.keys.policies[0], UINT64_C(9007199254740991));
	CU_ASSERT_TRUE(model_is_current(&dmarc_internal_report, buf_str(&r.text)));
	CU_ASSERT_TRUE(str_is(field_text(&dmarc_internal_report, &r, "rua"), "[]"));
	CU_ASSERT_TRUE(str_is(
	    field_text(&dmarc_internal_report, &r, "createdAt"), "\"2026-01-01T00:00:00Z\""));
	record_free(&r);
	json_decref(v);

	v = toy_parse(tls);
	CU_ASSERT_TRUE_FATAL(model_record(&tls_internal_report, v, RECORD_MAX, &r, &p));
	CU_ASSERT_TRUE(str_is(r.keys.domain, "xn--bcher-kva.example"));
	CU_ASSERT_EQUAL(r.keys.created_at, -1);
	CU_ASSERT_EQUAL(r.keys.deliver_at, 1);
	CU_ASSERT_EQUAL(r.keys.n_policies, 2);
	CU_ASSERT_EQUAL(r.keys.policies[0], 12);
	CU_ASSERT_EQUAL(r.keys.policies[1], 0);
	CU_ASSERT_TRUE(
	    str_is(field_text(&tls_internal_report, &r, "policyIdentifiers"), "[12,0]"));
	CU_ASSERT_EQUAL(p.n, 0);
	record_free(&r);
	json_decref(v);
}

static void
a_record_takes_as_many_policies_as_an_index_holds(void)
{
	json_t *v =
	    toy_parse("{\"report\": {\"reportId\": \"1\", \"dateRangeStart\":"
		      " \"2026-01-01T00:00:00Z\", \"dateRangeEnd\": \"2026-01-01T00:00:00Z\"}, "
		      "" DMARC_REST "}");
	json_t *policies = json_array();
	struct problems p = {0};
	struct record r = {0};

	json_object_set_new(v, "policyIdentifiers", policies);
	for (int i = 0; i < MODEL_MAX_INDEXED_VALUES; i++)
		json_array_append_new(policies, json_integer(i));
	json_array_append_new(policies, json_integer(0));
	CU_ASSERT_TRUE(model_record(&tls_internal_report, v, RECORD_MAX, &r, &p));
	CU_ASSERT_EQUAL(r.keys.n_policies, MODEL_MAX_INDEXED_VALUES);
	CU_ASSERT_EQUAL(r.keys.policies[999], 999);
	record_free(&r);
	json_array_append_new(policies, json_integer(1000));
	CU_ASSERT_FALSE(model_record(&tls_internal_report, v, RECORD_MAX, &r, &p));
	CU_ASSERT_STRING_EQUAL(p.list[0].path, "policyIdentifiers");
	record_free(&r);
	problems_free(&p);
	json_decref(v);
}

static void
canonical_text_stays_as_it_is_and_both_faces_read_back(void)
{
	static const char sent[] =
	    "{\"rua\": {\"MAILTO:a%2Fb~c@Example.com\": true}, " DMARC_REPORT
	    "{\"4\": {" DMARC_RECORD "}, \"2\": {" DMARC_RECORD ", \"count\": 3}}"
	    ", \"errors\": [\"\", \"\\\"\\n\", \"\"], \"version\": 2}, " DMARC_REST "}";
	static const enum face faces[] = {FACE_ARRAYS, FACE_MAPS};
	const struct type *t = &dmarc_internal_report;
	json_t *v = toy_parse(sent), *stored, *shown;
	struct buf first = {0};

	toy_record(t, v, &first);
	json_decref(v);
	stored = toy_parse(first.s);
	for (size_t i = 0; i < COUNT(faces); i++) {
		struct buf text = {0}, again = {0};

		buf_putc(&text, '{');
		model_show(t, stored, MODEL_ALL_FIELDS, faces[i], &text);
		buf_putc(&text, '}');
		if (faces[i] == FACE_ARRAYS)
			CU_ASSERT_TRUE(str_equal(buf_str(&text), buf_str(&first)));
		shown = toy_parse(buf_terminate(&text));
		toy_record(t, shown, &again);
		CU_ASSERT_STRING_EQUAL(again.s, first.s);
		json_decref(shown);
		buf_free(&text);
		buf_free(&again);
	}
	json_decref(stored);
	buf_free(&first);
}

static void
a_face_shows_the_wanted_fields(void)
{
	json_t *v = toy_parse(
	    "{\"tags\": [\"a@a.example\", \"b@a.example\"], \"ids\": [3], \"count\": 7,"
	    " \"part\": {\"title\": \"t\", \"version\": 1.0, \"note\": null, \"items\":"
	    " [{\"n\": 1, \"who\": \"\\\"\", \"marks\": [\"red\"]}]}, \"domain\": \"a\"}");
	struct buf out = {0};

	model_show(&toy, v, 1 << 0 | 1 << 1 | 1 << 3, FACE_MAPS, &out);
	CU_ASSERT_STRING_EQUAL(buf_terminate(&out),
	    "\"tags\":{\"a@a.example\":true,\"b@a.example\":true},\"ids\":{\"3\":true},"
	    "\"part\":{\"title\":\"t\",\"version\":1.0,\"note\":null,\"items\":{\"0\":"
	    "{\"n\":1,\"who\":\"\\\"\",\"marks\":{\"red\":true}}}}");
	buf_clear(&out);
	model_show(&toy, v, 1 << 1 | 1 << 4, FACE_ARRAYS, &out);
	CU_ASSERT_STRING_EQUAL(buf_terminate(&out), "\"ids\":[3],\"domain\":\"a\"");
	buf_clear(&out);
	model_show(&toy, v, 0, FACE_ARRAYS, &out);
	CU_ASSERT_EQUAL(out.len, 0);
	buf_free(&out);
	json_decref(v);
}

static void
a_field_that_is_younger_than_the_record_shows_its_default(void)
{
	json_t *v = toy_parse("{\"tags\": [], \"part\": {\"title\": \"t\"}}");
	struct buf out = {0};

	model_show(&toy, v, MODEL_ALL_FIELDS, FACE_ARRAYS, &out);
	CU_ASSERT_STRING_EQUAL(buf_terminate(&out),
	    "\"tags\":[],\"ids\":[],\"count\":7,\"part\":{\"title\":\"t\",\"version\":1.0,"
	    "\"note\":null,\"items\":[]},\"domain\":null");
	buf_clear(&out);
	model_show(&toy, v, 1 << 1 | 1 << 2, FACE_MAPS, &out);
	CU_ASSERT_STRING_EQUAL(buf_terminate(&out), "\"ids\":{},\"count\":7");
	buf_free(&out);
	json_decref(v);
}

static void
a_record_of_the_largest_size_is_stored_and_one_past_it_is_not(void)
{
	json_t *v = toy_parse("{" TOY_REST "}");
	struct problems p = {0};
	struct record r = {0};
	size_t len;

	CU_ASSERT_TRUE_FATAL(model_record(&toy, v, RECORD_MAX, &r, &p));
	len = r.text.len;
	record_free(&r);
	CU_ASSERT_TRUE(model_record(&toy, v, len, &r, &p));
	CU_ASSERT_FALSE(p.too_large);
	record_free(&r);
	CU_ASSERT_FALSE(model_record(&toy, v, len - 1, &r, &p));
	CU_ASSERT_TRUE(p.too_large);
	CU_ASSERT_EQUAL(p.n, 0);
	record_free(&r);
	problems_free(&p);
	json_decref(v);
}

static void
a_record_that_is_too_large_is_not_written_to_its_end(void)
{
	json_t *v = toy_parse("{" TOY_REST "}"), *tags = json_array();
	struct problems p = {0};
	struct record r = {0};

	json_object_set_new(v, "tags", tags);
	for (int i = 0; i < 20000; i++)
		json_array_append_new(tags, json_sprintf("a%d@a.example", i));
	CU_ASSERT_FALSE(model_record(&toy, v, 1000, &r, &p));
	CU_ASSERT_TRUE(p.too_large);
	CU_ASSERT(r.text.len < 2000);
	record_free(&r);
	problems_free(&p);
	json_decref(v);
}

static void
so_many_problems_are_listed_and_further_ones_counted(void)
{
	json_t *v = toy_parse("{" TOY_REST "}"), *tags = json_array();
	struct problems p = {0};
	struct record r = {0};
	struct buf text = {0};

	json_object_set_new(v, "tags", tags);
	for (int i = 0; i < MODEL_MAX_PROBLEMS; i++)
		json_array_append_new(tags, json_null());
	CU_ASSERT_FALSE(model_record(&toy, v, RECORD_MAX, &r, &p));
	CU_ASSERT_EQUAL(p.n, MODEL_MAX_PROBLEMS);
	CU_ASSERT_EQUAL(p.more, 0);
	CU_ASSERT_STRING_EQUAL(p.list[MODEL_MAX_PROBLEMS - 1].path, "tags/49");
	record_free(&r);
	problems_free(&p);
	json_array_append_new(tags, json_null());
	CU_ASSERT_FALSE(model_record(&toy, v, RECORD_MAX, &r, &p));
	CU_ASSERT_EQUAL(p.n, MODEL_MAX_PROBLEMS);
	CU_ASSERT_EQUAL(p.more, 1);
	problems_describe(&p, &text);
	CU_ASSERT_PTR_NOT_NULL(strstr(buf_terminate(&text), "; and 46 more"));
	CU_ASSERT_EQUAL(strncmp(text.s, "tags/0 must be an e-mail", 24), 0);
	buf_free(&text);
	record_free(&r);
	problems_free(&p);
	json_decref(v);
}

static void
a_description_is_short_and_whole_utf8(void)
{
	struct problems p = {0};
	struct buf path = {0}, text = {0};
	json_t *v;

	buf_puts(&path, "x");
	while (path.len < 100000)
		buf_puts(&path, "\u4f8b");
	problems_add(&p, buf_terminate(&path), "is %s", "wrong");
	problems_add(&p, "", "is wrong too");
	p.too_large = true;
	problems_describe(&p, &text);
	CU_ASSERT(text.len < 400);
	v = json_stringn(text.s, text.len);
	CU_ASSERT_PTR_NOT_NULL(v);
	CU_ASSERT_PTR_NOT_NULL(strstr(buf_terminate(&text),
	    "... is wrong; is wrong too; the record is larger than the server allows"));
	json_decref(v);
	buf_free(&path);
	buf_free(&text);
	problems_free(&p);
}

/* Adds problems of that many bytes each until one is not listed; answers how many are. */
static size_t
problems_listed(size_t bytes)
{
	struct problems p = {0};
	struct buf path = {0};
	size_t n;

	while (path.len < bytes - strlen("is wrong"))
		buf_putc(&path, 'x');
	buf_terminate(&path);
	while (p.more == 0)
		problems_add(&p, path.s, "is wrong");
	n = p.n;
	problems_add(&p, "a", "is wrong");
	CU_ASSERT_EQUAL(
	    p.more, 2); /* a short one is not listed after those before it were not */
	buf_free(&path);
	problems_free(&p);
	return n;
}

static void
problems_are_listed_up_to_a_number_of_bytes(void)
{
	CU_ASSERT_EQUAL(problems_listed(MODEL_MAX_PROBLEM_BYTES / 8), 8);
	CU_ASSERT_EQUAL(problems_listed(MODEL_MAX_PROBLEM_BYTES / 8 + 1), 7);
}

static void
a_path_of_a_problem_is_cut_after_a_number_of_bytes(void)
{
	for (size_t past = 0; past < 2; past++) {
		struct problems p = {0};
		struct buf path = {0};

		while (path.len < MODEL_MAX_PROBLEM_PATH_BYTES + past)
			buf_putc(&path, 'x');
		problems_add(&p, buf_terminate(&path), "is wrong");
		CU_ASSERT_EQUAL(strlen(p.list[0].path),
		    MODEL_MAX_PROBLEM_PATH_BYTES + past * strlen("..."));
		buf_free(&path);
		problems_free(&p);
	}
}

#define MANY 25000

/* All of the record's own memory is its text and what a record at a time needs. */
static void
a_report_with_25000_records_takes_little_more_than_its_text(void)
{
	struct buf sent = {0}, shown = {0};
	struct problems p = {0};
	struct record r = {0};
	struct mallinfo2 before, after;
	json_t *v;

	buf_puts(&sent, "{" DMARC_REPORT "[");
	for (int i = 0; i < MANY; i++)
		buf_printf(&sent,
		    "%s{" DMARC_RECORD ", \"count\": %d, \"spfResults\": [{\"domain\":"
		    " \"a%d.example\", \"scope\": \"mailFrom\", \"result\": \"pass\"}]}",
		    i > 0 ? "," : "", i, i);
	buf_puts(&sent, "]}, " DMARC_REST "}");
	v = toy_parse(buf_terminate(&sent));
	before = mallinfo2();
	CU_ASSERT_TRUE_FATAL(model_record(&dmarc_internal_report, v, RECORD_MAX, &r, &p));
	after = mallinfo2();
	CU_ASSERT(after.uordblks + after.hblkhd <=
	    before.uordblks + before.hblkhd + r.text.cap + 65536);
	json_decref(v);
	v = toy_parse(buf_terminate(&r.text));
	model_show(&dmarc_internal_report, v, MODEL_ALL_FIELDS, FACE_MAPS, &shown);
	CU_ASSERT_PTR_NOT_NULL(strstr(buf_terminate(&shown), "\"24999\":{\"sourceIp\""));
	json_decref(v);
	buf_free(&sent);
	buf_free(&shown);
	record_free(&r);
}

/* With a table that grows; every value twice. */
static void
large_sets_lose_duplicates(void)
{
	json_t *v = toy_parse("{" TOY_REST "}"), *tags = json_array();
	struct problems p = {0};
	struct record r = {0};
	json_t *stored, *kept;

	json_object_set_new(v, "tags", tags);
	for (int i = 0; i < 2 * MANY; i++)
		json_array_append_new(tags, json_sprintf("a%d@a.example", i * 7919 % MANY));
	CU_ASSERT_TRUE_FATAL(model_record(&toy, v, RECORD_MAX, &r, &p));
	stored = toy_parse(buf_terminate(&r.text));
	kept = json_object_get(stored, "tags");
	CU_ASSERT_EQUAL(json_array_size(kept), MANY);
	for (size_t i = 0; i < MANY; i++)
		CU_ASSERT_TRUE(json_equal(json_array_get(kept, i), json_array_get(tags, i)));
	record_free(&r);
	json_decref(stored);
	json_decref(v);
}

const CU_TestInfo model_record_tests[] = {
    {"text is current as it is stored", text_is_current_as_it_is_stored},
    {"text without a field is not current", text_without_a_field_is_not_current},
    {"absent and null values get their defaults", absent_and_null_values_get_their_defaults},
    {"sets and lists come in both shapes", sets_and_lists_come_in_both_shapes},
    {"sets lose duplicates and keep their order", sets_lose_duplicates_and_keep_their_order},
    {"every wrong property is named as it was sent",
	every_wrong_property_is_named_as_it_was_sent},
    {"members are counted after duplicates", members_are_counted_after_duplicates},
    {"what is stored otherwise than sent is told", what_is_stored_otherwise_than_sent_is_told},
    {"keys and places are those of the text", keys_and_places_are_those_of_the_text},
    {"a record takes as many policies as an index holds",
	a_record_takes_as_many_policies_as_an_index_holds},
    {"canonical text stays as it is and both faces read back",
	canonical_text_stays_as_it_is_and_both_faces_read_back},
    {"a face shows the wanted fields", a_face_shows_the_wanted_fields},
    {"a field that is younger than the record shows its default",
	a_field_that_is_younger_than_the_record_shows_its_default},
    {"a record of the largest size is stored and one past it is not",
	a_record_of_the_largest_size_is_stored_and_one_past_it_is_not},
    {"a record that is too large is not written to its end",
	a_record_that_is_too_large_is_not_written_to_its_end},
    {"so many problems are listed and further ones counted",
	so_many_problems_are_listed_and_further_ones_counted},
    {"problems are listed up to a number of bytes",
	problems_are_listed_up_to_a_number_of_bytes},
    {"a path of a problem is cut after a number of bytes",
	a_path_of_a_problem_is_cut_after_a_number_of_bytes},
    {"a description is short and whole UTF-8", a_description_is_short_and_whole_utf8},
    {"a report with 25,000 records takes little more than its text",
	a_report_with_25000_records_takes_little_more_than_its_text},
    {"large sets lose duplicates", large_sets_lose_duplicates},
    CU_TEST_INFO_NULL,
};
