/* tests/schema.c -- the schema document: it is what its readers accept, and all in it leads
 * somewhere. */
#include <CUnit/CUnit.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "jmap/filter.h"
#include "schema/document.h"
#include "schema/schema.h"
#include "tests/decoder.h"
#include "tests/suites.h"

static void
check(bool ok, struct buf *why)
{
	CU_assertImplementation(ok, __LINE__, buf_terminate(why), __FILE__, "", CU_FALSE);
	buf_clear(why);
}

static void
strict_readers_take_the_document(void)
{
	json_t *document = schema_document();
	struct buf why = {0};

	check(decode_schema(document, &why), &why);
	json_decref(document);
	buf_free(&why);
}

static void
every_kind_of_value_has_its_place(void)
{
	const struct enumeration values = {"E", (const struct enum_value[]){{0}}};
	const struct type part = {.name = "P", .fields = (const struct field[]){{0}}};
	struct buf why = {0};

	for (enum kind kind = 0; kind < KIND__COUNT; kind++) {
		const struct field fields[] = {
		    {"f", kind, .values = kind == KIND_ENUM ? &values : NULL,
			.type = kind == KIND_OBJECT ? &part : NULL, .doc = "A field"},
		    {0}};
		const struct type t = {.name = "T", .fields = fields};
		json_t *document = schema_document();

		json_object_set_new(
		    json_object_get(document, "fields"), "x:T", schema_fields(&t));
		check(decode_schema(document, &why), &why);
		json_decref(document);
	}
	buf_free(&why);
}

/* --- that the readers are strict --- */

/* How often the document is taken with one of the values in v made null: none may be. */
static size_t
taken_with_a_null(const json_t *document, json_t *v)
{
	struct buf why = {0};
	size_t n = 0, i;
	const char *name;
	json_t *one;
	void *next;

	json_object_foreach_safe(v, next, name, one) {
		json_incref(one);
		json_object_set_new(v, name, json_null());
		n += decode_schema(document, &why);
		json_object_set(v, name, one);
		n += taken_with_a_null(document, one);
		json_decref(one);
	}
	json_array_foreach(v, i, one) {
		json_incref(one);
		json_array_set_new(v, i, json_null());
		n += decode_schema(document, &why);
		json_array_set(v, i, one);
		n += taken_with_a_null(document, one);
		json_decref(one);
	}
	buf_free(&why);
	return n;
}

static void
strict_readers_take_no_null(void)
{
	json_t *made = schema_document(), *document = json_deep_copy(made);

	CU_ASSERT_EQUAL(taken_with_a_null(document, document), 0);
	CU_ASSERT_TRUE(json_equal(document, made));
	json_decref(document);
	json_decref(made);
}

/* A part of a document, as text, and whether it is taken. */
static void
check_part(const char *map, const char *text, bool taken)
{
	json_t *document = schema_document();
	json_error_t at;
	json_t *part = json_loads(text, JSON_DECODE_ANY, &at);
	struct buf why = {0};

	CU_ASSERT_PTR_NOT_NULL(part);
	json_object_set_new(document, map, part);
	CU_assertImplementation(
	    decode_schema(document, &why) == taken, __LINE__, text, __FILE__, "", CU_FALSE);
	json_decref(document);
	buf_free(&why);
}

