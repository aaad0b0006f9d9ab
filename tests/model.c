/* tests/model.c -- the field tables, the kinds of values, the reference page. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "model/document.h"
#include "model/kinds.h"
#include "tests/model_toy.h"
#include "tests/suites.h"
#include "json/number.h"
#include "json/text.h"

#define DEPTH_MAX 8         /* no type nests deeper than this */
#define DOCUMENT_MAX 100000 /* bytes of docs/model.md */

static bool
is_name(const char *s, bool upper)
{
	if (upper ? *s < 'A' || *s > 'Z' : *s < 'a' || *s > 'z')
		return false;
	for (; *s != '\0'; s++)
		if (!(*s >= 'a' && *s <= 'z') && !(*s >= 'A' && *s <= 'Z') &&
		    !(*s >= '0' && *s <= '9'))
			return false;
	return true;
}

static bool
is_sentence(const char *s)
{
	return s != NULL && s[0] >= 'A' && s[0] <= 'Z' && s[strlen(s) - 1] == '.';
}

/* As labels and descriptions stand in forms and tables: "When the report was created". */
static bool
is_phrase(const char *s)
{
	return s != NULL && s[0] >= 'A' && s[0] <= 'Z' && s[strlen(s) - 1] != '.';
}

static void
check_enumeration(const struct enumeration *e)
{
	CU_ASSERT_TRUE(is_name(e->name, true));
	CU_ASSERT_PTR_NOT_NULL(e->values[0].name);
	for (const struct enum_value *v = e->values; v->name != NULL; v++) {
		CU_ASSERT_TRUE(is_name(v->name, false) || is_name(v->name, true));
		CU_ASSERT_TRUE(is_phrase(v->label));
		for (const struct enum_value *w = e->values; w != v; w++)
			CU_ASSERT_STRING_NOT_EQUAL(v->name, w->name);
	}
}

/* A default is what model_record() would write. */
static void
check_default(const struct field *f)
{
	struct field fields[] = {*f, {0}};
	const struct type t = {.name = "T", .fields = fields};
	struct buf got = {0}, want = {0};
	json_t *v = json_pack("{s:o}", f->name, toy_parse(f->initial));

	toy_record(&t, v, &got);
	buf_printf(&want, "{\"%s\":%s}", f->name, f->initial);
	CU_ASSERT_STRING_EQUAL(got.s, buf_terminate(&want));
	buf_free(&got);
	buf_free(&want);
	json_decref(v);
}

static void
check_field(const struct field *f)
{
	CU_ASSERT_TRUE(is_name(f->name, false));
	CU_ASSERT_TRUE(is_phrase(f->label));
	CU_ASSERT_TRUE(is_phrase(f->doc));
	CU_ASSERT_EQUAL(f->kind == KIND_ENUM, f->values != NULL);
	CU_ASSERT_EQUAL(f->kind == KIND_OBJECT, f->type != NULL);
	/* A value is required, or there is something that stands for none; never both. */
	CU_ASSERT_EQUAL((f->flags & F_REQUIRED) != 0, model_default(f) == NULL);
	CU_ASSERT_FALSE(f->initial != NULL && (f->flags & F_NULLABLE));
	/* A member of a set has to work as a key; a list is of objects. */
	CU_ASSERT_FALSE(f->shape == SET && model_kinds[f->kind].text == NULL);
	CU_ASSERT_EQUAL(f->shape == LIST, f->kind == KIND_OBJECT && f->shape != ONE);
	if (f->shape == SET && f->key != KEY_NONE)
		CU_ASSERT_TRUE(f->max_items > 0 && f->max_items <= MODEL_MAX_INDEXED_VALUES);
	if (f->values != NULL)
		check_enumeration(f->values);
	if (f->initial != NULL)
		check_default(f);
}

static void
check_type(const struct type *t, int depth)
{
	bool in_section = t->fields[0].section != NULL;
	size_t n = 0;

	CU_ASSERT_FATAL(depth <= DEPTH_MAX);
	CU_ASSERT_TRUE(is_name(t->name, true));
	CU_ASSERT_TRUE(is_sentence(t->doc));
	for (const struct field *f = t->fields; f->name != NULL; f++, n++) {
		size_t index;

		check_field(f);
		CU_ASSERT_TRUE(depth == 0 || f->key == KEY_NONE);
		CU_ASSERT_TRUE(depth == 0 || (f->flags & F_COLUMN) == 0);
		CU_ASSERT_TRUE(in_section || f->section == NULL);
		CU_ASSERT_PTR_EQUAL(model_field(t, str_of(f->name), &index), f);
		CU_ASSERT_EQUAL(index, n);
		if (f->type != NULL)
			check_type(f->type, depth + 1);
	}
	CU_ASSERT_TRUE(n > 0 && n <= MODEL_MAX_FIELDS);
}

