/* model/tls.c -- TlsInternalReport and what it is made of (RFC 8460). */
#include "model/type.h"

static const struct enumeration policy_type = {"TlsPolicyType",
    (const struct enum_value[]){
	{"tlsa", "A TLSA record (DANE)"},
	{"sts", "An MTA-STS policy"},
	{"noPolicyFound", "The domain has no policy"},
	{"other", "Another kind of policy"},
	{0},
    }};

static const struct enumeration result_type = {"TlsResultType",
    (const struct enum_value[]){
	{"startTlsNotSupported", "The server does not offer STARTTLS"},
	{"certificateHostMismatch", "The certificate is for another host"},
	{"certificateExpired", "The certificate is out of date"},
	{"certificateNotTrusted", "The certificate's issuer is not trusted"},
	{"validationFailure", "The certificate is not valid for another reason"},
	{"tlsaInvalid", "The TLSA record is not valid"},
	{"dnssecInvalid", "DNSSEC did not validate"},
	{"daneRequired", "DANE was required and not to be had"},
	{"stsPolicyFetchError", "The MTA-STS policy could not be fetched"},
	{"stsPolicyInvalid", "The MTA-STS policy is not valid"},
	{"stsWebpkiInvalid", "The certificate of the MTA-STS policy's host is not valid"},
	{"other", "Another failure"},
	{0},
    }};

static const struct type failure = {
    .name = "TlsFailureDetails",
    .doc = "Sessions that failed in the same way.",
    .fields =
	(const struct field[]){
	    {"resultType", KIND_ENUM, .flags = F_REQUIRED, .values = &result_type,
		.label = "Result", .doc = "The way in which they failed."},
	    {"sendingMtaIp", KIND_IP, .flags = F_NULLABLE, .label = "Sending address",
		.doc = "The address of the server that sent."},
	    {"receivingMxHostname", KIND_STRING, .flags = F_NULLABLE, .label = "Receiving host",
		.doc = "The host name of the server that received."},
	    {"receivingMxHelo", KIND_STRING, .flags = F_NULLABLE, .label = "Receiving HELO",
		.doc = "The name by which that server greeted."},
	    {"receivingIp", KIND_IP, .flags = F_NULLABLE, .label = "Receiving address",
		.doc = "The address of that server."},
	    {"failedSessionCount", KIND_UINT, .initial = "0", .label = "Failed sessions",
		.doc = "How many sessions failed."},
	    {"additionalInformation", KIND_STRING, .flags = F_NULLABLE,
		.label = "Further information", .doc = "More about the failure."},
	    {"failureReasonCode", KIND_STRING, .flags = F_NULLABLE, .label = "Reason",
		.doc = "The code or the words of the error."},
	    {0},
	},
};

static const struct type policy = {
    .name = "TlsReportPolicy",
    .doc = "How a domain's TLS policy did.",
    .fields =
	(const struct field[]){
	    {"policyType", KIND_ENUM, .flags = F_REQUIRED, .values = &policy_type,
		.label = "Policy type", .doc = "The kind of policy."},
	    {"policyStrings", KIND_STRING, SET, .label = "Policy text",
		.doc = "The policy as it was found, line by line."},
	    {"policyDomain", KIND_DOMAIN, .flags = F_REQUIRED, .label = "Policy domain",
		.doc = "The domain whose policy it is."},
	    {"mxHosts", KIND_STRING, SET, .label = "MX hosts",
		.doc = "The hosts that the policy covers; patterns such as *.example.com."},
	    {"totalSuccessfulSessions", KIND_UINT, .initial = "0",
		.label = "Successful sessions", .doc = "How many sessions had TLS."},
	    {"totalFailedSessions", KIND_UINT, .initial = "0", .label = "Failed sessions",
		.doc = "How many sessions failed to have it."},
	    {"failureDetails", KIND_OBJECT, LIST, .type = &failure, .label = "Failures",
		.doc = "In which ways sessions failed."},
	    {0},
	},
};

static const struct type report = {
    .name = "TlsReport",
    .doc = "What a TLS aggregate report says.",
    .fields =
	(const struct field[]){
	    {"organizationName", KIND_STRING, .flags = F_NULLABLE, .label = "Organization",
		.doc = "The organization that makes the report."},
	    {"contactInfo", KIND_STRING, .flags = F_NULLABLE, .label = "Contact",
		.doc = "How that organization is reached."},
	    {"reportId", KIND_STRING, .flags = F_REQUIRED, .label = "Report id",
		.doc = "What identifies the report."},
	    {"dateRangeStart", KIND_DATE, .flags = F_REQUIRED, .label = "Start",
		.doc = "When the period that is reported on starts."},
	    {"dateRangeEnd", KIND_DATE, .flags = F_REQUIRED, .label = "End",
		.doc = "When that period ends."},
	    {"policies", KIND_OBJECT, LIST, .type = &policy, .label = "Policies",
		.doc = "How each policy did."},
	    {0},
	},
};

const struct type tls_internal_report = {
    .name = "TlsInternalReport",
    .doc = "A TLS aggregate report that waits to be sent.",
    .number = 2,
    .letter = 't',
    .fields =
	(const struct field[]){
	    {"policyIdentifiers", KIND_UINT, SET, .key = KEY_POLICY,
		.max_items = MODEL_MAX_INDEXED_VALUES, .label = "Policy identifiers",
		.doc = "The policies that the report is about."},
	    {"mailRua", KIND_EMAIL, SET, .label = "Report to",
		.doc = "The addresses to which the policies want reports sent."},
	    {"httpRua", KIND_URI, SET, .label = "Report to (HTTPS)",
		.doc = "The URIs to which the policies want reports posted."},
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
