/* tests/client.c -- what people type, as JSON of the schema's types. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/filter.h"
#include "client/source.h"
#include "client/value.h"
#include "tests/suites.h"
#include "json/text.h"

#define FIELDS_MAX 8

/* A schema with a property of every type, and a further name for its type of records. */
static const char schema[] =
    "{\"objects\": {"
    "  \"x:big-box\": {\"type\": \"object\", \"description\": \"a box\"},"
    "  \"x:BigBox\": {\"type\": \"object\", \"description\": \"a box\"},"
    "  \"x:Bag\": {\"type\": \"object\", \"description\": \"a bag\"}},"
    " \"schemas\": {"
    "  \"x:big-box\": {\"type\": \"single\", \"schemaName\": \"x:BigBox\"},"
    "  \"x:BigBox\": {\"type\": \"single\", \"schemaName\": \"x:BigBox\"},"
    "  \"x:Inner\": {\"type\": \"single\", \"schemaName\": \"x:Inner\"}},"
    " \"fields\": {"
    "  \"x:BigBox\": {\"properties\": {"
    "   \"name\": {\"type\": {\"type\": \"string\", \"format\": \"text\"}},"
    "   \"note\": {\"type\": {\"type\": \"string\", \"nullable\": true}},"
    "   \"count\": {\"type\": {\"type\": \"number\", \"format\": \"unsignedInteger\"}},"
    "   \"share\": {\"type\": {\"type\": \"number\", \"format\": \"float\"}},"
    "   \"open\": {\"type\": {\"type\": \"boolean\"}},"
    "   \"madeAt\": {\"type\": {\"type\": \"utcDateTime\"}},"
    "   \"colour\": {\"type\": {\"type\": \"enum\", \"enumName\": \"Colour\"}},"
    "   \"tags\": {\"type\": {\"type\": \"set\", \"class\": {\"type\": \"string\"}}},"
    "   \"numbers\": {\"type\": {\"type\": \"map\", \"keyClass\": {\"type\": \"string\"},"
    "     \"valueClass\": {\"type\": \"number\", \"format\": \"integer\"}}},"
    "   \"inner\": {\"type\": {\"type\": \"object\", \"objectName\": \"x:Inner\"}},"
    "   \"items\": {\"type\": {\"type\": \"objectList\", \"objectName\": \"x:Inner\"}}}},"
    "  \"x:Inner\": {\"properties\": {"
    "   \"id\": {\"type\": {\"type\": \"objectId\", \"objectName\": \"x:Bag\"}},"
    "   \"count\": {\"type\": {\"type\": \"number\", \"format\": \"integer\"}},"
    "   \"deep\": {\"type\": {\"type\": \"object\", \"objectName\": \"x:Inner\"}}}}},"
    " \"enums\": {\"Colour\": [{\"name\": \"red\", \"label\": \"Red\"}, {\"name\": \"blue\"}]},"
    " \"lists\": {\"x:BigBox\": {"
    "   \"columns\": [{\"name\": \"name\"}, {\"name\": \"madeAt\"}],"
    "   \"filters\": [{\"type\": \"text\", \"field\": \"name\"},"
    "     {\"type\": \"integer\", \"field\": \"weight\"},"
    "     {\"type\": \"date\", \"field\": \"soldAt\"},"
    "     {\"type\": \"enum\", \"field\": \"paint\", \"enumName\": \"Colour\"}]}}}";

static struct catalog
make_catalog(void)
{
	struct catalog cat;
	struct err e = {0};

	CU_ASSERT_FATAL(catalog_parse(&cat, str_of(schema), &e));
	return cat;
}

/* Is the JSON, or the complaint, as it should be? */
static void
check(json_t *v, const struct err *e, const char *wanted)
{
	struct buf text = {0};
	const char *got =
	    v != NULL && text_tree(&text, v, SIZE_MAX) ? buf_terminate(&text) : e->text;

	CU_ASSERT_STRING_EQUAL(got, wanted);
	if (strcmp(got, wanted) != 0)
		fprintf(stderr, "\nnot %s but %s\n", wanted, got);
	buf_free(&text);
	json_decref(v);
}