static size_t
depth_of(const struct menu *m)
{
	return m == NULL ? 0 : 1 + depth_of(m->in);
}

static void
types_of_records_have_a_place_in_a_menu(void)
{
	for (size_t i = 0; model_types[i] != NULL; i++) {
		const struct type *t = model_types[i];
		const struct view *v = t->view;

		CU_ASSERT_FATAL(v != NULL && t->alias != NULL);
		CU_ASSERT_TRUE(is_phrase(v->name));
		CU_ASSERT_TRUE(is_phrase(v->title));
		CU_ASSERT_TRUE(is_phrase(v->subtitle));
		CU_ASSERT_PTR_NOT_NULL(v->singular);
		CU_ASSERT_PTR_NOT_NULL(v->plural);
		CU_ASSERT_PTR_NOT_NULL(model_field_with_key(t, v->label));
		CU_ASSERT(depth_of(v->menu) >= 2);
		for (const struct menu *m = v->menu; m != NULL; m = m->in)
			CU_ASSERT_EQUAL(m->icon != NULL, depth_of(m) <= 2);
	}
}

static void
every_row_is_whole(void)
{
	for (size_t i = 0; model_types[i] != NULL; i++)
		check_type(model_types[i], 0);
	check_type(&toy, 0);
}

static void
every_kind_has_a_row(void)
{
	for (int kind = 0; kind < KIND__COUNT; kind++) {
		const struct kind_row *row = &model_kinds[kind];

		CU_ASSERT_FATAL(row->name != NULL);
		CU_ASSERT_TRUE(is_name(row->name, true));
		CU_ASSERT_PTR_NOT_NULL(row->doc);
		CU_ASSERT_EQUAL(row->want == NULL, kind == KIND_ENUM);
		CU_ASSERT_EQUAL(row->text == NULL && row->value == NULL, kind == KIND_OBJECT);
	}
}

static void
types_and_fields_are_found(void)
{
	const struct type *d = &dmarc_internal_report, *t = &tls_internal_report;
	size_t index = 99;

	CU_ASSERT_PTR_EQUAL(model_type_named(STR("DmarcInternalReport")), d);
	CU_ASSERT_PTR_EQUAL(model_type_named(STR("TlsInternalReport")), t);
	CU_ASSERT_PTR_NULL(model_type_named(STR("dmarcInternalReport")));
	CU_ASSERT_PTR_NULL(model_type_named(STR("")));
	CU_ASSERT_PTR_EQUAL(model_type_numbered(1), d);
	CU_ASSERT_PTR_EQUAL(model_type_numbered(2), t);
	CU_ASSERT_PTR_NULL(model_type_numbered(0));
	CU_ASSERT_PTR_NULL(model_type_numbered(3));
	CU_ASSERT_EQUAL(d->letter, 'd');
	CU_ASSERT_EQUAL(t->letter, 't');
	CU_ASSERT_PTR_NULL(model_field(d, STR("id"), &index));
	CU_ASSERT_PTR_NULL(model_field(d, STR("domai"), &index));
	CU_ASSERT_EQUAL(index, 99);
	CU_ASSERT_STRING_EQUAL(model_field_with_key(d, KEY_POLICY)->name, "policyIdentifier");
	CU_ASSERT_STRING_EQUAL(model_field_with_key(t, KEY_POLICY)->name, "policyIdentifiers");
	CU_ASSERT_PTR_NULL(model_field_with_key(d, KEY_NONE));
	CU_ASSERT_PTR_NULL(model_field_with_key(d, KEY_ID));
	for (enum key key = KEY_DOMAIN; key < KEY__COUNT; key++)
		for (size_t i = 0; model_types[i] != NULL; i++)
			CU_ASSERT_PTR_NOT_NULL(model_field_with_key(model_types[i], key));
}

