/* base/err.h -- what went wrong: a code of the table, where, and one sentence.
 *
 * Every function that can fail returns bool and takes a struct err * last; the caller owns it
 * and sets it to {0} before.  The first error wins. */
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
	ERR_LIMIT,      /* .limit names which */
	ERR_BODY_LIMIT, /* the one that HTTP has a status for; .limit is "maxSizeRequest" */
	ERR_MEDIA_TYPE,
	ERR_CONTENT_ENCODING, /* the body is compressed or otherwise encoded */
	ERR_HEADERS_LIMIT,
	ERR_POISONOUS,   /* the request ended a worker before */
	ERR_CLIENT_GONE, /* nobody is there to be answered */
	ERR_UNAUTHORIZED,
	ERR_NOT_PERMITTED,
	ERR_NO_SUCH_PATH,
	ERR_WRONG_HTTP_METHOD,
	ERR_BAD_HTTP,
	ERR_MISDIRECTED, /* for a host that this outbox does not answer for */
	ERR_NOT_OFFERED,
	ERR_NOT_READY,
	/* a method call (3.6.2, 5.1 to 5.6) */
	ERR_UNKNOWN_METHOD,
	ERR_INVALID_ARGUMENTS,
	ERR_INVALID_RESULT_REFERENCE,
	ERR_FORBIDDEN, /* of a call or of one record */
	ERR_ACCOUNT_NOT_FOUND,
	ERR_REQUEST_TOO_LARGE,
	ERR_STATE_MISMATCH,
	ERR_CANNOT_CALCULATE_CHANGES,
	ERR_TOO_MANY_CHANGES,
	ERR_ANCHOR_NOT_FOUND,
	ERR_UNSUPPORTED_FILTER,
	ERR_UNSUPPORTED_SORT,
	ERR_SERVER_UNAVAILABLE, /* try again later */
	ERR_SERVER_FAIL,
	ERR_DAMAGED, /* what is stored is not what was written; the store ends and repairs */
	/* outboxctl's own: all is done, and somebody should see to something */
	ERR_WARNING,
	/* one record of a /set (5.3) */
	ERR_NOT_FOUND,
	ERR_INVALID_PATCH,
	ERR_INVALID_PROPERTIES,
	ERR_WILL_DESTROY,
	ERR_TOO_LARGE,
	ERR_RATE_LIMIT,
	ERR_OVER_QUOTA, /* no room for it on the disk; destroys make some */
	ERR__COUNT
};

/* What a client is told for a code. */
struct err_name {
	const char *type; /* "invalidArguments", or a problem's whole URN */
	int status;       /* HTTP status where it ends the request; 200 for calls and records */
	const char *sentence; /* what is wrong, for where err.text is empty */
};

struct err {
	enum err_code code;
	const char
	    *limit; /* ERR_LIMIT: the capability property that was exceeded, "maxSizeRequest" */
	char path[128]; /* the argument or property, "filter/domain"; "" if none */
	char text[256]; /* one sentence, no newline */
};

const struct err_name *err_name(enum err_code code);

/* Sets *e and returns false, so that a check can end in "return err_set(...)".
 * A later call leaves an error that is set as it is. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool err_set_at(struct err *e, enum err_code code, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
bool err_set_limit(struct err *e, const char *limit, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
