/* tests/ctl_dump.c -- outboxctl dump and load: what one outbox holds, taken to another. */
#include <CUnit/CUnit.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "tests/command.h"
#include "tests/outbox.h"
#include "tests/suites.h"

#define D "x:DmarcInternalReport/"
#define T "x:TlsInternalReport/"
#define RECORD_BYTES_MAX (16u << 20)

/* Strings that have gone wrong somewhere before. */
static const char *const hostile[] = {"\\\"quoted\\\" \\\\ and {\\\"end\\\":true}",
    "line\\nfeed\\r\\ttab", "\\u0001\\u001f\\u007f", "\\u2028\\u2029\\ufeff",
    "\\ud83d\\ude00 \xf0\x9f\x98\x80", "'; DROP TABLE --", "", "%s%n", "\xc3\xa4\xcc\x88"};

static void
begin(struct outbox *o)
{
	char path[sizeof o->dir + sizeof "/outbox.conf"];
	struct buf text = {0};
	struct err e = {0};

	outbox_start(o);
	o->limits.max_size_record = RECORD_BYTES_MAX;
	o->limits.max_size_request = 4 * (size_t)RECORD_BYTES_MAX;
	buf_printf(&text, "run_dir = \"%s\"\nmax_size_record = %u\n", o->dir, RECORD_BYTES_MAX);
	snprintf(path, sizeof path, "%s/outbox.conf", o->dir);
	CU_ASSERT_TRUE_FATAL(io_write_file(path, buf_str(&text), 0600, &e));
	buf_free(&text);
}

static void
set(struct outbox *o, const char *method, const char *args)
{
	json_t *a = outbox_call(o, FACE_ARRAYS, method, args);

	CU_ASSERT_TRUE(json_is_null(json_object_get(a, "notCreated")));
	CU_ASSERT_TRUE(json_is_null(json_object_get(a, "notUpdated")));
	CU_ASSERT_TRUE(json_is_null(json_object_get(a, "notDestroyed")));
	json_decref(a);
}

/* One DMARC report; org is the inside of a JSON string. */
static void
create(struct outbox *o, const char *domain, const char *org)
{
	struct buf args = {0};

	buf_printf(&args,
	    "{\"create\":{\"k\":{\"createdAt\":\"2026-01-01T00:00:00Z\","
	    "\"deliverAt\":\"2026-01-01T00:00:00Z\",\"domain\":\"%s\",\"report\":{"
	    "\"dateRangeBegin\":\"2026-01-01T00:00:00Z\","
	    "\"dateRangeEnd\":\"2026-01-01T00:00:00Z\",\"email\":\"a@b.example\",\"orgName\":"
	    "\"",
	    domain);
	buf_puts(&args, org);
	buf_puts(&args,
	    "\",\"policyAdkim\":\"relaxed\",\"policyAspf\":\"relaxed\","
	    "\"policyDisposition\":\"none\",\"policyDomain\":\"example.com\","
	    "\"policySubdomainDisposition\":\"none\",\"reportId\":\"r\"}}}}");
	set(o, D "set", buf_terminate(&args));
	buf_free(&args);
}

static void
create_tls(struct outbox *o)
{
	set(o, T "set",
	    "{\"create\":{\"k\":{\"domain\":\"example.com\","
	    "\"createdAt\":\"2026-01-01T00:00:00Z\",\"deliverAt\":\"2026-01-02T00:00:00Z\","
	    "\"policyIdentifiers\":[3,1,18446744073709551615],\"mailRua\":[\"a@b.example\"],"
	    "\"report\":{"
	    "\"reportId\":\"r1\",\"dateRangeStart\":\"2026-01-01T00:00:00Z\","
	    "\"dateRangeEnd\":\"2026-01-02T00:00:00Z\"}}}}");
}

/* Ids with a gap, strings of all sorts, and one record nearly as large as they may be. */
static void
fill(struct outbox *o)
{
	char *large = mem_new(1, RECORD_BYTES_MAX);

	for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++)
		create(o, "example.com", hostile[i]);
	set(o, D "set", "{\"destroy\":[\"d0000000002\",\"d0000000009\"]}");
	memset(large, 'x', RECORD_BYTES_MAX - 4096);
	create(o, "large.example", large);
	for (int i = 0; i < 3; i++)
		create_tls(o);
	free(large);
}

static struct commanded
run(struct outbox *o, struct str in, const char *word, const char *second)
{
	return outboxctl(o->dir, in, (const char *const[]){word, second, NULL});
}