/* A value as it is sent, and as it is stored; NULL: it is refused. */
struct kind_case {
	enum kind kind;
	const char *sent, *stored;
};

static const struct kind_case kind_cases[] = {
    {KIND_STRING, "\"\"", "\"\""},
    {KIND_STRING, "\"caf\\u00e9 \\ud83d\\ude00\"", "\"caf\u00e9 \U0001f600\""},
    {KIND_STRING, "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\"",
	"\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\""},
    {KIND_STRING, "\"a\\u0000b\"", NULL},
    {KIND_STRING, "\"\\u0000\"", NULL},
    {KIND_STRING, "1", NULL},
    {KIND_STRING, "true", NULL},
    {KIND_STRING, "[]", NULL},
    {KIND_STRING, "{}", NULL},

    {KIND_DOMAIN, "\"example.com\"", "\"example.com\""},
    {KIND_DOMAIN, "\"EXAMPLE.Com\"", "\"example.com\""},
    {KIND_DOMAIN, "\"com\"", "\"com\""},
    {KIND_DOMAIN, "\"_dmarc._tcp.a-b.example\"", "\"_dmarc._tcp.a-b.example\""},
    {KIND_DOMAIN, "\"r3---sn-4g5.example\"", "\"r3---sn-4g5.example\""},
    {KIND_DOMAIN, "\"1.2.0.192.in-addr.arpa\"", "\"1.2.0.192.in-addr.arpa\""},
    {KIND_DOMAIN, "\"B\u00dccher.example\"", "\"xn--bcher-kva.example\""},
    {KIND_DOMAIN, "\"bu\u0308cher.example\"", "\"xn--bcher-kva.example\""},
    {KIND_DOMAIN, "\"fa\u00df.example\"", "\"xn--fa-hia.example\""},
    {KIND_DOMAIN, "\"XN--Bcher-KVA.example\"", "\"xn--bcher-kva.example\""},
    {KIND_DOMAIN, "\"_dmarc.\u4f8b\u3048.example\"", "\"_dmarc.xn--r8jz45g.example\""},
    {KIND_DOMAIN, "\"\"", NULL},
    {KIND_DOMAIN, "\".\"", NULL},
    {KIND_DOMAIN, "\".example.com\"", NULL},
    {KIND_DOMAIN, "\"example.com.\"", NULL},
    {KIND_DOMAIN, "\"example..com\"", NULL},
    {KIND_DOMAIN, "\"ex ample.com\"", NULL},
    {KIND_DOMAIN, "\" example.com\"", NULL},
    {KIND_DOMAIN, "\"-a.example\"", NULL},
    {KIND_DOMAIN, "\"a-.example\"", NULL},
    {KIND_DOMAIN, "\"a*b.example\"", NULL},
    {KIND_DOMAIN, "\"a@example.com\"", NULL},
    {KIND_DOMAIN, "\"example.com:25\"", NULL},
    {KIND_DOMAIN, "\"[192.0.2.1]\"", NULL},
    {KIND_DOMAIN, "\"a\\u0000.example\"", NULL},
    {KIND_DOMAIN, "\"b\u00fc\\u0000x.example\"", NULL},
    {KIND_DOMAIN, "\"a\u3002example\"", NULL},   /* an ideographic full stop */
    {KIND_DOMAIN, "\"\u2603.example\"", NULL},   /* a snowman */
    {KIND_DOMAIN, "\"a\u200db.example\"", NULL}, /* a joiner between letters */
    {KIND_DOMAIN, "\"\u0301a.example\"", NULL},  /* a combining mark first */
    {KIND_DOMAIN, "\"-\u00fc.example\"", NULL},
    {KIND_DOMAIN, "\"xn--.example\"", NULL},
    {KIND_DOMAIN, "\"xn--a.example\"", NULL},
    {KIND_DOMAIN, "\"xn--n3h.example\"", NULL}, /* the snowman again */
    {KIND_DOMAIN, "5", NULL},

    {KIND_EMAIL, "\"a@example.com\"", "\"a@example.com\""},
    {KIND_EMAIL, "\"mailto:a@example.com\"", "\"a@example.com\""},
    {KIND_EMAIL, "\"MailTo:Reports@Example.COM\"", "\"Reports@Example.COM\""},
    {KIND_EMAIL, "\"a.b+c_d=e/f~{|}@example.com\"", "\"a.b+c_d=e/f~{|}@example.com\""},
    {KIND_EMAIL, "\"\\\"a b\\\\\\\"@c\\\"@example.com\"",
	"\"\\\"a b\\\\\\\"@c\\\"@example.com\""},
    {KIND_EMAIL, "\"\\\"\\\"@example.com\"", "\"\\\"\\\"@example.com\""},
    {KIND_EMAIL, "\"d\u00f6rte@b\u00fccher.example\"", "\"d\u00f6rte@b\u00fccher.example\""},
    {KIND_EMAIL, "\"\"", NULL},
    {KIND_EMAIL, "\"mailto:\"", NULL},
    {KIND_EMAIL, "\"mailto:mailto:a@example.com\"", NULL},
    {KIND_EMAIL, "\"example.com\"", NULL},
    {KIND_EMAIL, "\"@example.com\"", NULL},
    {KIND_EMAIL, "\"a@\"", NULL},
    {KIND_EMAIL, "\"a@b@example.com\"", NULL},
    {KIND_EMAIL, "\".a@example.com\"", NULL},
    {KIND_EMAIL, "\"a.@example.com\"", NULL},
    {KIND_EMAIL, "\"a..b@example.com\"", NULL},
    {KIND_EMAIL, "\"a b@example.com\"", NULL},
    {KIND_EMAIL, "\"a@exa mple.com\"", NULL},
    {KIND_EMAIL, "\"a@example.com!10m\"", NULL},
    {KIND_EMAIL, "\"a@example.com?subject=x\"", NULL},
    {KIND_EMAIL, "\"A <a@example.com>\"", NULL},
    {KIND_EMAIL, "\"\\\"a@example.com\"", NULL},
    {KIND_EMAIL, "\"\\\"a\\\"b\\\"@example.com\"", NULL},
    {KIND_EMAIL, "\"\\\"a\\\\\\\"@example.com\"", NULL},
    {KIND_EMAIL, "\"\\\"a\\nb\\\"@example.com\"", NULL},
    {KIND_EMAIL, "\"a\\u0000@example.com\"", NULL},
    {KIND_EMAIL, "\"a\\r\\nBcc: b@example.com\"", NULL},
    {KIND_EMAIL, "\"[email\u00a0protected]\"", NULL},

    {KIND_URI, "\"https://example.com/reports\"", "\"https://example.com/reports\""},
    {KIND_URI, "\"https://u:p@example.com:8443/a;b=c/%7e?x=%20&y#f/?\"",
	"\"https://u:p@example.com:8443/a;b=c/%7e?x=%20&y#f/?\""},
    {KIND_URI, "\"https://[2001:db8::1]:443/\"", "\"https://[2001:db8::1]:443/\""},
    {KIND_URI, "\"mailto:a@example.com\"", "\"mailto:a@example.com\""},
    {KIND_URI, "\"HTTPS://Example.com\"", "\"HTTPS://Example.com\""},
    {KIND_URI, "\"urn:a:b\"", "\"urn:a:b\""},
    {KIND_URI, "\"file:///etc\"", "\"file:///etc\""},
    {KIND_URI, "\"\"", NULL},
    {KIND_URI, "\"/reports\"", NULL},
    {KIND_URI, "\"example.com\"", NULL},
    {KIND_URI, "\":x\"", NULL},
    {KIND_URI, "\"1a:x\"", NULL},
    {KIND_URI, "\"ht tp://example.com\"", NULL},
    {KIND_URI, "\"https://example.com/a b\"", NULL},
    {KIND_URI, "\" https://example.com\"", NULL},
    {KIND_URI, "\"https://example.com/%zz\"", NULL},
    {KIND_URI, "\"https://example.com/%2\"", NULL},
    {KIND_URI, "\"https://example.com/a#b#c\"", NULL},
    {KIND_URI, "\"https://example.com/[a]\"", NULL},
    {KIND_URI, "\"https://exam[ple.com/\"", NULL},
    {KIND_URI, "\"https://[1.2.3.4]/\"", NULL},
    {KIND_URI, "\"https://[::1/\"", NULL},
    {KIND_URI, "\"https://[::1]x/\"", NULL},
    {KIND_URI, "\"https://a:b/\"", NULL},
    {KIND_URI, "\"https://a@b@c/\"", NULL},
    {KIND_URI, "\"https://b\u00fccher.example/\"", NULL},
    {KIND_URI, "\"https://example.com/\\u0000\"", NULL},
    {KIND_URI, "\"https://example.com/\\n\"", NULL},
    {KIND_URI, "\"https://example.com/<>\"", NULL},

    {KIND_IP, "\"192.0.2.1\"", "\"192.0.2.1\""},
    {KIND_IP, "\"2001:DB8:0:0:0:0:0:1\"", "\"2001:db8::1\""},
    {KIND_IP, "\"2001:0db8::0001\"", "\"2001:db8::1\""},
    {KIND_IP, "\"2001:db8:0:1:1:1:1:1\"", "\"2001:db8:0:1:1:1:1:1\""},
    {KIND_IP, "\"2001:0:0:1:0:0:0:1\"", "\"2001:0:0:1::1\""},
    {KIND_IP, "\"2001:db8:0:0:1:0:0:1\"", "\"2001:db8::1:0:0:1\""},
    {KIND_IP, "\"::FFFF:c000:201\"", "\"::ffff:192.0.2.1\""},
    {KIND_IP, "\"::ffff:192.0.2.1\"", "\"::ffff:192.0.2.1\""},
    {KIND_IP, "\"0:0:0:0:0:0:0:0\"", "\"::\""},
    {KIND_IP, "\"::1\"", "\"::1\""},
    {KIND_IP, "\"::1:2\"", "\"::1:2\""},
    {KIND_IP, "\"::192.0.2.1\"", "\"::c000:201\""},
    {KIND_IP, "\"\"", NULL},
    {KIND_IP, "\"192.0.2\"", NULL},
    {KIND_IP, "\"192.0.2.256\"", NULL},
    {KIND_IP, "\"192.0.2.01\"", NULL},
    {KIND_IP, "\"192.0.2.1 \"", NULL},
    {KIND_IP, "\"192.0.2.1\\u0000\"", NULL},
    {KIND_IP, "\"192.0.2.1/32\"", NULL},
    {KIND_IP, "\"[::1]\"", NULL},
    {KIND_IP, "\"fe80::1%eth0\"", NULL},
    {KIND_IP, "\":::1\"", NULL},
    {KIND_IP, "\"1:2:3:4:5:6:7:8:9\"", NULL},
    {KIND_IP, "\"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000\"", NULL},
    {KIND_IP, "3221225985", NULL},

    {KIND_UINT, "0", "0"},
    {KIND_UINT, "-0", "0"},
    {KIND_UINT, "1.0", "1"},
    {KIND_UINT, "1e3", "1000"},
    {KIND_UINT, "9007199254740991", "9007199254740991"},
    {KIND_UINT, "9007199254740991.0", "9007199254740991"},
    {KIND_UINT, "9007199254740991.4", NULL},
    {KIND_UINT, "9007199254740992", NULL},
    {KIND_UINT, "18446744073709551616", NULL},
    {KIND_UINT, "9223372036854775807", NULL},
    {KIND_UINT, "1e300", NULL},
    {KIND_UINT, "-1", NULL},
    {KIND_UINT, "1.5", NULL},
    {KIND_UINT, "1e-3", NULL},
    {KIND_UINT, "\"1\"", NULL},
    {KIND_UINT, "true", NULL},

    {KIND_UINT64, "0", "0"},
    {KIND_UINT64, "-0.0", "0"},
    {KIND_UINT64, "9007199254740993", "9007199254740993"},
    {KIND_UINT64, "9007199254740993.0", "9007199254740993"},
    {KIND_UINT64, "18446744073709551615", "18446744073709551615"},
    {KIND_UINT64, "18446744073709551616", NULL},
    {KIND_UINT64, "-1", NULL},
    {KIND_UINT64, "0.5", NULL},
    {KIND_UINT64, "1e400", NULL},
    {KIND_UINT64, "\"1\"", NULL},

    {KIND_FLOAT, "1.0", "1.0"},
    {KIND_FLOAT, "1", "1.0"},
    {KIND_FLOAT, "0", "0.0"},
    {KIND_FLOAT, "-2.5", "-2.5"},
    {KIND_FLOAT, "0.1", "0.1"},
    {KIND_FLOAT, "0.30000000000000004", "0.30000000000000004"},
    {KIND_FLOAT, "1e300", "1e+300"},
    {KIND_FLOAT, "1.7976931348623157e308", "1.7976931348623157e+308"},
    {KIND_FLOAT, "5e-324", "4.94065645841247e-324"},
    {KIND_FLOAT, "9007199254740992", "9007199254740992.0"},
    {KIND_FLOAT, "9007199254740993", NULL},
    {KIND_FLOAT, "9007199254740993.0", NULL},
    {KIND_FLOAT, "9007199254740994", "9007199254740994.0"},
    {KIND_FLOAT, "-0", "-0.0"},
    {KIND_FLOAT, "1e400", NULL},
    {KIND_FLOAT, "1e-400", NULL},
    {KIND_FLOAT, "\"1.0\"", NULL},
    {KIND_FLOAT, "false", NULL},

    {KIND_BOOL, "true", "true"},
    {KIND_BOOL, "false", "false"},
    {KIND_BOOL, "0", NULL},
    {KIND_BOOL, "\"true\"", NULL},

    {KIND_DATE, "\"2026-01-31T08:00:00Z\"", "\"2026-01-31T08:00:00Z\""},
    {KIND_DATE, "\"2026-01-31T08:00:00.999Z\"", "\"2026-01-31T08:00:00Z\""},
    {KIND_DATE, "\"2026-01-31T08:00:00+00:00\"", NULL},
    {KIND_DATE, "\"2026-02-30T08:00:00Z\"", NULL},
    {KIND_DATE, "\"\"", NULL},
    {KIND_DATE, "1769846400", NULL},

    {KIND_ENUM, "\"none\"", "\"none\""},
    {KIND_ENUM, "\"None\"", NULL},
    {KIND_ENUM, "\"non\"", NULL},
    {KIND_ENUM, "\"none\\u0000\"", NULL},
    {KIND_ENUM, "\"\"", NULL},
    {KIND_ENUM, "0", NULL},

    {KIND_OBJECT, "[]", NULL},
    {KIND_OBJECT, "\"\"", NULL},
    {KIND_OBJECT, "0", NULL},
    {KIND_OBJECT, "{}", "{\"x\":0}"},
};

