/* tests/samples.c -- real reports from the folder $SAMPLES, and one larger than any of them, in
 * and out through nginx.
 *
 * A sample is a file *.jmap.json: {"type": "x:DmarcInternalReport", "create": {...}}. */
#include <CUnit/CUnit.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/calls.h"
#include "tests/match.h"
#include "tests/site.h"
#include "tests/suites.h"

#define MANY_RECORDS 25000
#define FILLER "filled.example" /* in the place of an empty domain */

/* --- shapes --- */

/* The other shape of a value: an array of objects as {"0": ...}, one of scalars as {"value":
 * true}.  New. */
static json_t *
as_objects(const json_t *v)
{
	json_t *out = json_is_array(v) || json_is_object(v) ? json_object() : json_deep_copy(v);
	const json_t *child;
	const char *key;
	char text[32];
	size_t i;

	json_object_foreach((json_t *)v, key, child)
		json_object_set_new(out, key, as_objects(child));
	json_array_foreach(v, i, child) {
		if (json_is_string(child)) {
			json_object_set_new(out, json_string_value(child), json_true());
			continue;
		}
		snprintf(text, sizeof text, "%lld",
		    json_is_object(child) ? (long long)i
					  : (long long)json_integer_value(child));
		json_object_set_new(
		    out, text, json_is_object(child) ? as_objects(child) : json_true());
	}
	return out;
}

/* Whether got is what was sent, but for what defaults have filled in. */
static bool
is_kept(const json_t *sent, const json_t *got)
{
	const json_t *child;
	const char *key;
	size_t i;

	if (json_is_object(sent)) {
		json_object_foreach((json_t *)sent, key, child)
			if (!is_kept(child, json_object_get(got, key)))
				return false;
		return json_is_object(got);
	}
	if (json_is_array(sent)) {
		json_array_foreach(sent, i, child)
			if (!is_kept(child, json_array_get(got, i)))
				return false;
		return json_array_size(got) == json_array_size(sent);
	}
	if (json_is_number(sent) && json_is_number(got))
		return json_number_value(sent) == json_number_value(got);
	return json_equal(sent, got);
}

/* --- empty domains --- */

static bool
is_domain(const char *key, const char *path)
{
	return strcmp(key, "domain") == 0 ||
	    (strcmp(key, "policyDomain") == 0 && strstr(path, "report/policies/") == path);
}

/* Puts FILLER into every empty DomainName below v and appends its path to paths. */
static void
fill_domains(json_t *v, const char *path, json_t *paths)
{
	json_t *child;
	const char *key;
	size_t i;

	json_object_foreach(v, key, child) {
		char below[256];

		snprintf(below, sizeof below, "%s%s%s", path, *path == '\0' ? "" : "/", key);
		if (json_is_string(child) && json_string_length(child) == 0 &&
		    is_domain(key, below)) {
			json_array_append_new(paths, json_string(below));
			json_string_set(child, FILLER);
		} else {
			fill_domains(child, below, paths);
		}
	}
	json_array_foreach(v, i, child) {
		char below[256];

		snprintf(below, sizeof below, "%s/%zu", path, i);
		fill_domains(child, below, paths);
	}
}

/* --- calls --- */

/* The arguments of the answer to one call, for json_decref(); NULL with why.  args is taken. */
static json_t *
call(const struct transport *t, const char *path, const char *type, const char *verb,
    json_t *args, struct buf *why)
{
	char method[64];
	struct err e = {0};
	json_t *answer, *told;

	snprintf(method, sizeof method, "%s%s", type, verb);
	if (!call_json(t, path, method, args, &answer, &e))
		buf_puts(why, e.text);
	told = json_incref(json_array_get(answer, 1));
	json_decref(answer);
	json_decref(args);
	return told;
}

/* Creates v; its id, for free(), or NULL with why. */
static char *
create(const struct transport *t, const char *type, json_t *v, struct buf *why)
{
	json_t *told =
	    call(t, "/api", type, "/set", json_pack("{s:{s:O}}", "create", "a", v), why);
	const json_t *made = json_object_get(json_object_get(told, "created"), "a");
	char *id = NULL, *refusal;

	if (made != NULL) {
		id = str_dup(str_of(json_string_value(json_object_get(made, "id"))));
	} else {
		refusal = json_dumps(json_object_get(told, "notCreated"), JSON_COMPACT);
		buf_printf(why, "not created: %.300s", refusal == NULL ? "" : refusal);
		free(refusal);
	}
	json_decref(told);
	return id;
}

