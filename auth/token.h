/* auth/token.h -- the text of a bearer token: "rob_", then id and secret in base64url without
 * padding (RFC 4648, 5).  A login's code and refresh token have another prefix.
 *
 * Clients must not interpret the text. libsodium's generator makes both parts; the secret has
 * 256 bits. */
#ifndef AUTH_TOKEN_H
#define AUTH_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "storage/store.h"

#define TOKEN_PREFIX "rob_"
#define TOKEN_PREFIX_CODE "roc_"
#define TOKEN_PREFIX_REFRESH "ror_"
#define TOKEN_LEN 60 /* the prefix, then 42 bytes in 56 characters */

struct token {
	uint8_t id[STORE_TOKEN_ID_LEN];
	uint8_t secret[STORE_TOKEN_SECRET_LEN];
};

void token_new(struct token *t);
void token_format(const struct token *t, char out[static TOKEN_LEN + 1]);
bool token_parse(struct str text, struct token *t);
/* The same with another prefix, which must have as many characters. */
void token_format_as(const char *prefix, const struct token *t, char out[static TOKEN_LEN + 1]);
bool token_parse_as(const char *prefix, struct str text, struct token *t);
void token_wipe(struct token *t); /* sodium_memzero */

/* A token's id as `outboxctl token list` shows it: 20 hexadecimal digits. */
#define TOKEN_ID_TEXT_LEN (2 * STORE_TOKEN_ID_LEN)
void token_id_format(
    const uint8_t id[static STORE_TOKEN_ID_LEN], char out[static TOKEN_ID_TEXT_LEN + 1]);
bool token_id_parse(struct str text, uint8_t id[static STORE_TOKEN_ID_LEN]);

#endif
