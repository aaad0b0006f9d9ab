/* login/password.c -- passwords, as argon2id hashes. */
#include "login/password.h"

#include <sodium.h>
#include <string.h>

/* What a name that nobody has is compared with.  Of the same cost as those of password_hash();
 * a test holds it to that. */
static const char nobody[crypto_pwhash_STRBYTES] =
    "$argon2id$v=19$m=65536,t=2,p=1$No6LjOFjcNQAlMhMERiBWQ$"
    "hGt9xzcJHnKm9BAiymuxdwNJfM/WQ2R/LNCnaB0VDIM";

_Static_assert(STORE_PASSWORD_MAX + 1 >= crypto_pwhash_STRBYTES, "a hash fits");

bool
password_is_valid(struct str password)
{
	return password.len >= PASSWORD_MIN && password.len <= PASSWORD_MAX &&
	    memchr(password.s, '\0', password.len) == NULL &&
	    memchr(password.s, '\n', password.len) == NULL;
}

bool
password_hash(struct str password, char hash[static STORE_PASSWORD_MAX + 1], struct err *e)
{
	if (crypto_pwhash_str(hash, password.s, password.len,
		crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
		return err_set(e, ERR_SERVER_UNAVAILABLE, "no memory to hash a password");
	return true;
}

bool
password_verify(struct str password, const char *hash)
{
	bool known = hash != NULL && hash[0] != '\0';
	/* Longer than any password there is: its start costs as much, and is wrong too. */
	bool fits = password.len <= PASSWORD_MAX;

	return (crypto_pwhash_str_verify(known ? hash : nobody,
		    password.s != NULL ? password.s : "",
		    fits ? password.len : PASSWORD_MAX) == 0) &
	    known & fits;
}
