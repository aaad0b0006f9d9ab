/* tests/cases.c -- reads the folders of tests/api and runs them. */
#include "tests/cases.h"

#include <CUnit/CUnit.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/decoder.h"
#include "tests/match.h"
#include "json/read.h"

#define LOAD_FLAGS (JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES | JSON_DECODE_ANY)
#define CASE_FILE_MAX (4u << 20) /* bytes */
#define HTTP_LINES_MAX 20

/* One request of a case, as its files say. */
struct step {
	struct buf http; /* the text of N.http; lines point into it */
	struct exchange x;
	const char *token; /* by name, NULL: sent as it stands in N.http */
	int status;
	const char *headers[HTTP_LINES_MAX]; /* expected: "Allow: POST" */
	size_t n_headers;
	struct buf body;
	json_t *response; /* NULL: not looked at */
};

/* For "%.*s": what a message shows of an answer. */
static int
cut(const struct buf *b)
{
	enum { SHOWN = 300 };

	return b->len < SHOWN ? (int)b->len : SHOWN;
}

void
answer_free(struct answer *a)
{
	buf_free(&a->headers);
	buf_free(&a->body);
	*a = (struct answer){0};
}

bool
transport_post(
    const struct transport *t, const char *path, struct str body, json_t **reply, struct err *e)
{
	struct exchange x = {.method = "POST",
	    .path = path,
	    .authorization = tokens_header(t->tokens, "admin"),
	    .content_type = "application/json",
	    .body = body};
	struct answer a = {0};
	bool ok = false;

	*reply = NULL;
	if (!t->send(t->arg, &x, &a, e))
		goto out;
	*reply = json_read(buf_str(&a.body), LOAD_FLAGS, NULL);
	if (a.status != 200 || *reply == NULL) {
		err_set(
		    e, ERR_SERVER_FAIL, "status %d: %.*s", a.status, cut(&a.body), a.body.s);
		json_decref(*reply);
		*reply = NULL;
		goto out;
	}
	ok = true;
out:
	answer_free(&a);
	return ok;
}

