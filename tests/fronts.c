/* tests/fronts.c -- what the web servers do by themselves, each with the project's own
 * configuration: what they hand to a worker, what they answer without one, the WebUI's files,
 * and several of them in front of the same workers. */
#include <CUnit/CUnit.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "tests/calls.h"
#include "tests/scene.h"
#include "tests/suites.h"

#define SLOW_CLIENTS 8        /* four times the workers */
#define SETTLE_US 300000      /* until their beginnings have arrived wherever they go */
#define ANSWER_MAX_US 9000000 /* a worker would wait 10 s for the rest of a body */
#define LONG_PATH 20000       /* bytes, more than either web server takes */
#define WANDERERS 4
#define WANDERINGS 30

/* --- what a worker is told --- */

static void
a_worker_is_told_all_it_needs(void)
{
	static const char *const wanted[] = {"\nREQUEST_METHOD=GET\n",
	    "\nREQUEST_URI=/api/discover/a%2Fb?c=d\n", "\nQUERY_STRING=c=d\n",
	    "\nREMOTE_ADDR=127.0.0.1\n", "\nHTTP_HOST=reports.example\n",
	    "\nHTTP_AUTHORIZATION=Bearer x\n", "\nHTTP_COOKIE=a=b\n",
	    "\nHTTP_ACCEPT_ENCODING=gzip\n", "\nHTTP_ORIGIN=https://o.example\n",
	    "\nHTTP_X_FORWARDED_FOR=192.0.2.1\n", "\nHTTP_X_FORWARDED_PROTO=https\n",
	    "\nHTTP_X_FORWARDED_HOST=h.example\n", "\nDOCUMENT_URI=/api/discover/a",
	    "\nREQUEST_ID="};
	static const char *const sent[] = {"Host: reports.example", "Cookie: a=b",
	    "Accept-Encoding: gzip", "Origin: https://o.example", "X-Forwarded-For: 192.0.2.1",
	    "X-Forwarded-Proto: https", "X-Forwarded-Host: h.example", NULL};
	const struct exchange x = {
	    .method = "GET", .path = "/api/discover/a%2Fb?c=d", .authorization = "Bearer x"};

	for (size_t k = 0; k < SCENE_KINDS; k++) {
		struct scene s;
		struct site_client c;
		struct answer a = {0};
		struct err e = {0};

		scene_start(&s, scene_kinds[k]);
		site_client_open(&c, &s.site);
		c.fields = sent;
		CU_ASSERT_TRUE(scene_wait(&c, "/healthz", &a));
		answer_free(&a);
		CU_ASSERT_TRUE(c.transport.send(c.transport.arg, &x, &a, &e));
		buf_terminate(&a.body);
		for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
			scene_expect(a.body.s != NULL && strstr(a.body.s, wanted[i]) != NULL,
			    scene_kinds[k], wanted[i], a.body.s);
		answer_free(&a);
		site_client_close(&c);
		scene_kill_mirror(&s);
		scene_stop(&s);
	}
}

/* --- what is answered without a worker --- */

static void
check_problem(const struct site_client *c, enum front_kind kind, const char *path, int status)
{
	struct answer a;
	json_t *problem;
	char *type, *id;

	CU_ASSERT_TRUE_FATAL(scene_get(c, path, &a));
	type = scene_header(&a, "Content-Type");
	id = scene_header(&a, "X-Request-Id");
	problem = json_loadb(a.body.s, a.body.len, 0, NULL);
	path = strlen(path) > 100 ? "a long path" : path;
	scene_expect(a.status == status, kind, path, a.body.s);
	scene_expect(
	    type != NULL && strcmp(type, "application/problem+json") == 0, kind, path, type);
	scene_expect(id != NULL && strlen(id) > 16, kind, path, id);
	scene_expect(json_integer_value(json_object_get(problem, "status")) == status, kind,
	    path, a.body.s);
	json_decref(problem);
	free(type);
	free(id);
	answer_free(&a);
}