static void
strict_readers_know_the_whole_grammar(void)
{
	static const struct {
		const char *map, *text;
		bool taken;
	} parts[] = {
	    {"objects", "{}", true},
	    {"objects", "[]", false},
	    {"objects", "{\"a\":{\"type\":\"view\",\"objectName\":\"b\"}}", true},
	    {"objects", "{\"a\":{\"type\":\"window\",\"objectName\":\"b\"}}", false},
	    {"schemas",
		"{\"a\":{\"type\":\"multiple\",\"variants\":[{\"name\":\"n\",\"label\":\"l\"}]}"
		"}",
		true},
	    {"schemas", "{\"a\":{\"type\":\"multiple\",\"schemaName\":\"b\"}}", false},
	    {"fields",
		"{\"a\":{\"properties\":{\"p\":{\"description\":\"\",\"update\":\"mutable\","
		"\"type\":{\"type\":\"number\",\"format\":\"size\",\"min\":0.5}}}}}",
		true},
	    {"fields",
		"{\"a\":{\"properties\":{\"p\":{\"description\":\"\",\"update\":\"mutable\","
		"\"type\":{\"type\":\"number\",\"format\":\"uint\"}}}}}",
		false},
	    {"fields",
		"{\"a\":{\"properties\":{\"p\":{\"description\":\"\",\"update\":\"never\","
		"\"type\":{\"type\":\"boolean\"}}}}}",
		false},
	    {"fields",
		"{\"a\":{\"properties\":{\"p\":{\"description\":\"\",\"update\":\"mutable\","
		"\"type\":{\"type\":\"boolean\",\"nullable\":true}}}}}",
		false},
	    {"fields",
		"{\"a\":{\"properties\":{\"p\":{\"description\":\"\",\"update\":\"mutable\","
		"\"type\":{\"type\":\"map\",\"keyClass\":{\"type\":\"objectId\",\"objectName\":"
		"\"b\"},\"valueClass\":{\"type\":\"object\",\"objectName\":\"c\"}}}}}}",
		true},
	    {"fields",
		"{\"a\":{\"properties\":{\"p\":{\"description\":\"\",\"update\":\"mutable\","
		"\"type\":{\"type\":\"set\",\"class\":{\"type\":\"number\",\"format\":"
		"\"integer\"}}}}}}",
		false},
	    {"forms", "{\"a\":{\"title\":\"t\",\"sections\":[]}}", true},
	    {"forms", "{\"a\":{\"title\":\"t\"}}", false},
	    {"lists",
		"{\"a\":{\"title\":\"\",\"subtitle\":\"\",\"singularName\":\"\",\"pluralName\":"
		"\"\",\"columns\":[]}}",
		true},
	    {"lists",
		"{\"a\":{\"title\":\"\",\"singularName\":\"\",\"pluralName\":\"\","
		"\"columns\":[]}}",
		false},
	    {"enums", "{\"a\":[{\"name\":\"n\",\"label\":\"l\",\"color\":\"red\"}]}", true},
	    {"enums", "{\"a\":[{\"name\":\"n\"}]}", false},
	    {"dashboards", "{}", false},
	    {"layouts",
		"[{\"name\":\"\",\"icon\":\"\",\"items\":[{\"link\":{\"name\":\"\",\"icon\":"
		"\"\",\"viewName\":\"\"}}]}]",
		true},
	    {"layouts",
		"[{\"name\":\"\",\"icon\":\"\",\"items\":[{\"type\":\"link\",\"name\":\"\","
		"\"viewName\":\"\"}]}]",
		false},
	    {"more", "{}", false},
	};

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		check_part(parts[i].map, parts[i].text, parts[i].taken);
}

/* --- that names lead somewhere --- */

/* Members that name something, and the map in which it has to be. */
static const struct {
	const char *member, *map;
} references[] = {
    {"enumName", "enums"},
    {"objectName", "schemas"},
    {"schemaName", "fields"},
    {"viewName", "objects"},
};

static void
check_references(const json_t *document, const json_t *v)
{
	const char *name;
	json_t *one;
	size_t i;

	json_object_foreach((json_t *)v, name, one) {
		for (size_t r = 0; r < sizeof references / sizeof references[0]; r++)
			if (strcmp(name, references[r].member) == 0)
				CU_ASSERT_PTR_NOT_NULL(json_object_get(
				    json_object_get(document, references[r].map),
				    json_string_value(one)));
		check_references(document, one);
	}
	json_array_foreach(v, i, one)
		check_references(document, one);
}

/* Of {"schemas": {name: {"schemaName": s}}, "fields": {s: {"properties": ...}}}. */
static json_t *
properties_of(const json_t *document, const char *name)
{
	const json_t *schema = json_object_get(json_object_get(document, "schemas"), name);
	const char *fields = json_string_value(json_object_get(schema, "schemaName"));

	return json_object_get(
	    json_object_get(json_object_get(document, "fields"), fields), "properties");
}

static void
check_names(const json_t *properties, const json_t *list)
{
	size_t i;
	json_t *one;

	CU_ASSERT(json_array_size(list) > 0);
	json_array_foreach(list, i, one) {
		const char *name =
		    json_string_value(json_is_string(one) ? one : json_object_get(one, "name"));

		CU_ASSERT_PTR_NOT_NULL(json_object_get(properties, name));
	}
}

