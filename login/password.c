/* login/password.c -- passwords, as argon2id hashes. */
#include "login/password.h"

#include <sodium.h>
#include <string.h>

#include "login/precis.h"

/* The hash for names that no user has.  It costs as much as a hash of password_hash(); a test
 * checks that. */
static const char nobody[crypto_pwhash_STRBYTES] =
    "$argon2id$v=19$m=65536,t=2,p=1$No6LjOFjcNQAlMhMERiBWQ$"
    "hGt9xzcJHnKm9BAiymuxdwNJfM/WQ2R/LNCnaB0VDIM";

_Static_assert(STORE_PASSWORD_MAX + 1 >= crypto_pwhash_STRBYTES, "a hash fits");

/* Sets *normal, which the caller must wipe() in any case; false with *wrong. */
static bool
normal_of(struct str password, struct buf *normal, const char **wrong)
{
	buf_reserve(normal, PRECIS_GROWTH * password.len + 1);
	*wrong = precis_password(password, normal);
	return *wrong == NULL;
}

static void
wipe(struct buf *normal)
{
	sodium_memzero(normal->s, normal->len);
	buf_free(normal);
}

/* The caller must wipe() *normal, even if this returns false. */
static bool
check(struct str password, struct buf *normal, struct err *e)
{
	const char *wrong;

	if (!normal_of(password, normal, &wrong))
		return err_set(
		    e, ERR_INVALID_ARGUMENTS, "this cannot be a password: %s", wrong);
	return (normal->len >= PASSWORD_MIN && normal->len <= PASSWORD_MAX) ||
	    err_set(e, ERR_INVALID_ARGUMENTS, "a password is one line of %d to %d bytes",
		PASSWORD_MIN, PASSWORD_MAX);
}

bool
password_check(struct str password, struct err *e)
{
	struct buf normal = {0};
	bool ok = check(password, &normal, e);

	wipe(&normal);
	return ok;
}

bool
password_hash(struct str password, char hash[static STORE_PASSWORD_MAX + 1], struct err *e)
{
	struct buf normal = {0};
	bool ok = check(password, &normal, e) &&
	    (crypto_pwhash_str(hash, normal.s, normal.len, crypto_pwhash_OPSLIMIT_INTERACTIVE,
		 crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0 ||
		err_set(e, ERR_SERVER_UNAVAILABLE, "no memory to hash a password"));

	wipe(&normal);
	return ok;
}

static bool
matches(struct str password, const char *hash)
{
	bool known = hash != NULL && hash[0] != '\0';
	/* No password is longer: hash only the first bytes, for the same time, and refuse. */
	bool fits = password.len <= PASSWORD_MAX;

	return (crypto_pwhash_str_verify(known ? hash : nobody,
		    password.s != NULL ? password.s : "",
		    fits ? password.len : PASSWORD_MAX) == 0) &
	    known & fits;
}

bool
password_verify(struct str password, const char *hash)
{
	struct buf normal = {0};
	const char *wrong;
	bool has_normal = normal_of(password, &normal, &wrong);
	bool ok = has_normal && matches(buf_str(&normal), hash);

	if (!ok && !(has_normal && str_equal(buf_str(&normal), password)))
		ok = matches(password, hash);
	wipe(&normal);
	return ok;
}
