/* auth/auth.h -- reads an Authorization header: who is asking, and what they may do (RFC 6750;
 * RFC 8620, 8.2). */
#ifndef AUTH_AUTH_H
#define AUTH_AUTH_H

#include "auth/permission.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "storage/store.h"

/* The owner of a token. */
struct principal {
	char subject[STORE_SUBJECT_MAX + 1];  /* for logs and the session's username */
	uint8_t token_id[STORE_TOKEN_ID_LEN]; /* for logs: token_id_format() */
	permissions permissions;
	int64_t expires_s; /* seconds since 1970; 0: never */
};

struct auth; /* a cache of verified tokens over a store */

#define AUTH_CACHE_ENTRIES 256
#define AUTH_CACHE_S 30 /* revoking a token empties the cache at once */

/* The caller keeps store, socket_path and clock, which must outlive *a.  The cache is keyed by
 * a hash of the token and holds no secret. */
void auth_open(
    struct auth **a, struct store *store, const char *socket_path, const struct clock *clock);
void auth_close(struct auth **a);

/* header is the value of Authorization, {0} if there is none.  ERR_UNAUTHORIZED if it is
 * missing, has another scheme, or the token is malformed, unknown, revoked or expired.  The
 * text says "missing", "scheme", "malformed" or "refused", and nothing about the token.
 * ERR_SERVER_UNAVAILABLE if the store does not answer. */
bool auth_verify(struct auth *a, struct str header, struct principal *p, struct err *e);

/* The value of WWW-Authenticate in a 401 for this header (RFC 6750, 3). */
const char *auth_challenge(struct str header);

#endif
