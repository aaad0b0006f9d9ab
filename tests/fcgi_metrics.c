/* tests/fcgi_metrics.c -- /metrics: who may read it, and what it says. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "auth/token.h"
#include "fcgi/http.h"
#include "storage/metrics.h"
#include "tests/exposition.h"
#include "tests/outbox.h"
#include "tests/suites.h"

struct scene {
	struct outbox outbox;
	struct http http;
	char monitor[sizeof "Bearer " + TOKEN_LEN], submitter[sizeof "Bearer " + TOKEN_LEN];
	struct http_request request; /* a GET from nowhere without a token */
	struct http_response response;
};

static void
make_token(struct scene *s, const char *role, char header[static sizeof "Bearer " + TOKEN_LEN])
{
	struct store_token t = {.subject = "alice"};
	struct token token;
	char text[TOKEN_LEN + 1];
	struct err e = {0};

	token_new(&token);
	memcpy(t.id, token.id, sizeof t.id);
	CU_ASSERT_TRUE(permissions_parse(str_of(role), &t.permissions, &e));
	CU_ASSERT_TRUE_FATAL(store_token_create(s->outbox.store, &t, token.secret, &e));
	token_format(&token, text);
	snprintf(header, sizeof s->monitor, "Bearer %s", text);
}

static void
set_scene(struct scene *s)
{
	struct err e = {0};

	*s = (struct scene){0};
	outbox_start(&s->outbox);
	CU_ASSERT_TRUE_FATAL(metrics_open(&s->outbox.jmap.metrics, -1, &e));
	make_token(s, "monitor", s->monitor);
	make_token(s, "submitter", s->submitter);
	s->http.jmap = s->outbox.jmap;
	s->http.public_url = "";
	s->http.server_names = "reports.example.com";
	s->http.metrics_for_loopback = true;
	auth_open(&s->http.auth, s->outbox.store, s->outbox.socket, &s->outbox.clock);
	s->request = (struct http_request){.method = STR("GET"), .path = STR("/metrics")};
	s->request.remote_addr = STR("192.0.2.7");
}

static void
clear_scene(struct scene *s)
{
	http_response_free(&s->response);
	auth_close(&s->http.auth);
	metrics_close(&s->outbox.jmap.metrics);
	outbox_stop(&s->outbox);
}

static int
serve(struct scene *s)
{
	http_response_free(&s->response);
	http_serve(&s->http, &s->request, &s->response);
	return s->response.status;
}

/* A sample's number; -1 if it is not there. */
static double
value_of(const struct scene *s, const char *sample)
{
	double value;

	return exposition_value(buf_str(&s->response.body), sample, &value) ? value : -1;
}

/* --- who may read it --- */

static void
a_token_with_the_permission_reads_it_from_anywhere(void)
{
	struct scene s;

	set_scene(&s);
	CU_ASSERT_EQUAL(serve(&s), 401);
	CU_ASSERT_PTR_NOT_NULL(s.response.authenticate);
	s.request.authorization = str_of(s.submitter);
	CU_ASSERT_EQUAL(serve(&s), 403);
	CU_ASSERT_PTR_NOT_NULL(strstr(buf_terminate(&s.response.body), "sysMetricsGet"));
	s.request.authorization = str_of(s.monitor);
	CU_ASSERT_EQUAL(serve(&s), 200);
	CU_ASSERT_STRING_EQUAL(s.response.content_type, METRICS_CONTENT_TYPE);
	clear_scene(&s);
}

static const struct {
	const char *address;
	bool forwarded, open;
	int status;
} strangers[] = {
    {"127.0.0.1", false, true, 200},
    {"127.255.0.9", false, true, 200},
    {"::1", false, true, 200},
    {"::ffff:127.0.0.1", false, true, 200},
    {"127.0.0.1", true, true, 401},
    {"127.0.0.1", false, false, 401},
    {"::1", true, true, 401},
    {"128.0.0.1", false, true, 401},
    {"10.0.0.1", false, true, 401},
    {"::ffff:10.0.0.1", false, true, 401},
    {"::2", false, true, 401},
    {"1127.0.0.1", false, true, 401},
    {"unix:", false, true, 401},
    {"", false, true, 401},
};