static void
names_in_the_document_lead_somewhere(void)
{
	json_t *document = schema_document(), *list;
	const char *name;

	check_references(document, document);
	json_object_foreach(json_object_get(document, "lists"), name, list) {
		const json_t *properties = properties_of(document, name);

		check_names(properties, json_object_get(list, "columns"));
		check_names(properties, json_object_get(list, "sort"));
		CU_ASSERT_PTR_NOT_NULL(json_object_get(
		    properties, json_string_value(json_object_get(list, "labelProperty"))));
		CU_ASSERT_PTR_NOT_NULL(
		    json_object_get(json_object_get(document, "objects"), name));
	}
	json_decref(document);
}

static void
a_form_has_each_field_once(void)
{
	json_t *document = schema_document(), *form;
	const char *name;

	json_object_foreach(json_object_get(document, "forms"), name, form) {
		json_t *seen = json_object(), *section, *field;
		const json_t *properties = properties_of(document, name);
		size_t i, j, n = 0;

		json_array_foreach(json_object_get(form, "sections"), i, section) {
			check_names(properties, json_object_get(section, "fields"));
			json_array_foreach(json_object_get(section, "fields"), j, field) {
				json_object_set(seen,
				    json_string_value(json_object_get(field, "name")), field);
				n++;
			}
		}
		CU_ASSERT_EQUAL(n, json_object_size(properties));
		CU_ASSERT_EQUAL(json_object_size(seen), n);
		json_decref(seen);
	}
	json_decref(document);
}

static void
the_menu_leads_to_both_lists(void)
{
	static const char want[] =
	    "[{\"name\":\"Management\",\"icon\":\"monitor\",\"items\":[{\"container\":"
	    "{\"name\":\"Reports\",\"icon\":\"file-text\",\"items\":[{\"type\":\"container\","
	    "\"name\":\"Outbox\",\"items\":["
	    "{\"type\":\"link\",\"name\":\"DMARC\",\"viewName\":\"x:DmarcInternalReport\"},"
	    "{\"type\":\"link\",\"name\":\"TLS\",\"viewName\":\"x:TlsInternalReport\"}"
	    "]}]}}]}]";
	json_t *menu = schema_menu();
	char *text = json_dumps(menu, JSON_COMPACT);

	CU_ASSERT_STRING_EQUAL(text, want);
	free(text);
	json_decref(menu);
}

static void
the_command_lines_names_lead_to_the_same(void)
{
	json_t *document = schema_document();
	json_t *lists = json_object_get(document, "lists");
	json_t *objects = json_object_get(document, "objects");
	json_t *alias, *dmarc;

	CU_ASSERT_EQUAL(json_object_size(objects), 4);
	CU_ASSERT_TRUE(json_equal(json_object_get(lists, "x:tls-internal-report"),
	    json_object_get(lists, "x:TlsInternalReport")));
	alias = json_object_get(objects, "x:dmarc-internal-report");
	dmarc = json_object_get(objects, "x:DmarcInternalReport");
	/* The WebUI's search offers what has the words in its description. */
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(alias, "description")),
	    "Another name, for the command line");
	json_object_set(dmarc, "description", json_object_get(alias, "description"));
	CU_ASSERT_TRUE(json_equal(alias, dmarc));
	CU_ASSERT_PTR_NOT_NULL(properties_of(document, "x:dmarc-internal-report"));
	CU_ASSERT_PTR_EQUAL(properties_of(document, "x:dmarc-internal-report"),
	    properties_of(document, "x:DmarcInternalReport"));
	json_decref(document);
}

/* --- that /query takes what it offers --- */

/* What the WebUI sends for each kind of input. */
static const struct {
	const char *input, *suffix, *value;
} inputs[] = {
    {"text", "", "7"},
    {"date", "IsGreaterThanOrEqual", "2026-06-17T00:00:00Z"},
    {"date", "IsLessThan", "2026-06-18T00:00:00Z"},
    {"date", "IsGreaterThan", "2026-06-17T00:00:00Z"},
};

