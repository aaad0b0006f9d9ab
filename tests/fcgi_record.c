/* tests/fcgi_record.c -- FastCGI records: whatever bytes come, a reader ends up where
 * FastCGI 1.0 says, and keeps no more than it may. */
#include <CUnit/CUnit.h>
#include <fcgiapp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"
#include "fcgi/params.h"
#include "fcgi/record.h"
#include "tests/records.h"
#include "tests/suites.h"

#define PARAMS_MAX 200
#define BODY_MAX 1000
#define PARAMS_SKIPPED (PARAMS_MAX * RECORD_SKIPPED_TIMES)
#define BODY_SKIPPED (BODY_MAX * RECORD_SKIPPED_TIMES)

static const struct record_limits limits = {PARAMS_MAX, BODY_MAX, 7};

struct scene {
	struct record_reader reader;
	struct buf in, out;
	struct str rest; /* of in, behind the last record_read() */
};

static void
clear_scene(struct scene *s)
{
	record_reader_free(&s->reader);
	buf_free(&s->in);
	buf_free(&s->out);
	s->rest = (struct str){0};
}

/* Reads all of in, at once or step bytes at a time, up to the first end. */
static enum record_end
read_in(struct scene *s, size_t step)
{
	enum record_end end = RECORD_NEEDS_MORE;

	s->rest = buf_str(&s->in);
	while (end == RECORD_NEEDS_MORE && s->rest.len > 0) {
		struct str part = {s->rest.s, s->rest.len < step ? s->rest.len : step};
		size_t before = part.len;

		end = record_read(&s->reader, &limits, &part, &s->out);
		s->rest.s += before - part.len;
		s->rest.len -= before - part.len;
	}
	return end;
}

static void
add_request(struct buf *b, const char *method, struct str body)
{
	struct buf params = {0};

	records_param(&params, STR("REQUEST_METHOD"), str_of(method));
	records_begin(b, 1, FCGI_RESPONDER, true);
	records_add(b, FCGI_PARAMS, 1, buf_str(&params));
	records_add(b, FCGI_PARAMS, 1, (struct str){0});
	if (body.len > 0)
		records_add(b, FCGI_STDIN, 1, body);
	records_add(b, FCGI_STDIN, 1, (struct str){0});
	buf_free(&params);
}

/* --- requests --- */

static void
a_request_is_whole_however_its_bytes_come(void)
{
	struct scene s = {0};
	struct params p;

	for (size_t step = 1; step < 200; step++) {
		add_request(&s.in, "PUT", STR("hello"));
		CU_ASSERT_EQUAL(read_in(&s, step), RECORD_REQUEST);
		CU_ASSERT_EQUAL(s.reader.state, RECORD_WHOLE);
		CU_ASSERT_TRUE(s.reader.keep);
		CU_ASSERT_EQUAL(s.rest.len, 0);
		CU_ASSERT_EQUAL(s.out.len, 0);
		CU_ASSERT_TRUE(str_is(buf_str(&s.reader.body), "hello"));
		CU_ASSERT_TRUE(params_read(&p, buf_str(&s.reader.params)));
		CU_ASSERT_TRUE(str_is(p.request.method, "PUT"));
		buf_clear(&s.in);
		record_next(&s.reader);
	}
	clear_scene(&s);
}

static void
what_comes_behind_a_request_is_left(void)
{
	struct scene s = {0};

	add_request(&s.in, "GET", (struct str){0});
	add_request(&s.in, "GET", (struct str){0});
	CU_ASSERT_EQUAL(read_in(&s, 4096), RECORD_REQUEST);
	CU_ASSERT_EQUAL(s.rest.len, s.in.len / 2);
	record_next(&s.reader);
	CU_ASSERT_EQUAL(record_read(&s.reader, &limits, &s.rest, &s.out), RECORD_REQUEST);
	CU_ASSERT_EQUAL(s.rest.len, 0);
	clear_scene(&s);
}

static void
padding_is_skipped(void)
{
	static const char zeros[255] = {0};
	struct scene s = {0};

	records_begin(&s.in, 1, FCGI_RESPONDER, true);
	records_put(&s.in, 1, FCGI_PARAMS, 1, (struct str){0}, (struct str){zeros, 255});
	records_put(&s.in, 1, FCGI_STDIN, 1, STR("ab"), (struct str){zeros, 6});
	records_put(&s.in, 1, FCGI_STDIN, 1, STR("c"), (struct str){zeros, 255});
	records_put(&s.in, 1, FCGI_STDIN, 1, (struct str){0}, (struct str){zeros, 8});
	for (size_t step = 1; step < 300; step += 7) {
		CU_ASSERT_EQUAL(read_in(&s, step), RECORD_REQUEST);
		CU_ASSERT_TRUE(str_is(buf_str(&s.reader.body), "abc"));
		record_next(&s.reader);
	}
	clear_scene(&s);
}

