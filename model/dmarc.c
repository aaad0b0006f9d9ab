/* model/dmarc.c -- DmarcInternalReport and what it is made of (RFC 7489 and RFC 9990). */
#include "model/type.h"

static const struct enumeration alignment = {"DmarcAlignment",
    (const struct enum_value[]){
	{"relaxed", "Organizational domain match is sufficient"},
	{"strict", "Exact domain match is required"},
	{"unspecified", "Alignment mode not specified"},
	{0},
    }};

static const struct enumeration disposition = {"DmarcDisposition",
    (const struct enum_value[]){
	{"none", "No specific action requested"},
	{"quarantine", "Treat failing messages as suspicious"},
	{"reject", "Reject failing messages"},
	{"unspecified", "Disposition not specified"},
	{0},
    }};

static const struct enumeration failure_option = {"FailureReportingOption",
    (const struct enum_value[]){
	{"all", "Generate report if all authentication mechanisms fail"},
	{"any", "Generate report if any authentication mechanism fails"},
	{"dkimFailure", "Generate report if DKIM authentication fails"},
	{"spfFailure", "Generate report if SPF authentication fails"},
	{0},
    }};

static const struct enumeration discovery_method = {"DmarcDiscoveryMethod",
    (const struct enum_value[]){
	{"psl", "Public suffix list"},
	{"treewalk", "DNS tree walk"},
	{"unspecified", "Discovery method not specified"},
	{0},
    }};

static const struct enumeration action = {"DmarcActionDisposition",
    (const struct enum_value[]){
	{"none", "No action taken"},
	{"pass", "Message passed evaluation"},
	{"quarantine", "Message was quarantined"},
	{"reject", "Message was rejected"},
	{"unspecified", "Disposition not specified"},
	{0},
    }};

static const struct enumeration dmarc_result = {"DmarcResult",
    (const struct enum_value[]){
	{"pass", "Authentication passed"},
	{"fail", "Authentication failed"},
	{"unspecified", "Result not specified"},
	{0},
    }};

static const struct enumeration policy_override = {"DmarcPolicyOverride",
    (const struct enum_value[]){
	{"Forwarded", "Message was forwarded"},
	{"SampledOut", "Message was excluded by policy sampling (pct)"},
	{"TrustedForwarder", "Message came from a trusted forwarder"},
	{"MailingList", "Message came from a mailing list"},
	{"LocalPolicy", "Local policy override was applied"},
	{"PolicyTestMode", "Policy is in testing mode"},
	{"Other", "Other reason for override"},
	{0},
    }};

static const struct enumeration dkim_result = {"DkimAuthResult",
    (const struct enum_value[]){
	{"none", "No DKIM signature present"},
	{"pass", "DKIM signature verified successfully"},
	{"fail", "DKIM signature verification failed"},
	{"policy", "DKIM signature not accepted due to policy"},
	{"neutral", "DKIM verification returned neutral"},
	{"tempError", "Temporary error during verification"},
	{"permError", "Permanent error in DKIM record or signature"},
	{0},
    }};

static const struct enumeration spf_scope = {"SpfDomainScope",
    (const struct enum_value[]){
	{"helo", "SPF check performed on HELO/EHLO identity"},
	{"mailFrom", "SPF check performed on MAIL FROM identity"},
	{"unspecified", "Scope not specified"},
	{0},
    }};

static const struct enumeration spf_result = {"SpfAuthResult",
    (const struct enum_value[]){
	{"none", "No SPF record found"},
	{"neutral", "SPF record returned neutral"},
	{"pass", "SPF check passed"},
	{"fail", "SPF check failed (hard fail)"},
	{"softFail", "SPF check returned soft fail"},
	{"tempError", "Temporary error during SPF check"},
	{"permError", "Permanent error in SPF record"},
	{0},
    }};

static const struct type extension = {
    .name = "DmarcExtension",
    .doc = "A vendor-specific extension in a DMARC report.",
    .fields =
	(const struct field[]){
	    {"name", KIND_STRING, .flags = F_REQUIRED, .label = "Name",
		.doc = "Extension identifier"},
	    {"definition", KIND_STRING, .flags = F_REQUIRED, .label = "Definition",
		.doc = "Extension content or value"},
	    {0},
	},
};

static const struct type override_reason = {
    .name = "DmarcPolicyOverrideReason",
    .doc = "Reason for a DMARC policy override.",
    .fields =
	(const struct field[]){
	    {"overrideType", KIND_ENUM, .flags = F_REQUIRED, .values = &policy_override,
		.label = "Override Type", .doc = "Type of policy override applied"},
	    {"comment", KIND_STRING, .flags = F_NULLABLE, .label = "Comment",
		.doc = "Additional explanation for the override"},
	    {0},
	},
};