static void
without_a_token_it_is_for_this_machine_alone(void)
{
	struct scene s;

	set_scene(&s);
	for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
		s.request.remote_addr = str_of(strangers[i].address);
		s.request.forwarded = strangers[i].forwarded;
		s.http.metrics_for_loopback = strangers[i].open;
		if (serve(&s) != strangers[i].status) {
			printf("%s\n", strangers[i].address);
			CU_FAIL("another status");
		}
	}
	s.request.remote_addr = STR("127.0.0.1");
	s.request.forwarded = false;
	s.http.metrics_for_loopback = true;
	s.request.authorization = str_of(s.submitter); /* whoever shows a token means it */
	CU_ASSERT_EQUAL(serve(&s), 403);
	clear_scene(&s);
}

/* --- what it says --- */

static void
make_reports(struct scene *s)
{
	static const char *const dates[] = {
	    "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z", "2200-01-01T00:00:00Z"};

	for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
		struct buf args = {0};

		buf_printf(&args,
		    "{\"create\":{\"a\":{\"domain\":\"example.com\",\"createdAt\":\"2020-01-"
		    "01T00:"
		    "00:00Z\",\"deliverAt\":\"%s\",\"report\":{\"reportId\":\"r\","
		    "\"dateRangeStart\":\"2020-01-01T00:00:00Z\",\"dateRangeEnd\":"
		    "\"2020-01-01T00:00:00Z\"}}}}",
		    dates[i]);
		json_decref(outbox_call(
		    &s->outbox, FACE_ARRAYS, "x:TlsInternalReport/set", buf_terminate(&args)));
		buf_free(&args);
	}
	json_decref(outbox_call(&s->outbox, FACE_ARRAYS, "x:TlsInternalReport/set",
	    "{\"create\":{\"a\":{}},\"destroy\":[\"x\",\"y\"]}"));
	json_decref(outbox_call(
	    &s->outbox, FACE_ARRAYS, "x:TlsInternalReport/get", "{\"ids\":[],\"colour\":1}"));
	json_decref(outbox_call(&s->outbox, FACE_ARRAYS, "tls-internal-report/get", "{}"));
	json_decref(
	    outbox_call(&s->outbox, FACE_ARRAYS, "x:tls-internal-report/get", "{\"ids\":[]}"));
	json_decref(outbox_call(&s->outbox, FACE_ARRAYS, "Core/echo", "{}"));
}

static const struct {
	const char *sample;
	double value;
} told[] = {
    {"outbox_up", 1},
    {"outbox_pending_reports{type=\"TlsInternalReport\"}", 3},
    {"outbox_overdue_reports{type=\"TlsInternalReport\"}", 2},
    {"outbox_next_due_time_seconds{type=\"TlsInternalReport\"}", 7258118400},
    {"outbox_pending_reports{type=\"DmarcInternalReport\"}", 0},
    {"outbox_overdue_reports{type=\"DmarcInternalReport\"}", 0},
    {"outbox_most_overdue_seconds{type=\"DmarcInternalReport\"}", 0},
    {"outbox_next_due_time_seconds{type=\"DmarcInternalReport\"}", -1},
    {"outbox_store_queue_length", 0},
    {"outbox_method_calls_total{type=\"TlsInternalReport\",verb=\"set\",result=\"ok\"}", 4},
    {"outbox_method_calls_total{type=\"TlsInternalReport\",verb=\"get\",result=\"ok\"}", 1},
    {"outbox_method_calls_total{type=\"TlsInternalReport\",verb=\"get\",result="
     "\"invalidArguments\"}",
	1},
    {"outbox_method_calls_total{type=\"unknown\",verb=\"unknown\",result=\"unknownMethod\"}",
	1},
    {"outbox_method_calls_total{type=\"Core\",verb=\"echo\",result=\"ok\"}", 1},
    {"outbox_method_seconds_count{type=\"TlsInternalReport\",verb=\"get\"}", 2},
    {"outbox_set_records_total{type=\"TlsInternalReport\",kind=\"create\",result=\"done\"}", 3},
    {"outbox_set_records_total{type=\"TlsInternalReport\",kind=\"create\",result="
     "\"invalidProperties\"}",
	1},
    {"outbox_set_records_total{type=\"TlsInternalReport\",kind=\"destroy\",result="
     "\"notFound\"}",
	2},
    {"outbox_token_checks_total{result=\"ok\"}", 1},
    {"outbox_warning", 0},
};

