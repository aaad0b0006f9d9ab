/* tests/fronts_errors.c -- the problem documents that nginx and Apache give by themselves: all
 * come from the table of base/status.c, and say the status that they come with. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "fcgi/fronts.h"
#include "tests/scene.h"
#include "tests/suites.h"

#define FILE_MAX (1u << 16) /* bytes of a file of documents */
#define FILLER 20000        /* bytes, more than either web server takes of a line */

static bool
file_is(const char *path, const struct buf *want)
{
	struct buf text = {0};
	struct err e = {0};
	bool same =
	    io_read_file(path, FILE_MAX, &text, &e) && str_equal(buf_str(&text), buf_str(want));

	buf_free(&text);
	return same;
}

/* Where it fails: `make problems`. */
static void
the_files_are_made_of_the_table(void)
{
	struct buf text = {0};

	fronts_nginx(&text);
	CU_ASSERT_TRUE(file_is("nginx/problems.conf", &text));
	for (const struct http_status *s = http_statuses; s->status != 0; s++) {
		char path[64];

		snprintf(path, sizeof path, "apache/errors/%d.json", s->status);
		if (s->front == NULL) {
			CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
			continue;
		}
		buf_clear(&text);
		fronts_apache(s, &text);
		CU_ASSERT_TRUE(file_is(path, &text));
		CU_ASSERT_PTR_NULL(strpbrk(s->front, "'$\\"));
	}
	buf_free(&text);
}

/* Whether one of the lines that begin with word has the status among its words. */
static bool
line_names(const char *text, const char *word, int status)
{
	char number[16];

	snprintf(number, sizeof number, " %d ", status);
	for (const char *line = strstr(text, word); line != NULL;
	     line = strstr(line + 1, word)) {
		const char *end = strchr(line + 1, '\n'), *at = strstr(line, number);

		if (at != NULL && at < end)
			return true;
	}
	return false;
}

static void
each_document_is_used(void)
{
	static const struct {
		const char *path, *word;
	} files[] = {
	    {"nginx/errors.conf", "\nerror_page "}, {"apache/errors.conf", "\nErrorDocument "}};

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct buf text = {0};
		struct err e = {0};

		CU_ASSERT_TRUE_FATAL(io_read_file(files[i].path, FILE_MAX, &text, &e));
		buf_terminate(&text);
		for (const struct http_status *s = http_statuses; s->status != 0; s++)
			CU_ASSERT_EQUAL(
			    line_names(text.s, files[i].word, s->status), s->front != NULL);
		buf_free(&text);
	}
}

static void
each_error_has_a_phrase(void)
{
	for (int code = ERR_NONE; code < ERR__COUNT; code++)
		CU_ASSERT_STRING_NOT_EQUAL(
		    http_phrase(err_name((enum err_code)code)->status), "");
}

/* --- as they are served --- */

/* What is sent, and what each web server answers; 0: nothing, or not by itself.  A "*" stands
 * for FILLER bytes. */
