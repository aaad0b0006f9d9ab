/* tests/ctl_site.c -- outboxctl against a whole outbox. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/pages.h"
#include "tests/site.h"
#include "tests/suites.h"
#include "tests/typed.h"

#define MANY 23 /* records; with the limits below several pages and chunks */

/* A whole outbox, and somebody at a shell with its URL and a token in the environment. */
struct desk {
	struct site site;
	struct typed typed;
	char id[64]; /* of the record that the last create made */
};

static void
use_token(struct desk *d, const char *name)
{
	const char *header = tokens_header(&d->site.tokens, name);

	typed_set(&d->typed, "OUTBOX_TOKEN", header + strlen("Bearer "));
}

static void
begin(struct desk *d, const char *settings)
{
	const struct site_plan plan = {
	    .fronts = {FRONT_NGINX}, .n_fronts = 1, .settings = settings};
	char url[64];

	*d = (struct desk){0};
	site_start_as(&d->site, &plan);
	typed_begin(&d->typed);
	snprintf(url, sizeof url, "http://%s", d->site.fronts[0].listen);
	typed_set(&d->typed, "OUTBOX_URL", url);
	use_token(d, "admin");
}

static void
end(struct desk *d)
{
	typed_end(&d->typed);
	CU_ASSERT(site_stop(&d->site));
}

/* The line with the record's id in the place of id1. */
static void
put_id(const struct desk *d, const char *line, struct buf *out)
{
	const char *at;

	for (; (at = strstr(line, "id1")) != NULL; line = at + strlen("id1")) {
		buf_add(out, line, (size_t)(at - line));
		buf_puts(out, d->id);
	}
	buf_puts(out, line);
	buf_terminate(out);
}

struct step {
	const char *line; /* id1 stands for what the last create made */
	int status;
	const char *out, *err; /* what is in the output; NULL: nothing */
};

/* What a create prints is kept. */
static void
take(struct desk *d, const struct step *s)
{
	struct buf line = {0}, out = {0};

	put_id(d, s->line, &line);
	if (s->out != NULL)
		put_id(d, s->out, &out);
	CU_ASSERT(
	    typed_gives(&d->typed, line.s, s->status, s->out != NULL ? out.s : NULL, s->err));
	if (strstr(s->line, " create ") != NULL && d->typed.status == 0)
		snprintf(d->id, sizeof d->id, "%.*s", (int)strcspn(d->typed.out.s, "\n"),
		    d->typed.out.s);
	buf_free(&line);
	buf_free(&out);
}

/* --- the contract --- */

/* The contract's command lines, with an address where its pages have none. */
static const struct step dmarc_steps[] = {
    {"stalwart-cli create dmarc-internal-report \\\n"
     "--field 'rua=[]' \\\n"
     "--field policyIdentifier=0 \\\n"
     "--field 'report={\"dateRangeBegin\":\"2026-01-01T00:00:00Z\","
     "\"dateRangeEnd\":\"2026-01-01T00:00:00Z\",\"email\":\"dmarc@example.com\",\"errors\":[],"
     "\"extensions\":[],\"extraContactInfo\":\"Example\",\"orgName\":\"Example\","
     "\"policyAdkim\":\"relaxed\",\"policyAspf\":\"relaxed\",\"policyDisposition\":\"none\","
     "\"policyDomain\":\"Example\",\"policyFailureReportingOptions\":[],"
     "\"policySubdomainDisposition\":\"none\",\"policyTestingMode\":false,"
     "\"policyVersion\":\"Example\",\"records\":[],\"reportId\":\"Example\",\"version\":1.0}' "
     "\\\n"
     "--field domain=example.com \\\n"
     "--field createdAt=2026-01-01T00:00:00Z \\\n"
     "--field deliverAt=2026-01-01T00:00:00Z",
	0, "d0000000001\n", NULL},
    {"stalwart-cli get dmarc-internal-report id1", 0, "reportId: Example\n", NULL},
    {"stalwart-cli query dmarc-internal-report", 0, "id1  example.com  2026-01-01T00:00:00Z",
	NULL},
    {"stalwart-cli query dmarc-internal-report --where domain=example", 0, "id1  example.com",
	NULL},
    {"stalwart-cli update dmarc-internal-report id1 --field description='Updated'", 2, NULL,
	"outboxctl: description is not a property of x:DmarcInternalReport; it has rua, "
	"policyIdentifier, report, domain, createdAt, deliverAt\n"},
    {"stalwart-cli delete dmarc-internal-report --ids id1", 0, "deleted 1\n", NULL},
    {"stalwart-cli get dmarc-internal-report id1", 1, NULL, "there is no such record"},
};

