/* bench/bombs.c -- what other clients notice of requests made to keep every worker busy.
 *
 *   build/bench/bombs URL TOKEN [SECONDS]
 *
 * Measures CLIENTS clients that each ask a small /query and /get again and again: first alone,
 * then, for every kind of bomb, while BOMBS of them arrive at once.  Prints a line a kind: what
 * the clients' median, p99 and longest answer took, how long the slowest bomb took, and which
 * errors its answers held.  Fails if a bomb gets anything but an answer of its own (a killed
 * worker is a 502 or 504), or a client does. */
#include <curl/curl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/str.h"

#define CLIENTS 8
#define BOMBS 4
#define SECONDS 5
#define CALLS 63              /* beside the first one, of 64 that a request may have */
#define BODY_BYTES (15 << 20) /* below maxSizeRequest */
/* Of small values, as many as a request may hold: their tree takes far more than their text. */
#define NUMBERS_BYTES (8 << 20)
#define ARRAYS_BYTES (2 << 20)
#define RECORDS 500
#define RECORD_ENTRIES 45 /* records of a report of about 19 KB */
#define SET_CALLS 32
#define POLICIES 1000
#define DMARC "x:DmarcInternalReport"
#define TLS "x:TlsInternalReport"

struct host {
	const char *url;
	struct curl_slist *headers;
};

static _Noreturn void
give_up(const char *what, const char *why)
{
	fprintf(stderr, "bench/bombs: %s: %s\n", what, why);
	exit(1);
}

static size_t
keep(char *bytes, size_t size, size_t n, void *arg)
{
	buf_add(arg, bytes, size * n);
	return size * n;
}

static CURL *
open_host(const struct host *h, struct buf *answer)
{
	CURL *curl = curl_easy_init();

	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, h->headers);
	curl_easy_setopt(curl, CURLOPT_URL, h->url);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
	return curl;
}

/* The HTTP status; 0 if there was no answer. */
static long
post(CURL *curl, struct str body, struct buf *answer)
{
	long status = 0;

	buf_clear(answer);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.s);
	if (curl_easy_perform(curl) != CURLE_OK)
		return 0;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	buf_terminate(answer);
	return status;
}

/* --- the clients that are measured --- */

struct client {
	const struct host *host;
	pthread_t thread;
	atomic_bool *stop;
	int64_t *took_us;
	size_t n, cap;
};

static const char small[] =
    "{\"using\":[\"urn:ietf:params:jmap:core\",\"urn:stalwart:jmap\"],\"methodCalls\":["
    "[\"" DMARC "/query\",{\"filter\":{\"domain\":\"bombs.example\"},\"limit\":1},\"q\"],"
    "[\"" DMARC "/get\",{\"properties\":[\"domain\"],\"#ids\":{\"resultOf\":\"q\",\"name\":"
    "\"" DMARC "/query\",\"path\":\"/ids\"}},\"g\"]]}";

static void *
client_thread(void *arg)
{
	struct client *c = arg;
	struct buf answer = {0};
	CURL *curl = open_host(c->host, &answer);

	while (!*c->stop) {
		int64_t began_us = clock_monotonic_us();
		long status = post(curl, str_of(small), &answer);

		if (status != 200 || strstr(answer.s, "\"error\"") != NULL)
			give_up("a client got an error", status == 0 ? "no answer" : answer.s);
		if (c->n == c->cap) {
			c->cap = c->cap > 0 ? 2 * c->cap : 1024;
			c->took_us = mem_grow(c->took_us, c->cap, sizeof *c->took_us);
		}
		c->took_us[c->n++] = clock_monotonic_us() - began_us;
	}
	curl_easy_cleanup(curl);
	buf_free(&answer);
	return NULL;
}

/* --- the bombs --- */

struct bomb {
	const struct host *host;
	pthread_t thread;
	struct str body;
	int64_t took_us;
	long status;
	struct buf answer;
};

static void *
bomb_thread(void *arg)
{
	struct bomb *b = arg;
	CURL *curl = open_host(b->host, &b->answer);
	int64_t began_us = clock_monotonic_us();

	b->status = post(curl, b->body, &b->answer);
	b->took_us = clock_monotonic_us() - began_us;
	curl_easy_cleanup(curl);
	return NULL;
}

