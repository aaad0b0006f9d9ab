/* report/dmarc.c -- a DMARC report as XML (RFC 9990; RFC 7489, appendix C). */
#include "report/element.h"
#include "report/walk.h"

static void
write_version(struct dmarc *d, const struct element *el, const json_t *v)
{
	(void)v;
	xml_element(d->xml, el->name, STR("1.0"));
}

static void
write_report_id(struct dmarc *d, const struct element *el, const json_t *v)
{
	struct buf id = {0};

	(void)v;
	report_public_id(d->report, &id);
	xml_element(d->xml, el->name, buf_str(&id));
	buf_free(&id);
}

static void
write_generator(struct dmarc *d, const struct element *el, const json_t *v)
{
	xml_element(d->xml, el->name, json_is_string(v) ? text_from(v) : STR("Report Outbox"));
}

static void
write_testing(struct dmarc *d, const struct element *el, const json_t *v)
{
	xml_element(d->xml, el->name, json_is_true(v) ? STR("y") : STR("n"));
}

/* RFC 7489 has no testing mode.  It has a percentage instead. */
static void
write_percentage(struct dmarc *d, const struct element *el, const json_t *v)
{
	xml_element_int(d->xml, el->name, json_is_true(v) ? 0 : 100);
}

static void
write_report_extensions(struct dmarc *d, const struct element *el, const json_t *v)
{
	bool any = json_array_size(v) > 0 && d->format == REPORT_9990;

	if (any)
		xml_begin(d->xml, el->name, NULL);
	write_extensions(d, v);
	if (any)
		xml_end(d->xml);
}

static const struct word alignment_words[] = {
    {"relaxed", "r"},
    {"strict", "s"},
    {"unspecified", NULL},
    {0},
};

static const struct word policy_words[] = {
    {"none", "none"},
    {"quarantine", "quarantine"},
    {"reject", "reject"},
    {"unspecified", "none"},
    {0},
};

/* NULL: the element is omitted, because an empty element would be invalid. */
static const struct word optional_policy_words[] = {
    {"none", "none"},
    {"quarantine", "quarantine"},
    {"reject", "reject"},
    {"unspecified", NULL},
    {0},
};

static const struct word discovery_words[] = {
    {"psl", "psl"},
    {"treewalk", "treewalk"},
    {"unspecified", NULL},
    {0},
};

static const struct word failure_words[] = {
    {"all", "0"},
    {"any", "1"},
    {"dkimFailure", "d"},
    {"spfFailure", "s"},
    {0},
};

/* RFC 7489 requires this element.  If the record has no policy for subdomains, the policy of
 * the domain applies to them. */
static void
write_subdomain_policy(struct dmarc *d, const struct element *el, const json_t *head)
{
	const char *word = word_for(el->words, text_of(head, "policySubdomainDisposition"));

	if (word == NULL)
		word = word_for(policy_words, text_of(head, "policyDisposition"));
	xml_element(d->xml, el->name, str_of(word));
}

static void
write_period(struct dmarc *d, const struct element *el, const json_t *head)
{
	xml_begin(d->xml, el->name, NULL);
	xml_element_int(d->xml, "begin", date_of(head, "dateRangeBegin"));
	xml_element_int(d->xml, "end", date_of(head, "dateRangeEnd"));
	xml_end(d->xml);
}

static const struct element metadata_elements[] = {
    {"org_name", "orgName", .write = write_text},
    {"email", "email", .write = write_text},
    {"extra_contact_info", "extraContactInfo", .write = write_text},
    {"report_id", "reportId", .write = write_report_id},
    {"date_range", NULL, .write = write_period},
    {"error", "errors", .write = write_joined},
    {"generator", "generator", .write = write_generator, .formats = IN_9990},
    {0},
};

static const struct element policy_elements[] = {
    {"domain", "policyDomain", .write = write_domain},
    {"discovery_method", "policyDiscoveryMethod", .write = write_word, .words = discovery_words,
	.formats = IN_9990},
    {"adkim", "policyAdkim", .write = write_word, .words = alignment_words},
    {"aspf", "policyAspf", .write = write_word, .words = alignment_words},
    {"p", "policyDisposition", .write = write_word, .words = policy_words},
    {"sp", "policySubdomainDisposition", .write = write_word, .words = optional_policy_words,
	.formats = IN_9990},
    {"sp", NULL, .write = write_subdomain_policy, .words = optional_policy_words,
	.formats = IN_7489},
    {"np", "policyNp", .write = write_word, .words = optional_policy_words, .formats = IN_9990},
    {"pct", "policyTestingMode", .write = write_percentage, .formats = IN_7489},
    {"testing", "policyTestingMode", .write = write_testing, .formats = IN_9990},
    {"fo", "policyFailureReportingOptions", .write = write_joined, .words = failure_words},
    {0},
};

static const struct element feedback_elements[] = {
    {"version", NULL, .write = write_version},
    {"report_metadata", NULL, .write = write_parent, .children = metadata_elements},
    {"policy_published", NULL, .write = write_parent, .children = policy_elements},
    {"extension", "extensions", .write = write_report_extensions},
    {0},
};

/* Writes a row.  A row without a source address is only counted, because source_ip is required.
 */
static bool
write_row(struct dmarc *d, struct str text, uint64_t *written, struct err *e)
{
	json_t *row = row_parse(text, e);

	if (row == NULL)
		return false;
	if (json_is_string(json_object_get(row, "sourceIp"))) {
		xml_begin(d->xml, "record", NULL);
		write_elements(d, dmarc_row_elements, row);
		xml_end(d->xml);
		(*written)++;
	} else {
		d->left->rows++;
	}
	json_decref(row);
	return true;
}

static bool
write_rows(struct dmarc *d, struct err *e)
{
	struct walk w;
	struct str text;
	uint64_t written = 0;

	walk_array(&w, d->report->rows);
	while (walk_element(&w, &text))
		if (!write_row(d, text, &written, e))
			return false;
	if (w.broken)
		return err_set(e, ERR_SERVER_FAIL, "a stored report cannot be read");
	return written > 0 ||
	    err_set(e, ERR_NOT_FOUND,
		d->left->rows > 0 ? "the report has no record with a source address"
				  : "the report has no records");
}

bool
dmarc_document(const struct report *r, const struct report_settings *s, struct buf *out,
    struct report_left_out *left, struct err *e)
{
	struct dmarc d = {.xml = xml_open(out), .format = s->format, .report = r, .left = left};
	bool ok;

	d.testing = json_is_true(json_object_get(r->head, "policyTestingMode"));
	xml_begin(d.xml, "feedback", s->format == REPORT_9990 ? NAMESPACE_9990 : NULL);
	write_elements(&d, feedback_elements, r->head);
	ok = write_rows(&d, e);
	xml_end(d.xml);
	return xml_close(d.xml) ? ok : err_set(e, ERR_SERVER_FAIL, "the XML cannot be written");
}
