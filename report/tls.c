/* report/tls.c -- writes a TLS report as JSON (RFC 8460, 4.4), from tables of members. */
#include <string.h>

#include "report/private.h"
#include "report/walk.h"

struct word {
	const char *value; /* in the record; NULL ends the list */
	const char *in_json;
};

/* A member of the document, and the part of the record that it shows. */
struct member {
	const char *name;  /* NULL ends the table */
	const char *field; /* the member of the object; NULL: the object itself */
	/* Returns the value to show; NULL: the member is omitted. */
	json_t *(*show)(const struct member *m, const json_t *v);
	const struct word *words;      /* show_word() */
	const struct member *children; /* show_object(), show_list() */
};

static json_t *
show_members(const struct member *m, const json_t *object)
{
	json_t *shown = json_object();

	for (; m->name != NULL; m++) {
		const json_t *v = m->field == NULL ? object : json_object_get(object, m->field);
		json_t *one = m->show(m, v);

		if (one != NULL)
			json_object_set_new(shown, m->name, one);
	}
	return shown;
}

static json_t *
show_object(const struct member *m, const json_t *v)
{
	return show_members(m->children, v);
}

/* Shows v unchanged; null is omitted. */
static json_t *
show_value(const struct member *m, const json_t *v)
{
	(void)m;
	return json_is_null(v) ? NULL : json_incref((json_t *)v);
}

static json_t *
show_word(const struct member *m, const json_t *v)
{
	for (const struct word *w = m->words; w->value != NULL; w++)
		if (strcmp(json_string_value(v), w->value) == 0)
			return json_string(w->in_json);
	return NULL;
}

/* Shows an array unchanged; an empty one is omitted. */
static json_t *
show_array(const struct member *m, const json_t *v)
{
	return json_array_size(v) > 0 ? show_value(m, v) : NULL;
}

static json_t *
show_list(const struct member *m, const json_t *v)
{
	json_t *list, *one;
	size_t i;

	if (json_array_size(v) == 0)
		return NULL;
	list = json_array();
	json_array_foreach(v, i, one)
		json_array_append_new(list, show_members(m->children, one));
	return list;
}

/* A result type that RFC 8460 does not have is shown in failure-reason-code. */
static json_t *
show_reason_code(const struct member *m, const json_t *detail)
{
	const json_t *code = json_object_get(detail, "failureReasonCode");
	bool other = str_is(text_of(detail, "resultType"), "other");

	(void)m;
	if (json_is_string(code))
		return json_incref((json_t *)code);
	return other ? json_string("other") : NULL;
}

static const struct word result_words[] = {
    {"startTlsNotSupported", "starttls-not-supported"},
    {"certificateHostMismatch", "certificate-host-mismatch"},
    {"certificateExpired", "certificate-expired"},
    {"certificateNotTrusted", "certificate-not-trusted"},
    {"validationFailure", "validation-failure"},
    {"tlsaInvalid", "tlsa-invalid"},
    {"dnssecInvalid", "dnssec-invalid"},
    {"daneRequired", "dane-required"},
    {"stsPolicyFetchError", "sts-policy-fetch-error"},
    {"stsPolicyInvalid", "sts-policy-invalid"},
    {"stsWebpkiInvalid", "sts-webpki-invalid"},
    {"other", "validation-failure"},
    {0},
};

static const struct word policy_words[] = {
    {"tlsa", "tlsa"},
    {"sts", "sts"},
    {"noPolicyFound", "no-policy-found"},
    {"other", "no-policy-found"},
    {0},
};

static const struct member failure_members[] = {
    {"result-type", "resultType", .show = show_word, .words = result_words},
    {"sending-mta-ip", "sendingMtaIp", .show = show_value},
    {"receiving-mx-hostname", "receivingMxHostname", .show = show_value},
    {"receiving-mx-helo", "receivingMxHelo", .show = show_value},
    {"receiving-ip", "receivingIp", .show = show_value},
    {"failed-session-count", "failedSessionCount", .show = show_value},
    {"additional-information", "additionalInformation", .show = show_value},
    {"failure-reason-code", NULL, .show = show_reason_code},
    {0},
};

static const struct member policy_members[] = {
    {"policy-type", "policyType", .show = show_word, .words = policy_words},
    {"policy-string", "policyStrings", .show = show_array},
    {"policy-domain", "policyDomain", .show = show_value},
    {"mx-host", "mxHosts", .show = show_array},
    {0},
};

static const struct member summary_members[] = {
    {"total-successful-session-count", "totalSuccessfulSessions", .show = show_value},
    {"total-failure-session-count", "totalFailedSessions", .show = show_value},
    {0},
};

static const struct member row_members[] = {
    {"policy", NULL, .show = show_object, .children = policy_members},
    {"summary", NULL, .show = show_object, .children = summary_members},
    {"failure-details", "failureDetails", .show = show_list, .children = failure_members},
    {0},
};

static const struct member range_members[] = {
    {"start-datetime", "dateRangeStart", .show = show_value},
    {"end-datetime", "dateRangeEnd", .show = show_value},
    {0},
};

static const struct member head_members[] = {
    {"organization-name", "organizationName", .show = show_value},
    {"date-range", NULL, .show = show_object, .children = range_members},
    {"contact-info", "contactInfo", .show = show_value},
    {"report-id", "reportId", .show = show_value},
    {0},
};

static int
append(const char *bytes, size_t len, void *out)
{
	buf_add(out, bytes, len);
	return 0;
}

static void
write_json(struct buf *out, const json_t *v)
{
	json_dump_callback(v, append, out, JSON_COMPACT | JSON_ENCODE_ANY);
}

/* Fills in a member that the record does not have from the configuration. */
static void
fill_in(json_t *head, const char *name, const char *text)
{
	if (json_object_get(head, name) == NULL && text[0] != '\0')
		json_object_set_new(head, name, json_string(text));
}

/* The members before "policies", without the closing brace. */
static void
write_head(const struct report *r, const struct report_settings *s, struct buf *out)
{
	json_t *head = show_members(head_members, r->head);
	const char *contact = s->contact[0] != '\0' ? s->contact : s->from;

	fill_in(head, "organization-name", s->organization);
	fill_in(head, "contact-info", contact);
	write_json(out, head);
	out->len--;
	json_decref(head);
}

static bool
write_row(struct str text, struct buf *out, struct err *e)
{
	json_t *row = row_parse(text, e), *shown;

	if (row == NULL)
		return false;
	shown = show_members(row_members, row);
	write_json(out, shown);
	json_decref(shown);
	json_decref(row);
	return true;
}

bool
tls_document(const struct report *r, const struct report_settings *s, struct buf *out,
    struct report_left_out *left, struct err *e)
{
	struct walk w;
	struct str text;
	size_t written = 0;

	(void)left; /* JSON can express everything that a record may hold */
	write_head(r, s, out);
	buf_puts(out, ",\"policies\":[");
	walk_array(&w, r->rows);
	for (; walk_element(&w, &text); written++) {
		if (written > 0)
			buf_putc(out, ',');
		if (!write_row(text, out, e))
			return false;
	}
	buf_puts(out, "]}");
	if (w.broken)
		return err_set(e, ERR_SERVER_FAIL, "a stored report cannot be read");
	return written > 0 || err_set(e, ERR_NOT_FOUND, "the report has no policies");
}
