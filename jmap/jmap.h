/* jmap/jmap.h -- JMAP (RFC 8620): JSON in, JSON out.  No sockets to the world, no HTTP. */
#ifndef JMAP_JMAP_H
#define JMAP_JMAP_H

#include "auth/auth.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/status.h"
#include "base/str.h"
#include "config/limits.h"
#include "metrics/metrics.h"
#include "model/record.h"
#include "storage/store.h"

#define JMAP_CAPABILITY_CORE "urn:ietf:params:jmap:core"
#define JMAP_CAPABILITY_OUTBOX "urn:stalwart:jmap"
#define JMAP_ACCOUNT_ID "outbox" /* there is one account, and every token's is it */

/* What the methods need; made once by a worker. */
struct jmap {
	struct store *store;
	const struct clock *clock;
	const struct limits *limits;
	struct metrics *metrics; /* NULL: nobody counts */
};

struct jmap_request {
	/* Asked before each call: true ends the request, because nobody wants its answer. NULL:
	 * it is done whole. */
	bool (*is_gone)(void *arg);
	void *is_gone_arg;
	struct str body;
	struct buf *spent; /* what body borrows from, to be freed as soon as it is read; NULL:
			      nothing */
	enum face face;
	const struct principal *principal;
	struct str base_url;   /* of the Session that this client has, for sessionState */
	struct str request_id; /* the same when the web server sends a request again: makes
				  operation ids */
};

/* What a request did, for the log. */
struct jmap_done {
	size_t calls, errors; /* method calls, and those answered with "error" */
};

/* Runs a request and appends the Response object to out.  False with a request-level error (RFC
 * 8620, 3.6.1) and nothing in out; ERR_NOT_READY if every call failed because the store does
 * not answer, ERR_CLIENT_GONE if the client went away before the last call began: what the
 * calls before it did stays done. */
bool jmap_request(struct jmap *j, const struct jmap_request *r, struct buf *out,
    struct jmap_done *done, struct err *e);

/* Appends the Session object (RFC 8620, 2).  base_url: "https://reports.example.com", without a
 * slash at its end. */
void jmap_session(
    const struct jmap *j, const struct principal *p, struct str base_url, struct buf *out);

/* Appends a problem document (RFC 9457) for a request-level error. */
void jmap_problem(const struct err *e, struct buf *out);
/* The same for an error that a web server finds by itself: s->front is not NULL. */
void jmap_front_problem(const struct http_status *s, struct buf *out);

#endif