/* --- limits --- */

/* Bytes of parameters or of a body, in records of 100, and what comes of them. */
static const struct {
	size_t bytes, kept;
	enum record_end end;
	unsigned char type;
	bool endless;
} lengths[] = {
    {PARAMS_MAX, PARAMS_MAX, RECORD_REQUEST, FCGI_PARAMS, false},
    {PARAMS_MAX + 1, 0, RECORD_REQUEST, FCGI_PARAMS, false},
    {PARAMS_SKIPPED, 0, RECORD_REQUEST, FCGI_PARAMS, false},
    {PARAMS_SKIPPED + 1, 0, RECORD_BAD, FCGI_PARAMS, false},
    {BODY_MAX, BODY_MAX, RECORD_REQUEST, FCGI_STDIN, false},
    {BODY_MAX + 1, 0, RECORD_REQUEST, FCGI_STDIN, false},
    {BODY_SKIPPED, 0, RECORD_REQUEST, FCGI_STDIN, false},
    {BODY_SKIPPED + 1, 0, RECORD_REQUEST, FCGI_STDIN, true},
};

static void
add_stream(struct buf *b, unsigned char type, size_t bytes)
{
	static const char x[100] = {0};

	for (size_t n; bytes > 0; bytes -= n) {
		n = bytes < sizeof x ? bytes : sizeof x;
		records_add(b, type, 1, (struct str){x, n});
	}
	records_add(b, type, 1, (struct str){0});
}

static void
parts_that_are_too_long_are_counted_and_not_kept(void)
{
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct scene s = {0};
		bool params = lengths[i].type == FCGI_PARAMS;

		records_begin(&s.in, 1, FCGI_RESPONDER, true);
		add_stream(&s.in, FCGI_PARAMS, params ? lengths[i].bytes : 0);
		add_stream(&s.in, FCGI_STDIN, params ? 0 : lengths[i].bytes);
		CU_ASSERT_EQUAL(read_in(&s, 64), lengths[i].end);
		CU_ASSERT_EQUAL(s.reader.params.len + s.reader.body.len, lengths[i].kept);
		CU_ASSERT_EQUAL(s.reader.endless, lengths[i].endless);
		if (lengths[i].end == RECORD_REQUEST && !s.reader.endless)
			CU_ASSERT_EQUAL(
			    s.reader.params_bytes + s.reader.body_bytes, lengths[i].bytes);
		clear_scene(&s);
	}
}

static void
an_idle_reader_keeps_little_memory(void)
{
	static char x[60000];
	const struct record_limits large = {sizeof x, sizeof x, 1};
	struct scene s = {0};
	struct str in;

	records_begin(&s.in, 1, FCGI_RESPONDER, true);
	records_add(&s.in, FCGI_PARAMS, 1, (struct str){0});
	records_add(&s.in, FCGI_STDIN, 1, (struct str){x, sizeof x});
	records_add(&s.in, FCGI_STDIN, 1, (struct str){0});
	in = buf_str(&s.in);
	CU_ASSERT_EQUAL(record_read(&s.reader, &large, &in, &s.out), RECORD_REQUEST);
	CU_ASSERT_EQUAL(s.reader.body.len, sizeof x);
	record_next(&s.reader);
	CU_ASSERT(s.reader.params.cap + s.reader.body.cap < 20000);
	clear_scene(&s);
}

/* --- records that no request needs --- */

static void
a_second_request_at_once_is_refused_and_the_first_goes_on(void)
{
	struct scene s = {0};

	records_begin(&s.in, 1, FCGI_RESPONDER, true);
	records_add(&s.in, FCGI_PARAMS, 1, (struct str){0});
	records_begin(&s.in, 2, FCGI_RESPONDER, true);
	records_add(&s.in, FCGI_PARAMS, 2, STR("ignored"));
	records_add(&s.in, FCGI_ABORT_REQUEST, 2, (struct str){0});
	records_add(&s.in, FCGI_STDIN, 2, STR("ignored"));
	records_add(&s.in, FCGI_STDIN, 1, STR("first"));
	records_add(&s.in, FCGI_STDIN, 1, (struct str){0});
	CU_ASSERT_EQUAL(read_in(&s, 5), RECORD_REQUEST);
	CU_ASSERT_TRUE(str_is(buf_str(&s.reader.body), "first"));
	CU_ASSERT_TRUE(records_are_end(buf_str(&s.out), 2, FCGI_CANT_MPX_CONN));
	clear_scene(&s);
}

