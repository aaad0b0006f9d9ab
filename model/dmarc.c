/* model/dmarc.c -- DmarcInternalReport and what it is made of (RFC 7489 and RFC 9990). */
#include "model/type.h"

static const struct enumeration alignment = {"DmarcAlignment",
    (const struct enum_value[]){
	{"relaxed", "The organizational domains must match"},
	{"strict", "The domains must be the same"},
	{"unspecified", "The policy does not say"},
	{0},
    }};

static const struct enumeration disposition = {"DmarcDisposition",
    (const struct enum_value[]){
	{"none", "Nothing in particular is asked for"},
	{"quarantine", "Failing messages are to be treated as suspicious"},
	{"reject", "Failing messages are to be rejected"},
	{"unspecified", "The policy does not say"},
	{0},
    }};

static const struct enumeration failure_option = {"FailureReportingOption",
    (const struct enum_value[]){
	{"all", "Report when every mechanism fails"},
	{"any", "Report when any mechanism fails"},
	{"dkimFailure", "Report when DKIM fails"},
	{"spfFailure", "Report when SPF fails"},
	{0},
    }};

static const struct enumeration discovery_method = {"DmarcDiscoveryMethod",
    (const struct enum_value[]){
	{"psl", "The public suffix list"},
	{"treewalk", "The DNS tree walk"},
	{"unspecified", "The report does not say"},
	{0},
    }};

static const struct enumeration action = {"DmarcActionDisposition",
    (const struct enum_value[]){
	{"none", "Nothing was done"},
	{"pass", "The messages passed"},
	{"quarantine", "The messages were quarantined"},
	{"reject", "The messages were rejected"},
	{"unspecified", "The report does not say"},
	{0},
    }};

static const struct enumeration dmarc_result = {"DmarcResult",
    (const struct enum_value[]){
	{"pass", "Passed"},
	{"fail", "Failed"},
	{"unspecified", "The report does not say"},
	{0},
    }};

static const struct enumeration policy_override = {"DmarcPolicyOverride",
    (const struct enum_value[]){
	{"Forwarded", "The message was forwarded"},
	{"SampledOut", "The policy's sampling (pct) left the message out"},
	{"TrustedForwarder", "A trusted forwarder sent the message"},
	{"MailingList", "A mailing list sent the message"},
	{"LocalPolicy", "A local policy took precedence"},
	{"PolicyTestMode", "The policy is being tested"},
	{"Other", "Another reason"},
	{0},
    }};

static const struct enumeration dkim_result = {"DkimAuthResult",
    (const struct enum_value[]){
	{"none", "There was no signature"},
	{"pass", "The signature was good"},
	{"fail", "The signature was bad"},
	{"policy", "The verifier's policy did not accept the signature"},
	{"neutral", "The signature could not be judged"},
	{"tempError", "A passing error stopped the check"},
	{"permError", "The key record or the signature has a lasting error"},
	{0},
    }};

static const struct enumeration spf_scope = {"SpfDomainScope",
    (const struct enum_value[]){
	{"helo", "The HELO or EHLO name was checked"},
	{"mailFrom", "The MAIL FROM domain was checked"},
	{"unspecified", "The report does not say"},
	{0},
    }};

static const struct enumeration spf_result = {"SpfAuthResult",
    (const struct enum_value[]){
	{"none", "There was no SPF record"},
	{"neutral", "The SPF record takes no position"},
	{"pass", "The sender is authorized"},
	{"fail", "The sender is not authorized"},
	{"softFail", "The sender is probably not authorized"},
	{"tempError", "A passing error stopped the check"},
	{"permError", "The SPF record has a lasting error"},
	{0},
    }};

static const struct type extension = {
    .name = "DmarcExtension",
    .doc = "An extension that a vendor added.",
    .fields =
	(const struct field[]){
	    {"name", KIND_STRING, .flags = F_REQUIRED, .label = "Name",
		.doc = "What identifies the extension."},
	    {"definition", KIND_STRING, .flags = F_REQUIRED, .label = "Definition",
		.doc = "What the extension says."},
	    {0},
	},
};

static const struct type override_reason = {
    .name = "DmarcPolicyOverrideReason",
    .doc = "Why a published policy was not applied as it stands.",
    .fields =
	(const struct field[]){
	    {"overrideType", KIND_ENUM, .flags = F_REQUIRED, .values = &policy_override,
		.label = "Override type", .doc = "The kind of override."},
	    {"comment", KIND_STRING, .flags = F_NULLABLE, .label = "Comment",
		.doc = "More about the override."},
	    {0},
	},
};