static void
begin_body(struct buf *body)
{
	buf_clear(body);
	buf_puts(body,
	    "{\"using\":[\"urn:ietf:params:jmap:core\",\"urn:stalwart:jmap\"],"
	    "\"methodCalls\":[");
}

static void
add_repeated(struct buf *body, const char *text, size_t bytes)
{
	size_t end = body->len + bytes;

	while (body->len < end)
		buf_puts(body, text);
}

/* A Core/echo of a large array, and CALLS calls that follow path in its answer. */
struct reference_bomb {
	const char *name, *begin, *one, *end, *path;
	size_t bytes;
};

static const struct reference_bomb references[] = {
    {"numbers", "[[0", ",0", "]]", "/a/*/*", NUMBERS_BYTES},
    {"empty arrays", "[[]", ",[]", "]", "/a/*/*", ARRAYS_BYTES},
    {"arrays in arrays", "[[[[]]]", ",[[[]]]", "]", "/a/*/*/*/*", ARRAYS_BYTES},
    {"objects", "[{\"x\":[]}", ",{\"x\":[]}", "]", "/a/*/x/*", ARRAYS_BYTES},
    {"texts", "[[\"\"", ",\"0123456789012345678901234567890123456789\"", "]]", "/a/*/*",
	BODY_BYTES},
    {"nowhere at last", "[{\"x\":1}", ",{\"x\":1}", ",{}]", "/a/*/x", ARRAYS_BYTES},
};

static void
make_references(const struct reference_bomb *r, struct buf *body)
{
	begin_body(body);
	buf_puts(body, "[\"Core/echo\",{\"a\":");
	buf_puts(body, r->begin);
	add_repeated(body, r->one, r->bytes);
	buf_puts(body, r->end);
	buf_puts(body, "},\"e\"]");
	for (int i = 0; i < CALLS; i++)
		buf_printf(body,
		    ",[\"Core/echo\",{\"#a\":{\"resultOf\":\"e\",\"name\":\"Core/"
		    "echo\",\"path\":"
		    "\"%s\"}},\"r\"]",
		    r->path);
	buf_puts(body, "]}");
}

/* One argument after the other refers to the same answer, with a long path. */
static void
make_long_paths(struct buf *body)
{
	begin_body(body);
	buf_puts(body, "[\"Core/echo\",{\"a\":[0");
	add_repeated(body, ",0", 100000);
	buf_puts(body, "]},\"e\"],[\"Core/echo\",{\"x\":0");
	for (int i = 0; body->len < BODY_BYTES; i++) {
		buf_printf(body,
		    ",\"#%d\":{\"resultOf\":\"e\",\"name\":\"Core/echo\",\"path\":\"/a/*/", i);
		add_repeated(body, "0123456789", 10000);
		buf_puts(body, "\"}");
	}
	buf_puts(body, "},\"r\"]]}");
}

/* Every record is updated in each of SET_CALLS calls. */
static void
make_updates(json_t *ids, struct buf *body)
{
	begin_body(body);
	for (int call = 0; call < SET_CALLS; call++) {
		json_t *id;
		size_t i;

		buf_puts(body,
		    call > 0 ? ",[\"" DMARC "/set\",{\"update\":{"
			     : "[\"" DMARC "/set\",{\"update\":{");
		json_array_foreach(ids, i, id)
			buf_printf(body, "%s\"%s\":{\"deliverAt\":\"2026-02-01T00:00:%02dZ\"}",
			    i > 0 ? "," : "", json_string_value(id), call);
		buf_puts(body, "}},\"s\"]");
	}
	buf_puts(body, "]}");
}

/* --- records --- */