/* --- names --- */

static void
types_have_many_spellings(void)
{
	static const char *const spellings[] = {
	    "x:BigBox", "BigBox", "bigbox", "big-box", "x:big-box", "BIG-BOX", "X:BIGBOX"};
	struct catalog cat = make_catalog();
	struct err e = {0};
	const char *name;

	for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
		CU_ASSERT(catalog_record(&cat, spellings[i], &name, &e));
		CU_ASSERT_STRING_EQUAL(name, "x:BigBox");
	}
	CU_ASSERT_FALSE(catalog_record(&cat, "inner", &name, &e));
	CU_ASSERT_STRING_EQUAL(e.text, "there is no type inner; there are x:BigBox, x:Bag");
	CU_ASSERT_STRING_EQUAL(catalog_type(&cat, "inner"), "x:Inner");
	CU_ASSERT_STRING_EQUAL(catalog_type(&cat, "big-box"), "x:BigBox");
	CU_ASSERT_STRING_EQUAL(catalog_enum(&cat, "colour"), "Colour");
	CU_ASSERT_PTR_NULL(catalog_type(&cat, "colour"));
	catalog_free(&cat);
}

static void
what_is_no_schema_is_refused(void)
{
	static const char *const texts[] = {"", "<html>", "[]", "{}",
	    "{\"objects\": {}, \"schemas\": {}, \"fields\": {}, \"enums\": {}}",
	    "{\"objects\": {}, \"schemas\": {}, \"fields\": {}, \"enums\": [], \"lists\": {}}"};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct catalog cat;
		struct err e = {0};

		CU_ASSERT_FALSE(catalog_parse(&cat, str_of(texts[i]), &e));
		CU_ASSERT_EQUAL(e.code, ERR_SERVER_FAIL);
	}
}

/* --- --field --- */

struct field_case {
	const char *fields[FIELDS_MAX]; /* ended by NULL */
	const char *wanted;
};

static const struct field_case objects[] = {
    {{NULL}, "{}"},
    {{"name=a", "NOTE=b"}, "{\"name\":\"a\",\"note\":\"b\"}"},
    {{"name="}, "{\"name\":\"\"}"},
    {{"name=a=b"}, "{\"name\":\"a=b\"}"},
    {{"name=[sic]"}, "{\"name\":\"[sic]\"}"},
    {{"name=null"}, "{\"name\":\"null\"}"},
    {{"note=null"}, "{\"note\":null}"},
    {{"name=\xc3\xbc"}, "{\"name\":\"\xc3\xbc\"}"},
    {{"name=\xff"}, "name must be a text"},
    {{"count=5"}, "{\"count\":5}"},
    {{"count=-5"}, "{\"count\":-5}"},
    {{"count=1.5"}, "count must be a number without a fraction"},
    {{"count=05"}, "count must be a number without a fraction"},
    {{"count=1e3"}, "{\"count\":1000}"},
    {{"count=1E+3"}, "{\"count\":1000}"},
    {{"count=-1E3"}, "{\"count\":-1000}"},
    {{"count=15e-1"}, "count must be a number without a fraction"},
    {{"count=1.0"}, "{\"count\":1}"},
    {{"count=9007199254740993.0"}, "{\"count\":9007199254740993}"},
    {{"count=18446744073709551615"}, "{\"count\":18446744073709551615}"},
    {{"count=18446744073709551616"}, "count must be a smaller number: this one is too large"},
    {{"count=1e300"}, "count must be a smaller number: this one is too large"},
    {{"count=1e999"}, "count must be a smaller number: this one is too large"},
    {{"share=1e3"}, "{\"share\":1e3}"},
    {{"share=1e999"}, "{\"share\":1e999}"},
    {{"count=\"5\""}, "count must be a number without a fraction"},
    {{"count=null"}, "{\"count\":null}"},
    {{"share=1"}, "{\"share\":1}"},
    {{"share=1.5"}, "{\"share\":1.5}"},
    {{"share=much"}, "share must be a number"},
    {{"open=true"}, "{\"open\":true}"},
    {{"open=false"}, "{\"open\":false}"},
    {{"open=yes"}, "open must be true or false"},
    {{"madeAt=2026-01-31"}, "{\"madeAt\":\"2026-01-31T00:00:00Z\"}"},
    {{"madeAt=2026-01-31T08:00:00Z"}, "{\"madeAt\":\"2026-01-31T08:00:00Z\"}"},
    {{"madeAt=2026-02-30"},
	"madeAt must be a date, such as 2026-01-31T08:00:00Z or 2026-01-31"},
    {{"colour=red"}, "{\"colour\":\"red\"}"},
    {{"colour=Red"}, "colour must be one of red, blue"},
    {{"tags=[\"a\"]"}, "{\"tags\":[\"a\"]}"},
    {{"tags={\"a\": true}"}, "{\"tags\":{\"a\":true}}"},
    {{"tags=a"}, "tags must be a JSON array or object"},
    {{"tags=[\"a\""}, "tags must be a JSON array or object"},
    {{"inner= {\"count\": 1} "}, "{\"inner\":{\"count\":1}}"},
    {{"inner={\"count\": 1, \"count\": 2}"}, "inner must be a JSON object"},
    {{"items=[]", "items={}"}, "items is given twice"},
    {{"name=a", "Name=b"}, "name is given twice"},
    {{"name"}, "--field name has no =, as in domain=example.com"},
    {{"weight=5"},
	"weight is not a property of x:BigBox; it has name, note, count, share, open, madeAt, "
	"colour, tags, numbers, inner, items"},
    {{"=5"},
	" is not a property of x:BigBox; it has name, note, count, share, open, madeAt, "
	"colour, tags, numbers, inner, items"},
    {{"colours=5"}, "colours is not a property of x:BigBox; did you mean colour?"},
    {{"maedat=5"}, "maedat is not a property of x:BigBox; did you mean madeAt?"},
    {{"inner/count=1"},
	"inner/count is a path, which only updates have: give the whole property as JSON"},
};