/* A record with empty domains is refused, and each of them is named. */
static bool
is_refused(const struct transport *t, const char *type, json_t *v, const json_t *paths,
    struct buf *why)
{
	json_t *told =
	    call(t, "/api", type, "/set", json_pack("{s:{s:O}}", "create", "a", v), why);
	json_t *bound = json_object(), *properties = json_copy((json_t *)paths), *want;
	bool ok;

	json_array_insert_new(properties, 0, json_string("${unordered}"));
	want = json_pack("{s:{s:{s:s, s:o, s:s}}, s:b}", "notCreated", "a", "type",
	    "invalidProperties", "properties", properties, "description", "${contains:domain}",
	    "...", 1);
	ok = told != NULL && match(bound, want, told, why);
	json_decref(told);
	json_decref(want);
	json_decref(bound);
	return ok;
}

/* The record comes back as it was sent, in the shape of that face. */
static bool
reads_back(const struct transport *t, const char *path, const char *type, const char *id,
    const json_t *sent, struct buf *why)
{
	json_t *told = call(t, path, type, "/get", json_pack("{s:[s]}", "ids", id), why);
	bool ok = is_kept(sent, json_array_get(json_object_get(told, "list"), 0));

	if (!ok)
		buf_printf(why, "%s does not read back as it was sent", path);
	json_decref(told);
	return ok;
}

static bool
is_found(const struct transport *t, const char *type, const char *id, const json_t *sent,
    struct buf *why)
{
	json_t *args =
	    json_pack("{s:{s:O}}", "filter", "domain", json_object_get(sent, "domain"));
	json_t *told = call(t, "/api", type, "/query", args, why);
	bool found = json_array_size(json_object_get(told, "ids")) == 1 &&
	    strcmp(json_string_value(json_array_get(json_object_get(told, "ids"), 0)), id) == 0;

	if (!found)
		buf_puts(why, "not found by its domain");
	json_decref(told);
	return found;
}

static bool
is_destroyed(const struct transport *t, const char *type, const char *id, struct buf *why)
{
	json_t *told = call(t, "/api", type, "/set", json_pack("{s:[s]}", "destroy", id), why);
	bool ok = json_array_size(json_object_get(told, "destroyed")) == 1;

	if (!ok)
		buf_puts(why, "not destroyed");
	json_decref(told);
	return ok;
}

/* Sends v, whose arrays are arrays or objects, and expects record, which is v with arrays,
 * back. */
static bool
goes_through(const struct transport *t, const char *type, json_t *v, const json_t *record,
    struct buf *why)
{
	json_t *objects = as_objects(record);
	char *id = create(t, type, v, why);
	bool ok = id != NULL && reads_back(t, "/api", type, id, record, why) &&
	    reads_back(t, "/jmap", type, id, objects, why) &&
	    is_found(t, type, id, record, why) && is_destroyed(t, type, id, why);

	json_decref(objects);
	free(id);
	return ok;
}

/* record as arrays and as objects: refused while a domain is empty, and through once it is
 * filled. */
static bool
sample_works(
    const struct transport *t, const char *type, json_t *record, bool *refused, struct buf *why)
{
	json_t *sent = json_deep_copy(record), *sent_objects = as_objects(record);
	json_t *paths = json_array(), *objects;
	bool ok = true;

	fill_domains(record, "", paths);
	objects = as_objects(record);
	*refused = json_array_size(paths) > 0;
	if (*refused)
		ok = is_refused(t, type, sent, paths, why) &&
		    is_refused(t, type, sent_objects, paths, why);
	ok = ok && goes_through(t, type, record, record, why) &&
	    goes_through(t, type, objects, record, why);
	json_decref(sent);
	json_decref(sent_objects);
	json_decref(objects);
	json_decref(paths);
	return ok;
}