static const struct enumeration some = {
    "Some", (const struct enum_value[]){{"none", "None"}, {"all", "All"}, {0}}};

static const struct type inner = {
    .name = "Inner", .fields = (const struct field[]){{"x", KIND_UINT, .initial = "0"}, {0}}};

/* What becomes of a record that has one required value: its text, or its problems. */
static void
store_one(enum kind kind, json_t *v, struct buf *out)
{
	const struct field fields[] = {
	    {"v", kind, .flags = F_REQUIRED, .values = kind == KIND_ENUM ? &some : NULL,
		.type = kind == KIND_OBJECT ? &inner : NULL},
	    {0}};
	const struct type t = {.name = "T", .fields = fields};
	json_t *record = json_pack("{s:o}", "v", v);

	toy_record(&t, record, out);
	json_decref(record);
}

static void
values_are_stored_in_canonical_form_or_refused(void)
{
	for (size_t i = 0; i < sizeof kind_cases / sizeof kind_cases[0]; i++) {
		const struct kind_case *c = &kind_cases[i];
		struct buf got = {0}, want = {0};

		store_one(c->kind, toy_parse(c->sent), &got);
		if (c->stored != NULL) {
			buf_printf(&want, "{\"v\":%s}", c->stored);
		} else {
			const struct field f = {.kind = c->kind, .values = &some};

			buf_puts(&want, "v: ");
			kind_want(&f, &want);
			buf_putc(&want, '\n');
		}
		buf_terminate(&want);
		if (strcmp(got.s, want.s) != 0)
			printf("\n  %s: got %s, want %s\n", c->sent, got.s, want.s);
		CU_ASSERT_STRING_EQUAL(got.s, want.s);
		buf_free(&got);
		buf_free(&want);
	}
}