static const struct type dkim = {
    .name = "DmarcDkimResult",
    .doc = "How DKIM went for the messages of a record.",
    .fields =
	(const struct field[]){
	    {"domain", KIND_DOMAIN, .flags = F_REQUIRED, .label = "Domain",
		.doc = "The domain that signed."},
	    {"selector", KIND_STRING, .flags = F_REQUIRED, .label = "Selector",
		.doc = "The selector of the signature's key."},
	    {"result", KIND_ENUM, .flags = F_REQUIRED, .values = &dkim_result,
		.label = "Result", .doc = "The outcome of DKIM."},
	    {"humanResult", KIND_STRING, .flags = F_NULLABLE, .label = "Explanation",
		.doc = "The outcome in words."},
	    {0},
	},
};

static const struct type spf = {
    .name = "DmarcSpfResult",
    .doc = "How SPF went for the messages of a record.",
    .fields =
	(const struct field[]){
	    {"domain", KIND_DOMAIN, .flags = F_REQUIRED, .label = "Domain",
		.doc = "The domain whose SPF record was checked."},
	    {"scope", KIND_ENUM, .flags = F_REQUIRED, .values = &spf_scope, .label = "Scope",
		.doc = "The identity that was checked."},
	    {"result", KIND_ENUM, .flags = F_REQUIRED, .values = &spf_result, .label = "Result",
		.doc = "The outcome of SPF."},
	    {"humanResult", KIND_STRING, .flags = F_NULLABLE, .label = "Explanation",
		.doc = "The outcome in words."},
	    {0},
	},
};

static const struct type record = {
    .name = "DmarcReportRecord",
    .doc = "The messages of one source that were treated alike.",
    .fields =
	(const struct field[]){
	    {"sourceIp", KIND_IP, .flags = F_NULLABLE, .label = "Source IP address",
		.doc = "The address of the server that sent them."},
	    {"count", KIND_UINT, .initial = "0", .label = "Count",
		.doc = "How many messages there were."},
	    {"evaluatedDisposition", KIND_ENUM, .flags = F_REQUIRED, .values = &action,
		.label = "Disposition", .doc = "What was done with them."},
	    {"evaluatedDkim", KIND_ENUM, .flags = F_REQUIRED, .values = &dmarc_result,
		.label = "DKIM", .doc = "What DKIM contributed to the DMARC result."},
	    {"evaluatedSpf", KIND_ENUM, .flags = F_REQUIRED, .values = &dmarc_result,
		.label = "SPF", .doc = "What SPF contributed to the DMARC result."},
	    {"policyOverrideReasons", KIND_OBJECT, LIST, .type = &override_reason,
		.label = "Override reasons",
		.doc = "Why the disposition is not the one that the policy asks for."},
	    {"envelopeTo", KIND_STRING, .flags = F_NULLABLE, .label = "Envelope to",
		.doc = "The domain of the envelope's recipient."},
	    {"envelopeFrom", KIND_STRING, .flags = F_REQUIRED, .label = "Envelope from",
		.doc = "The domain of the envelope's sender (MAIL FROM); empty for a bounce."},
	    {"headerFrom", KIND_STRING, .flags = F_REQUIRED, .label = "Header from",
		.doc = "The domain of the From header field."},
	    {"dkimResults", KIND_OBJECT, LIST, .type = &dkim, .label = "DKIM results",
		.doc = "How each DKIM signature did."},
	    {"spfResults", KIND_OBJECT, LIST, .type = &spf, .label = "SPF results",
		.doc = "How each SPF check did."},
	    {"extensions", KIND_OBJECT, LIST, .type = &extension, .label = "Extensions",
		.doc = "What vendors added to the record."},
	    {0},
	},
};