static void
add_report(struct buf *body, int name)
{
	buf_printf(body,
	    "%s\"c%d\":{\"domain\":\"bombs.example\",\"createdAt\":\"2026-01-01T00:00:00Z\","
	    "\"deliverAt\":\"2026-01-02T00:00:00Z\",\"report\":{\"orgName\":\"Bench\","
	    "\"email\":\"a@bench.example\",\"reportId\":\"r\","
	    "\"dateRangeBegin\":\"2026-01-01T00:00:00Z\","
	    "\"dateRangeEnd\":\"2026-01-02T00:00:00Z\",\"policyDomain\":\"bench.example\","
	    "\"policyAdkim\":\"relaxed\",\"policyAspf\":\"relaxed\",\"policyDisposition\":"
	    "\"none\",\"policySubdomainDisposition\":\"none\",\"records\":[",
	    name > 0 ? "," : "", name);
	for (int i = 0; i < RECORD_ENTRIES; i++)
		buf_printf(body,
		    "%s{\"sourceIp\":\"192.0.2.%d\",\"count\":7,\"evaluatedDisposition\":"
		    "\"none\","
		    "\"evaluatedDkim\":\"pass\",\"evaluatedSpf\":\"fail\",\"envelopeFrom\":"
		    "\"bench.example\",\"headerFrom\":\"bench.example\",\"dkimResults\":[{"
		    "\"domain\":\"bench.example\",\"selector\":\"s\",\"result\":\"pass\"}],"
		    "\"spfResults\":[{\"domain\":\"bench.example\",\"scope\":\"mailFrom\","
		    "\"result\":\"softFail\"}]}",
		    i > 0 ? "," : "", i);
	buf_puts(body, "]}}");
}

/* The ids, for json_decref(). */
static json_t *
make_records(const struct host *h)
{
	struct buf body = {0}, answer = {0};
	CURL *curl = open_host(h, &answer);
	json_t *ids = json_array(), *response, *created, *one;
	const char *key;

	begin_body(&body);
	buf_puts(&body, "[\"" DMARC "/set\",{\"create\":{");
	for (int i = 0; i < RECORDS; i++)
		add_report(&body, i);
	buf_puts(&body, "}},\"s\"]]}");
	if (post(curl, buf_str(&body), &answer) != 200)
		give_up("the records could not be made", answer.s);
	response = json_loads(answer.s, 0, NULL);
	created = json_object_get(
	    json_array_get(json_array_get(json_object_get(response, "methodResponses"), 0), 1),
	    "created");
	json_object_foreach(created, key, one)
		json_array_append(ids, json_object_get(one, "id"));
	if (json_array_size(ids) != RECORDS)
		give_up("the records could not be made", answer.s);
	json_decref(response);
	curl_easy_cleanup(curl);
	buf_free(&body);
	buf_free(&answer);
	return ids;
}

/* Creates of reports with as many policies as one may have. */
static void
make_policies(struct buf *body)
{
	begin_body(body);
	buf_puts(body, "[\"" TLS "/set\",{\"create\":{");
	for (int i = 0; i < RECORDS; i++) {
		buf_printf(body,
		    "%s\"c%d\":{\"domain\":\"bombs.example\",\"createdAt\":"
		    "\"2026-01-01T00:00:00Z\",\"deliverAt\":\"2026-01-02T00:00:00Z\","
		    "\"report\":{"
		    "\"reportId\":\"r\",\"dateRangeStart\":\"2026-01-01T00:00:00Z\","
		    "\"dateRangeEnd\":\"2026-01-02T00:00:00Z\",\"policies\":[]},"
		    "\"policyIdentifiers\":[0",
		    i > 0 ? "," : "", i);
		for (int p = 1; p < POLICIES; p++)
			buf_printf(body, ",%d", 100000 + i * POLICIES + p);
		buf_puts(body, "]}");
	}
	buf_puts(body, "}},\"s\"]]}");
}

/* --- one row --- */

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
print_clients(const char *name, struct client *clients)
{
	struct buf all = {0};
	int64_t median, p99;
	const int64_t *us;
	size_t n;

	for (size_t i = 0; i < CLIENTS; i++)
		buf_add(&all, clients[i].took_us, clients[i].n * sizeof *clients[i].took_us);
	n = all.len / sizeof *us;
	qsort(all.s, n, sizeof *us, by_size);
	us = (const int64_t *)(const void *)all.s;
	p99 = us[n * 99 / 100];
	median = us[n / 2];
	printf("%-18s %8zu %9.1f %9.1f %9.1f", name, n, (double)median / 1000,
	    (double)p99 / 1000, (double)us[n - 1] / 1000);
	buf_free(&all);
}

