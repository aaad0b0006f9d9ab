/* storage/serve/audit.h -- audit lines about changes to tokens, users and logins.
 *
 * Private to storage/.  Each token, user or login that is made, changed or ended gets one line,
 * even if the change was refused or failed.  The line has no secret.  It quotes the values that
 * people chose, so that these cannot look like other lines or fields (base/log.h). */
#ifndef STORAGE_SERVE_AUDIT_H
#define STORAGE_SERVE_AUDIT_H

#include "storage/serve/service.h"

/* Returns the process at the other end of a connection (SO_PEERCRED). */
struct peer peer_of(int fd);

/* Writes "EVENT by_uid=0 by_pid=71 WHAT outcome=done".  If e has an error, the outcome is
 * "refused" or "failed", and "why" has the error's text.  fmt formats WHAT: name=value pairs
 * with blanks between. */
void audit(const struct service *s, const struct reply *r, const char *event,
    const struct err *e, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Returns the text of a token's id, for WHAT. */
struct audit_id {
	char text[2 * STORE_TOKEN_ID_LEN + 1];
};
struct audit_id audit_id(const uint8_t id[static STORE_TOKEN_ID_LEN]);

/* Returns "admin" or another role, or the names of the permissions with commas between, for
 * WHAT.  Free with buf_free(). */
struct buf audit_permissions(uint64_t bits);

/* audit() for a token: "token=ID subject="mta1" permissions=admin
 * expires=2027-01-01T00:00:00Z". */
void audit_token(const struct service *s, const struct reply *r, const char *event,
    const struct err *e, const struct store_token *t);

#endif