static void
a_role_other_than_responder_is_refused(void)
{
	static const unsigned char roles[] = {0, FCGI_AUTHORIZER, FCGI_FILTER, 4, 255};
	struct scene s = {0};

	for (size_t i = 0; i < sizeof roles; i++)
		for (int keep = 0; keep <= 1; keep++) {
			buf_clear(&s.in);
			buf_clear(&s.out);
			records_begin(&s.in, 1, roles[i], keep);
			CU_ASSERT_EQUAL(
			    read_in(&s, 8), keep ? RECORD_NEEDS_MORE : RECORD_CLOSE);
			CU_ASSERT_TRUE(records_are_end(buf_str(&s.out), 1, FCGI_UNKNOWN_ROLE));
			CU_ASSERT_EQUAL(s.reader.state, RECORD_IDLE);
		}
	clear_scene(&s);
}

static void
an_aborted_request_is_forgotten(void)
{
	struct scene s = {0};

	records_begin(&s.in, 1, FCGI_RESPONDER, true);
	records_add(&s.in, FCGI_PARAMS, 1, (struct str){0});
	records_add(&s.in, FCGI_STDIN, 1, STR("half"));
	records_add(&s.in, FCGI_ABORT_REQUEST, 1, (struct str){0});
	records_add(&s.in, FCGI_STDIN, 1, STR("late"));
	records_add(&s.in, FCGI_STDIN, 1, (struct str){0});
	records_add(&s.in, FCGI_ABORT_REQUEST, 1, (struct str){0});
	CU_ASSERT_EQUAL(read_in(&s, 3), RECORD_NEEDS_MORE);
	CU_ASSERT_EQUAL(s.reader.state, RECORD_IDLE);
	CU_ASSERT_TRUE(records_are_end(buf_str(&s.out), 1, FCGI_REQUEST_COMPLETE));
	buf_clear(&s.in);
	add_request(&s.in, "GET", STR("next"));
	CU_ASSERT_EQUAL(read_in(&s, 3), RECORD_REQUEST);
	CU_ASSERT_TRUE(str_is(buf_str(&s.reader.body), "next"));
	clear_scene(&s);
}

static void
an_aborted_request_whose_connection_is_not_kept_closes_it(void)
{
	struct scene s = {0};

	records_begin(&s.in, 1, FCGI_RESPONDER, false);
	records_add(&s.in, FCGI_ABORT_REQUEST, 1, (struct str){0});
	CU_ASSERT_EQUAL(read_in(&s, 16), RECORD_CLOSE);
	clear_scene(&s);
}

/* --- management --- */

static void
add_values(struct buf *b, const char *const *names, size_t n)
{
	struct buf asked = {0};

	for (size_t i = 0; i < n; i++)
		records_param(&asked, str_of(names[i]), (struct str){0});
	records_add(b, FCGI_GET_VALUES, 0, buf_str(&asked));
	buf_free(&asked);
}

static void
the_worker_answers_a_question_about_values(void)
{
	static const char *const names[] = {"FCGI_MPXS_CONNS", "FCGI_OTHER", "FCGI_MAX_CONNS"};
	static const char told[] = "\x01\x0a\0\0\0\x23\0\0\x0e\x01"
				   "FCGI_MAX_CONNS7\x0f\x01"
				   "FCGI_MPXS_CONNS0";
	struct scene s = {0};

	add_values(&s.in, names, 3);
	CU_ASSERT_EQUAL(read_in(&s, 4), RECORD_NEEDS_MORE);
	CU_ASSERT_EQUAL_FATAL(s.out.len, sizeof told - 1);
	CU_ASSERT_EQUAL(memcmp(s.out.s, told, s.out.len), 0);
	clear_scene(&s);
}

