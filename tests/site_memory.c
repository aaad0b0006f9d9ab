/* tests/site_memory.c -- how much memory a worker takes: idle, during the largest request, and
 * afterwards. */
#include <CUnit/CUnit.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "config/limits.h"
#include "tests/site.h"
#include "tests/suites.h"

#define IDLE_MAX_KB (16 << 10)
#define POLLS_MAX 1000 /* 20 s */
#define POLL_US 20000
#define TIMES_BODY_MAX 12
#define REPORTS 2 /* one alone would pass max_size_record */

static bool
is_sanitized(void)
{
#ifdef __SANITIZE_ADDRESS__
	return true;
#else
	return false;
#endif
}

/* The number behind a name in /proc/PID/status, in kB; 0 if there is none. */
static size_t
status_kb(struct str status, const char *name)
{
	const char *line = memmem(status.s, status.len, name, strlen(name));

	return line == NULL ? 0 : strtoul(line + strlen(name), NULL, 10);
}

static bool
is_worker_of(struct str status, pid_t parent)
{
	return memmem(status.s, status.len, "Name:\toutbox-worker\n", 20) != NULL &&
	    status_kb(status, "PPid:\t") == (size_t)parent;
}

/* The largest number of that name among the workers. */
static size_t
workers_kb(const struct site *s, const char *name)
{
	DIR *proc = opendir("/proc");
	const struct dirent *d;
	struct buf path = {0}, status = {0};
	size_t most = 0;

	if (proc == NULL)
		return 0;
	while ((d = readdir(proc)) != NULL) {
		struct err e = {0};

		buf_clear(&path);
		buf_clear(&status);
		buf_printf(&path, "/proc/%s/status", d->d_name);
		if (strspn(d->d_name, "0123456789") == strlen(d->d_name) &&
		    io_read_file(buf_terminate(&path), 65536, &status, &e) &&
		    is_worker_of(buf_str(&status), s->outboxd)) {
			size_t kb = status_kb(buf_str(&status), name);

			most = kb > most ? kb : most;
		}
	}
	closedir(proc);
	buf_free(&path);
	buf_free(&status);
	return most;
}

/* Reports that fill a request as well as reports can. */
static void
write_request(struct buf *out)
{
	const size_t share = limits_default.max_size_request / REPORTS - 1024;

	buf_puts(out,
	    "{\"using\":[\"urn:ietf:params:jmap:core\",\"urn:stalwart:jmap\"],"
	    "\"methodCalls\":[[\"x:DmarcInternalReport/set\",{\"create\":{");
	for (size_t i = 0; i < REPORTS; i++) {
		size_t until = out->len + share;

		buf_printf(out,
		    "%s\"r%zu\":{\"domain\":\"example.com\",\"createdAt\":\"2026-01-01T00:00:"
		    "00Z\","
		    "\"deliverAt\":\"2026-01-02T00:00:00Z\",\"report\":{\"orgName\":"
		    "\"Example\","
		    "\"email\":\"dmarc@example.com\",\"reportId\":\"r\","
		    "\"dateRangeBegin\":\"2026-01-01T00:00:00Z\","
		    "\"dateRangeEnd\":\"2026-01-02T00:00:00Z\",\"policyDomain\":\"example."
		    "com\","
		    "\"policyAdkim\":\"relaxed\",\"policyAspf\":\"relaxed\","
		    "\"policyDisposition\":\"none\",\"policySubdomainDisposition\":\"none\","
		    "\"records\":[",
		    i == 0 ? "" : ",", i);
		for (unsigned n = 0; out->len < until; n++)
			buf_printf(out,
			    "%s{\"sourceIp\":\"192.0.2.%u\",\"count\":%u,"
			    "\"evaluatedDisposition\":\"none\",\"evaluatedDkim\":\"pass\","
			    "\"evaluatedSpf\":\"fail\",\"policyOverrideReasons\":[],"
			    "\"envelopeTo\":null,\"envelopeFrom\":\"example.com\","
			    "\"headerFrom\":\"example.com\",\"dkimResults\":[{\"domain\":"
			    "\"example.com\",\"selector\":\"s1\",\"result\":\"pass\","
			    "\"humanResult\":null}],\"spfResults\":[{\"domain\":\"example."
			    "com\","
			    "\"scope\":\"mailFrom\",\"result\":\"fail\",\"humanResult\":null}],"
			    "\"extensions\":[]}",
			    n == 0 ? "" : ",", n % 256, n);
		buf_puts(out, "]}}");
	}
	buf_puts(out, "}},\"c\"]]}");
}

static void
a_worker_is_small_again_after_the_largest_request(void)
{
	struct site s;
	struct site_client c;
	struct buf body = {0};
	struct err e = {0};
	json_t *reply = NULL;
	size_t peak_kb;

	if (is_sanitized()) {
		printf("skipped: a sanitizer has a memory of its own ");
		return;
	}
	site_start(&s);
	site_client_open(&c, &s);
	CU_ASSERT(workers_kb(&s, "VmRSS:") > 0);
	CU_ASSERT(workers_kb(&s, "VmRSS:") < IDLE_MAX_KB);
	write_request(&body);
	CU_ASSERT(body.len <= limits_default.max_size_request);
	CU_ASSERT(body.len > limits_default.max_size_request - 4096);
	CU_ASSERT_TRUE(transport_post(&c.transport, "/api", buf_str(&body), &reply, &e));
	CU_ASSERT_EQUAL(
	    json_object_size(json_object_get(
		json_array_get(json_array_get(json_object_get(reply, "methodResponses"), 0), 1),
		"created")),
	    REPORTS);
	peak_kb = workers_kb(&s, "VmHWM:");
	printf("%.1f times the body ", (double)peak_kb * 1024 / (double)body.len);
	CU_ASSERT(peak_kb < TIMES_BODY_MAX * body.len / 1024);
	/* A worker gives memory back after it has answered. */
	for (int i = 0; i < POLLS_MAX && workers_kb(&s, "VmRSS:") >= IDLE_MAX_KB; i++)
		usleep(POLL_US);
	CU_ASSERT(workers_kb(&s, "VmRSS:") < IDLE_MAX_KB);
	json_decref(reply);
	buf_free(&body);
	site_client_close(&c);
	CU_ASSERT_TRUE(site_stop(&s));
}

const CU_TestInfo site_memory_tests[] = {
    {"a worker is small again after the largest request",
	a_worker_is_small_again_after_the_largest_request},
    CU_TEST_INFO_NULL,
};