/* head, then as many x as make it len bytes with tail, then tail. */
static json_t *
long_string(const char *head, size_t len, const char *tail)
{
	struct buf b = {0};
	json_t *v;

	buf_puts(&b, head);
	while (b.len + strlen(tail) < len)
		buf_putc(&b, 'x');
	buf_puts(&b, tail);
	v = json_stringn(b.s, b.len);
	buf_free(&b);
	return v;
}

#define LABEL_49 "aaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeee."

static void
lengths_are_limited(void)
{
	static const struct {
		enum kind kind;
		const char *head, *tail;
		size_t max;
	} limits[] = {
	    {KIND_DOMAIN, "", "", DOMAIN_LABEL_MAX},
	    {KIND_DOMAIN, "a.", ".b", 2 + DOMAIN_LABEL_MAX + 2},
	    {KIND_DOMAIN, LABEL_49 LABEL_49 LABEL_49 LABEL_49, "", DOMAIN_MAX},
	    {KIND_EMAIL, "", "@example.com", EMAIL_LOCAL_MAX + 12},
	    {KIND_EMAIL, "\"", "\"@example.com", EMAIL_LOCAL_MAX + 12},
	    {KIND_EMAIL, "a@" LABEL_49 LABEL_49 LABEL_49 LABEL_49, ".a", EMAIL_MAX},
	    {KIND_URI, "https:", "", URI_MAX},
	};

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		struct buf at = {0}, past = {0};

		store_one(limits[i].kind,
		    long_string(limits[i].head, limits[i].max, limits[i].tail), &at);
		store_one(limits[i].kind,
		    long_string(limits[i].head, limits[i].max + 1, limits[i].tail), &past);
		CU_ASSERT_EQUAL(strncmp(at.s, "{\"v\":\"", 6), 0);
		CU_ASSERT_EQUAL(strncmp(past.s, "v: must be a", 12), 0);
		buf_free(&at);
		buf_free(&past);
	}
}