/* libfcgi 2.4.2 writes each answer behind the last one, into 64 bytes. */
static void
a_value_that_is_asked_for_many_times_is_sent_once(void)
{
	static const char *const names[] = {"FCGI_MAX_REQS", "FCGI_MAX_REQS", "FCGI_MAX_REQS",
	    "FCGI_MAX_REQS", "FCGI_MAX_REQS", "FCGI_MAX_REQS", "FCGI_MAX_REQS", "FCGI_MAX_REQS",
	    "FCGI_MAX_REQS", "FCGI_MAX_REQS"};
	struct scene s = {0};

	add_values(&s.in, names, 10);
	CU_ASSERT_EQUAL(read_in(&s, 1000), RECORD_NEEDS_MORE);
	CU_ASSERT_EQUAL(s.out.len, FCGI_HEADER_LEN + 2 + strlen("FCGI_MAX_REQS") + 1);
	clear_scene(&s);
}

static void
a_management_record_of_another_type_is_unknown(void)
{
	static const unsigned char types[] = {0, FCGI_BEGIN_REQUEST, FCGI_STDIN,
	    FCGI_GET_VALUES_RESULT, FCGI_UNKNOWN_TYPE, 12, 255};
	static char x[65535];
	struct scene s = {0};

	for (size_t i = 0; i < sizeof types; i++) {
		buf_clear(&s.in);
		buf_clear(&s.out);
		records_add(&s.in, types[i], 0, (struct str){x, i * (sizeof x / 6)});
		CU_ASSERT_EQUAL(read_in(&s, 100), RECORD_NEEDS_MORE);
		CU_ASSERT_EQUAL_FATAL(s.out.len, sizeof(FCGI_UnknownTypeRecord));
		CU_ASSERT_EQUAL((unsigned char)s.out.s[1], FCGI_UNKNOWN_TYPE);
		CU_ASSERT_EQUAL((unsigned char)s.out.s[FCGI_HEADER_LEN], types[i]);
	}
	clear_scene(&s);
}

/* --- what is no FastCGI --- */

struct raw {
	const char *why;
	struct str bytes; /* behind a request that has begun, where .begun */
	bool begun;
};

#define RAW(why, text, begun)                                                                  \
	{                                                                                      \
		why, {text, sizeof(text) - 1}, begun                                           \
	}

static const struct raw malformed[] = {
    RAW("HTTP", "GET / HTTP/1.1\r\n", false),
    RAW("version 0", "\0\x01\0\x01\0\x08\0\0", false),
    RAW("version 2", "\x02\x01\0\x01\0\x08\0\0", false),
    RAW("a begin of 7 bytes", "\x01\x01\0\x01\0\x07\0\0", false),
    RAW("a begin of 9 bytes", "\x01\x01\0\x01\0\x09\0\0", false),
    RAW("a begin of the same id", "\x01\x01\0\x01\0\x08\0\0", true),
    RAW("an abort with content", "\x01\x02\0\x01\0\x01\0\0", true),
    RAW("an end of a request", "\x01\x03\0\x01\0\x08\0\0", true),
    RAW("a body before the end of the params", "\x01\x05\0\x01\0\x01\0\0", true),
    RAW("output", "\x01\x06\0\x01\0\x01\0\0", true),
    RAW("errors", "\x01\x07\0\x01\0\x01\0\0", true),
    RAW("data for a filter", "\x01\x08\0\x01\0\x01\0\0", true),
    RAW("a type of management with an id", "\x01\x09\0\x01\0\0\0\0", true),
    RAW("an unknown type", "\x01\xff\0\x01\0\0\0\0", true),
    RAW("an unknown type of nobody's", "\x01\xff\x12\x34\0\0\0\0", false),
    RAW("params behind their end", "\x01\x04\0\x01\0\0\0\0\x01\x04\0\x01\0\x01\0\0", true),
    RAW("values of 257 bytes", "\x01\x09\0\0\x01\x01\0\0", false),
    RAW("a value without a length", "\x01\x09\0\0\0\x01\0\0\x05", false),
    RAW("a value of 2 GiB", "\x01\x09\0\0\0\x05\0\0\xff\xff\xff\xff\0", false),
    RAW("a value longer than the record", "\x01\x09\0\0\0\x03\0\0\x01\x01x", false),
};

static void
what_is_no_fastcgi_is_bad(void)
{
	for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++)
		for (size_t step = 1; step < 40; step += 13) {
			struct scene s = {0};

			if (malformed[i].begun)
				records_begin(&s.in, 1, FCGI_RESPONDER, true);
			buf_add_str(&s.in, malformed[i].bytes);
			if (read_in(&s, step) != RECORD_BAD) {
				printf("%s\n", malformed[i].why);
				CU_FAIL("taken");
			}
			clear_scene(&s);
		}
}