static void
with_each_front(
    void (*check)(struct site *s, const struct site_client *c, enum front_kind kind))
{
	for (size_t k = 0; k < SCENE_KINDS; k++) {
		const struct site_plan plan = {.fronts = {scene_kinds[k]}, .n_fronts = 1};
		struct site s;
		struct site_client c;

		site_start_as(&s, &plan);
		site_client_open(&c, &s);
		check(&s, &c, scene_kinds[k]);
		site_client_close(&c);
		CU_ASSERT_TRUE(site_stop(&s));
	}
}

/* A web server writes its log behind the answer. */
static bool
logs_come_to_tell(const struct site *s, const char *what)
{
	bool told = false;

	for (int ms = 0; !told && ms < SCENE_READY_WAIT_MS; ms += SCENE_READY_POLL_MS) {
		struct buf logs = {0};

		site_logs(s, &logs);
		told = strstr(buf_terminate(&logs), what) != NULL;
		buf_free(&logs);
		usleep(SCENE_READY_POLL_MS * 1000);
	}
	return told;
}

static void
check_own_errors(struct site *s, const struct site_client *c, enum front_kind kind)
{
	static const struct exchange posted = {.method = "POST", .path = "/nowhere"};
	static const char *const lines[] = {
	    [FRONT_NGINX] = "\"method\":\"POST\",\"path\":\"/nowhere\",\"status\":404",
	    [FRONT_APACHE] = " POST /nowhere 404 "};
	char long_path[LONG_PATH];
	struct answer a = {0};
	struct err e = {0};

	CU_ASSERT_TRUE(c->transport.send(c->transport.arg, &posted, &a, &e));
	answer_free(&a);
	scene_expect(logs_come_to_tell(s, lines[kind]), kind, lines[kind], NULL);
	memset(long_path, 'a', sizeof long_path);
	long_path[0] = '/';
	long_path[sizeof long_path - 1] = '\0';
	check_problem(c, kind, "/nowhere", 404);
	check_problem(c, kind, "/logo", 404);
	check_problem(c, kind, "/admin/assets/gone.js", 404);
	check_problem(c, kind, "/.report-outbox/404.json", kind == FRONT_APACHE ? 403 : 404);
	check_problem(c, kind, long_path, 414);
}

static void
own_errors_are_problems(void)
{
	with_each_front(check_own_errors);
}

static void
without_workers_it_is_503(void)
{
	for (size_t k = 0; k < SCENE_KINDS; k++) {
		struct scene s;
		struct site_client c;
		struct answer a = {0};
		char *retry;

		scene_start(&s, scene_kinds[k]);
		site_client_open(&c, &s.site);
		CU_ASSERT_TRUE(scene_wait(&c, "/healthz", &a));
		answer_free(&a);
		scene_kill_mirror(&s);
		check_problem(&c, scene_kinds[k], "/healthz", 503);
		CU_ASSERT_TRUE(scene_get(&c, "/healthz", &a));
		retry = scene_header(&a, "Retry-After");
		scene_expect(retry != NULL && strcmp(retry, "2") == 0, scene_kinds[k],
		    "Retry-After", retry);
		free(retry);
		answer_free(&a);
		site_client_close(&c);
		scene_stop(&s);
	}
}

static void
check_metrics(struct site *s, const struct site_client *c, enum front_kind kind)
{
	struct site_client far;
	struct answer a;

	CU_ASSERT_TRUE_FATAL(scene_get(c, "/metrics", &a));
	scene_expect(a.status != 403, kind, "/metrics from 127.0.0.1", a.body.s);
	answer_free(&a);
	site_client_open(&far, s);
	far.from = "127.0.0.9";
	check_problem(&far, kind, "/metrics", 403);
	CU_ASSERT_TRUE_FATAL(scene_get(&far, "/healthz", &a));
	scene_expect(a.status == 200, kind, "/healthz from elsewhere", a.body.s);
	answer_free(&a);
	site_client_close(&far);
}