static const struct type dkim = {
    .name = "DmarcDkimResult",
    .doc = "DKIM authentication result within a DMARC report record.",
    .fields =
	(const struct field[]){
	    {"domain", KIND_DOMAIN, .flags = F_REQUIRED, .label = "Domain",
		.doc = "Domain that signed the message"},
	    {"selector", KIND_STRING, .flags = F_REQUIRED, .label = "Selector",
		.doc = "DKIM selector used for signing"},
	    {"result", KIND_ENUM, .flags = F_REQUIRED, .values = &dkim_result,
		.label = "Result", .doc = "DKIM verification result"},
	    {"humanResult", KIND_STRING, .flags = F_NULLABLE, .label = "Human Result",
		.doc = "Human-readable explanation of the result"},
	    {0},
	},
};

static const struct type spf = {
    .name = "DmarcSpfResult",
    .doc = "SPF authentication result within a DMARC report record.",
    .fields =
	(const struct field[]){
	    {"domain", KIND_DOMAIN, .flags = F_REQUIRED, .label = "Domain",
		.doc = "Domain checked for SPF"},
	    {"scope", KIND_ENUM, .flags = F_REQUIRED, .values = &spf_scope, .label = "Scope",
		.doc = "Which identity was checked"},
	    {"result", KIND_ENUM, .flags = F_REQUIRED, .values = &spf_result, .label = "Result",
		.doc = "SPF verification result"},
	    {"humanResult", KIND_STRING, .flags = F_NULLABLE, .label = "Human Result",
		.doc = "Human-readable explanation of the result"},
	    {0},
	},
};

static const struct type record = {
    .name = "DmarcReportRecord",
    .doc = "An aggregated authentication result record from a single source.",
    .fields =
	(const struct field[]){
	    {"sourceIp", KIND_IP, .flags = F_NULLABLE, .label = "Source IP",
		.doc = "IP address of the sending mail server", .section = "Source"},
	    {"count", KIND_UINT, .initial = "0", .label = "Count",
		.doc = "Number of messages from this source matching this result"},
	    {"evaluatedDisposition", KIND_ENUM, .flags = F_REQUIRED, .values = &action,
		.label = "Evaluated Disposition", .doc = "Action taken on the messages",
		.section = "Evaluation"},
	    {"evaluatedDkim", KIND_ENUM, .flags = F_REQUIRED, .values = &dmarc_result,
		.label = "Evaluated DKIM", .doc = "DMARC result based on DKIM authentication"},
	    {"evaluatedSpf", KIND_ENUM, .flags = F_REQUIRED, .values = &dmarc_result,
		.label = "Evaluated SPF", .doc = "DMARC result based on SPF authentication"},
	    {"policyOverrideReasons", KIND_OBJECT, LIST, .type = &override_reason,
		.label = "Policy Override Reasons",
		.doc =
		    "Reasons why the evaluated disposition differs from the published policy"},
	    {"envelopeTo", KIND_STRING, .flags = F_NULLABLE, .label = "Envelope To",
		.doc = "Envelope recipient domain", .section = "Identifiers"},
	    {"envelopeFrom", KIND_STRING, .flags = F_REQUIRED, .label = "Envelope From",
		.doc = "Envelope sender domain (MAIL FROM)"},
	    {"headerFrom", KIND_STRING, .flags = F_REQUIRED, .label = "Header From",
		.doc = "Domain from the message From header"},
	    {"dkimResults", KIND_OBJECT, LIST, .type = &dkim, .label = "DKIM Results",
		.doc = "DKIM authentication results for the messages",
		.section = "Authentication Results"},
	    {"spfResults", KIND_OBJECT, LIST, .type = &spf, .label = "SPF Results",
		.doc = "SPF authentication results for the messages"},
	    {"extensions", KIND_OBJECT, LIST, .type = &extension, .label = "Extensions",
		.doc = "Custom vendor-specific extensions to this record",
		.section = "Extensions"},
	    {0},
	},
};

