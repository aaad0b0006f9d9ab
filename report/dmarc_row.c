/* report/dmarc_row.c -- one record of a DMARC report as XML (RFC 9990, 3.1). */
#include <libpsl.h>
#include <strings.h>

#include "report/element.h"

/* --- reasons --- */

static const struct word reasons_9990[] = {
    {"Forwarded", "other"},
    {"SampledOut", "other"},
    {"TrustedForwarder", "trusted_forwarder"},
    {"MailingList", "mailing_list"},
    {"LocalPolicy", "local_policy"},
    {"PolicyTestMode", "policy_test_mode"},
    {"Other", "other"},
    {0},
};

static const struct word reasons_7489[] = {
    {"Forwarded", "forwarded"},
    {"SampledOut", "sampled_out"},
    {"TrustedForwarder", "trusted_forwarder"},
    {"MailingList", "mailing_list"},
    {"LocalPolicy", "local_policy"},
    {"PolicyTestMode", "other"},
    {"Other", "other"},
    {0},
};

/* The comment for a type that the format does not have, if the record has no comment. */
static const struct word reason_comments[] = {
    {"Forwarded", "forwarded"},
    {"SampledOut", "sampled_out"},
    {"PolicyTestMode", "policy_test_mode"},
    {0},
};

static void
write_reason(struct dmarc *d, const struct element *el, const json_t *reason)
{
	struct str type = text_of(reason, "overrideType");
	struct str comment = text_of(reason, "comment");
	const char *word =
	    word_for(d->format == REPORT_9990 ? reasons_9990 : reasons_7489, type);

	/* The sampling of RFC 7489 became the testing mode of RFC 9990. */
	if (d->format == REPORT_9990 && d->testing && str_is(type, "SampledOut"))
		word = "policy_test_mode";
	if (comment.s == NULL && str_is(str_of(word), "other"))
		comment = str_of(word_for(reason_comments, type));
	xml_begin(d->xml, el->name, NULL);
	xml_element(d->xml, "type", str_of(word));
	if (comment.s != NULL)
		xml_element(d->xml, "comment", comment);
	xml_end(d->xml);
}

static void
write_reasons(struct dmarc *d, const struct element *el, const json_t *v)
{
	size_t i;
	json_t *one;

	json_array_foreach(v, i, one)
		write_reason(d, el, one);
}

/* --- results of authentication --- */

static const struct word result_words[] = {
    {"none", "none"},
    {"pass", "pass"},
    {"fail", "fail"},
    {"policy", "policy"},
    {"neutral", "neutral"},
    {"softFail", "softfail"},
    {"tempError", "temperror"},
    {"permError", "permerror"},
    {0},
};

static const struct word scope_words[] = {
    {"mailFrom", "mfrom"},
    {"helo", NULL},
    {"unspecified", NULL},
    {0},
};

static const struct word scope_words_7489[] = {
    {"mailFrom", "mfrom"},
    {"helo", "helo"},
    {"unspecified", NULL},
    {0},
};

static const struct element dkim_elements[] = {
    {"domain", "domain", .write = write_text},
    {"selector", "selector", .write = write_text},
    {"result", "result", .write = write_word, .words = result_words},
    {"human_result", "humanResult", .write = write_text},
    {0},
};

static const struct element spf_elements[] = {
    {"domain", "domain", .write = write_text},
    {"scope", "scope", .write = write_word, .words = scope_words, .formats = IN_9990},
    {"scope", "scope", .write = write_word, .words = scope_words_7489, .formats = IN_7489},
    {"result", "result", .write = write_word, .words = result_words},
    {"human_result", "humanResult", .write = write_text},
    {0},
};

/* Whether two domains have the same organizational domain (relaxed alignment). */
static bool
is_aligned(const char *a, const char *b)
{
	const char *of_a = psl_registrable_domain(psl_builtin(), a);
	const char *of_b = psl_registrable_domain(psl_builtin(), b);

	return of_a != NULL && of_b != NULL ? strcasecmp(of_a, of_b) == 0
					    : strcasecmp(a, b) == 0;
}

/* If there are too many results, those of a lower rank are kept first. */
enum rank { RANK_ALIGNED, RANK_PASS, RANK_OTHER, RANK__COUNT };

static enum rank
rank_of(const json_t *result, const char *header_from)
{
	if (!str_is(text_of(result, "result"), "pass"))
		return RANK_OTHER;
	return is_aligned(json_string_value(json_object_get(result, "domain")), header_from)
	    ? RANK_ALIGNED
	    : RANK_PASS;
}