static const struct step tls_steps[] = {
    {"stalwart-cli create tls-internal-report \\\n"
     "--field 'policyIdentifiers=[]' \\\n"
     "--field 'mailRua=[]' \\\n"
     "--field 'httpRua=[]' \\\n"
     "--field 'report={\"contactInfo\":\"Example\",\"dateRangeEnd\":\"2026-01-01T00:00:00Z\","
     "\"dateRangeStart\":\"2026-01-01T00:00:00Z\",\"organizationName\":\"Example\","
     "\"policies\":[],\"reportId\":\"Example\"}' \\\n"
     "--field domain=example.com \\\n"
     "--field createdAt=2026-01-01T00:00:00Z \\\n"
     "--field deliverAt=2026-01-01T00:00:00Z",
	0, "t0000000001\n", NULL},
    {"stalwart-cli get tls-internal-report id1", 0, "organizationName: Example\n", NULL},
    {"stalwart-cli query tls-internal-report", 0, "id1  example.com", NULL},
    {"stalwart-cli update tls-internal-report id1 --field description='Updated'", 2, NULL,
	"outboxctl: description is not a property of x:TlsInternalReport; it has "
	"policyIdentifiers, mailRua, httpRua, report, domain, createdAt, deliverAt\n"},
    {"stalwart-cli delete tls-internal-report --ids id1", 0, "deleted 1\n", NULL},
};

/* --- more --- */

