/* login/pkce.h -- Proof Key for Code Exchange (RFC 7636), only with S256: with "plain", anybody
 * who sees the request to /login could use the code. */
#ifndef LOGIN_PKCE_H
#define LOGIN_PKCE_H

#include "storage/login.h"

/* Computes the SHA-256 (4.2) of a code_verifier, which has 43 to 128 unreserved characters
 * (4.1).  False for any other text. */
bool pkce_of_verifier(struct str verifier, uint8_t challenge[static STORE_CHALLENGE_LEN]);
/* Decodes a code_challenge, 43 characters of base64url.  False for any other text. */
bool pkce_read(struct str text, uint8_t challenge[static STORE_CHALLENGE_LEN]);

#endif