static size_t
check_filter(const struct type *t, const json_t *offered)
{
	const char *input = json_string_value(json_object_get(offered, "type"));
	const char *field = json_string_value(json_object_get(offered, "field"));
	size_t n = 0;

	for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
		json_t *v, *name;
		struct filter f = {0};
		struct err e = {0};

		if (strcmp(inputs[i].input, input) != 0)
			continue;
		name = json_sprintf("%s%s", field, inputs[i].suffix);
		v = json_pack("{s:s}", json_string_value(name), inputs[i].value);
		CU_ASSERT_TRUE(filter_read(t, v, &f, &e));
		filter_free(&f);
		json_decref(name);
		json_decref(v);
		n++;
	}
	return n;
}

static void
check_sort(const struct type *t, const json_t *property)
{
	json_t *v = json_pack("[{s:O, s:b}]", "property", property, "isAscending", 1);
	struct sort sort[SORT_MAX];
	struct err e = {0};
	size_t n = 0;

	CU_ASSERT_TRUE(sort_read(t, v, sort, &n, &e));
	CU_ASSERT_EQUAL(n, 1);
	json_decref(v);
}

static void
query_takes_every_filter_and_sort_that_is_offered(void)
{
	for (size_t i = 0; model_types[i] != NULL; i++) {
		const struct type *t = model_types[i];
		json_t *list = schema_list(t), *one;
		const json_t *filters = json_object_get(list, "filters");
		const json_t *sorts = json_object_get(list, "sort");
		size_t j;

		CU_ASSERT_EQUAL(json_array_size(filters), 4);
		CU_ASSERT_EQUAL(json_array_size(sorts), 3);
		json_array_foreach(filters, j, one)
			CU_ASSERT(check_filter(t, one) > 0);
		json_array_foreach(sorts, j, one)
			check_sort(t, one);
		json_decref(list);
	}
}

/* --- the text --- */

static bool
unpack(const struct buf *gzip, struct buf *out)
{
	z_stream z = {0};
	int rc;

	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return false;
	z.next_in = (Bytef *)gzip->s;
	z.avail_in = (uInt)gzip->len;
	z.next_out = (Bytef *)out->s;
	z.avail_out = (uInt)out->cap;
	rc = inflate(&z, Z_FINISH);
	out->len = z.total_out;
	inflateEnd(&z);
	return rc == Z_STREAM_END;
}

static void
text_and_copy_are_the_same_document(void)
{
	struct schema one = {0}, other = {0};
	struct buf text = {0};
	struct err e = {0};

	CU_ASSERT_TRUE_FATAL(schema_make(&one, &e) && schema_make(&other, &e));
	buf_reserve(&text, one.text.len);
	CU_ASSERT_TRUE(unpack(&one.gzip, &text));
	CU_ASSERT_TRUE(str_equal(buf_str(&text), buf_str(&one.text)));
	CU_ASSERT(one.gzip.len < one.text.len / 4);
	CU_ASSERT_EQUAL(strlen(one.hash), SCHEMA_HASH_LEN);
	CU_ASSERT_STRING_EQUAL(one.hash, other.hash);
	CU_ASSERT_TRUE(str_equal(buf_str(&one.gzip), buf_str(&other.gzip)));
	buf_free(&text);
	schema_free(&one);
	schema_free(&other);
}

static void
it_is_made_once(void)
{
	struct schema s = {0};
	struct err e = {0};
	const char *text;

	CU_ASSERT_TRUE_FATAL(schema_make(&s, &e));
	text = s.text.s;
	CU_ASSERT_TRUE(schema_make(&s, &e));
	CU_ASSERT_PTR_EQUAL(s.text.s, text);
	schema_free(&s);
	CU_ASSERT_EQUAL(s.text.len, 0);
	schema_free(&s);
}

const CU_TestInfo schema_tests[] = {
    {"strict readers take the document", strict_readers_take_the_document},
    {"every kind of value has its place", every_kind_of_value_has_its_place},
    {"strict readers take no null", strict_readers_take_no_null},
    {"strict readers know the whole grammar", strict_readers_know_the_whole_grammar},
    {"names in the document lead somewhere", names_in_the_document_lead_somewhere},
    {"a form has each field once", a_form_has_each_field_once},
    {"the menu leads to both lists", the_menu_leads_to_both_lists},
    {"the command line's names lead to the same", the_command_lines_names_lead_to_the_same},
    {"/query takes every filter and sort that is offered",
	query_takes_every_filter_and_sort_that_is_offered},
    {"text and copy are the same document", text_and_copy_are_the_same_document},
    {"it is made once", it_is_made_once},
    CU_TEST_INFO_NULL,
};