static const struct field_case patches[] = {
    {{"name=a"}, "{\"name\":\"a\"}"},
    {{"inner/count=123"}, "{\"inner/count\":123}"},
    {{"Inner/ID=123"}, "{\"inner/id\":\"123\"}"},
    {{"inner/deep/deep/count=1"}, "{\"inner/deep/deep/count\":1}"},
    {{"inner=null"}, "{\"inner\":null}"},
    {{"items/0/count=77"}, "{\"items/0/count\":77}"},
    {{"items/0={\"count\": 1}"}, "{\"items/0\":{\"count\":1}}"},
    {{"items/0=null"}, "{\"items/0\":null}"},
    {{"tags/a@example.com=true"}, "{\"tags/a@example.com\":true}"},
    {{"tags/a@example.com=null"}, "{\"tags/a@example.com\":null}"},
    {{"tags/https:~1~1a.example=true"}, "{\"tags/https:~1~1a.example\":true}"},
    {{"\"tags/https:~1~1a.example?b=c\"=true"}, "{\"tags/https:~1~1a.example?b=c\":true}"},
    {{"'tags/\"'=true"}, "{\"tags/\\\"\":true}"},
    {{"tags/a=5"}, "tags/a must be true or false"},
    {{"numbers/a=5"}, "{\"numbers/a\":5}"},
    {{"numbers/a=b"}, "numbers/a must be a number without a fraction"},
    {{"inner/weight=1"}, "weight is not a property of x:Inner; it has id, count, deep"},
    {{"items/0/weight=1"}, "weight is not a property of x:Inner; it has id, count, deep"},
    {{"inner/cuont=1"}, "cuont is not a property of x:Inner; did you mean count?"},
    {{"name/first=a"}, "name has nothing in it, and no first"},
    {{"tags/a/b=true"}, "tags/a has nothing in it, and no b"},
    {{"inner/=1"}, " is not a property of x:Inner; it has id, count, deep"},
};