/* In this order. */
static const struct step more_steps[] = {
    {"outboxctl describe", 0, "x:TlsInternalReport", NULL},
    {"outboxctl describe dmarc-internal-report", 0, "set of emailAddress", NULL},
    {"outboxctl describe DmarcReportRecord", 0, "enum DmarcActionDisposition", NULL},
    {"outboxctl describe TlsPolicyType", 0, "MTA-STS policy", NULL},
    {"outboxctl --dir missing describe", 2, NULL, "missing/outboxctl.conf: No such file"},
    {"outboxctl --dir missing status", 2, NULL, "missing/outbox.conf: No such file"},
    {"outboxctl --config . status", 2, NULL, "Is a directory"},
    {"outboxctl --dir missing restore dir", 2, NULL, "missing/outbox.conf: No such file"},
    {"outboxctl describe >/dev/full", 1, NULL, "cannot write to standard output"},
    {"outboxctl --help >/dev/full", 1, NULL, "cannot write to standard output"},
    {"outboxctl describe weather", 2, NULL, "there is no type weather; there are x:Dmarc"},
    {"echo '{\"domain\": \"a.example\", \"createdAt\": \"2026-01-01T00:00:00Z\", "
     "\"deliverAt\": "
     "\"2026-01-02T00:00:00Z\", \"report\": {\"reportId\": \"r\", \"dateRangeStart\": "
     "\"2026-01-01T00:00:00Z\", \"dateRangeEnd\": \"2026-01-01T00:00:00Z\"}}' >one.json && "
     "outboxctl create TlsInternalReport --file one.json",
	0, "t0000000002\n", NULL},
    {"outboxctl get x:tlsinternalreport id1 --fields Domain,policyidentifiers", 0,
	"id: id1\npolicyIdentifiers:\ndomain: a.example\n", NULL},
    {"outboxctl update tls-internal-report id1 --json "
     "'{\"policyIdentifiers\": [18446744073709551615]}' && "
     "outboxctl get tls-internal-report id1 --fields policyIdentifiers",
	0, "policyIdentifiers: 18446744073709551615\n", NULL},
    {"outboxctl query tls-internal-report --where "
     "policyIdentifiers=18446744073709551615 --fields domain",
	0, "domain\na.example\n", NULL},
    {"outboxctl query tls-internal-report --where "
     "policyIdentifiers=18446744073709551616",
	1, NULL, "must be an integer from 0 to 18446744073709551615"},
    {"outboxctl update tls-internal-report id1 --field report/reportId=123 --field "
     "mailRua/a@example.com=true --field deliverAt=2026-05-05 --field report/policies/0="
     "'{\"policyType\": \"sts\", \"policyDomain\": \"a.example\"}' --field "
     "'httpRua/https:~1~1a.example~1r=true'",
	0, "updated id1\n", NULL},
    {"outboxctl get tls-internal-report id1 --json", 0,
	"\"mailRua\":{\"a@example.com\":true},\"httpRua\":{\"https://a.example/r\":true},",
	NULL},
    {"outboxctl render id1", 0, "\"report-id\":\"123\"", NULL},
    {"outboxctl render id1 --as json -o r.json && grep -c sts r.json", 0, "1\n", NULL},
    {"outboxctl render id1 --as mail", 1, NULL, "no address is known that could send"},
    {"outboxctl render id1 --as xml", 1, NULL, "There is no such blob"},
    {"outboxctl render id1 --as pdf", 2, NULL, "--as must be xml, json or mail"},
    {"outboxctl render weather", 2, NULL, "\"weather\" is not the id of a report"},
    {"outboxctl render t0000000099", 1, NULL, "There is no such blob"},
    {"outboxctl update tls-internal-report id1 --field "
     "report/policies/0/totalFailedSessions=77 --field report/policies/0/policytype=other "
     "--field mailRua/a@example.com=null",
	0, "updated id1\n", NULL},
    {"outboxctl get tls-internal-report id1", 0,
	"  reportId: 123\n  dateRangeStart: 2026-01-01T00:00:00Z\n"
	"  dateRangeEnd: 2026-01-01T00:00:00Z\n  policies:\n    0:\n      policyType: other\n",
	NULL},
    {"outboxctl get tls-internal-report id1", 0, "totalFailedSessions: 77\n", NULL},
    {"outboxctl get tls-internal-report id1", 0, "mailRua:\n", NULL},
    {"echo '{\"report/contactInfo\": \"me\"}' | outboxctl update tls-internal-report id1 "
     "--stdin",
	0, "updated id1\n", NULL},
    {"outboxctl update tls-internal-report id1 --json '{\"description\": \"x\"}'", 1, NULL,
	"outboxctl: t0000000002: invalidProperties: description is not a property"},
    {"outboxctl update tls-internal-report id1 --json '{} {}'", 2, NULL, "more than the one"},
    {"outboxctl update tls-internal-report t0000000009 --field domain=b.example", 1, NULL,
	"outboxctl: t0000000009: notFound"},
    {"outboxctl create tls-internal-report --json '[{\"domain\": \"x\"}, {}]'", 1, NULL,
	"outboxctl: object 2: invalidProperties: report is required"},
    {"outboxctl create tls-internal-report --field domain=a --stdin", 2, NULL,
	"needs one of --field, --json, --file, --stdin"},
    {"outboxctl create tls-internal-report --file missing.json", 2, NULL,
	"cannot open missing.json"},
    {"outboxctl query tls-internal-report --where 'deliverAt>=2026-05-05' --where "
     "'deliverAt<2026-05-06' --json",
	0,
	"{\"id\":\"id1\",\"domain\":\"a.example\",\"createdAt\":\"2026-01-01T00:00:00Z\","
	"\"deliverAt\":\"2026-05-05T00:00:00Z\"}\n",
	NULL},
    {"outboxctl query tls-internal-report --where 'deliverAt>2026-05-05'", 0, NULL, NULL},
    {"outboxctl query tls-internal-report --where colour=red", 1, NULL, "unsupportedFilter"},
    {"outboxctl query tls-internal-report --sort report", 1, NULL, "unsupportedSort"},
    {"outboxctl query tls-internal-report --sort colour", 2, NULL, "not a property"},
    {"outboxctl query tls-internal-report --limit few", 2, NULL,
	"--limit must be a whole number"},
    {"outboxctl delete tls-internal-report --ids id1,t0000000009", 1, "deleted 1\n",
	"outboxctl: t0000000009: notFound"},
};

static void
take_all(struct desk *d, const struct step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		take(d, &steps[i]);
}

static void
the_contracts_command_lines_work(void)
{
	struct desk d;

	begin(&d, NULL);
	take_all(&d, dmarc_steps, sizeof dmarc_steps / sizeof dmarc_steps[0]);
	take_all(&d, tls_steps, sizeof tls_steps / sizeof tls_steps[0]);
	take_all(&d, more_steps, sizeof more_steps / sizeof more_steps[0]);
	end(&d);
}

/* --- many --- */

/* A line for each of many records, domains r01.example to rMANY.example. */
static const char make_lines[] =
    "n=1; while [ $n -le %d ]; do printf '{\"domain\": \"r%%02d.example\", \"createdAt\": "
    "\"2026-01-01T00:00:00Z\", \"deliverAt\": \"2026-01-02T00:00:00Z\", \"report\": "
    "{\"reportId\": \"r\", \"dateRangeStart\": \"2026-01-01T00:00:00Z\", \"dateRangeEnd\": "
    "\"2026-01-01T00:00:00Z\"}}\\n' $n; n=$((n + 1)); done >lines";