static const struct type report = {
    .name = "DmarcReport",
    .doc = "Content of a DMARC aggregate report.",
    .fields =
	(const struct field[]){
	    {"version", KIND_FLOAT, .initial = "1.0", .label = "Version",
		.doc = "DMARC report format version", .section = "Report"},
	    {"orgName", KIND_STRING, .flags = F_REQUIRED, .label = "Organization Name",
		.doc = "Name of the organization that generated the report"},
	    {"email", KIND_EMAIL, .flags = F_REQUIRED, .label = "Contact Email",
		.doc = "Contact email address of the reporting organization"},
	    {"extraContactInfo", KIND_STRING, .flags = F_NULLABLE,
		.label = "Extra Contact Information",
		.doc = "Additional contact information for the reporting organization"},
	    {"reportId", KIND_STRING, .flags = F_REQUIRED, .label = "Report ID",
		.doc = "Unique identifier for this report"},
	    {"dateRangeBegin", KIND_DATE, .flags = F_REQUIRED, .label = "Date Range Begin",
		.doc = "Start of the reporting period"},
	    {"dateRangeEnd", KIND_DATE, .flags = F_REQUIRED, .label = "Date Range End",
		.doc = "End of the reporting period"},
	    {"errors", KIND_STRING, SET, .label = "Errors",
		.doc = "Errors encountered during report generation"},
	    {"policyDomain", KIND_STRING, .flags = F_REQUIRED, .label = "Policy Domain",
		.doc = "Domain for which the DMARC policy is published",
		.section = "Published Policy"},
	    {"policyVersion", KIND_STRING, .flags = F_NULLABLE, .label = "Policy Version",
		.doc = "Version of the published DMARC policy"},
	    {"policyAdkim", KIND_ENUM, .flags = F_REQUIRED, .values = &alignment,
		.label = "DKIM Alignment",
		.doc = "DKIM alignment mode specified in the policy"},
	    {"policyAspf", KIND_ENUM, .flags = F_REQUIRED, .values = &alignment,
		.label = "SPF Alignment", .doc = "SPF alignment mode specified in the policy"},
	    {"policyDisposition", KIND_ENUM, .flags = F_REQUIRED, .values = &disposition,
		.label = "Disposition",
		.doc = "Requested handling policy for failing messages"},
	    {"policySubdomainDisposition", KIND_ENUM, .flags = F_REQUIRED,
		.values = &disposition, .label = "Subdomain Disposition",
		.doc = "Requested handling policy for failing messages from subdomains"},
	    {"policyNp", KIND_ENUM, .initial = "\"unspecified\"", .values = &disposition,
		.label = "Non-existent Subdomain Disposition",
		.doc = "Requested handling policy for failing messages from subdomains that do "
		       "not exist"},
	    {"policyDiscoveryMethod", KIND_ENUM, .initial = "\"unspecified\"",
		.values = &discovery_method, .label = "Discovery Method",
		.doc = "How the policy was discovered"},
	    {"policyTestingMode", KIND_BOOL, .initial = "false", .label = "Testing Mode",
		.doc = "Whether the policy is in testing mode (pct < 100)"},
	    {"policyFailureReportingOptions", KIND_ENUM, SET, .values = &failure_option,
		.label = "Failure Reporting Options",
		.doc = "Conditions under which failure reports should be generated"},
	    {"generator", KIND_STRING, .flags = F_NULLABLE, .label = "Generator",
		.doc = "Software that generated the report", .section = "Report"},
	    {"records", KIND_OBJECT, LIST, .type = &record, .label = "Records",
		.doc = "Aggregated authentication results grouped by source",
		.section = "Results"},
	    {"extensions", KIND_OBJECT, LIST, .type = &extension, .label = "Extensions",
		.doc = "Custom vendor-specific extensions to the report"},
	    {0},
	},
};

const struct type dmarc_internal_report = {
    .name = "DmarcInternalReport",
    .doc = "Stores an outbound DMARC aggregate report pending delivery.",
    .number = 1,
    .letter = 'd',
    .form = "xml",
    .alias = "dmarc-internal-report",
    .view =
	&(const struct view){
	    .menu = &model_outbox_menu,
	    .name = "DMARC",
	    .title = "Outbound DMARC Reports",
	    .subtitle = "DMARC aggregate reports pending delivery",
	    .singular = "DMARC report",
	    .plural = "DMARC reports",
	    .label = KEY_DOMAIN,
	},
    .fields =
	(const struct field[]){
	    {"rua", KIND_EMAIL, SET, .label = "Reporting Addresses",
		.doc = "Reporting email addresses from the DMARC policy",
		.section = "Delivery"},
	    {"policyIdentifier", KIND_UINT64, .key = KEY_POLICY, .initial = "0",
		.label = "Policy Identifier",
		.doc = "Identifier for the DMARC policy that generated this report"},
	    {"report", KIND_OBJECT, .flags = F_REQUIRED, .type = &report, .label = "Report",
		.doc = "DMARC report content", .section = "Report"},
	    {"domain", KIND_DOMAIN, .flags = F_REQUIRED | F_COLUMN, .key = KEY_DOMAIN,
		.label = "Domain", .doc = "Domain this report is associated with",
		.section = "Delivery"},
	    {"createdAt", KIND_DATE, .flags = F_REQUIRED | F_COLUMN, .key = KEY_CREATED_AT,
		.label = "Created At", .doc = "When the report was created"},
	    {"deliverAt", KIND_DATE, .flags = F_REQUIRED | F_COLUMN, .key = KEY_DELIVER_AT,
		.label = "Deliver At", .doc = "When the report is scheduled to be delivered"},
	    {0},
	},
};