static void
fields_have_the_schemas_types(void)
{
	struct catalog cat = make_catalog();

	for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
		struct err e = {0};

		check(value_object(&cat, "x:BigBox", objects[i].fields, &e), &e,
		    objects[i].wanted);
	}
	catalog_free(&cat);
}

static void
paths_lead_to_the_types_of_nested_properties(void)
{
	struct catalog cat = make_catalog();

	for (size_t i = 0; i < sizeof patches / sizeof patches[0]; i++) {
		struct err e = {0};

		check(value_patch(&cat, "x:BigBox", patches[i].fields, &e), &e,
		    patches[i].wanted);
	}
	catalog_free(&cat);
}

/* --- --where, --sort, --fields --- */

static const struct field_case conditions[] = {
    {{NULL}, "{}"},
    {{"name=example"}, "{\"name\":\"example\"}"},
    {{"NAME=a>b"}, "{\"name\":\"a>b\"}"},
    {{"count=5"}, "{\"count\":5}"},
    {{"count>=5", "count<9"}, "{\"countIsGreaterThanOrEqual\":5,\"countIsLessThan\":9}"},
    {{"count>5", "count<=9"}, "{\"countIsGreaterThan\":5,\"countIsLessThanOrEqual\":9}"},
    {{"madeAt>=2026-01-01"}, "{\"madeAtIsGreaterThanOrEqual\":\"2026-01-01T00:00:00Z\"}"},
    {{"madeAt=2026-01-01T00:00:00Z"}, "{\"madeAt\":\"2026-01-01T00:00:00Z\"}"},
    {{"madeAt=soon"}, "madeAt=soon must be a date, such as 2026-01-31T08:00:00Z or 2026-01-31"},
    {{"tags=a"}, "{\"tags\":\"a\"}"},
    {{"weight=5"}, "{\"weight\":5}"},
    {{"Weight=x"}, "Weight=x must be a number without a fraction"},
    {{"soldAt<2026-01-01"}, "{\"soldAtIsLessThan\":\"2026-01-01T00:00:00Z\"}"},
    {{"paint=red"}, "{\"paint\":\"red\"}"},
    {{"paint=5"}, "paint=5 must be one of red, blue"},
    {{"other=5"}, "{\"other\":\"5\"}"},
    {{"name=a", "name=b"}, "--where has name twice"},
    {{"name"}, "--where name is no condition, such as domain=example or deliverAt<2026-02-01"},
    {{"=a"}, "--where =a is no condition, such as domain=example or deliverAt<2026-02-01"},
    {{""}, "--where  is no condition, such as domain=example or deliverAt<2026-02-01"},
};

static void
conditions_have_the_schemas_types(void)
{
	struct catalog cat = make_catalog();

	for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
		struct err e = {0};

		check(filter_where(&cat, "x:BigBox", conditions[i].fields, &e), &e,
		    conditions[i].wanted);
	}
	catalog_free(&cat);
}

static void
sorts_and_fields_are_lists_of_properties(void)
{
	static const char unknown[] = " is not a property of x:BigBox; it has id, name, note, "
				      "count, share, open, madeAt, "
				      "colour, tags, numbers, inner, items";
	struct catalog cat = make_catalog();
	struct buf wanted = {0};
	struct err e = {0};

	check(filter_sort(&cat, "x:BigBox", "madeat,-name", &e), &e,
	    "[{\"property\":\"madeAt\",\"isAscending\":true},"
	    "{\"property\":\"name\",\"isAscending\":false}]");
	check(filter_fields(&cat, "x:BigBox", "Id,NAME,inner", &e), &e,
	    "[\"id\",\"name\",\"inner\"]");
	check(filter_columns(&cat, "x:BigBox"), &e, "[\"id\",\"name\",\"madeAt\"]");
	check(filter_columns(&cat, "x:Bag"), &e, "[\"id\"]");
	buf_printf(&wanted, "weight%s", unknown);
	check(filter_sort(&cat, "x:BigBox", "name,-weight", &e), &e, buf_terminate(&wanted));
	e = (struct err){0};
	check(filter_fields(&cat, "x:BigBox", "name,", &e), &e, unknown);
	buf_free(&wanted);
	catalog_free(&cat);
}