static size_t
count_text(const char *in, const char *text)
{
	size_t n = 0;

	for (; (in = strstr(in, text)) != NULL; in++)
		n++;
	return n;
}

static void
print_bombs(const struct bomb *bombs)
{
	int64_t longest_us = 0;

	for (size_t i = 0; i < BOMBS; i++) {
		if (bombs[i].status != 200)
			give_up("a bomb got no answer of its own",
			    bombs[i].status == 0 ? "no answer" : bombs[i].answer.s);
		if (bombs[i].took_us > longest_us)
			longest_us = bombs[i].took_us;
	}
	printf(" %9.1f   requestTooLarge %zu, invalidResultReference %zu",
	    (double)longest_us / 1000, count_text(bombs[0].answer.s, "\"requestTooLarge\""),
	    count_text(bombs[0].answer.s, "\"invalidResultReference\""));
}

/* bomb: NULL, none. */
static void
run(const struct host *h, const char *name, const struct buf *bomb, unsigned seconds)
{
	struct client clients[CLIENTS] = {0};
	struct bomb bombs[BOMBS] = {0};
	struct timespec t = {.tv_sec = seconds};
	atomic_bool stop = false;

	for (size_t i = 0; i < CLIENTS; i++) {
		clients[i] = (struct client){.host = h, .stop = &stop};
		pthread_create(&clients[i].thread, NULL, client_thread, &clients[i]);
	}
	for (size_t i = 0; bomb != NULL && i < BOMBS; i++) {
		bombs[i] = (struct bomb){.host = h, .body = buf_str(bomb)};
		pthread_create(&bombs[i].thread, NULL, bomb_thread, &bombs[i]);
	}
	nanosleep(&t, NULL);
	for (size_t i = 0; bomb != NULL && i < BOMBS; i++)
		pthread_join(bombs[i].thread, NULL);
	stop = true;
	for (size_t i = 0; i < CLIENTS; i++)
		pthread_join(clients[i].thread, NULL);
	print_clients(name, clients);
	if (bomb != NULL)
		print_bombs(bombs);
	printf("\n");
	fflush(stdout);
	for (size_t i = 0; i < CLIENTS; i++)
		free(clients[i].took_us);
	for (size_t i = 0; i < BOMBS; i++)
		buf_free(&bombs[i].answer);
}

int
main(int argc, char **argv)
{
	struct host h = {0};
	struct buf authorization = {0}, body = {0};
	unsigned seconds = SECONDS;
	json_t *ids;

	if (argc < 3 || argc > 4) {
		fputs("usage: bombs URL TOKEN [SECONDS]\n", stderr);
		return 2;
	}
	if (argc == 4)
		seconds = (unsigned)strtoul(argv[3], NULL, 10);
	h.url = argv[1];
	buf_printf(&authorization, "Authorization: Bearer %s", argv[2]);
	h.headers = curl_slist_append(NULL, buf_terminate(&authorization));
	h.headers = curl_slist_append(h.headers, "Content-Type: application/json");
	h.headers = curl_slist_append(h.headers, "Expect:");
	curl_global_init(CURL_GLOBAL_DEFAULT);
	ids = make_records(&h);
	printf("%-18s %8s %9s %9s %9s %9s   (milliseconds)\n", "bomb", "requests", "median",
	    "p99", "longest", "bomb");
	run(&h, "none", NULL, seconds);
	for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
		make_references(&references[i], &body);
		run(&h, references[i].name, &body, seconds);
	}
	make_long_paths(&body);
	run(&h, "long paths", &body, seconds);
	make_updates(ids, &body);
	run(&h, "large updates", &body, seconds);
	make_policies(&body);
	run(&h, "many policies", &body, seconds);
	json_decref(ids);
	curl_slist_free_all(h.headers);
	buf_free(&authorization);
	buf_free(&body);
	return 0;
}