bool
transport_empty(const struct transport *t, struct err *e)
{
	static const char body[] =
	    "{\"using\":[\"urn:ietf:params:jmap:core\",\"urn:stalwart:jmap\"],\"methodCalls\":["
	    "[\"x:DmarcInternalReport/query\",{\"limit\":500},\"d\"],[\"x:TlsInternalReport/"
	    "query\",{\"limit\":500},\"t\"],"
	    "[\"x:DmarcInternalReport/set\",{\"#destroy\":{\"resultOf\":\"d\",\"name\":"
	    "\"x:DmarcInternalReport/query\",\"path\":\"/ids\"}},\"1\"],"
	    "[\"x:TlsInternalReport/set\",{\"#destroy\":{\"resultOf\":\"t\",\"name\":"
	    "\"x:TlsInternalReport/query\",\"path\":\"/ids\"}},\"2\"]]}";
	enum { ROUNDS_MAX = 1000 };

	for (int i = 0; i < ROUNDS_MAX; i++) {
		json_t *reply, *dmarc = NULL, *tls = NULL;
		bool empty;

		if (!transport_post(t, "/api", STR(body), &reply, e))
			return false;
		if (json_unpack(reply, "{s:[[s,{s:o},s],[s,{s:o},s]]}", "methodResponses",
			&(const char *){0}, "ids", &dmarc, &(const char *){0},
			&(const char *){0}, "ids", &tls, &(const char *){0}) != 0) {
			json_decref(reply);
			return err_set(
			    e, ERR_SERVER_FAIL, "the outbox cannot be queried to empty it");
		}
		empty = json_array_size(dmarc) == 0 && json_array_size(tls) == 0;
		json_decref(reply);
		if (empty)
			return true;
	}
	return err_set(e, ERR_SERVER_FAIL, "the outbox cannot be emptied");
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **
cases_list(const char *prefix, size_t *n)
{
	DIR *dir = opendir(CASES_DIR);
	char **names = NULL;
	const struct dirent *d;

	*n = 0;
	if (dir == NULL)
		return NULL;
	while ((d = readdir(dir)) != NULL) {
		if (strchr(d->d_name, '.') != NULL ||
		    strncmp(d->d_name, prefix, strlen(prefix)) != 0)
			continue;
		names = mem_grow(names, *n + 1, sizeof *names);
		names[(*n)++] = str_dup(str_of(d->d_name));
	}
	closedir(dir);
	if (names != NULL)
		qsort(names, *n, sizeof *names, by_name);
	return names;
}

/* The file of a case: "tests/api/get-ids/2.request.json"; number 0: "request.json".  False if
 * it is not there. */
static bool
read_part(const char *name, int number, const char *part, struct buf *out)
{
	struct err e = {0};
	char path[512];

	if (number == 0)
		snprintf(path, sizeof path, "%s/%s/%s", CASES_DIR, name, part);
	else
		snprintf(path, sizeof path, "%s/%s/%d.%s", CASES_DIR, name, number, part);
	return access(path, R_OK) == 0 && io_read_file(path, CASE_FILE_MAX, out, &e);
}

static bool
set_token(struct step *s, const struct tokens *tokens, const char *value)
{
	s->token = value;
	s->x.authorization = strcmp(value, "none") == 0 ? NULL : tokens_header(tokens, value);
	return s->x.authorization != NULL || strcmp(value, "none") == 0;
}

/* One line of N.http, "key: value". */
static bool
set_http_line(struct step *s, const struct tokens *tokens, const char *key, const char *value)
{
	if (strcmp(key, "method") == 0)
		s->x.method = value;
	else if (strcmp(key, "path") == 0)
		s->x.path = value;
	else if (strcmp(key, "token") == 0)
		return set_token(s, tokens, value);
	else if (strcmp(key, "authorization") == 0)
		s->x.authorization = value;
	else if (strcmp(key, "content-type") == 0)
		s->x.content_type = strcmp(value, "none") == 0 ? NULL : value;
	else if (strcmp(key, "content-encoding") == 0)
		s->x.content_encoding = value;
	else if (strcmp(key, "status") == 0)
		s->status = (int)strtol(value, NULL, 10);
	else if (strcmp(key, "header") == 0 && s->n_headers < HTTP_LINES_MAX)
		s->headers[s->n_headers++] = value;
	else
		return false;
	return true;
}

static bool
parse_http(struct step *s, const struct tokens *tokens, struct buf *why)
{
	char *line, *rest = s->http.s;

	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
		char *colon = strstr(line, ": ");

		if (*line == '\0')
			continue;
		if (colon == NULL) {
			buf_printf(why, "not \"key: value\": %s", line);
			return false;
		}
		*colon = '\0';
		if (!set_http_line(s, tokens, line, colon + 2)) {
			buf_printf(why, "no such key or value: %s: %s", line, colon + 2);
			return false;
		}
	}
	return true;
}

static bool
parse_response(struct step *s, const struct buf *text, struct buf *why)
{
	json_error_t at;

	s->response = json_read(buf_str(text), LOAD_FLAGS, &at);
	if (s->response == NULL)
		buf_printf(why, "response.json, line %d: %s", at.line, at.text);
	return s->response != NULL;
}

/* Reads step number of a case; *there is false after the last. */
static bool
step_read(struct step *s, const struct tokens *tokens, const char *name, int number,
    bool *there, struct buf *why)
{
	struct buf text = {0};
	bool ok = true, request, http, response;

	*s = (struct step){.status = 200, .token = "admin"};
	s->x = (struct exchange){.method = "POST",
	    .path = "/api",
	    .authorization = tokens_header(tokens, "admin"),
	    .content_type = "application/json"};
	request = read_part(name, number, "request.json", &s->body);
	http = read_part(name, number, "http", &s->http);
	response = read_part(name, number, "response.json", &text);
	*there = request || http;
	if (http) {
		buf_terminate(&s->http);
		ok = parse_http(s, tokens, why);
	}
	if (ok && response)
		ok = parse_response(s, &text, why);
	buf_free(&text);
	return ok;
}

static void
step_free(struct step *s)
{
	buf_free(&s->http);
	buf_free(&s->body);
	json_decref(s->response);
	*s = (struct step){0};
}

/* Whether one of the header lines of a has line's name and holds its value. */
static bool
has_header(const struct answer *a, const char *line)
{
	size_t name = strcspn(line, ":");
	const char *value = line + name + 2;
	const char *at = a->headers.s, *end = at + a->headers.len;

	while (at < end) {
		size_t len = strcspn(at, "\n");

		if (strncasecmp(at, line, name + 1) == 0 &&
		    memmem(at, len, value, strlen(value)) != NULL)
			return true;
		at += len + 1;
	}
	return false;
}