static void
many_records_go_in_pages_and_chunks(void)
{
	struct desk d;
	struct buf line = {0};

	begin(&d, "max_objects_in_get = 5\nmax_objects_in_set = 7\n");
	buf_printf(&line, make_lines, MANY);
	CU_ASSERT(typed_gives(&d.typed, buf_terminate(&line), 0, NULL, NULL));
	CU_ASSERT(typed_gives(&d.typed,
	    "outboxctl create tls-internal-report --stdin <lines | wc -l", 0, "23\n", NULL));
	CU_ASSERT(typed_gives(&d.typed,
	    "outboxctl query tls-internal-report --sort -domain --fields id,domain", 0,
	    "t000000000m  r22.example\nt000000000l  r21.example\n", NULL));
	CU_ASSERT(typed_gives(&d.typed,
	    "outboxctl query tls-internal-report --json --limit 11 | wc -l", 0, "11\n", NULL));
	CU_ASSERT(typed_gives(&d.typed,
	    "outboxctl query tls-internal-report --json --limit 0 | wc -l", 0, "0\n", NULL));
	CU_ASSERT(typed_gives(&d.typed,
	    "outboxctl get tls-internal-report $(outboxctl query tls-internal-report | "
	    "sed '1d; s/ .*//') --json | wc -l",
	    0, "23\n", NULL));
	CU_ASSERT(typed_gives(&d.typed,
	    "outboxctl query tls-internal-report --debug --limit 5 --json", 0, "r23.example",
	    "outboxctl: POST "));
	CU_ASSERT(typed_gives(&d.typed,
	    "outboxctl query tls-internal-report --json | sed "
	    "'s/.*\"id\":\"\\([^\"]*\\)\".*/\\1/' | "
	    "outboxctl delete tls-internal-report --stdin",
	    0, "deleted 23\n", NULL));
	buf_free(&line);
	end(&d);
}

/* 120 records have more index entries than one /set may write, though not more objects. */
static void
records_that_a_set_is_too_small_for_go_in_parts(void)
{
	struct desk d;

	begin(&d, "store_timeout_ms = 50000\n");
	CU_ASSERT(typed_gives(&d.typed,
	    "p=$(seq -s, 1000); for n in $(seq 120); do printf '{\"domain\": \"r.example\", "
	    "\"createdAt\": \"2026-01-01T00:00:00Z\", \"deliverAt\": "
	    "\"2026-01-02T00:00:00Z\", \"policyIdentifiers\": [%s], \"report\": "
	    "{\"reportId\": \"r\", \"dateRangeStart\": \"2026-01-01T00:00:00Z\", "
	    "\"dateRangeEnd\": \"2026-01-01T00:00:00Z\"}}\\n' $p; done | "
	    "outboxctl create tls-internal-report --stdin >ids; sort -u ids | wc -l",
	    0, "120\n", NULL));
	CU_ASSERT(typed_gives(&d.typed, "outboxctl delete tls-internal-report --stdin <ids", 0,
	    "deleted 120\n", NULL));
	end(&d);
}

/* Somebody who interrupts a long create knows what there is.  The last command of the subshell
 * is not grep: the shell would become grep, and close the pipe before grep counts. */
static void
ids_are_printed_while_more_are_read(void)
{
	struct desk d;
	struct buf line = {0};

	begin(&d, "max_objects_in_set = 7\n");
	buf_printf(&line, make_lines, MANY);
	CU_ASSERT(typed_gives(&d.typed, buf_terminate(&line), 0, NULL, NULL));
	CU_ASSERT(typed_gives(&d.typed,
	    ": >ids; (head -n 8 lines; n=0; until [ -s ids ] || [ $n -ge 200 ]; do sleep 0.1; "
	    "n=$((n + 1)); done; grep -c . ids >seen; :) | "
	    "outboxctl create tls-internal-report --stdin >ids; cat seen",
	    0, "7\n", NULL));
	buf_free(&line);
	end(&d);
}

