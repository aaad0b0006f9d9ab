/* storage/serve/audit.h -- log lines about who changed who may do what.
 *
 * Private to storage/.  One line for each token, user or login that is made, changed or ended,
 * also where that was refused or failed.  No secret is in it, and values that people chose are
 * quoted, so that they cannot look like further lines or fields (base/log.h). */
#ifndef STORAGE_SERVE_AUDIT_H
#define STORAGE_SERVE_AUDIT_H

#include "storage/serve/service.h"

/* Who asks over a connection, as the kernel says (SO_PEERCRED). */
struct peer peer_of(int fd);

/* Writes "EVENT by_uid=0 by_pid=71 WHAT outcome=done", or with "outcome=refused" or
 * "outcome=failed" and why, after what e holds.  fmt is WHAT: name=value, with blanks between.
 */
void audit(const struct service *s, const struct reply *r, const char *event,
    const struct err *e, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* The text of a token's id, for WHAT. */
struct audit_id {
	char text[2 * STORE_TOKEN_ID_LEN + 1];
};
struct audit_id audit_id(const uint8_t id[static STORE_TOKEN_ID_LEN]);

/* "admin", or the names of the permissions with commas between, for WHAT.  buf_free(). */
struct buf audit_permissions(uint64_t bits);

/* audit() for a token: "token=ID subject="mta1" permissions=admin
 * expires=2027-01-01T00:00:00Z". */
void audit_token(const struct service *s, const struct reply *r, const char *event,
    const struct err *e, const struct store_token *t);

#endif
