/* tests/chaos/contents.c -- what each write says. */
#include "tests/chaos/contents.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "tests/chaos/dice.h"

#define DATES_FROM_S INT64_C(1767225600) /* 2026-01-01 */
#define DATES_SPAN_S (90 * 86400)
#define POLICIES 50
#define POLICIES_MAX 3   /* of one TLS report */
#define FILLER_SMALL 600 /* bytes: most records share a page */
#define FILLER_MIDDLE 9000
#define FILLER_LARGE 150000 /* more pages than one */

static const char *const suffixes[] = {
    "example", "mail.example", "mx.example.net", "example.org"};

const char *
contents_type(char letter)
{
	if (letter == 'd')
		return "DmarcInternalReport";
	return letter == 't' ? "TlsInternalReport" : NULL;
}

void
contents_label(unsigned client, uint64_t write, char out[static CONTENTS_DOMAIN_MAX])
{
	snprintf(out, CONTENTS_DOMAIN_MAX, "w%llu-c%u", (unsigned long long)write, client);
}

bool
contents_whose(struct str domain, unsigned *client, uint64_t *write)
{
	const char *dot = memchr(domain.s, '.', domain.len);
	const char *dash = memchr(domain.s, '-', domain.len);
	uint64_t number;

	if (dot == NULL || dash == NULL || dash > dot || dot - dash < 3 || dash[1] != 'c' ||
	    !str_cut_prefix(&domain, "w") ||
	    !str_to_u64((struct str){domain.s, (size_t)(dash - domain.s)}, UINT64_MAX, write) ||
	    !str_to_u64((struct str){dash + 2, (size_t)(dot - dash - 2)}, UINT32_MAX, &number))
		return false;
	*client = (unsigned)number;
	return true;
}

static json_t *
some_date(uint64_t *dice)
{
	char text[DATE_LEN + 1];

	date_format(DATES_FROM_S + (int64_t)dice_below(dice, DATES_SPAN_S), text);
	return json_string(text);
}

/* Text that does not compress to nothing. */
static json_t *
filler(uint64_t *dice)
{
	uint64_t sort = dice_below(dice, 100);
	size_t len = sort < 92 ? FILLER_SMALL : sort < 99 ? FILLER_MIDDLE : FILLER_LARGE;
	struct buf text = {0};
	json_t *v;

	len = (size_t)dice_below(dice, len) + 1;
	while (text.len < len)
		buf_printf(&text, "%llx", (unsigned long long)dice_below(dice, UINT64_MAX));
	v = json_stringn(text.s, text.len);
	buf_free(&text);
	return v;
}

static json_t *
tls_policies(uint64_t *dice)
{
	json_t *list = json_array();
	uint64_t n = dice_below(dice, POLICIES_MAX + 1), policy = dice_below(dice, POLICIES);

	for (uint64_t i = 0; i < n; i++)
		json_array_append_new(list, json_integer((json_int_t)(policy += 3)));
	return list;
}

static json_t *
tls_report(uint64_t *dice)
{
	return json_pack("{s:s, s:o, s:o, s:o}", "reportId", "chaos", "organizationName",
	    filler(dice), "dateRangeStart", some_date(dice), "dateRangeEnd", some_date(dice));
}

static json_t *
dmarc_record(uint64_t *dice)
{
	return json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s}", "sourceIp", "192.0.2.1",
	    "count", (json_int_t)dice_below(dice, 1000), "evaluatedDisposition", "none",
	    "evaluatedDkim", "pass", "evaluatedSpf", "fail", "envelopeFrom", "a.example",
	    "headerFrom", "a.example");
}

static json_t *
dmarc_report(uint64_t *dice)
{
	json_t *records = json_array();
	json_t *report = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "reportId",
	    "chaos", "email", "chaos@reports.example", "policyDomain", "a.example",
	    "policyAdkim", "relaxed", "policyAspf", "strict", "policyDisposition", "none",
	    "policySubdomainDisposition", "reject", "extraContactInfo", "none");

	for (uint64_t n = dice_below(dice, 5); n > 0; n--)
		json_array_append_new(records, dmarc_record(dice));
	json_object_set_new(report, "records", records);
	json_object_set_new(report, "orgName", filler(dice));
	json_object_set_new(report, "dateRangeBegin", some_date(dice));
	json_object_set_new(report, "dateRangeEnd", some_date(dice));
	return report;
}

json_t *
contents_make(char letter, unsigned client, uint64_t write)
{
	uint64_t dice = write * 1000 + client * 10 + (letter == 'd');
	char label[CONTENTS_DOMAIN_MAX], domain[2 * CONTENTS_DOMAIN_MAX];
	json_t *v = json_object();

	contents_label(client, write, label);
	snprintf(domain, sizeof domain, "%s.%s", label,
	    suffixes[dice_below(&dice, sizeof suffixes / sizeof suffixes[0])]);
	json_object_set_new(v, "domain", json_string(domain));
	json_object_set_new(v, "createdAt", some_date(&dice));
	json_object_set_new(v, "deliverAt", some_date(&dice));
	if (letter == 'd') {
		json_object_set_new(v, "policyIdentifier",
		    json_integer((json_int_t)dice_below(&dice, POLICIES)));
		json_object_set_new(v, "report", dmarc_report(&dice));
	} else {
		json_object_set_new(v, "policyIdentifiers", tls_policies(&dice));
		json_object_set_new(v, "report", tls_report(&dice));
	}
	return v;
}

/* Equal, but that an object may have more members than were sent.  The trees are as deep as
 * contents_make() builds them. */
static bool
holds(const json_t *there, const json_t *sent)
{
	const char *name;
	json_t *v;
	size_t i;

	if (json_is_object(sent)) {
		json_object_foreach((json_t *)(uintptr_t)sent, name, v) {
			if (!holds(json_object_get(there, name), v))
				return false;
		}
		return json_is_object(there);
	}
	if (!json_is_array(sent))
		return json_equal(there, sent);
	json_array_foreach(sent, i, v) {
		if (!holds(json_array_get(there, i), v))
			return false;
	}
	return json_is_array(there) && json_array_size(there) == json_array_size(sent);
}

bool
contents_are(const json_t *record, char letter, unsigned client, uint64_t write)
{
	json_t *sent = contents_make(letter, client, write);
	bool same = holds(record, sent);

	json_decref(sent);
	return same;
}
