/* login/pkce.c -- Proof Key for Code Exchange (RFC 7636). */
#include "login/pkce.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>

#define VERIFIER_MIN 43
#define VERIFIER_MAX 128
#define CHALLENGE_TEXT_LEN 43

_Static_assert(STORE_CHALLENGE_LEN == crypto_hash_sha256_BYTES, "a challenge is a SHA-256");

static bool
is_unreserved(struct str text, const char *beside_letters_and_digits)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.s[i];

		if (c == '\0' || c >= 0x80 ||
		    (!isalnum(c) && strchr(beside_letters_and_digits, c) == NULL))
			return false;
	}
	return true;
}

bool
pkce_of_verifier(struct str verifier, uint8_t challenge[static STORE_CHALLENGE_LEN])
{
	if (verifier.len < VERIFIER_MIN || verifier.len > VERIFIER_MAX ||
	    !is_unreserved(verifier, "-._~"))
		return false;
	crypto_hash_sha256(challenge, (const unsigned char *)verifier.s, verifier.len);
	return true;
}

bool
pkce_read(struct str text, uint8_t challenge[static STORE_CHALLENGE_LEN])
{
	size_t len;

	return text.len == CHALLENGE_TEXT_LEN && is_unreserved(text, "-_") &&
	    sodium_base642bin(challenge, STORE_CHALLENGE_LEN, text.s, text.len, NULL, &len,
		NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
	    len == STORE_CHALLENGE_LEN;
}