static const struct type report = {
    .name = "DmarcReport",
    .doc = "What a DMARC aggregate report says.",
    .fields =
	(const struct field[]){
	    {"version", KIND_FLOAT, .initial = "1.0", .label = "Version",
		.doc = "The version of the report format."},
	    {"orgName", KIND_STRING, .flags = F_REQUIRED, .label = "Organization",
		.doc = "The organization that makes the report."},
	    {"email", KIND_EMAIL, .flags = F_REQUIRED, .label = "Contact address",
		.doc = "The address at which that organization is reached."},
	    {"extraContactInfo", KIND_STRING, .flags = F_NULLABLE, .label = "Further contact",
		.doc = "Other ways to reach that organization."},
	    {"reportId", KIND_STRING, .flags = F_REQUIRED, .label = "Report id",
		.doc = "What identifies the report."},
	    {"dateRangeBegin", KIND_DATE, .flags = F_REQUIRED, .label = "Begin",
		.doc = "When the period that is reported on begins."},
	    {"dateRangeEnd", KIND_DATE, .flags = F_REQUIRED, .label = "End",
		.doc = "When that period ends."},
	    {"errors", KIND_STRING, SET, .label = "Errors",
		.doc = "What went wrong while the report was made."},
	    {"policyDomain", KIND_STRING, .flags = F_REQUIRED, .label = "Policy domain",
		.doc = "The domain at which the policy is published."},
	    {"policyVersion", KIND_STRING, .flags = F_NULLABLE, .label = "Policy version",
		.doc = "The version of the published policy."},
	    {"policyAdkim", KIND_ENUM, .flags = F_REQUIRED, .values = &alignment,
		.label = "DKIM alignment",
		.doc = "The DKIM alignment that the policy asks for."},
	    {"policyAspf", KIND_ENUM, .flags = F_REQUIRED, .values = &alignment,
		.label = "SPF alignment", .doc = "The SPF alignment that the policy asks for."},
	    {"policyDisposition", KIND_ENUM, .flags = F_REQUIRED, .values = &disposition,
		.label = "Disposition", .doc = "What the policy asks for failing messages."},
	    {"policySubdomainDisposition", KIND_ENUM, .flags = F_REQUIRED,
		.values = &disposition, .label = "Subdomain disposition",
		.doc = "What the policy asks for failing messages of subdomains."},
	    {"policyNp", KIND_ENUM, .initial = "\"unspecified\"", .values = &disposition,
		.label = "Non-existent subdomain disposition",
		.doc = "What the policy asks for messages of subdomains that do not exist."},
	    {"policyDiscoveryMethod", KIND_ENUM, .initial = "\"unspecified\"",
		.values = &discovery_method, .label = "Discovery method",
		.doc = "How the policy was found."},
	    {"policyTestingMode", KIND_BOOL, .initial = "false", .label = "Testing mode",
		.doc = "Whether the policy is only being tested."},
	    {"policyFailureReportingOptions", KIND_ENUM, SET, .values = &failure_option,
		.label = "Failure reporting options",
		.doc = "When the policy asks for failure reports."},
	    {"generator", KIND_STRING, .flags = F_NULLABLE, .label = "Generator",
		.doc = "The software that makes the report."},
	    {"records", KIND_OBJECT, LIST, .type = &record, .label = "Records",
		.doc = "What was seen, by source."},
	    {"extensions", KIND_OBJECT, LIST, .type = &extension, .label = "Extensions",
		.doc = "What vendors added to the report."},
	    {0},
	},
};

const struct type dmarc_internal_report = {
    .name = "DmarcInternalReport",
    .doc = "A DMARC aggregate report that waits to be sent.",
    .number = 1,
    .letter = 'd',
    .fields =
	(const struct field[]){
	    {"rua", KIND_EMAIL, SET, .label = "Report to",
		.doc = "The addresses to which the policy wants reports sent."},
	    {"policyIdentifier", KIND_UINT, .key = KEY_POLICY, .initial = "0",
		.label = "Policy identifier", .doc = "The policy that the report is about."},
	    {"report", KIND_OBJECT, .flags = F_REQUIRED, .type = &report, .label = "Report",
		.doc = "What the report says."},
	    {"domain", KIND_DOMAIN, .flags = F_REQUIRED, .key = KEY_DOMAIN, .label = "Domain",
		.doc = "The domain that the report is about."},
	    {"createdAt", KIND_DATE, .flags = F_REQUIRED, .key = KEY_CREATED_AT,
		.label = "Created at", .doc = "When the report was made."},
	    {"deliverAt", KIND_DATE, .flags = F_REQUIRED, .key = KEY_DELIVER_AT,
		.label = "Deliver at", .doc = "When the report is due to be sent."},
	    {0},
	},
};
