/* bench/load.c -- fills a running outbox through its store's socket, as its workers would.
 *
 *   build/bench/load SOCKET DMARC_RECORDS TLS_RECORDS
 *
 * Each domain, d0.example, d1.example ..., gets RECORDS_A_DOMAIN reports; one in BUSY_SHARE is
 * about busy.example all the same.  Their dates are spread over 30 days from 2026-01-01. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/date.h"
#include "model/record.h"
#include "storage/store.h"

#define LOADERS 8
#define BATCH 250
#define RECORDS_A_DOMAIN 20
#define BUSY_SHARE 100
#define START_S 1767225600 /* 2026-01-01 */
#define SPAN_S (30 * 86400)
#define TIMEOUT_MS 60000
#define RECORD_MAX (1 << 20)

static const char dmarc[] =
    "{\"rua\": [\"dmarc@rua.example\"], \"policyIdentifier\": 7, \"report\": {"
    "\"orgName\": \"Bench\", \"email\": \"reports@bench.example\", \"reportId\": \"r\","
    "\"dateRangeBegin\": \"2026-01-01T00:00:00Z\", \"dateRangeEnd\": \"2026-01-02T00:00:00Z\","
    "\"policyDomain\": \"bench.example\", \"policyAdkim\": \"relaxed\", \"policyAspf\": "
    "\"relaxed\","
    "\"policyDisposition\": \"none\", \"policySubdomainDisposition\": \"none\", \"records\": [{"
    "\"sourceIp\": \"192.0.2.1\", \"count\": 7, \"evaluatedDisposition\": \"none\","
    "\"evaluatedDkim\": \"pass\", \"evaluatedSpf\": \"fail\", \"envelopeFrom\": "
    "\"bench.example\","
    "\"headerFrom\": \"bench.example\", \"dkimResults\": [{\"domain\": \"bench.example\","
    "\"selector\": \"s\", \"result\": \"pass\"}]}]}}";

static const char tls[] =
    "{\"policyIdentifiers\": [7], \"mailRua\": [\"tls@rua.example\"], \"report\": {"
    "\"reportId\": \"r\", \"dateRangeStart\": \"2026-01-01T00:00:00Z\","
    "\"dateRangeEnd\": \"2026-01-02T00:00:00Z\", \"policies\": [{\"policyType\": \"sts\","
    "\"policyDomain\": \"bench.example\", \"totalSuccessfulSessions\": 1000}]}}";

struct job {
	const char *socket;
	const struct type *type;
	const char *template;
	unsigned long total, from, to; /* of all records; this loader's */
};

static void
set_date(json_t *v, const char *name, int64_t seconds)
{
	char text[DATE_LEN + 1];

	date_format(seconds, text);
	json_object_set_new(v, name, json_string(text));
}

static bool
make_record(const struct job *j, json_t *v, unsigned long i, struct record *r)
{
	struct problems p = {0};
	unsigned long domains = j->total / RECORDS_A_DOMAIN + 1;
	char domain[64] = "busy.example";
	int64_t created = START_S + (int64_t)randombytes_uniform(SPAN_S);
	bool ok;

	if (i % BUSY_SHARE != 0)
		snprintf(domain, sizeof domain, "d%lu.example", i % domains);
	json_object_set_new(v, "domain", json_string(domain));
	set_date(v, "createdAt", created);
	set_date(v, "deliverAt", created + (int64_t)randombytes_uniform(SPAN_S));
	ok = model_record(j->type, v, RECORD_MAX, r, &p);
	problems_free(&p);
	return ok;
}

static bool
load_batch(const struct job *j, struct store *s, json_t *v, unsigned long from, size_t n,
    struct err *e)
{
	struct record *records = mem_new(n, sizeof *records);
	struct store_op *ops = mem_new(n, sizeof *ops);
	struct store_set q = {.type = j->type, .ops = ops, .n = n};
	struct store_results results = {0};
	bool ok = true;

	randombytes_buf(q.opid, sizeof q.opid);
	for (size_t i = 0; i < n && ok; i++) {
		ok = make_record(j, v, from + i, &records[i]);
		ops[i] = (struct store_op){.kind = STORE_CREATE,
		    .tag = (uint32_t)i,
		    .created_by = STORE_NOT_CREATED_HERE,
		    .body = buf_str(&records[i].text),
		    .keys = &records[i].keys};
	}
	ok = ok ? store_set(s, &q, &results, e)
		: err_set(e, ERR_SERVER_FAIL, "a wrong template");
	store_results_free(&results);
	for (size_t i = 0; i < n; i++)
		record_free(&records[i]);
	free(records);
	free(ops);
	return ok;
}

/* In a process of its own; its exit status. */
static int
load(const struct job *j)
{
	json_t *v = json_loads(j->template, 0, NULL);
	struct store *s = NULL;
	struct err e = {0};
	bool ok = true;

	store_open(&s, j->socket, TIMEOUT_MS);
	for (unsigned long i = j->from; i < j->to && ok; i += BATCH)
		ok = load_batch(j, s, v, i, j->to - i < BATCH ? j->to - i : BATCH, &e);
	if (!ok)
		fprintf(stderr, "bench/load: %s\n", e.text);
	store_close(&s);
	json_decref(v);
	return ok ? 0 : 1;
}

static bool
load_all(const char *socket, const struct type *type, const char *template, unsigned long total)
{
	int64_t began_us = clock_monotonic_us();
	bool ok = true;
	int status;

	for (unsigned long k = 0; k < LOADERS; k++) {
		struct job j = {socket, type, template, total, total * k / LOADERS,
		    total * (k + 1) / LOADERS};

		if (fork() == 0)
			_exit(load(&j));
	}
	while (wait(&status) > 0)
		ok = ok && status == 0;
	fprintf(stderr, "%lu records of %s in %.0f s\n", total, type->name,
	    (double)(clock_monotonic_us() - began_us) / 1e6);
	return ok;
}

int
main(int argc, char **argv)
{
	if (argc != 4 || sodium_init() < 0) {
		fputs("usage: load SOCKET DMARC_RECORDS TLS_RECORDS\n", stderr);
		return 2;
	}
	return load_all(argv[1], &dmarc_internal_report, dmarc, strtoul(argv[2], NULL, 10)) &&
		load_all(argv[1], &tls_internal_report, tls, strtoul(argv[3], NULL, 10))
	    ? 0
	    : 1;
}