static void
check_sample(const struct transport *t, const char *path, size_t *refused)
{
	json_t *sample = json_load_file(path, 0, NULL);
	const char *type = json_string_value(json_object_get(sample, "type"));
	struct buf why = {0};
	bool ok = false, was_refused = false;

	buf_printf(&why, "%s: ", path);
	if (type == NULL)
		buf_puts(&why, "not a sample");
	else
		ok = sample_works(
		    t, type, json_object_get(sample, "create"), &was_refused, &why);
	*refused += was_refused ? 1 : 0;
	CU_assertImplementation(ok, __LINE__, buf_terminate(&why), __FILE__, "", CU_FALSE);
	buf_free(&why);
	json_decref(sample);
}

static void
real_reports_go_in_and_out(void)
{
	const char *dir = getenv("SAMPLES");
	struct site s;
	struct site_client c;
	struct buf pattern = {0};
	glob_t files = {0};
	size_t refused = 0;

	buf_printf(&pattern, "%s/*/*.jmap.json", dir == NULL ? "" : dir);
	if (dir == NULL || glob(buf_terminate(&pattern), 0, NULL, &files) != 0) {
		printf("skipped: $SAMPLES names no folder with samples ");
		buf_free(&pattern);
		return;
	}
	site_start(&s);
	site_client_open(&c, &s);
	for (size_t i = 0; i < files.gl_pathc; i++)
		check_sample(&c.transport, files.gl_pathv[i], &refused);
	printf("%zu samples, %zu refused until their empty domains were filled ",
	    files.gl_pathc, refused);
	site_client_close(&c);
	CU_ASSERT_TRUE(site_stop(&s));
	globfree(&files);
	buf_free(&pattern);
}

/* --- a report larger than any --- */

static json_t *
large_report(void)
{
	static const char row[] =
	    "{\"evaluatedDisposition\":\"none\",\"evaluatedDkim\":\"fail\",\"evaluatedSpf\":"
	    "\"pass\","
	    "\"envelopeFrom\":\"example.com\",\"headerFrom\":\"example.com\",\"spfResults\":"
	    "[{\"domain\":\"example.com\",\"scope\":\"mailFrom\",\"result\":\"pass\"}]}";
	static const char report[] =
	    "{\"domain\":\"example.com\",\"createdAt\":\"2026-01-01T00:00:00Z\","
	    "\"deliverAt\":\"2026-01-02T00:00:00Z\",\"report\":{\"orgName\":\"Example\","
	    "\"email\":\"dmarc@example.com\",\"reportId\":\"large\",\"dateRangeBegin\":\"2026-"
	    "01-01T00:00:00Z\","
	    "\"dateRangeEnd\":\"2026-01-02T00:00:00Z\",\"policyDomain\":\"example.com\","
	    "\"policyAdkim\":\"relaxed\",\"policyAspf\":\"relaxed\",\"policyDisposition\":"
	    "\"none\","
	    "\"policySubdomainDisposition\":\"none\"}}";
	json_t *v = json_loads(report, 0, NULL), *records = json_array();

	for (int i = 0; i < MANY_RECORDS; i++) {
		json_t *one = json_loads(row, 0, NULL);
		char ip[32];

		snprintf(ip, sizeof ip, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		json_object_set_new(one, "sourceIp", json_string(ip));
		json_object_set_new(one, "count", json_integer(i));
		json_array_append_new(records, one);
	}
	json_object_set_new(json_object_get(v, "report"), "records", records);
	return v;
}

static void
a_report_of_25000_records_goes_through(void)
{
	struct site s;
	struct site_client c;
	struct buf why = {0};
	json_t *record = large_report();
	bool ok, refused;

	site_start(&s);
	site_client_open(&c, &s);
	ok = sample_works(&c.transport, "x:DmarcInternalReport", record, &refused, &why);
	CU_assertImplementation(ok, __LINE__, buf_terminate(&why), __FILE__, "", CU_FALSE);
	site_client_close(&c);
	CU_ASSERT_TRUE(site_stop(&s));
	json_decref(record);
	buf_free(&why);
}

const CU_TestInfo samples_tests[] = {
    {"real reports go in and out", real_reports_go_in_and_out},
    {"a report of 25,000 records goes through", a_report_of_25000_records_goes_through},
    CU_TEST_INFO_NULL,
};