/* A name is asked for that holds a NUL: libfcgi 2.4.2 looks for its '=' behind that. */
static void
a_value_whose_name_holds_a_NUL_is_unknown(void)
{
	struct scene s = {0};

	records_add(&s.in, FCGI_GET_VALUES, 0, (struct str){"\x02\0\0x", 4});
	CU_ASSERT_EQUAL(read_in(&s, 100), RECORD_NEEDS_MORE);
	CU_ASSERT_EQUAL(s.out.len, FCGI_HEADER_LEN);
	clear_scene(&s);
}

/* --- parameters --- */

static void
parameters_become_a_request(void)
{
	static char longest[300];
	struct buf b = {0};
	struct params p;

	memset(longest, 'a', sizeof longest);
	records_param(&b, STR("REQUEST_METHOD"), STR("POST"));
	records_param(&b, STR("REQUEST_URI"), STR("/api?x=1"));
	records_param(&b, STR("DOCUMENT_URI"), STR("/api"));
	records_param(&b, STR("HTTP_AUTHORIZATION"), (struct str){longest, sizeof longest});
	records_param(&b, (struct str){longest, sizeof longest}, STR("unknown"));
	records_param(&b, STR("HTTPS"), STR("ON"));
	records_param(&b, STR("CONTENT_LENGTH"), STR("12"));
	records_param(&b, STR("HTTP_VIA"), STR("1.1 proxy"));
	records_param(&b, STR("REQUEST_ID"), STR("no id"));
	CU_ASSERT_TRUE_FATAL(params_read(&p, buf_str(&b)));
	CU_ASSERT_TRUE(str_is(p.request.method, "POST"));
	CU_ASSERT_TRUE(str_is(p.request.path, "/api"));
	CU_ASSERT_EQUAL(p.request.authorization.len, sizeof longest);
	CU_ASSERT_TRUE(p.request.https);
	CU_ASSERT_TRUE(p.request.forwarded);
	CU_ASSERT_TRUE(p.has_length);
	CU_ASSERT_EQUAL(p.length, 12);
	CU_ASSERT_EQUAL(p.request.request_id.len, 0);
	buf_free(&b);
}

static const struct raw wrong_params[] = {
    RAW("a length alone", "\x05", false),
    RAW("lengths without bytes", "\x05\x05", false),
    RAW("a name cut off", "\x05\0abc", false),
    RAW("a value cut off", "\x01\x05xabc", false),
    RAW("a long length cut off", "\x80\0\0", false),
    RAW("2 GiB", "\xff\xff\xff\xff\xff\xff\xff\xffx", false),
    RAW("a NUL in the path", "\x0b\x03REQUEST_URI/\0x", false),
    RAW("a NUL in the token", "\x12\x02HTTP_AUTHORIZATIONB\0", false),
};

static void
malformed_parameters_are_refused(void)
{
	struct params p;

	for (size_t i = 0; i < sizeof wrong_params / sizeof wrong_params[0]; i++)
		if (params_read(&p, wrong_params[i].bytes)) {
			printf("%s\n", wrong_params[i].why);
			CU_FAIL("taken");
		}
	CU_ASSERT_TRUE(params_read(&p, (struct str){0}));
	CU_ASSERT_TRUE(params_read(&p, (struct str){"\x01\x02x\0\0", 5})); /* nobody reads x */
}

/* --- answers --- */

/* The content of STDOUT in records, up to the end of the request. */
static bool
read_answer(struct str records, struct buf *content)
{
	bool ended = false;

	while (records.len >= FCGI_HEADER_LEN && !ended) {
		const unsigned char *h = (const unsigned char *)records.s;
		size_t len = (size_t)h[4] << 8 | h[5], all = FCGI_HEADER_LEN + len + h[6];

		if (all > records.len || h[0] != FCGI_VERSION_1 || h[3] != 5)
			return false;
		ended = h[1] == FCGI_END_REQUEST;
		if (h[1] == FCGI_STDOUT)
			buf_add(content, records.s + FCGI_HEADER_LEN, len);
		records.s += all;
		records.len -= all;
	}
	return ended && records.len == 0;
}

