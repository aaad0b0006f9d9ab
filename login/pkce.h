/* login/pkce.h -- Proof Key for Code Exchange (RFC 7636), by S256 alone: with "plain", whoever
 * sees the request to /login could use the code. */
#ifndef LOGIN_PKCE_H
#define LOGIN_PKCE_H

#include "storage/login.h"

/* A code_verifier of 43 to 128 unreserved characters (4.1), as its SHA-256 (4.2).  False for
 * anything else. */
bool pkce_of_verifier(struct str verifier, uint8_t challenge[static STORE_CHALLENGE_LEN]);
/* A code_challenge: 43 characters of base64url. */
bool pkce_read(struct str text, uint8_t challenge[static STORE_CHALLENGE_LEN]);

#endif
