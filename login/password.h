/* login/password.h -- passwords, as argon2id hashes (RFC 9106).
 *
 * A hash takes 64 MiB and 90 ms of a core (libsodium's "interactive"; "moderate" takes 256 MiB
 * and 700 ms, which is too much where several workers hash at once). */
#ifndef LOGIN_PASSWORD_H
#define LOGIN_PASSWORD_H

#include "storage/login.h"

#define PASSWORD_MIN 8    /* bytes */
#define PASSWORD_MAX 1024 /* bytes */

/* PASSWORD_MIN to PASSWORD_MAX bytes without a NUL or newline. */
bool password_is_valid(struct str password);

/* ERR_SERVER_UNAVAILABLE if there is no memory for it. */
bool password_hash(
    struct str password, char hash[static STORE_PASSWORD_MAX + 1], struct err *e);

/* Whether the password has that hash.  hash NULL or "": takes as long, and says no.  It says no
 * also where there is no memory: libsodium does not tell that from a wrong password. */
bool password_verify(struct str password, const char *hash);

#endif