static void
an_answer_is_the_same_in_pieces_of_any_size(void)
{
	static const size_t bodies[] = {0, 1, 65527, 65528, 65529, 200000};
	static const size_t steps[] = {1, 1000, 65536, 1 << 20};
	static char x[200000];

	for (size_t i = 0; i < sizeof x; i++)
		x[i] = (char)(i * 7 % 251);
	for (size_t i = 0; i < 6; i++)
		for (size_t k = bodies[i] > 1 ? 1 : 0; k < 4; k++) {
			struct record_answer a = {
			    .id = 5, .head = STR("head\r\n\r\n"), .body = {x, bodies[i]}};
			struct iovec pieces[3];
			struct buf sent = {0}, content = {0};

			while (record_answer_next(&a, pieces, 3) > 0) {
				size_t n =
				    pieces[0].iov_len < steps[k] ? pieces[0].iov_len : steps[k];

				buf_add(&sent, pieces[0].iov_base, n);
				a.sent += n;
			}
			CU_ASSERT_TRUE(read_answer(buf_str(&sent), &content));
			CU_ASSERT_EQUAL_FATAL(content.len, 8 + bodies[i]);
			CU_ASSERT_EQUAL(memcmp(content.s + 8, x, bodies[i]), 0);
			buf_free(&sent);
			buf_free(&content);
		}
}

/* --- libfcgi, as another's view of the same protocol --- */

static void
what_libfcgi_writes_is_read(void)
{
	static char x[30000];
	const struct record_limits large = {sizeof x, sizeof x, 1};
	struct buf in = {0}, out = {0};
	struct record_reader r = {0};
	FCGX_Stream *stream;
	struct str bytes;
	int fds[2];

	memset(x, 'y', sizeof x);
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	records_begin(&in, 1, FCGI_RESPONDER, true);
	records_add(&in, FCGI_PARAMS, 1, (struct str){0});
	CU_ASSERT_TRUE(io_write_full(fds[0], in.s, in.len));
	stream = FCGX_CreateWriter(fds[0], 1, 8192, FCGI_STDIN);
	CU_ASSERT_EQUAL(FCGX_PutStr(x, sizeof x, stream), (int)sizeof x);
	CU_ASSERT_EQUAL(FCGX_FClose(stream), 0);
	FCGX_FreeStream(&stream);
	close(fds[0]);
	buf_clear(&in);
	buf_reserve(&in, 65536);
	for (ssize_t n; (n = read(fds[1], in.s + in.len, 65536 - in.len)) > 0;)
		in.len += (size_t)n;
	close(fds[1]);
	bytes = buf_str(&in);
	CU_ASSERT_EQUAL(record_read(&r, &large, &bytes, &out), RECORD_REQUEST);
	CU_ASSERT_EQUAL_FATAL(r.body.len, sizeof x);
	CU_ASSERT_EQUAL(memcmp(r.body.s, x, sizeof x), 0);
	record_reader_free(&r);
	buf_free(&in);
	buf_free(&out);
}

const CU_TestInfo fcgi_record_tests[] = {
    {"a request is whole however its bytes come", a_request_is_whole_however_its_bytes_come},
    {"what comes behind a request is left", what_comes_behind_a_request_is_left},
    {"padding is skipped", padding_is_skipped},
    {"parts that are too long are counted and not kept",
	parts_that_are_too_long_are_counted_and_not_kept},
    {"an idle reader keeps little memory", an_idle_reader_keeps_little_memory},
    {"a second request at once is refused, and the first goes on",
	a_second_request_at_once_is_refused_and_the_first_goes_on},
    {"a role other than responder is refused", a_role_other_than_responder_is_refused},
    {"an aborted request is forgotten", an_aborted_request_is_forgotten},
    {"an aborted request whose connection is not kept closes it",
	an_aborted_request_whose_connection_is_not_kept_closes_it},
    {"the worker answers a question about values", the_worker_answers_a_question_about_values},
    {"a value that is asked for many times is sent once",
	a_value_that_is_asked_for_many_times_is_sent_once},
    {"a management record of another type is unknown",
	a_management_record_of_another_type_is_unknown},
    {"what is no FastCGI is bad", what_is_no_fastcgi_is_bad},
    {"a value whose name holds a NUL is unknown", a_value_whose_name_holds_a_NUL_is_unknown},
    {"parameters become a request", parameters_become_a_request},
    {"malformed parameters are refused", malformed_parameters_are_refused},
    {"an answer is the same in pieces of any size",
	an_answer_is_the_same_in_pieces_of_any_size},
    {"what libfcgi writes is read", what_libfcgi_writes_is_read},
    CU_TEST_INFO_NULL,
};