static void
what_was_asked_and_what_is_kept_is_told(void)
{
	struct scene s;
	struct err e = {0};

	set_scene(&s);
	make_reports(&s);
	s.request.authorization = str_of(s.monitor);
	CU_ASSERT_EQUAL(serve(&s), 200);
	CU_ASSERT_TRUE(exposition_check(buf_str(&s.response.body), &e));
	for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
		if (value_of(&s, told[i].sample) != told[i].value) {
			printf("%s %g\n", told[i].sample, value_of(&s, told[i].sample));
			CU_FAIL("another value");
		}
	/* Since 2020. */
	CU_ASSERT(
	    value_of(&s, "outbox_most_overdue_seconds{type=\"TlsInternalReport\"}") > 1e8);
	CU_ASSERT(value_of(&s, "outbox_disk_free_bytes") > 0);
	CU_ASSERT(value_of(&s, "outbox_backup_time_seconds") > 0); /* the new store itself */
	CU_ASSERT(value_of(&s, "outbox_archive_bytes") > 0);
	CU_ASSERT(value_of(&s, "outbox_disk_reserve_bytes") > 0);
	CU_ASSERT(value_of(&s, "outbox_store_connections") >= 1);
	clear_scene(&s);
}

static void
what_the_store_has_counted_can_be_asked_for(void)
{
	struct scene s;
	struct metric_list l = {0};
	int64_t cells[METRIC_CELLS];
	struct err e = {0};

	set_scene(&s);
	make_reports(&s);
	CU_ASSERT_TRUE_FATAL(store_metrics(s.outbox.store, true, &l, &e));
	metric_sum(&l, METRIC_BATCH_OPS, 0, NULL, cells);
	CU_ASSERT(metric_count(METRIC_BATCH_OPS, cells) >= 3);
	CU_ASSERT(cells[METRIC_CELLS - 1] >= 3);
	metric_sum(&l, METRIC_COMMIT_TIME, 0, NULL, cells);
	CU_ASSERT(metric_count(METRIC_COMMIT_TIME, cells) >= 3);
	metric_sum(&l, METRIC_STORE_OPENING, 0, NULL, cells);
	CU_ASSERT(cells[0] > 0);
	metric_list_free(&l);
	clear_scene(&s);
}

static void
without_the_store_the_rest_is_told(void)
{
	struct scene s;
	struct store *away;
	struct err e = {0};

	set_scene(&s);
	make_reports(&s);
	store_open(&away, "/nonexistent/store.sock", 50);
	s.http.jmap.store = away;
	s.request.remote_addr = STR("127.0.0.1");
	CU_ASSERT_EQUAL(serve(&s), 200);
	CU_ASSERT_TRUE(exposition_check(buf_str(&s.response.body), &e));
	CU_ASSERT_EQUAL(value_of(&s, "outbox_up"), 0);
	CU_ASSERT_EQUAL(value_of(&s, "outbox_disk_free_bytes"), -1);
	CU_ASSERT_EQUAL(
	    value_of(
		&s, "outbox_method_calls_total{type=\"Core\",verb=\"echo\",result=\"ok\"}"),
	    1);
	store_close(&away);
	clear_scene(&s);
}

const CU_TestInfo fcgi_metrics_tests[] = {
    {"a token with the permission reads it from anywhere",
	a_token_with_the_permission_reads_it_from_anywhere},
    {"without a token it is for this machine alone",
	without_a_token_it_is_for_this_machine_alone},
    {"what was asked and what is kept is told", what_was_asked_and_what_is_kept_is_told},
    {"what the store has counted can be asked for",
	what_the_store_has_counted_can_be_asked_for},
    {"without the store the rest is told", without_the_store_the_rest_is_told},
    CU_TEST_INFO_NULL,
};