static bool
check_head(const struct step *s, const struct answer *a, struct buf *why)
{
	const char *type = s->status >= 400 ? "Content-Type: application/problem+json"
					    : "Content-Type: application/json";

	if (a->status != s->status) {
		buf_printf(why, "expected status %d, got %d with %.*s", s->status, a->status,
		    (int)(a->body.len < 300 ? a->body.len : 300),
		    a->body.s == NULL ? "" : a->body.s);
		return false;
	}
	if (s->response != NULL && !has_header(a, type)) {
		buf_printf(why, "expected %s among %s", type, a->headers.s);
		return false;
	}
	for (size_t i = 0; i < s->n_headers; i++)
		if (!has_header(a, s->headers[i])) {
			buf_printf(why, "expected %s among %s", s->headers[i], a->headers.s);
			return false;
		}
	return true;
}

/* An expected array stands for a Response that holds just these methodResponses (RFC
 * 8620, 3.4). */
static bool
check_body(json_t *bound, const struct step *s, const struct answer *a, struct buf *why)
{
	char state[64];
	json_t *want, *got;
	bool ok;

	if (s->response == NULL)
		return true;
	got = json_read(buf_str(&a->body), LOAD_FLAGS, NULL);
	if (got == NULL) {
		buf_printf(why, "the answer is not JSON: %.*s", cut(&a->body), a->body.s);
		return false;
	}
	if (json_object_get(got, "methodResponses") != NULL && !decode_response(got, why)) {
		json_decref(got);
		return false;
	}
	snprintf(state, sizeof state, "${sessionState of %s}", s->token);
	want = json_is_array(s->response)
	    ? json_pack("{s:O, s:s}", "methodResponses", s->response, "sessionState", state)
	    : json_incref(s->response);
	ok = match(bound, want, got, why);
	json_decref(want);
	json_decref(got);
	return ok;
}

static bool
step_run(const struct transport *t, json_t *bound, struct step *s, struct buf *why)
{
	struct answer a = {0};
	struct buf body = {0}, path = {0};
	struct err e = {0};
	bool ok = false;

	if (!match_fill(bound, buf_str(&s->body), &body, why) ||
	    !match_fill(bound, str_of(s->x.path), &path, why))
		goto out;
	s->x.body = buf_str(&body);
	s->x.path = buf_terminate(&path);
	if (!t->send(t->arg, &s->x, &a, &e)) {
		buf_puts(why, e.text);
		goto out;
	}
	buf_terminate(&a.headers);
	ok = check_head(s, &a, why) && check_body(bound, s, &a, why);
out:
	answer_free(&a);
	buf_free(&body);
	buf_free(&path);
	return ok;
}

/* What requests may use without having seen it: tests/api/fixtures.json. */
static json_t *
fixtures(void)
{
	return json_load_file(CASES_DIR "/fixtures.json", 0, NULL);
}

static bool
run_steps(const struct transport *t, const char *name, json_t *bound, struct buf *why)
{
	int number = 0;

	for (;; number++) {
		struct step s;
		bool there, ok;

		ok = step_read(&s, t->tokens, name, number, &there, why);
		if (ok && there)
			ok = step_run(t, bound, &s, why);
		step_free(&s);
		if (!ok) {
			buf_printf(why, " (step %d)", number);
			return false;
		}
		if (!there && number > 0)
			break;
		if (there && number == 0)
			return true;
	}
	if (number == 1)
		buf_puts(why, "the folder holds no request");
	return number > 1;
}

bool
case_run(const struct transport *t, const char *name, struct buf *why)
{
	json_t *bound = fixtures();
	struct err e = {0};
	bool ok = false;

	if (bound == NULL)
		buf_puts(why, CASES_DIR "/fixtures.json is not JSON");
	else if (!transport_empty(t, &e))
		buf_puts(why, e.text);
	else
		ok = run_steps(t, name, bound, why);
	json_decref(bound);
	return ok;
}

void
cases_check(const struct transport *t, const char *prefix)
{
	size_t n;
	char **names = cases_list(prefix, &n);

	if (n == 0)
		CU_FAIL("there is no such case");
	for (size_t i = 0; i < n; i++) {
		struct buf text = {0};
		bool ok;

		buf_printf(&text, "%s/%s: ", CASES_DIR, names[i]);
		ok = case_run(t, names[i], &text);
		CU_assertImplementation(
		    ok, __LINE__, buf_terminate(&text), __FILE__, "", CU_FALSE);
		buf_free(&text);
		free(names[i]);
	}
	free(names);
}