/* 59 letters u-umlaut and more make an A-label of 63 bytes; the limit is on that. */
static void
lengths_of_international_labels_are_those_of_a_labels(void)
{
	struct buf got = {0}, u = {0};
	size_t n;

	for (n = 1; n < DOMAIN_LABEL_MAX; n++) {
		buf_clear(&got);
		buf_puts(&u, "\u00fc");
		if (!domain_canonical(NULL, buf_str(&u), &got))
			break;
	}
	CU_ASSERT(n > 50 && n < DOMAIN_LABEL_MAX);
	CU_ASSERT_FALSE(domain_canonical(NULL, buf_str(&u), &got));
	while (u.len < 4096)
		buf_puts(&u, "\u00ad"); /* soft hyphens, which normalization drops */
	CU_ASSERT_FALSE(domain_canonical(NULL, buf_str(&u), &got));
	buf_free(&got);
	buf_free(&u);
}

static void
doubles_read_back_as_they_were(void)
{
	static const double numbers[] = {0.1, 1.0 / 3, 2.0 / 3, 1e15, 1e16, 1e17, 123456789.125,
	    5e-324, 2.2250738585072014e-308};

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		struct buf text = {0};
		double read = -1;
		json_t *v;

		text_real(&text, numbers[i]);
		v = toy_parse(buf_terminate(&text));
		CU_ASSERT_TRUE(number_to_double(v, &read));
		CU_ASSERT_EQUAL(read, numbers[i]);
		json_decref(v);
		buf_free(&text);
	}
}

static void
the_reference_page_is_what_the_tables_say(void)
{
	struct buf page = {0}, kept = {0};
	struct err e = {0};

	model_document(&page);
	CU_ASSERT_TRUE(io_read_file("docs/model.md", DOCUMENT_MAX, &kept, &e));
	CU_ASSERT_TRUE(str_equal(buf_str(&page), buf_str(&kept)));
	buf_free(&page);
	buf_free(&kept);
}

const CU_TestInfo model_tests[] = {
    {"every row is whole", every_row_is_whole},
    {"types of records have a place in a menu", types_of_records_have_a_place_in_a_menu},
    {"every kind has a row", every_kind_has_a_row},
    {"types and fields are found", types_and_fields_are_found},
    {"values are stored in canonical form or refused",
	values_are_stored_in_canonical_form_or_refused},
    {"lengths are limited", lengths_are_limited},
    {"lengths of international labels are those of A-labels",
	lengths_of_international_labels_are_those_of_a_labels},
    {"doubles read back as they were", doubles_read_back_as_they_were},
    {"the reference page is what the tables say", the_reference_page_is_what_the_tables_say},
    CU_TEST_INFO_NULL,
};
