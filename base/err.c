/* base/err.c -- the table of errors. */
#include "base/err.h"

#include <assert.h>
#include <stdio.h>

#define JMAP_ERROR "urn:ietf:params:jmap:error:"

static const struct err_name names[ERR__COUNT] = {
    [ERR_NONE] = {"", 200, ""},
    [ERR_NOT_JSON] = {JMAP_ERROR "notJSON", 400, "The body is not I-JSON"},
    [ERR_NOT_REQUEST] = {JMAP_ERROR "notRequest", 400, "The body is not a JMAP Request"},
    [ERR_UNKNOWN_CAPABILITY] = {JMAP_ERROR "unknownCapability", 400, "Unknown capability"},
    [ERR_LIMIT] = {JMAP_ERROR "limit", 400, "The request exceeds a limit"},
    [ERR_BODY_LIMIT] = {JMAP_ERROR "limit", 413, "The request body is too long"},
    [ERR_MEDIA_TYPE] = {JMAP_ERROR "notJSON", 415, "The content type must be application/json"},
    [ERR_CONTENT_ENCODING] = {"about:blank", 415, "The content must not be encoded"},
    [ERR_HEADERS_LIMIT] = {"about:blank", 431, "The headers are too long"},
    [ERR_POISONOUS] = {"about:blank", 503, "The request ended a worker"},
    [ERR_CLIENT_GONE] = {"about:blank", 499, "The client has gone"},
    [ERR_UNAUTHORIZED] = {"about:blank", 401, "A valid bearer token is required"},
    [ERR_NOT_PERMITTED] = {"about:blank", 403, "The token lacks a permission"},
    [ERR_NO_SUCH_PATH] = {"about:blank", 404, "There is nothing at this path"},
    [ERR_WRONG_HTTP_METHOD] = {"about:blank", 405, "This path does not take this HTTP method"},
    [ERR_BAD_HTTP] = {"about:blank", 400, "The HTTP request is incomplete"},
    [ERR_MISDIRECTED] = {"about:blank", 421, "This outbox does not answer for that host"},
    [ERR_NOT_OFFERED] = {"about:blank", 501, "This outbox does not do that"},
    [ERR_NOT_READY] = {"about:blank", 503, "The outbox is not ready"},
    [ERR_UNKNOWN_METHOD] = {"unknownMethod", 200, "There is no such method"},
    [ERR_INVALID_ARGUMENTS] = {"invalidArguments", 200, "An argument is wrong"},
    [ERR_INVALID_RESULT_REFERENCE] = {"invalidResultReference", 200,
	"A result reference failed"},
    [ERR_FORBIDDEN] = {"forbidden", 200, "The token lacks a permission"},
    [ERR_ACCOUNT_NOT_FOUND] = {"accountNotFound", 200, "There is no such account"},
    [ERR_ACCOUNT_READ_ONLY] = {"accountReadOnly", 200, "The token may change nothing"},
    [ERR_REQUEST_TOO_LARGE] = {"requestTooLarge", 200, "The call asks for too much at once"},
    [ERR_STATE_MISMATCH] = {"stateMismatch", 200, "The state is not ifInState"},
    [ERR_CANNOT_CALCULATE_CHANGES] = {"cannotCalculateChanges", 200,
	"The changes since that state are not known"},
    [ERR_TOO_MANY_CHANGES] = {"tooManyChanges", 200, "There are more than maxChanges changes"},
    [ERR_ANCHOR_NOT_FOUND] = {"anchorNotFound", 200, "The anchor is not in the results"},
    [ERR_UNSUPPORTED_FILTER] = {"unsupportedFilter", 200, "The filter cannot be processed"},
    [ERR_UNSUPPORTED_SORT] = {"unsupportedSort", 200, "The sort cannot be processed"},
    [ERR_SERVER_UNAVAILABLE] = {"serverUnavailable", 200,
	"The store does not answer; try again"},
    [ERR_SERVER_FAIL] = {"serverFail", 200, "The server failed"},
    [ERR_DAMAGED] = {"serverUnavailable", 200, "The store repairs itself; try again"},
    [ERR_NOT_FOUND] = {"notFound", 200, "There is no such record"},
    [ERR_INVALID_PATCH] = {"invalidPatch", 200, "The patch cannot be applied"},
    [ERR_INVALID_PROPERTIES] = {"invalidProperties", 200, "A property is wrong"},
    [ERR_WILL_DESTROY] = {"willDestroy", 200, "The same call destroys the record"},
    [ERR_TOO_LARGE] = {"tooLarge", 200, "The record is too large"},
    [ERR_RATE_LIMIT] = {"rateLimit", 200, "Too many changes at once; try again"},
    [ERR_OVER_QUOTA] = {"overQuota", 200, "The disk is nearly full"},
    [ERR_WARNING] = {"about:blank", 200, "Somebody should see to something"},
};

const struct err_name *
err_name(enum err_code code)
{
	assert(code < ERR__COUNT && names[code].type != NULL);
	return &names[code];
}

static void __attribute__((format(printf, 4, 0)))
set(struct err *e, enum err_code code, const char *path, const char *fmt, va_list ap)
{
	e->code = code;
	snprintf(e->path, sizeof e->path, "%s", path);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
}

bool
err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (e->code == ERR_NONE)
		set(e, code, "", fmt, ap);
	va_end(ap);
	return false;
}

bool
err_set_at(struct err *e, enum err_code code, const char *path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (e->code == ERR_NONE)
		set(e, code, path, fmt, ap);
	va_end(ap);
	return false;
}

bool
err_set_limit(struct err *e, const char *limit, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (e->code == ERR_NONE) {
		set(e, ERR_LIMIT, "", fmt, ap);
		e->limit = limit;
	}
	va_end(ap);
	return false;
}
