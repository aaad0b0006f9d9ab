/* login/password.h -- passwords, as argon2id hashes (RFC 9106).
 *
 * A hash takes 64 MiB and 90 ms of a core (libsodium's "interactive"; "moderate" takes 256 MiB
 * and 700 ms, which is too much where several workers hash at once). */
#ifndef LOGIN_PASSWORD_H
#define LOGIN_PASSWORD_H

#include "storage/login.h"

#define PASSWORD_MIN 8    /* bytes */
#define PASSWORD_MAX 1024 /* bytes */

/* Whether a user may have this password: an OpaqueString (login/precis.h) whose normal form has
 * PASSWORD_MIN to PASSWORD_MAX bytes.  ERR_INVALID_ARGUMENTS says what is wrong. */
bool password_check(struct str password, struct err *e);

/* Hashes the normal form of the password, which is the same from every keyboard and file.
 * Errors of password_check(); ERR_SERVER_UNAVAILABLE if there is too little memory. */
bool password_hash(
    struct str password, char hash[static STORE_PASSWORD_MAX + 1], struct err *e);

/* Whether the password has that hash.  Tries its normal form, then the password as typed,
 * because older hashes were made without a normal form.  With hash NULL or "" it takes as long
 * and returns false.  It also returns false if there is too little memory, because libsodium
 * does not distinguish that from a wrong password. */
bool password_verify(struct str password, const char *hash);

#endif
