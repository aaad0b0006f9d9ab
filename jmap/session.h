/* jmap/session.h -- the state of a Session.  The Session object itself is in jmap/jmap.h. */
#ifndef JMAP_SESSION_H
#define JMAP_SESSION_H

#include "jmap/jmap.h"

/* Quoted.  Changes with anything in the Session that jmap_session() gives for the same
 * arguments (RFC 8620, 2), and with the permissions. */
void write_session_state(
    struct buf *out, const struct jmap *j, const struct principal *p, struct str base_url);

/* Whether p may change nothing at all: isReadOnly of the account (2). */
bool account_is_read_only(const struct principal *p);

#endif
