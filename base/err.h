/* base/err.h -- an error: its code, the property it is about, and one sentence.
 *
 * Every function that can fail returns bool and takes a struct err * last.  The caller owns it
 * and sets it to {0} first.  The first error wins. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

enum err_code {
	ERR_NONE,
	/* the HTTP request (RFC 8620, 3.6.1; RFC 7807) */
	ERR_NOT_JSON,
	ERR_NOT_REQUEST,
	ERR_UNKNOWN_CAPABILITY,
	ERR_LIMIT,      /* .limit names the limit */
	ERR_BODY_LIMIT, /* a limit that HTTP has a status for; .limit is "maxSizeRequest" */
	ERR_MEDIA_TYPE,
	ERR_CONTENT_ENCODING, /* the body is compressed or otherwise encoded */
	ERR_HEADERS_LIMIT,
	ERR_POISONOUS,   /* an earlier request with these bytes ended a worker */
	ERR_CLIENT_GONE, /* the client closed the connection; nobody reads the answer */
	ERR_UNAUTHORIZED,
	ERR_NOT_PERMITTED,
	ERR_NO_SUCH_PATH,
	ERR_WRONG_HTTP_METHOD,
	ERR_BAD_HTTP,
	ERR_MISDIRECTED, /* for a host name that is not this outbox's */
	ERR_NOT_OFFERED,
	ERR_NOT_READY,
	/* a method call (3.6.2, 5.1 to 5.6) */
	ERR_UNKNOWN_METHOD,
	ERR_INVALID_ARGUMENTS,
	ERR_INVALID_RESULT_REFERENCE,
	ERR_FORBIDDEN, /* for a whole call or for one record */
	ERR_ACCOUNT_NOT_FOUND,
	ERR_ACCOUNT_READ_ONLY,
	ERR_REQUEST_TOO_LARGE,
	ERR_STATE_MISMATCH,
	ERR_CANNOT_CALCULATE_CHANGES,
	ERR_TOO_MANY_CHANGES,
	ERR_ANCHOR_NOT_FOUND,
	ERR_UNSUPPORTED_FILTER,
	ERR_UNSUPPORTED_SORT,
	ERR_SERVER_UNAVAILABLE, /* try again later */
	ERR_SERVER_FAIL,
	ERR_DAMAGED, /* stored data differs from what was written; the store ends and repairs it
		      */
	/* outboxctl only: the command succeeded, but something needs attention */
	ERR_WARNING,
	/* one record of a /set (5.3) */
	ERR_NOT_FOUND,
	ERR_INVALID_PATCH,
	ERR_INVALID_PROPERTIES,
	ERR_WILL_DESTROY,
	ERR_TOO_LARGE,
	ERR_RATE_LIMIT,
	ERR_OVER_QUOTA, /* the disk has no room for it; destroying records makes room */
	ERR__COUNT
};

/* How clients see an error code. */
struct err_name {
	const char *type; /* "invalidArguments", or a problem's whole URN */
	int status; /* HTTP status where the error ends the request; 200 for calls and records
		     */
	const char *sentence; /* used where err.text is empty */
};

struct err {
	enum err_code code;
	const char *limit; /* ERR_LIMIT: the exceeded property, "maxSizeRequest" */
	char path[128];    /* the argument or property, "filter/domain"; "" if none */
	char text[256];    /* one sentence, no newline */
};

const struct err_name *err_name(enum err_code code);

/* Sets *e and returns false, so that a check can end in "return err_set(...)".  Does nothing if
 * *e holds an error already. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool err_set_at(struct err *e, enum err_code code, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
bool err_set_limit(struct err *e, const char *limit, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