static struct commanded
dump(struct outbox *o)
{
	struct commanded c = run(o, STR(""), "dump", NULL);

	CU_ASSERT_EQUAL(c.status, 0);
	CU_ASSERT_STRING_EQUAL(c.err.s, "");
	return c;
}

/* Loads text, and says so with that status and those words on standard output and error. */
static void
load(struct outbox *o, struct str text, const char *option, int status, const char *out,
    const char *err)
{
	struct commanded c = run(o, text, "load", option);

	CU_ASSERT_EQUAL(c.status, status);
	CU_ASSERT_STRING_EQUAL(c.out.s, out);
	CU_ASSERT_PTR_NOT_NULL(strstr(c.err.s, err));
	if (c.status != status || strcmp(c.out.s, out) != 0)
		fprintf(stderr, "%d: %s%s\n", c.status, c.out.s, c.err.s);
	commanded_free(&c);
}

static void
what_is_dumped_can_be_loaded_elsewhere_and_is_the_same(void)
{
	struct commanded first, second;
	struct outbox a, b;

	begin(&a);
	begin(&b);
	fill(&a);
	first = dump(&a);
	load(&b, buf_str(&first.out), NULL, 0, "11 records loaded, 0 were there, 0 refused\n",
	    "");
	second = dump(&b);
	CU_ASSERT_TRUE(str_equal(buf_str(&first.out), buf_str(&second.out)));
	load(&b, buf_str(&first.out), NULL, 0, "0 records loaded, 11 were there, 0 refused\n",
	    "");
	create(&b, "example.com", "after"); /* ids go on behind those loaded */
	commanded_free(&second);
	second = run(&b, STR(""), "dump", "DmarcInternalReport");
	CU_ASSERT_PTR_NOT_NULL(strstr(second.out.s, "\"id\":\"d000000000b\""));
	CU_ASSERT_PTR_NULL(strstr(second.out.s, "TlsInternalReport"));
	commanded_free(&first);
	commanded_free(&second);
	outbox_stop(&a);
	outbox_stop(&b);
}

static void
a_type_may_be_spelled_in_each_way(void)
{
	static const char *const spellings[] = {"TlsInternalReport", "tls-internal-report",
	    "x:TlsInternalReport", "X:TLS-internal-report"};
	struct outbox o;
	struct commanded c;

	begin(&o);
	create(&o, "example.com", "org");
	create_tls(&o);
	for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
		c = run(&o, STR(""), "dump", spellings[i]);
		CU_ASSERT_EQUAL(c.status, 0);
		CU_ASSERT_PTR_NOT_NULL(
		    strstr(c.out.s, "\"records\":{\"TlsInternalReport\":1}"));
		commanded_free(&c);
	}
	c = run(&o, STR(""), "dump", "mta-internal-report");
	CU_ASSERT_EQUAL(c.status, 2);
	commanded_free(&c);
	outbox_stop(&o);
}

static void
a_dump_that_was_cut_is_noticed_and_loading_can_go_on(void)
{
	struct commanded whole;
	struct outbox a, b;
	struct str part;
	char *end;

	begin(&a);
	begin(&b);
	for (int i = 0; i < 4; i++)
		create_tls(&a);
	whole = dump(&a);
	part = buf_str(&whole.out);
	end = strstr(whole.out.s, "{\"end\"");
	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	part.len = (size_t)(end - whole.out.s);
	load(&b, part, NULL, 1, "4 records loaded, 0 were there, 0 refused\n", "last line");
	part.len -= 10;
	load(&b, part, NULL, 1, "0 records loaded, 3 were there, 0 refused\n", "not JSON");
	load(&b, STR(""), NULL, 1, "0 records loaded, 0 were there, 0 refused\n", "last line");
	load(&b, STR("{}\n"), NULL, 1, "0 records loaded, 0 were there, 0 refused\n",
	    "this is no dump");
	load(&b, STR("{\"reportOutboxDump\":2}\n"), NULL, 1,
	    "0 records loaded, 0 were there, 0 refused\n", "format 2");
	load(&b, buf_str(&whole.out), NULL, 0, "0 records loaded, 4 were there, 0 refused\n",
	    "");
	commanded_free(&whole);
	outbox_stop(&a);
	outbox_stop(&b);
}

