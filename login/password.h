/* login/password.h -- passwords, as argon2id hashes (RFC 9106).
 *
 * A hash takes 64 MiB and 90 ms of a core (libsodium's "interactive"; "moderate" takes 256 MiB
 * and 700 ms, which is too much where several workers hash at once). */
#ifndef LOGIN_PASSWORD_H
#define LOGIN_PASSWORD_H

#include "storage/login.h"

#define PASSWORD_MIN 8    /* bytes */
#define PASSWORD_MAX 1024 /* bytes */

/* Whether it may become somebody's: an OpaqueString (login/precis.h) whose normal form has
 * PASSWORD_MIN to PASSWORD_MAX bytes.  ERR_INVALID_ARGUMENTS says what is wrong. */
bool password_check(struct str password, struct err *e);

/* Of its normal form, so that it is the same from every keyboard and file.  As password_check()
 * says; ERR_SERVER_UNAVAILABLE if there is no memory for it. */
bool password_hash(
    struct str password, char hash[static STORE_PASSWORD_MAX + 1], struct err *e);

/* Whether the password has that hash: its normal form, or it as it was typed, of which hashes
 * were made before there was a normal form.  hash NULL or "": takes as long, and says no.  It
 * says no also where there is no memory: libsodium does not tell that from a wrong password. */
bool password_verify(struct str password, const char *hash);

#endif
