/* bench/ask.c -- the median time of some questions, asked over HTTP one after the other.
 *
 *   build/bench/ask URL TOKEN
 *
 * Prints a line a question: its name, a tab, microseconds.  The outbox is one that bench/load
 * filled. */
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

#define ROUNDS 101
#define ID_SIZE 32
#define TYPE "x:DmarcInternalReport"
#define PAGE "\"limit\": 100"
#define DUE                                                                                    \
	"\"filter\": {\"deliverAtIsLessThanOrEqual\": \"2026-01-20T00:00:00Z\"}, \"sort\": "   \
	"[{\"property\": \"deliverAt\"}]"

/* Filled in: the middle of the list as a position, and the id that stands there. */
static const struct question {
	const char *name, *args;
	bool get; /* then the first ten of the page */
} questions[] = {
    {"a domain, and get", "\"filter\": {\"domain\": \"d7.example\"}, " PAGE, true},
    {"a busy domain, and get", "\"filter\": {\"domain\": \"busy.example\"}, \"limit\": 10",
	true},
    {"due now, the first 100", DUE ", " PAGE, false},
    {"due now, by anchor", DUE ", \"anchor\": \"$due\", \"anchorOffset\": 1, " PAGE, false},
    {"all, by anchor", "\"anchor\": \"$all\", \"anchorOffset\": 1, " PAGE, false},
    {"all, position deep inside", "\"position\": $middle, " PAGE, false},
    {"all, from the end", "\"position\": -100, " PAGE, false},
    {"(domain OR domain) AND NOT dates",
	"\"filter\": {\"operator\": \"AND\", \"conditions\": [{\"operator\": \"OR\", "
	"\"conditions\": "
	"[{\"domain\": \"busy.example\"}, {\"domain\": \"d7.example\"}]}, {\"operator\": "
	"\"NOT\", "
	"\"conditions\": [{\"createdAtIsGreaterThan\": \"2026-01-05T00:00:00Z\", "
	"\"createdAtIsLessThan\": \"2026-01-20T00:00:00Z\"}]}]}, " PAGE,
	false},
};

struct asker {
	CURL *curl;
	struct buf answer;
	unsigned long long middle;
	char all[ID_SIZE], due[ID_SIZE]; /* ids in the middle of two orders */
};

static _Noreturn void
give_up(const char *what, const char *why)
{
	fprintf(stderr, "bench/ask: %s: %s\n", what, why);
	exit(1);
}

static size_t
keep(char *bytes, size_t size, size_t n, void *arg)
{
	buf_add(arg, bytes, size * n);
	return size * n;
}

static void
ask(struct asker *a, const char *body)
{
	CURLcode rc;

	buf_clear(&a->answer);
	curl_easy_setopt(a->curl, CURLOPT_POSTFIELDS, body);
	rc = curl_easy_perform(a->curl);
	if (rc != CURLE_OK)
		give_up("no answer", curl_easy_strerror(rc));
	if (strstr(buf_terminate(&a->answer), "\"error\"") != NULL)
		give_up("an error", a->answer.s);
}

static void
add_args(const struct asker *a, const char *args, struct buf *out)
{
	while (*args != '\0') {
		if (strncmp(args, "$middle", 7) == 0)
			buf_printf(out, "%llu", a->middle), args += 7;
		else if (strncmp(args, "$all", 4) == 0)
			buf_puts(out, a->all), args += 4;
		else if (strncmp(args, "$due", 4) == 0)
			buf_puts(out, a->due), args += 4;
		else
			buf_putc(out, *args++);
	}
}

static const char *
request(const struct asker *a, const struct question *q, bool total, struct buf *out)
{
	buf_clear(out);
	buf_puts(out,
	    "{\"using\": [\"urn:ietf:params:jmap:core\", \"urn:stalwart:jmap\"], "
	    "\"methodCalls\": [[\"" TYPE "/query\", {");
	add_args(a, q->args, out);
	buf_printf(out, ", \"calculateTotal\": %s}, \"q\"]", total ? "true" : "false");
	if (q->get)
		buf_puts(out,
		    ", [\"" TYPE "/get\", {\"#ids\": {\"resultOf\": \"q\", \"name\": \"" TYPE
		    "/query\", \"path\": \"/ids\"}}, \"g\"]");
	buf_puts(out, "]}");
	return buf_terminate(out);
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
time_question(struct asker *a, const struct question *q, bool total)
{
	struct buf body = {0};
	int64_t took_us[ROUNDS];

	request(a, q, total, &body);
	for (size_t i = 0; i < ROUNDS; i++) {
		int64_t began_us = clock_monotonic_us();

		ask(a, body.s);
		took_us[i] = clock_monotonic_us() - began_us;
	}
	qsort(took_us, ROUNDS, sizeof took_us[0], by_size);
	printf("%s%s\t%lld\n", q->name, total ? ", total" : "", (long long)took_us[ROUNDS / 2]);
	buf_free(&body);
}

/* What a question's answer says of total, and the first id of its page. */
static unsigned long long
look(struct asker *a, const char *args, char id[static ID_SIZE])
{
	const struct question q = {"", args, false};
	struct buf body = {0};
	json_t *v, *reply;
	unsigned long long total;
	const char *first;

	ask(a, request(a, &q, true, &body));
	v = json_loadb(a->answer.s, a->answer.len, 0, NULL);
	reply = json_array_get(json_array_get(json_object_get(v, "methodResponses"), 0), 1);
	first = json_string_value(json_array_get(json_object_get(reply, "ids"), 0));
	total = (unsigned long long)json_integer_value(json_object_get(reply, "total"));
	if (first == NULL)
		give_up("nothing found", a->answer.s);
	snprintf(id, ID_SIZE, "%s", first);
	json_decref(v);
	buf_free(&body);
	return total;
}

static void
find_middles(struct asker *a)
{
	unsigned long long due = look(a, DUE ", \"limit\": 1", a->due);
	char args[256];

	a->middle = look(a, "\"limit\": 1", a->all) / 2;
	look(a, "\"position\": $middle, \"limit\": 1", a->all);
	snprintf(args, sizeof args, DUE ", \"position\": %llu, \"limit\": 1", due / 2);
	look(a, args, a->due);
}

int
main(int argc, char **argv)
{
	struct asker a = {0};
	struct curl_slist *headers = NULL;
	struct buf authorization = {0};

	if (argc != 3) {
		fputs("usage: ask URL TOKEN\n", stderr);
		return 2;
	}
	a.curl = curl_easy_init();
	buf_printf(&authorization, "Authorization: Bearer %s", argv[2]);
	headers = curl_slist_append(headers, buf_terminate(&authorization));
	headers = curl_slist_append(headers, "Content-Type: application/json");
	curl_easy_setopt(a.curl, CURLOPT_URL, argv[1]);
	curl_easy_setopt(a.curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(a.curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(a.curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(a.curl, CURLOPT_WRITEDATA, &a.answer);
	find_middles(&a);
	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
		time_question(&a, &questions[i], false);
		time_question(&a, &questions[i], true);
	}
	curl_slist_free_all(headers);
	curl_easy_cleanup(a.curl);
	buf_free(&authorization);
	buf_free(&a.answer);
	return 0;
}