static void
a_record_under_an_id_that_is_taken_is_refused_by_line(void)
{
	struct commanded text;
	struct outbox a, b;

	begin(&a);
	begin(&b);
	create(&a, "one.example", "a");
	create(&a, "two.example", "a");
	create(&a, "three.example", "a");
	create(&b, "other.example", "b");
	create(&b, "gone.example", "b");
	set(&b, D "set", "{\"destroy\":[\"d0000000002\"]}");
	text = dump(&a);
	load(&b, buf_str(&text.out), NULL, 1, "1 records loaded, 0 were there, 2 refused\n",
	    "line 2: another record here has, or had, the id d0000000001");
	load(&b, buf_str(&text.out), NULL, 1, "0 records loaded, 1 were there, 2 refused\n",
	    "line 3: another record here has, or had, the id d0000000002");
	load(&b, buf_str(&text.out), "--new-ids", 0,
	    "3 records loaded, 0 were there, 0 refused\n", "");
	commanded_free(&text);
	text = dump(&b);
	CU_ASSERT_PTR_NOT_NULL(strstr(text.out.s,
	    "{\"end\":true,\"records\":"
	    "{\"DmarcInternalReport\":5,"));
	commanded_free(&text);
	outbox_stop(&a);
	outbox_stop(&b);
}

static void
what_is_no_valid_record_is_refused_by_line(void)
{
	static const char text[] =
	    "{\"reportOutboxDump\":1,\"records\":{}}\n"
	    "{\"type\":\"Nothing\",\"id\":\"d0000000001\",\"record\":{}}\n"
	    "{\"type\":\"TlsInternalReport\",\"id\":\"d0000000001\",\"record\":{}}\n"
	    "{\"type\":\"TlsInternalReport\",\"id\":\"t0000000000\",\"record\":{}}\n"
	    "{\"type\":\"TlsInternalReport\",\"id\":\"t0000000001\",\"record\":{}}\n"
	    "[]\n"
	    "{\"end\":true,\"records\":{\"TlsInternalReport\":3}}\n";
	struct outbox o;

	begin(&o);
	load(&o, STR(text), NULL, 1, "0 records loaded, 0 were there, 5 refused\n",
	    "line 5: report");
	outbox_stop(&o);
}

struct busy {
	struct outbox *outbox;
	atomic_bool stop;
};

static void *
create_and_destroy(void *arg)
{
	struct busy *b = arg;
	struct outbox o = *b->outbox; /* with a connection of its own */

	store_open(&o.store, o.socket, 10000);
	o.jmap.store = o.store;
	o.jmap.limits = &o.limits;
	while (!b->stop) {
		json_t *a;

		create_tls(&o);
		a = outbox_call(&o, FACE_ARRAYS, T "query", "{\"limit\":1}");
		if (json_array_size(json_object_get(a, "ids")) > 0) {
			struct buf args = {0};

			buf_printf(&args, "{\"destroy\":[\"%s\"]}",
			    json_string_value(json_array_get(json_object_get(a, "ids"), 0)));
			json_decref(
			    outbox_call(&o, FACE_ARRAYS, T "set", buf_terminate(&args)));
			buf_free(&args);
		}
		json_decref(a);
	}
	store_close(&o.store);
	return NULL;
}

static size_t
times_in(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

static void
what_is_there_all_the_time_is_dumped_once(void)
{
	enum { RECORDS = 30, DUMPS = 10 };
	struct busy busy = {.stop = false};
	struct outbox o;
	pthread_t thread;

	begin(&o);
	busy.outbox = &o;
	for (int i = 0; i < RECORDS; i++)
		create(&o, "example.com", "there");
	pthread_create(&thread, NULL, create_and_destroy, &busy);
	for (int i = 0; i < DUMPS; i++) {
		struct commanded c = dump(&o);

		CU_ASSERT_EQUAL(times_in(c.out.s, "\"type\":\"DmarcInternalReport\""), RECORDS);
		CU_ASSERT_EQUAL(times_in(c.out.s, "\"end\":true"), 1);
		commanded_free(&c);
	}
	busy.stop = true;
	pthread_join(thread, NULL);
	outbox_stop(&o);
}

const CU_TestInfo ctl_dump_tests[] = {
    {"what is dumped can be loaded elsewhere and is the same",
	what_is_dumped_can_be_loaded_elsewhere_and_is_the_same},
    {"a type may be spelled in each way", a_type_may_be_spelled_in_each_way},
    {"a dump that was cut is noticed, and loading can go on",
	a_dump_that_was_cut_is_noticed_and_loading_can_go_on},
    {"a record under an id that is taken is refused by line",
	a_record_under_an_id_that_is_taken_is_refused_by_line},
    {"what is no valid record is refused by line", what_is_no_valid_record_is_refused_by_line},
    {"what is there all the time is dumped once", what_is_there_all_the_time_is_dumped_once},
    CU_TEST_INFO_NULL,
};