static void
metrics_are_for_this_machine(void)
{
	with_each_front(check_metrics);
}

/* --- slow clients --- */

/* More of them than there are workers; none sends more than the beginning of its body. */
static void
check_slow_clients(struct site *s, const struct site_client *c, enum front_kind kind)
{
	static const char text[] = "POST /api HTTP/1.1\r\nHost: a\r\nContent-Type: "
				   "application/json\r\nContent-Length: 100000\r\n\r\n{";
	int fds[SLOW_CLIENTS];
	struct answer a;
	int64_t started_us;

	for (size_t i = 0; i < SLOW_CLIENTS; i++) {
		fds[i] = scene_connect(&s->fronts[0]);
		CU_ASSERT(io_write_full(fds[i], text, sizeof text - 1));
	}
	usleep(SETTLE_US);
	started_us = clock_monotonic_us();
	for (size_t i = 0; i < SLOW_CLIENTS; i++) {
		CU_ASSERT_TRUE_FATAL(scene_get(c, "/readyz", &a));
		scene_expect(a.status == 200, kind, "/readyz beside slow clients", a.body.s);
		answer_free(&a);
	}
	CU_ASSERT(clock_monotonic_us() - started_us < ANSWER_MAX_US);
	for (size_t i = 0; i < SLOW_CLIENTS; i++)
		close(fds[i]);
}

static void
slow_clients_hold_nobody(void)
{
	with_each_front(check_slow_clients);
}

/* --- the WebUI --- */

#define PAGE "<base href=\"/admin/\" />"
#define SCRIPT "document.baseURI"

static void
check_webui(struct site *s, const struct site_client *c, enum front_kind kind)
{
	static const struct {
		const char *path;
		int status;
		const char *holds, *name, *value; /* a header that holds value */
	} rows[] = {
	    {"/admin", 308, "", "Location", "/admin/"},
	    {"/admin/", 200, PAGE, "Content-Type", "text/html"},
	    {"/admin/", 200, PAGE, "Cache-Control", "no-cache"},
	    {"/admin/", 200, PAGE, "Content-Security-Policy", "script-src 'self';"},
	    {"/admin/", 200, PAGE, "X-Content-Type-Options", "nosniff"},
	    {"/admin/", 200, PAGE, "X-Request-Id", ""},
	    {"/admin/index.html", 200, PAGE, "Cache-Control", "no-cache"},
	    {"/admin/login", 200, PAGE, "Cache-Control", "no-cache"},
	    {"/admin/oauth/callback?code=a&state=b", 200, PAGE, "Cache-Control", "no-cache"},
	    {"/admin/Management/x:DmarcInternalReport/d0000000001", 200, PAGE, "Content-Type",
		"text/html"},
	    {"/admin/assets/app-c0ffee00.js", 200, SCRIPT, "Cache-Control", "immutable"},
	    {"/admin/assets/app-c0ffee00.js", 200, SCRIPT, "Content-Type", "javascript"},
	    {"/admin/assets/gone.js", 404, "", "Content-Type", "application/problem+json"},
	    {"/healthz", 200, "alive", "Cache-Control", "no-store"},
	    {0},
	};

	(void)s;
	for (size_t i = 0; rows[i].path != NULL; i++) {
		struct answer a;
		char *value;

		CU_ASSERT_TRUE_FATAL(scene_get(c, rows[i].path, &a));
		value = scene_header(&a, rows[i].name);
		scene_expect(a.status == rows[i].status, kind, rows[i].path, a.body.s);
		scene_expect(
		    strstr(a.body.s, rows[i].holds) != NULL, kind, rows[i].path, a.body.s);
		scene_expect(value != NULL && strstr(value, rows[i].value) != NULL, kind,
		    rows[i].name, value);
		free(value);
		value = scene_header(&a, "X-Request-Id");
		scene_expect(
		    value != NULL && strchr(value, ',') == NULL, kind, rows[i].path, value);
		free(value);
		answer_free(&a);
	}
}