/* Records are asked for, and the last of a page is removed before the next one. */
static void
a_removed_anchor_loses_no_record(void)
{
	const char *header;
	struct desk d;
	struct buf line = {0}, url = {0};
	struct client c;
	struct pages p = {.client = &c, .type = "x:TlsInternalReport", .left = UINT64_MAX};
	struct err e = {0};
	json_t *records = NULL, *answer = NULL;
	size_t n = 0;

	begin(&d, "max_objects_in_get = 5\n");
	buf_printf(&line, make_lines, MANY);
	CU_ASSERT(typed_gives(&d.typed, buf_terminate(&line), 0, NULL, NULL));
	CU_ASSERT(typed_gives(
	    &d.typed, "outboxctl create tls-internal-report --file lines", 0, "t", NULL));
	header = tokens_header(&d.site.tokens, "admin");
	buf_printf(&url, "http://%s", d.site.fronts[0].listen);
	CU_ASSERT_FATAL(client_open(&c,
	    &(struct settings_given){
		.url = buf_terminate(&url), .token = header + strlen("Bearer ")},
	    &e));
	p.filter = json_object();
	p.properties = json_pack("[s]", "id");
	while (pages_next(&p, &records, &e) && records != NULL) {
		const json_t *last = json_array_get(records, json_array_size(records) - 1);

		n += json_array_size(records);
		CU_ASSERT(client_call(&c, p.type, "set",
		    json_pack("{s: [O]}", "destroy", json_object_get(last, "id")), &answer,
		    &e));
		json_decref(answer);
		json_decref(records);
	}
	CU_ASSERT_EQUAL(e.code, ERR_NONE);
	CU_ASSERT_EQUAL(n, MANY);
	pages_free(&p);
	client_close(&c);
	buf_free(&line);
	buf_free(&url);
	end(&d);
}

/* --- who may --- */

static void
a_status_tells_what_went_wrong(void)
{
	static const struct {
		const char *token;
		struct step step;
	} cases[] = {
	    {"submitter",
		{"outboxctl query tls-internal-report", 3, NULL,
		    "the server answers forbidden"}},
	    {"reader",
		{"outboxctl update tls-internal-report t0000000001 --field domain=a.example", 3,
		    NULL, "the server answers accountReadOnly"}},
	    {"revoked", {"outboxctl query tls-internal-report", 3, NULL, "answers 401"}},
	    {"expired", {"outboxctl describe", 3, NULL, "answers 401"}},
	    {"reader",
		{"outboxctl --url http://127.0.0.1:1 describe", 4, NULL,
		    "http://127.0.0.1:1/"}},
	    {"reader", {"outboxctl --url ftp://127.0.0.1 describe", 2, NULL, "the URL begins"}},
	    {"reader", {"outboxctl get", 2, NULL, "this command needs TYPE"}},
	};
	struct desk d;

	begin(&d, NULL);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		use_token(&d, cases[i].token);
		take(&d, &cases[i].step);
		CU_ASSERT_PTR_NULL(strstr(d.typed.err.s, "rob_"));
	}
	end(&d);
}

static void
a_token_is_not_shown(void)
{
	struct desk d;

	begin(&d, NULL);
	CU_ASSERT(typed_gives(&d.typed,
	    "outboxctl --debug --token $OUTBOX_TOKEN query tls-internal-report", 0, NULL,
	    "/jmap/session: 0 bytes sent, status 200"));
	CU_ASSERT_PTR_NULL(strstr(d.typed.err.s, "rob_"));
	CU_ASSERT(typed_gives(&d.typed,
	    "outboxctl --debug --token $OUTBOX_TOKEN --url http://127.0.0.1:1 describe", 4,
	    NULL, "outboxctl: GET "));
	CU_ASSERT_PTR_NULL(strstr(d.typed.err.s, "rob_"));
	end(&d);
}

static void
the_schema_is_fetched_once(void)
{
	struct desk d;

	begin(&d, NULL);
	CU_ASSERT(
	    typed_gives(&d.typed, "outboxctl --debug describe", 0, "x:Tls", "/api/schema/"));
	typed_run(&d.typed, "outboxctl --debug describe");
	CU_ASSERT_EQUAL(d.typed.status, 0);
	CU_ASSERT_PTR_NULL(strstr(d.typed.err.s, "/api/schema/"));
	CU_ASSERT(typed_gives(&d.typed,
	    "for f in .cache/report-outbox/*/*; do echo '<html>' >$f; done; outboxctl describe",
	    0, "x:Tls", NULL));
	CU_ASSERT(typed_gives(
	    &d.typed, "XDG_CACHE_HOME=/proc/none outboxctl describe", 0, "x:Tls", NULL));
	end(&d);
}

const CU_TestInfo ctl_site_tests[] = {
    {"the contract's command lines work", the_contracts_command_lines_work},
    {"many records go in pages and chunks", many_records_go_in_pages_and_chunks},
    {"records that a /set is too small for go in parts",
	records_that_a_set_is_too_small_for_go_in_parts},
    {"ids are printed while more are read", ids_are_printed_while_more_are_read},
    {"a removed anchor loses no record", a_removed_anchor_loses_no_record},
    {"a status tells what went wrong", a_status_tells_what_went_wrong},
    {"a token is not shown", a_token_is_not_shown},
    {"the schema is fetched once", the_schema_is_fetched_once},
    CU_TEST_INFO_NULL,
};