/* --- objects from a stream --- */

#define XML " is XML (or HTML)"
#define GZIP " is compressed, with gzip perhaps: unpack it first"
#define FOREIGN                                                                                \
	"; wanted are reports as JSON objects: one, an array of them, or one behind the "      \
	"other, as `outboxctl get --json` writes them and `outboxctl describe` explains them"

static const struct {
	const char *text, *wanted; /* the objects, or the complaint */
} streams[] = {
    {"{\"a\": 1}", "{\"a\":1} "},
    {" \n{\"a\": 1}\n\n", "{\"a\":1} "},
    {"{\"a\": 1}\n{\"b\": 2}\n", "{\"a\":1} {\"b\":2} "},
    {"{\"a\": 1}{\"b\": 2}", "{\"a\":1} {\"b\":2} "},
    {"[{\"a\": 1}, {\"b\": [2]}]\n", "{\"a\":1} {\"b\":[2]} "},
    {"", "- has no object in it"},
    {" \n", "- has no object in it"},
    {"[]", "- has no object in it"},
    {"[", "-, object 1: the array does not end with ]"},
    {"[{}", "{} -, object 2: there is no comma before it"},
    {"[{},", "{} -, object 2: the array does not end with ]"},
    {"[{},]", "{} -, object 2: there is a comma, and no object behind it"},
    {"[{} {}]", "{} -, object 2: there is no comma before it"},
    {"[{}] {}", "{} -, object 2: something follows the array"},
    {"[{}][{}]", "{} -, object 2: something follows the array"},
    {"5", "-, object 1: it begins with 5, and not with {"},
    {"{} 5", "{} -, object 2: it begins with 5, and not with {"},
    {"[[]]", "-, object 1: it begins with [, and not with {"},
    {"[{}, \"a\"]", "{} -, object 2: it begins with \", and not with {"},
    {"\x01", "-, object 1: it begins with byte 0x01, and not with {"},
    {"\xef\xbb\xbf{}", "{} "},
    {"\xef\xbb{}", "-, object 1: it begins with byte 0xef, and not with {"},
    {"<feedback/>", "-" XML FOREIGN},
    {" \n<feedback/>", "-" XML FOREIGN},
    {"\x1f\x8b{", "-" GZIP FOREIGN},
    {"{\"a\": 1", "-, object 1: '}' expected near end of file"},
    {"{\"a\": 1, \"a\": 2}", "-, object 1: duplicate object key near '\"a\"'"},
    {"{\"a\": \"\xff\"}", "-, object 1: unable to decode byte 0xff near '\"'"},
};

static void
a_stream_has_one_object_or_many(void)
{
	for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
		struct source s = {.name = "-"};
		struct buf got = {0};
		struct err e = {0};
		json_t *object = NULL;

		s.file = fmemopen((char *)streams[i].text, strlen(streams[i].text), "r");
		while (source_next(&s, &object, &e) && object != NULL) {
			char *text = json_dumps(object, JSON_COMPACT);

			buf_printf(&got, "%s ", text);
			free(text);
			json_decref(object);
		}
		buf_puts(&got, e.text);
		CU_ASSERT_STRING_EQUAL(buf_terminate(&got), streams[i].wanted);
		if (strcmp(got.s, streams[i].wanted) != 0)
			fprintf(stderr, "\n%s: %s\n", streams[i].text, got.s);
		buf_free(&got);
		fclose(s.file);
	}
}

const CU_TestInfo client_tests[] = {
    {"types have many spellings", types_have_many_spellings},
    {"what is no schema is refused", what_is_no_schema_is_refused},
    {"fields have the schema's types", fields_have_the_schemas_types},
    {"paths lead to the types of nested properties",
	paths_lead_to_the_types_of_nested_properties},
    {"conditions have the schema's types", conditions_have_the_schemas_types},
    {"sorts and fields are lists of properties", sorts_and_fields_are_lists_of_properties},
    {"a stream has one object or many", a_stream_has_one_object_or_many},
    CU_TEST_INFO_NULL,
};