static void
the_webui_is_served(void)
{
	with_each_front(check_webui);
}

/* --- several web servers --- */

/* One who goes from one web server to the next with every request. */
struct wanderer {
	struct site_client clients[SITE_FRONTS_MAX];
	unsigned number;
	unsigned step;
	unsigned lost;      /* what it had made and did not find */
	struct err failure; /* the first */
};

static json_t *
ask(struct wanderer *w, const char *method, struct str args)
{
	const struct site_client *c = &w->clients[w->step++ % SITE_FRONTS_MAX];
	json_t *answer = NULL;

	if (!call_text(&c->transport, "/api", method, args, &answer, &w->failure))
		return NULL;
	return answer;
}

/* Makes a record, and reads it through the next web server. */
static void
make_and_read(struct wanderer *w)
{
	struct buf args = {0};
	json_t *made, *read;
	const char *id;

	buf_printf(&args,
	    "{\"create\":{\"a\":{\"domain\":\"w%u.example\",\"createdAt\":\"2026-01-01T00:00:"
	    "00Z\",\"deliverAt\":\"2026-01-01T00:00:00Z\",\"report\":{\"reportId\":\"r\","
	    "\"dateRangeStart\":\"2026-01-01T00:00:00Z\",\"dateRangeEnd\":"
	    "\"2026-01-01T00:00:00Z\"}}}}",
	    w->number);
	made = ask(w, "x:TlsInternalReport/set", buf_str(&args));
	id = json_string_value(
	    json_object_get(json_object_get(answer_member(made, "created"), "a"), "id"));
	buf_clear(&args);
	buf_printf(&args, "{\"ids\":[\"%s\"]}", id == NULL ? "" : id);
	read = ask(w, "x:TlsInternalReport/get", buf_str(&args));
	if (id == NULL || json_array_size(answer_member(read, "list")) != 1)
		w->lost++;
	json_decref(made);
	json_decref(read);
	buf_free(&args);
}

static void *
wander(void *arg)
{
	for (unsigned i = 0; i < WANDERINGS; i++)
		make_and_read(arg);
	return NULL;
}

static void
any_front_will_do(void)
{
	static const struct site_plan plan = {
	    .fronts = {FRONT_NGINX, FRONT_APACHE, FRONT_NGINX}, .n_fronts = 3, .tcp = true};
	struct wanderer wanderers[WANDERERS];
	pthread_t threads[WANDERERS];
	struct site s;

	site_start_as(&s, &plan);
	for (unsigned i = 0; i < WANDERERS; i++) {
		wanderers[i] = (struct wanderer){.number = i, .step = i};
		for (size_t f = 0; f < SITE_FRONTS_MAX; f++)
			site_client_open_at(&wanderers[i].clients[f], &s, f);
		pthread_create(&threads[i], NULL, wander, &wanderers[i]);
	}
	for (unsigned i = 0; i < WANDERERS; i++) {
		pthread_join(threads[i], NULL);
		CU_ASSERT_STRING_EQUAL(wanderers[i].failure.text, "");
		CU_ASSERT_EQUAL(wanderers[i].lost, 0);
		for (size_t f = 0; f < SITE_FRONTS_MAX; f++)
			site_client_close(&wanderers[i].clients[f]);
	}
	CU_ASSERT_TRUE(site_stop(&s));
}

const CU_TestInfo fronts_tests[] = {
    {"a worker is told all it needs of a request", a_worker_is_told_all_it_needs},
    {"what a web server answers by itself is a problem document", own_errors_are_problems},
    {"without workers it is 503, to be tried again", without_workers_it_is_503},
    {"/metrics is for this machine alone", metrics_are_for_this_machine},
    {"slow clients hold no worker", slow_clients_hold_nobody},
    {"the WebUI's files are served at /admin/", the_webui_is_served},
    {"through two nginx and an Apache over TCP, each request by another", any_front_will_do},
    CU_TEST_INFO_NULL,
};
