/* tests/report.c -- from records to what receivers read: the folders of tests/report, and what
 * no folder can show. */
#include <CUnit/CUnit.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/gzip.h"
#include "base/io.h"
#include "model/record.h"
#include "report/report.h"
#include "report/walk.h"
#include "tests/suites.h"

#define FILE_MAX (1u << 20) /* bytes */
#define RECORD_MAX (10u << 20)
#define ID STR("d0000000001")
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct report_settings settings = {
    .organization = "Org", .contact = "tls@mx.example", .from = ""};

/* A record as the store keeps it; record_free(). */
static const struct type *
make_record(const json_t *file, struct record *r)
{
	const struct type *t =
	    model_type_named(str_of(json_string_value(json_object_get(file, "type")) + 2));
	struct problems p = {0};
	struct buf why = {0};

	if (!model_record(t, json_object_get(file, "create"), RECORD_MAX, r, &p)) {
		problems_describe(&p, &why);
		CU_FAIL("a record of the tests is not valid");
		printf("\n  %s\n", buf_terminate(&why));
	}
	buf_free(&why);
	problems_free(&p);
	return t;
}

static json_t *
load_case(const char *name)
{
	char path[256];
	json_t *file;

	snprintf(path, sizeof path, "tests/report/%s/record.json", name);
	file = json_load_file(path, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	return file;
}

/* The document of what is sent in file; false with *e. */
static bool
render(const json_t *file, const struct report_settings *s, struct buf *out,
    struct report_left_out *left, struct err *e)
{
	struct record r = {0};
	struct report report = {0};
	const struct type *t = make_record(file, &r);
	bool ok = report_read(&report, t, ID, buf_str(&r.text), e) &&
	    report_document(&report, s, out, left, e);

	report_free(&report);
	record_free(&r);
	return ok;
}

static void
check_file(const char *name, const char *document, enum report_format format)
{
	struct report_settings s = settings;
	struct report_left_out left = {0};
	struct buf want = {0}, got = {0};
	struct err e = {0};
	char path[256];
	json_t *file = load_case(name);

	s.format = format;
	snprintf(path, sizeof path, "tests/report/%s/%s", name, document);
	CU_ASSERT(io_read_file(path, FILE_MAX, &want, &e));
	CU_ASSERT(render(file, &s, &got, &left, &e));
	while (want.len > 0 && want.s[want.len - 1] == '\n')
		want.len--;
	while (got.len > 0 && got.s[got.len - 1] == '\n')
		got.len--;
	if (!str_equal(buf_str(&want), buf_str(&got)))
		printf("\n  %s differs; it is now:\n%s\n", path, buf_terminate(&got));
	CU_ASSERT(str_equal(buf_str(&want), buf_str(&got)));
	buf_free(&want);
	buf_free(&got);
	json_decref(file);
}

static void
documents_are_those_of_their_folders(void)
{
	check_file("dmarc-every-property", "rfc9990.xml", REPORT_9990);
	check_file("dmarc-every-property", "rfc7489.xml", REPORT_7489);
	check_file("dmarc-required-alone", "rfc9990.xml", REPORT_9990);
	check_file("dmarc-required-alone", "rfc7489.xml", REPORT_7489);
	check_file("tls-every-property", "rfc8460.json", REPORT_9990);
	check_file("tls-required-alone", "rfc8460.json", REPORT_9990);
}

static void
what_a_format_cannot_express_is_counted(void)
{
	struct report_settings s = settings;
	struct report_left_out left = {0};
	struct buf out = {0};
	struct err e = {0};
	json_t *file = load_case("dmarc-every-property");

	CU_ASSERT(render(file, &s, &out, &left, &e));
	CU_ASSERT_EQUAL(left.rows, 1);
	CU_ASSERT_EQUAL(left.extensions, 2);
	CU_ASSERT_EQUAL(left.spf, 1);
	CU_ASSERT_EQUAL(left.dkim, 0);
	s.format = REPORT_7489;
	left = (struct report_left_out){0};
	CU_ASSERT(render(file, &s, &out, &left, &e));
	CU_ASSERT_EQUAL(left.extensions, 4);
	CU_ASSERT_EQUAL(left.spf, 0);
	buf_free(&out);
	json_decref(file);
}

static json_t *
report_of(json_t *file)
{
	return json_object_get(json_object_get(file, "create"), "report");
}

static json_t *
row_of(json_t *file)
{
	return json_array_get(json_object_get(report_of(file), "records"), 0);
}

/* How often a text stands in the document. */
static size_t
occurrences(const struct buf *document, const char *text)
{
	size_t n = 0, len = strlen(text);

	for (size_t i = 0; i + len <= document->len; i++)
		n += memcmp(document->s + i, text, len) == 0;
	return n;
}

static void
a_report_without_rows_cannot_be_rendered(void)
{
	struct report_left_out left = {0};
	struct buf out = {0};
	struct err e = {0};
	json_t *file = load_case("dmarc-required-alone");

	json_object_set_new(row_of(file), "sourceIp", json_null());
	CU_ASSERT_FALSE(render(file, &settings, &out, &left, &e));
	CU_ASSERT_EQUAL(e.code, ERR_NOT_FOUND);
	CU_ASSERT_STRING_EQUAL(e.text, "the report has no record with a source address");
	json_object_set_new(report_of(file), "records", json_array());
	e = (struct err){0};
	left = (struct report_left_out){0};
	CU_ASSERT_FALSE(render(file, &settings, &out, &left, &e));
	CU_ASSERT_STRING_EQUAL(e.text, "the report has no records");
	json_decref(file);
	file = load_case("tls-required-alone");
	json_object_set_new(report_of(file), "policies", json_array());
	e = (struct err){0};
	CU_ASSERT_FALSE(render(file, &settings, &out, &left, &e));
	CU_ASSERT_STRING_EQUAL(e.text, "the report has no policies");
	buf_free(&out);
	json_decref(file);
}

static void
characters_that_xml_forbids_are_replaced(void)
{
	static const struct {
		const char *sent, *shown;
	} cases[] = {
	    {"a<b>&\"c\"]]>", "a&lt;b&gt;&amp;&quot;c&quot;]]&gt;"},
	    {"\x01|\x08|\x0b|\x0c|\x0e|\x1f",
		"\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd|"
		"\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd"},
	    {"\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd"},
	    {"tab\tline\nend", "tab\tline\nend"},
	    {"\r", "&#13;"},
	    {"\xf0\x9f\x93\xa8 \xc3\xa9 \x7f", "\xf0\x9f\x93\xa8 \xc3\xa9 \x7f"},
	    {"<!DOCTYPE x [<!ENTITY y \"z\">]>&y;",
		"&lt;!DOCTYPE x [&lt;!ENTITY y &quot;z&quot;&gt;]&gt;&amp;y;"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct report_left_out left = {0};
		struct buf out = {0}, want = {0};
		struct err e = {0};
		json_t *file = load_case("dmarc-required-alone");

		json_object_set_new(report_of(file), "orgName", json_string(cases[i].sent));
		CU_ASSERT(render(file, &settings, &out, &left, &e));
		buf_printf(&want, "<org_name>%s</org_name>", cases[i].shown);
		CU_ASSERT_EQUAL(occurrences(&out, buf_terminate(&want)), 1);
		buf_free(&out);
		buf_free(&want);
		json_decref(file);
	}
}

static void
extensions_are_elements_of_other_namespaces(void)
{
	static const struct {
		const char *name, *definition;
		bool shown;
	} cases[] = {
	    {"score", "urn:example:a", true},
	    {"score", "https://mx.example/a?b&c", true},
	    {"score", "urn:ietf:params:xml:ns:dmarc-2.0", false}, /* the report's own */
	    {"score", "http://www.w3.org/XML/1998/namespace", false},
	    {"score", "http://www.w3.org/2000/xmlns/", false},
	    {"score", "relative/path", false},
	    {"score", "", false},
	    {"", "urn:example:a", false},
	    {"1score", "urn:example:a", false},
	    {"x:score", "urn:example:a", false},
	    {"a b", "urn:example:a", false},
	    {"a><b", "urn:example:a", false},
	    {"score", "urn:\"><b", false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct report_left_out left = {0};
		struct buf out = {0};
		struct err e = {0};
		json_t *file = load_case("dmarc-required-alone");

		json_object_set_new(row_of(file), "extensions",
		    json_pack("[{s:s, s:s}]", "name", cases[i].name, "definition",
			cases[i].definition));
		CU_ASSERT(render(file, &settings, &out, &left, &e));
		CU_ASSERT_EQUAL(occurrences(&out, "xmlns:x="), cases[i].shown);
		CU_ASSERT_EQUAL(left.extensions, !cases[i].shown);
		buf_free(&out);
		json_decref(file);
	}
}

/* n results of which the last one is aligned and passes. */
static json_t *
dkim_results(size_t n)
{
	json_t *results = json_array();

	for (size_t i = 1; i <= n; i++)
		json_array_append_new(results,
		    json_pack("{s:s, s:s, s:s}", "domain",
			i == n ? "mail.example.com" : "other.example", "selector", "s",
			"result", i == n ? "pass" : "fail"));
	return results;
}

static void
of_too_many_dkim_results_the_aligned_ones_stay(void)
{
	static const size_t numbers[] = {REPORT_MAX_DKIM, REPORT_MAX_DKIM + 1};

	for (size_t i = 0; i < COUNT(numbers); i++) {
		struct report_left_out left = {0};
		struct buf out = {0};
		struct err e = {0};
		json_t *file = load_case("dmarc-required-alone");

		json_object_set_new(row_of(file), "dkimResults", dkim_results(numbers[i]));
		CU_ASSERT(render(file, &settings, &out, &left, &e));
		CU_ASSERT_EQUAL(occurrences(&out, "<selector>"), REPORT_MAX_DKIM);
		CU_ASSERT_EQUAL(occurrences(&out, "<domain>mail.example.com</domain>"), 1);
		CU_ASSERT_EQUAL(left.dkim, numbers[i] - REPORT_MAX_DKIM);
		buf_free(&out);
		json_decref(file);
	}
}

/* --- names --- */

/* A report that was read from a case with one property changed. */
struct named {
	struct record record;
	struct report report;
};

static void
named_open(struct named *n, const char *name, const char *property, const char *value)
{
	json_t *file = load_case(name);
	struct err e = {0};
	const struct type *t;

	*n = (struct named){0};
	if (property != NULL)
		json_object_set_new(report_of(file), property, json_string(value));
	t = make_record(file, &n->record);
	CU_ASSERT(report_read(&n->report, t, ID, buf_str(&n->record.text), &e));
	json_decref(file);
}

static void
named_close(struct named *n)
{
	report_free(&n->report);
	record_free(&n->record);
}

/* How many bytes of hash stand behind a report id that is changed. */
#define ID_HASH_LEN 16

static void
a_report_id_that_is_no_dot_atom_is_changed(void)
{
	static const struct {
		const char *stored, *begins;
		bool kept;
	} cases[] = {
	    {"1", "1", true},
	    {"a.b-c_d", "a.b-c_d", true},
	    {"a.b@mx.example", "a.b@mx.example", true},
	    {"2026-01-01T00:00:00Z", "2026-01-01T00-00-00Z.", false},
	    {"a b", "a-b.", false},
	    {"a..b", "a-b.", false},
	    {"a@b@c", "a-b-c.", false},
	    {".a", "a.", false},
	    {"a.", "a-.", false},
	    {"<x>\r\nBcc: y", "x-Bcc-y.", false},
	    {"\xc3\xbc", "", false},
	    {"", "", false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct named n;
		struct buf id = {0};
		struct str rest;

		named_open(&n, "dmarc-required-alone", "reportId", cases[i].stored);
		report_public_id(&n.report, &id);
		rest = buf_str(&id);
		CU_ASSERT(str_cut_prefix(&rest, cases[i].begins));
		CU_ASSERT_EQUAL(rest.len, cases[i].kept ? 0 : ID_HASH_LEN);
		for (size_t k = 0; k < rest.len; k++)
			CU_ASSERT(isxdigit((unsigned char)rest.s[k]));
		buf_free(&id);
		named_close(&n);
	}
}

static void
two_report_ids_never_become_one(void)
{
	static const char *const stored[] = {"a b", "a:b"};
	struct buf ids[COUNT(stored)] = {0};

	for (size_t i = 0; i < COUNT(stored); i++) {
		struct named n;

		named_open(&n, "dmarc-required-alone", "reportId", stored[i]);
		report_public_id(&n.report, &ids[i]);
		named_close(&n);
	}
	CU_ASSERT_FALSE(str_equal(buf_str(&ids[0]), buf_str(&ids[1])));
	buf_free(&ids[0]);
	buf_free(&ids[1]);
}

static void
files_and_subjects_follow_the_grammars(void)
{
	static const struct {
		const char *name, *from, *file, *subject;
	} cases[] = {
	    {"dmarc-every-property", "",
		"mx.example!xn--bcher-kva.example!1767225600!1767311999!d0000000001.xml.gz",
		"Report Domain: xn--bcher-kva.example Submitter: mx.example Report-ID: "
		"<2026-01-01.7@mx.example>"},
	    {"dmarc-every-property", "dmarc@reports.example",
		"reports.example!xn--bcher-kva.example!1767225600!1767311999!d0000000001.xml."
		"gz",
		"Report Domain: xn--bcher-kva.example Submitter: reports.example Report-ID: "
		"<2026-01-01.7@mx.example>"},
	    {"tls-every-property", "dmarc@reports.example",
		"mx.example!example.com!1767225600!1767311999!d0000000001.json.gz", NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct report_settings s = settings;
		struct named n;
		struct buf file = {0}, subject = {0};

		s.from = cases[i].from;
		named_open(&n, cases[i].name, NULL, NULL);
		report_file_name(&n.report, &s, &file);
		report_subject(&n.report, &s, &subject);
		CU_ASSERT_STRING_EQUAL(buf_terminate(&file), cases[i].file);
		if (cases[i].subject != NULL)
			CU_ASSERT_STRING_EQUAL(buf_terminate(&subject), cases[i].subject);
		buf_free(&file);
		buf_free(&subject);
		named_close(&n);
	}
}

/* --- messages --- */

static void
make_message(const char *name, const char *to, struct buf *out)
{
	struct named n;
	struct buf document = {0}, gzip = {0};
	struct report_left_out left = {0};
	struct err e = {0};

	named_open(&n, name, NULL, NULL);
	CU_ASSERT(report_document(&n.report, &settings, &document, &left, &e));
	CU_ASSERT(gzip_add(buf_str(&document), &gzip, &e));
	CU_ASSERT(report_message(&n.report, &settings, str_of(to), buf_str(&gzip), out, &e));
	buf_free(&document);
	buf_free(&gzip);
	named_close(&n);
}

static void
a_message_is_the_same_for_the_same_destination_alone(void)
{
	struct buf first = {0}, again = {0}, other = {0};

	make_message("dmarc-every-property", "a@example.com", &first);
	make_message("dmarc-every-property", "a@example.com", &again);
	make_message("dmarc-every-property", "b@example.com", &other);
	CU_ASSERT(str_equal(buf_str(&first), buf_str(&again)));
	CU_ASSERT_FALSE(str_equal(buf_str(&first), buf_str(&other)));
	buf_free(&first);
	buf_free(&again);
	buf_free(&other);
}

static void
messages_have_the_headers_of_their_rfc(void)
{
	static const char *const dmarc[] = {"From: postmaster@mx.example\r\n",
	    "To: a@example.com\r\n", "Submitter: mx.example",
	    "Auto-Submitted: auto-generated\r\n", "Date: Fri, 02 Jan 2026 00:10:00 +0000\r\n",
	    "MIME-Version: 1.0\r\n", "Content-Type: multipart/mixed;",
	    "Content-Type: application/gzip;", "Content-Disposition: attachment;",
	    "Content-Transfer-Encoding: base64\r\n"};
	static const char *const tls[] = {"From: tls@mx.example\r\n",
	    "TLS-Report-Domain: example.com\r\n", "TLS-Report-Submitter: mx.example\r\n",
	    "TLS-Required: No\r\n", "report-type=tlsrpt", "Content-Type: multipart/report;",
	    "Content-Type: application/tlsrpt+gzip;", ".json.gz"};
	struct buf m = {0};

	make_message("dmarc-every-property", "a@example.com", &m);
	for (size_t i = 0; i < COUNT(dmarc); i++)
		CU_ASSERT(occurrences(&m, dmarc[i]) >= 1);
	CU_ASSERT_EQUAL(occurrences(&m, "\n"), occurrences(&m, "\r\n"));
	CU_ASSERT_EQUAL(occurrences(&m, "=?"), 0);
	buf_clear(&m);
	make_message("tls-every-property", "a@example.com", &m);
	for (size_t i = 0; i < COUNT(tls); i++)
		CU_ASSERT(occurrences(&m, tls[i]) >= 1);
	buf_free(&m);
}

static void
only_an_address_becomes_a_sender(void)
{
	static const struct {
		const char *contact, *from;
	} cases[] = {
	    {"tls@other.example", "From: tls@other.example\r\n"},
	    {"mailto:t%2Bls@other.example", "From: t+ls@other.example\r\n"},
	    {"Example", "From: tls@mx.example\r\n"},
	    {"a@other.example\r\nBcc: b@other.example", "From: tls@mx.example\r\n"},
	    {"a@other.example, b@other.example", "From: tls@mx.example\r\n"},
	    {"", "From: tls@mx.example\r\n"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct named n;
		struct buf out = {0};
		struct err e = {0};

		named_open(&n, "tls-required-alone", "contactInfo", cases[i].contact);
		CU_ASSERT(report_message(
		    &n.report, &settings, STR("a@example.com"), STR("x"), &out, &e));
		CU_ASSERT_EQUAL(occurrences(&out, cases[i].from), 1);
		CU_ASSERT_EQUAL(occurrences(&out, "Bcc"), 0);
		buf_free(&out);
		named_close(&n);
	}
}

static void
a_message_needs_a_sender(void)
{
	struct report_settings nobody = {.organization = "", .contact = "", .from = ""};
	struct named n;
	struct buf out = {0};
	struct err e = {0};

	named_open(&n, "tls-required-alone", NULL, NULL);
	CU_ASSERT_FALSE(
	    report_message(&n.report, &nobody, STR("a@example.com"), STR("x"), &out, &e));
	CU_ASSERT_EQUAL(e.code, ERR_NOT_FOUND);
	CU_ASSERT_EQUAL(out.len, 0);
	named_close(&n);
}

/* --- memory and damage --- */

static void
compressed_text_is_the_same_each_time(void)
{
	char back[64] = {0};
	struct buf a = {0}, b = {0};
	struct err e = {0};
	z_stream z = {0};

	CU_ASSERT(gzip_add(STR("the same text"), &a, &e));
	CU_ASSERT(gzip_add(STR("the same text"), &b, &e));
	CU_ASSERT(str_equal(buf_str(&a), buf_str(&b)));
	inflateInit2(&z, 15 + 16);
	z.next_in = (Bytef *)a.s;
	z.avail_in = (uInt)a.len;
	z.next_out = (Bytef *)back;
	z.avail_out = sizeof back;
	CU_ASSERT_EQUAL(inflate(&z, Z_FINISH), Z_STREAM_END);
	CU_ASSERT_STRING_EQUAL(back, "the same text");
	inflateEnd(&z);
	buf_free(&a);
	buf_free(&b);
}

static void
text_that_is_no_record_is_refused(void)
{
	static const char *const texts[] = {"", "{", "[]", "{}", "{\"report\"",
	    "{\"report\":", "{\"report\":{}", "{\"report\":{}}", "{\"report\":{\"records\":[}}",
	    "{\"report\":{\"records\":[{]}}", "{\"report\":{\"records\":[\"}}", "{report:{}}",
	    "{\"report\":{\"x\":tru,\"records\":[]}}"};

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct report r;
		struct report_left_out left = {0};
		struct buf out = {0};
		struct err e = {0};

		CU_ASSERT_FALSE(
		    report_read(&r, &dmarc_internal_report, ID, str_of(texts[i]), &e) &&
		    report_document(&r, &settings, &out, &left, &e));
		CU_ASSERT(e.code == ERR_SERVER_FAIL);
		report_free(&r);
		buf_free(&out);
	}
}

const CU_TestInfo report_tests[] = {
    {"documents are those of their folders", documents_are_those_of_their_folders},
    {"what a format cannot express is counted", what_a_format_cannot_express_is_counted},
    {"a report without rows cannot be rendered", a_report_without_rows_cannot_be_rendered},
    {"characters that XML forbids are replaced", characters_that_xml_forbids_are_replaced},
    {"extensions are elements of other namespaces",
	extensions_are_elements_of_other_namespaces},
    {"of too many DKIM results the aligned ones stay",
	of_too_many_dkim_results_the_aligned_ones_stay},
    {"a report id that is no dot-atom is changed", a_report_id_that_is_no_dot_atom_is_changed},
    {"two report ids never become one", two_report_ids_never_become_one},
    {"files and subjects follow the grammars", files_and_subjects_follow_the_grammars},
    {"a message is the same for the same destination alone",
	a_message_is_the_same_for_the_same_destination_alone},
    {"messages have the headers of their RFC", messages_have_the_headers_of_their_rfc},
    {"only an address becomes a sender", only_an_address_becomes_a_sender},
    {"a message needs a sender", a_message_needs_a_sender},
    {"compressed text is the same each time", compressed_text_is_the_same_each_time},
    {"text that is no record is refused", text_that_is_no_record_is_refused},
    CU_TEST_INFO_NULL,
};
