/* tests/fronts_existing.c -- the outbox in a site that was there before it (tests/existing):
 * its paths come to the workers, and everything else of the site stays what it was. */
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scene.h"
#include "tests/suites.h"

#define PROBLEM "application/problem+json"
#define EVERY 3
#define NGINX 1
#define APACHE 2
#define SOME_BODY                                                                              \
	(2u << 20) /* bytes, more than the site takes and less than the outbox does            \
		    */

/* What each web server answers to a GET. */
static const struct {
	unsigned where;
	int status;
	const char *path;
	const char *holds, *type;
} rows[] = {
    {EVERY, 200, "/", "front page", "text/html"},
    {EVERY, 200, "/some/page", "front page", "text/html"},
    {EVERY, 200, "/apis", "front page", "text/html"},
    {EVERY, 200, "/style.css", "color", "text/css"},
    {EVERY, 200, "/files/a.txt", "A file", "text/plain"},
    {EVERY, 404, "/files/gone.txt", "for what is missing", "text/html"},
    {APACHE, 301, "/old", "", "text/html"},
    {NGINX, 404, "/.report-outbox-problem", "for what is missing", "text/html"},
    {APACHE, 403, "/.report-outbox/404.json", "for what is broken", "text/html"},
    {EVERY, 200, "/healthz", "DOCUMENT_URI=/healthz\n", "text/plain"},
    {EVERY, 200, "/api/discover/a%2Fb?c=d", "QUERY_STRING=c=d\n", "text/plain"},
    {EVERY, 200, "/api/discover/a%2Fb?c=d", "HTTP_AUTHORIZATION=Bearer x\n", "text/plain"},
    {EVERY, 401, "/jmap/session?status=401", "REQUEST_METHOD=GET\n", "text/plain"},
    {EVERY, 404, "/api/schema/x?status=404", "REQUEST_METHOD=GET\n", "text/plain"},
    {EVERY, 503, "/readyz?status=503", "REQUEST_METHOD=GET\n", "text/plain"},
};

static const char *const sent[] = {"Authorization: Bearer x", NULL};

static void
check_type(const struct answer *a, enum front_kind kind, const char *path, const char *want)
{
	char *type = scene_header(a, "Content-Type");

	scene_expect(type != NULL && strncmp(type, want, strlen(want)) == 0, kind, path, type);
	free(type);
}

static void
check_rows(const struct site_client *c, enum front_kind kind)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct answer a;
		char *site;

		if ((rows[i].where & (kind == FRONT_NGINX ? NGINX : APACHE)) == 0)
			continue;
		CU_ASSERT_TRUE_FATAL(scene_get(c, rows[i].path, &a));
		site = scene_header(&a, "X-Site");
		scene_expect(a.status == rows[i].status, kind, rows[i].path, a.body.s);
		scene_expect(
		    strstr(a.body.s, rows[i].holds) != NULL, kind, rows[i].path, a.body.s);
		scene_expect(site != NULL, kind, rows[i].path, "lost the site's header");
		check_type(&a, kind, rows[i].path, rows[i].type);
		free(site);
		answer_free(&a);
	}
}

/* Each web server's own errors at the paths of the outbox. */
static void
check_problem(struct answer *a, enum front_kind kind, const char *what, int status)
{
	char *hsts = scene_header(a, "Strict-Transport-Security");

	scene_expect(a->status == status, kind, what, a->body.s);
	scene_expect(hsts != NULL && strcmp(hsts, "max-age=60") == 0, kind, what, hsts);
	check_type(a, kind, what, PROBLEM);
	free(hsts);
	answer_free(a);
}

static void
check_bodies(const struct scene *s, const struct site_client *c, enum front_kind kind)
{
	static const char long_body[] =
	    "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 16777217\r\n\r\n";
	struct exchange x = {.method = "POST", .path = "/api"};
	struct buf body = {0};
	struct answer a = {0};
	struct err e = {0};

	while (body.len < SOME_BODY)
		buf_putc(&body, ' ');
	x.body = buf_str(&body);
	CU_ASSERT_TRUE_FATAL(c->transport.send(c->transport.arg, &x, &a, &e));
	scene_expect(
	    a.status == 200, kind, "a body that the site would refuse", buf_terminate(&a.body));
	answer_free(&a);
	buf_free(&body);
	scene_send(&s->site.fronts[0], STR(long_body), &a);
	check_problem(&a, kind, "a long body", 413);
}

static void
check_own_errors(const struct scene *s, const struct site_client *c, enum front_kind kind)
{
	struct site_client far = *c;
	struct answer a;

	check_bodies(s, c, kind);
	site_client_open(&far, &s->site);
	far.from = "127.0.0.9";
	CU_ASSERT_TRUE_FATAL(scene_get(&far, "/metrics", &a));
	check_problem(&a, kind, "/metrics from elsewhere", 403);
	site_client_close(&far);
}

static void
the_rest_of_the_site_stays(void)
{
	for (size_t k = 0; k < SCENE_KINDS; k++) {
		struct scene s;
		struct site_client c;
		struct answer a;

		scene_start_existing(&s, scene_kinds[k]);
		site_client_open(&c, &s.site);
		c.fields = sent;
		CU_ASSERT_TRUE_FATAL(scene_wait(&c, "/healthz", &a));
		answer_free(&a);
		check_rows(&c, scene_kinds[k]);
		check_own_errors(&s, &c, scene_kinds[k]);
		scene_kill_mirror(&s);
		CU_ASSERT_TRUE_FATAL(scene_get(&c, "/healthz", &a));
		check_problem(&a, scene_kinds[k], "without workers", 503);
		CU_ASSERT_TRUE_FATAL(scene_get(&c, "/", &a));
		scene_expect(a.status == 200, scene_kinds[k], "without workers", a.body.s);
		answer_free(&a);
		site_client_close(&c);
		scene_stop(&s);
	}
}

const CU_TestInfo fronts_existing_tests[] = {
    {"in a site that is there already, the rest stays what it was", the_rest_of_the_site_stays},
    CU_TEST_INFO_NULL,
};
