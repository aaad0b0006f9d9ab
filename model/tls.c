/* model/tls.c -- TlsInternalReport and what it is made of (RFC 8460). */
#include "model/type.h"

static const struct enumeration policy_type = {"TlsPolicyType",
    (const struct enum_value[]){
	{"tlsa", "DANE TLSA policy"},
	{"sts", "MTA-STS policy"},
	{"noPolicyFound", "No TLS policy was found for the domain"},
	{"other", "Other or unrecognized policy type"},
	{0},
    }};

static const struct enumeration result_type = {"TlsResultType",
    (const struct enum_value[]){
	{"startTlsNotSupported", "Remote server does not support STARTTLS"},
	{"certificateHostMismatch", "Certificate hostname does not match server"},
	{"certificateExpired", "Certificate has expired"},
	{"certificateNotTrusted", "Certificate is not trusted"},
	{"validationFailure", "General certificate validation failure"},
	{"tlsaInvalid", "DANE TLSA record is invalid"},
	{"dnssecInvalid", "DNSSEC validation failed"},
	{"daneRequired", "DANE is required but not available"},
	{"stsPolicyFetchError", "Failed to fetch MTA-STS policy"},
	{"stsPolicyInvalid", "MTA-STS policy is invalid"},
	{"stsWebpkiInvalid", "MTA-STS WebPKI validation failed"},
	{"other", "Other or unrecognized failure type"},
	{0},
    }};

static const struct type failure = {
    .name = "TlsFailureDetails",
    .doc = "Details of a TLS failure encountered during delivery.",
    .fields =
	(const struct field[]){
	    {"resultType", KIND_ENUM, .flags = F_REQUIRED, .values = &result_type,
		.label = "Result Type", .doc = "Type of failure encountered"},
	    {"sendingMtaIp", KIND_IP, .flags = F_NULLABLE, .label = "Sending MTA IP",
		.doc = "IP address of the sending mail server"},
	    {"receivingMxHostname", KIND_STRING, .flags = F_NULLABLE,
		.label = "Receiving MX Hostname",
		.doc = "Hostname of the receiving mail server"},
	    {"receivingMxHelo", KIND_STRING, .flags = F_NULLABLE, .label = "Receiving MX HELO",
		.doc = "HELO/EHLO string of the receiving mail server"},
	    {"receivingIp", KIND_IP, .flags = F_NULLABLE, .label = "Receiving IP",
		.doc = "IP address of the receiving mail server"},
	    {"failedSessionCount", KIND_UINT, .initial = "0", .label = "Failed Session Count",
		.doc = "Number of sessions that failed with this error"},
	    {"additionalInformation", KIND_STRING, .flags = F_NULLABLE,
		.label = "Additional Information",
		.doc = "Additional context about the failure"},
	    {"failureReasonCode", KIND_STRING, .flags = F_NULLABLE,
		.label = "Failure Reason Code",
		.doc = "Error code or reason string for the failure"},
	    {0},
	},
};

static const struct type policy = {
    .name = "TlsReportPolicy",
    .doc = "TLS policy evaluation result for a specific domain.",
    .fields =
	(const struct field[]){
	    {"policyType", KIND_ENUM, .flags = F_REQUIRED, .values = &policy_type,
		.label = "Policy Type", .doc = "Type of TLS policy that was evaluated"},
	    {"policyStrings", KIND_STRING, SET, .label = "Policy Strings",
		.doc = "Raw policy strings as retrieved"},
	    {"policyDomain", KIND_DOMAIN, .flags = F_REQUIRED, .label = "Policy Domain",
		.doc = "Domain the policy applies to"},
	    {"mxHosts", KIND_STRING, SET, .label = "MX Hosts",
		.doc = "MX hostnames covered by the policy"},
	    {"totalSuccessfulSessions", KIND_UINT, .initial = "0",
		.label = "Total Successful Sessions",
		.doc = "Number of sessions that successfully established TLS"},
	    {"totalFailedSessions", KIND_UINT, .initial = "0", .label = "Total Failed Sessions",
		.doc = "Number of sessions that failed TLS establishment"},
	    {"failureDetails", KIND_OBJECT, LIST, .type = &failure, .label = "Failure Details",
		.doc = "Details of TLS failures encountered"},
	    {0},
	},
};

static const struct type report = {
    .name = "TlsReport",
    .doc = "Content of a TLS aggregate report.",
    .fields =
	(const struct field[]){
	    {"organizationName", KIND_STRING, .flags = F_NULLABLE, .label = "Organization Name",
		.doc = "Name of the organization that generated the report",
		.section = "Report"},
	    {"contactInfo", KIND_STRING, .flags = F_NULLABLE, .label = "Contact Information",
		.doc = "Contact information for the reporting organization"},
	    {"reportId", KIND_STRING, .flags = F_REQUIRED, .label = "Report ID",
		.doc = "Unique identifier for this report"},
	    {"dateRangeStart", KIND_DATE, .flags = F_REQUIRED, .label = "Date Range Start",
		.doc = "Start of the reporting period"},
	    {"dateRangeEnd", KIND_DATE, .flags = F_REQUIRED, .label = "Date Range End",
		.doc = "End of the reporting period"},
	    {"policies", KIND_OBJECT, LIST, .type = &policy, .label = "Policies",
		.doc = "Policy evaluation results for each domain", .section = "Results"},
	    {0},
	},
};

const struct type tls_internal_report = {
    .name = "TlsInternalReport",
    .doc = "Stores an outbound TLS aggregate report pending delivery.",
    .number = 2,
    .letter = 't',
    .form = "json",
    .alias = "tls-internal-report",
    .view =
	&(const struct view){
	    .menu = &model_outbox_menu,
	    .name = "TLS",
	    .title = "Outbound TLS Reports",
	    .subtitle = "TLS aggregate reports pending delivery",
	    .singular = "TLS report",
	    .plural = "TLS reports",
	    .label = KEY_DOMAIN,
	},
    .fields =
	(const struct field[]){
	    {"policyIdentifiers", KIND_UINT64, SET, .key = KEY_POLICY,
		.max_items = MODEL_MAX_INDEXED_VALUES, .label = "Policy Identifiers",
		.doc = "Identifiers for the TLS policies that generated this report",
		.section = "Delivery"},
	    {"mailRua", KIND_EMAIL, SET, .label = "Reporting Addresses",
		.doc = "Reporting email addresses from the TLS policy"},
	    {"httpRua", KIND_URI, SET, .label = "Reporting URIs",
		.doc = "Reporting URIs from the TLS policy"},
	    {"report", KIND_OBJECT, .flags = F_REQUIRED, .type = &report, .label = "Report",
		.doc = "TLS report content", .section = "Report"},
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