static void
write_some_dkim(struct dmarc *d, const struct element *el, const json_t *row)
{
	const json_t *results = json_object_get(row, el->field), *one;
	const char *from = json_string_value(json_object_get(row, "headerFrom"));
	size_t room = REPORT_MAX_DKIM, i;

	for (enum rank rank = 0; rank < RANK__COUNT; rank++)
		json_array_foreach(results, i, one)
			if (room > 0 && rank_of(one, from) == rank) {
				write_parent(d, el, one);
				room--;
			}
	d->left->dkim += json_array_size(results) - REPORT_MAX_DKIM;
}

static void
write_dkim(struct dmarc *d, const struct element *el, const json_t *row)
{
	const json_t *results = json_object_get(row, el->field);

	if (json_array_size(results) > REPORT_MAX_DKIM)
		write_some_dkim(d, el, row);
	else
		write_each(d, el, results);
}

/* RFC 9990 allows one result: writes the first for MAIL FROM, else the first of all. */
static void
write_one_spf(struct dmarc *d, const struct element *el, const json_t *results)
{
	const json_t *chosen = json_array_get(results, 0), *one;
	size_t i;

	json_array_foreach(results, i, one)
		if (str_is(text_of(one, "scope"), "mailFrom")) {
			chosen = one;
			break;
		}
	if (chosen == NULL)
		return;
	write_parent(d, el, chosen);
	d->left->spf += json_array_size(results) - 1;
}

/* RFC 7489 allows any number of results but requires one. */
static void
write_all_spf(struct dmarc *d, const struct element *el, const json_t *row)
{
	const json_t *results = json_object_get(row, el->field), *one;
	struct str domain = text_of(row, "envelopeFrom");
	size_t i;

	json_array_foreach(results, i, one)
		write_parent(d, el, one);
	if (json_array_size(results) > 0)
		return;
	xml_begin(d->xml, el->name, NULL);
	xml_element(d->xml, "domain", domain.len > 0 ? domain : text_of(row, "headerFrom"));
	xml_element(d->xml, "scope", STR("mfrom"));
	xml_element(d->xml, "result", STR("none"));
	xml_end(d->xml);
}

static void
write_spf(struct dmarc *d, const struct element *el, const json_t *row)
{
	if (d->format == REPORT_9990)
		write_one_spf(d, el, json_object_get(row, el->field));
	else
		write_all_spf(d, el, row);
}

/* write_dkim() and write_spf() get the whole row, because they need its domains. */
static void
write_results(struct dmarc *d, const struct element *el, const json_t *row)
{
	static const struct element dkim = {"dkim", "dkimResults", .children = dkim_elements};
	static const struct element spf = {"spf", "spfResults", .children = spf_elements};

	xml_begin(d->xml, el->name, NULL);
	write_dkim(d, &dkim, row);
	write_spf(d, &spf, row);
	xml_end(d->xml);
}

/* --- the row --- */

static const struct word action_words[] = {
    {"none", "none"},
    {"pass", "pass"},
    {"quarantine", "quarantine"},
    {"reject", "reject"},
    {"unspecified", "none"},
    {0},
};

static const struct word action_words_7489[] = {
    {"none", "none"},
    {"pass", "none"},
    {"quarantine", "quarantine"},
    {"reject", "reject"},
    {"unspecified", "none"},
    {0},
};

static const struct word evaluation_words[] = {
    {"pass", "pass"},
    {"fail", "fail"},
    {"unspecified", "fail"},
    {0},
};

static const struct element evaluated_elements[] = {
    {"disposition", "evaluatedDisposition", .write = write_word, .words = action_words,
	.formats = IN_9990},
    {"disposition", "evaluatedDisposition", .write = write_word, .words = action_words_7489,
	.formats = IN_7489},
    {"dkim", "evaluatedDkim", .write = write_word, .words = evaluation_words},
    {"spf", "evaluatedSpf", .write = write_word, .words = evaluation_words},
    {"reason", "policyOverrideReasons", .write = write_reasons},
    {0},
};

static const struct element row_elements[] = {
    {"source_ip", "sourceIp", .write = write_text},
    {"count", "count", .write = write_count},
    {"policy_evaluated", NULL, .write = write_parent, .children = evaluated_elements},
    {0},
};

static const struct element identifier_elements[] = {
    {"header_from", "headerFrom", .write = write_text},
    {"envelope_from", "envelopeFrom", .write = write_text},
    {"envelope_to", "envelopeTo", .write = write_text},
    {0},
};

static void
write_row_extensions(struct dmarc *d, const struct element *el, const json_t *v)
{
	(void)el;
	write_extensions(d, v);
}

const struct element dmarc_row_elements[] = {
    {"row", NULL, .write = write_parent, .children = row_elements},
    {"identifiers", NULL, .write = write_parent, .children = identifier_elements},
    {"auth_results", NULL, .write = write_results},
    {"extension", "extensions", .write = write_row_extensions},
    {0},
};