static const struct {
	const char *what, *request;
	int nginx, apache;
} rows[] = {
    {"no Host", "GET /healthz HTTP/1.1\r\n\r\n", 400, 400},
    {"a path beyond the root", "GET /../x HTTP/1.1\r\nHost: a\r\n\r\n", 400, 400},
    {"a header without a colon", "GET /healthz HTTP/1.1\r\nHost: a\r\nx y\r\n\r\n", 0, 400},
    {"a length that is no number", "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
	400, 400},
    {"a place of the documents", "GET /.report-outbox/400.json HTTP/1.1\r\nHost: a\r\n\r\n",
	404, 403},
    {"a path of nobody", "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 404, 404},
    {"a script of nobody", "GET /x.js HTTP/1.1\r\nHost: a\r\n\r\n", 404, 404},
    {"a POST to nobody", "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 404,
	404},
    {"TRACE", "TRACE /api HTTP/1.1\r\nHost: a\r\n\r\n", 405, 405},
    {"a POST to a file",
	"POST /admin/assets/app-c0ffee00.js HTTP/1.1\r\nHost: a\r\nContent-Length: "
	"0\r\n\r\n",
	405, 0},
    {"a body in chunks",
	"POST /api HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0, 411},
    {"another file than was asked for",
	"GET /admin/assets/app-c0ffee00.js HTTP/1.1\r\nHost: a\r\nIf-Match: \"x\"\r\n\r\n", 412,
	0},
    {"a long body", "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 16777217\r\n\r\n", 413,
	413},
    {"a long path", "GET /* HTTP/1.1\r\nHost: a\r\n\r\n", 414, 414},
    {"an expectation", "GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 0, 417},
    {"a long header", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: *\r\n\r\n", 431, 400},
    {"an unknown transfer encoding",
	"POST /api HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n", 501, 400},
    {"a version to come", "GET /healthz HTTP/9.1\r\nHost: a\r\n\r\n", 505, 0},
};

static void
add_request(const char *text, struct buf *out)
{
	for (; *text != '\0'; text++) {
		if (*text != '*') {
			buf_putc(out, *text);
			continue;
		}
		for (int i = 0; i < FILLER; i++)
			buf_putc(out, 'a');
	}
}

static void
ask(const struct front *f, const char *request, struct answer *a)
{
	struct buf text = {0};

	add_request(request, &text);
	scene_send(f, buf_str(&text), a);
	buf_free(&text);
}

static void
check_header(const struct answer *a, enum front_kind kind, const char *what, const char *name,
    const char *want)
{
	char *value = scene_header(a, name);

	scene_expect(want == NULL ? value == NULL : value != NULL && strcmp(value, want) == 0,
	    kind, what, value == NULL ? name : value);
	free(value);
}

static void
check_document(
    const struct answer *a, enum front_kind kind, const char *what, const struct http_status *s)
{
	struct buf want = {0};
	char *id = scene_header(a, "X-Request-Id");

	fronts_apache(s, &want);
	scene_expect(a->status == s->status, kind, what, a->body.s);
	scene_expect(str_equal(buf_str(&a->body), buf_str(&want)), kind, what, a->body.s);
	check_header(a, kind, what, "Content-Type", "application/problem+json");
	check_header(a, kind, what, "X-Content-Type-Options", "nosniff");
	check_header(a, kind, what, "Cache-Control", "no-store");
	check_header(
	    a, kind, what, "Allow", s->status == 405 ? "GET, HEAD, POST, OPTIONS" : NULL);
	scene_expect(id != NULL && strlen(id) > 16 && strchr(id, ',') == NULL, kind, what, id);
	free(id);
	buf_free(&want);
}

static const struct http_status *
row_of(int status)
{
	const struct http_status *s = http_statuses;

	while (s->status != status && s->status != 0)
		s++;
	return s;
}

static void
documents_say_the_status(void)
{
	for (size_t k = 0; k < SCENE_KINDS; k++) {
		struct scene s;
		struct site_client c;
		struct answer a;

		scene_start(&s, scene_kinds[k]);
		site_client_open(&c, &s.site);
		CU_ASSERT_TRUE(scene_wait(&c, "/healthz", &a));
		answer_free(&a);
		for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
			int status =
			    scene_kinds[k] == FRONT_NGINX ? rows[i].nginx : rows[i].apache;

			if (status == 0)
				continue;
			ask(&s.site.fronts[0], rows[i].request, &a);
			check_document(&a, scene_kinds[k], rows[i].what, row_of(status));
			answer_free(&a);
		}
		site_client_close(&c);
		scene_kill_mirror(&s);
		ask(&s.site.fronts[0], "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", &a);
		check_document(&a, scene_kinds[k], "no workers", row_of(503));
		check_header(&a, scene_kinds[k], "no workers", "Retry-After", "2");
		answer_free(&a);
		scene_stop(&s);
	}
}

const CU_TestInfo fronts_errors_tests[] = {
    {"the web servers' documents are made of the table of statuses",
	the_files_are_made_of_the_table},
    {"each web server uses each document", each_document_is_used},
    {"each status of an error has a phrase", each_error_has_a_phrase},
    {"a document says the status that it comes with", documents_say_the_status},
    CU_TEST_INFO_NULL,
};
