/* auth/token.c -- the text of a bearer token. */
#include "auth/token.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES (STORE_TOKEN_ID_LEN + STORE_TOKEN_SECRET_LEN)
#define PREFIX_LEN (sizeof TOKEN_PREFIX - 1)

/* 42 bytes are whole groups of three, so no bits are spare: each token has exactly one text. */
_Static_assert(
    TOKEN_BYTES % 3 == 0 && TOKEN_LEN == PREFIX_LEN + TOKEN_BYTES / 3 * 4, "no spare bits");
_Static_assert(sizeof(struct token) == TOKEN_BYTES, "id and secret, nothing between");

void
token_new(struct token *t)
{
	randombytes_buf(t, sizeof *t);
}

void
token_format(const struct token *t, char out[static TOKEN_LEN + 1])
{
	token_format_as(TOKEN_PREFIX, t, out);
}

void
token_format_as(const char *prefix, const struct token *t, char out[static TOKEN_LEN + 1])
{
	memcpy(out, prefix, PREFIX_LEN);
	sodium_bin2base64(out + PREFIX_LEN, TOKEN_LEN - PREFIX_LEN + 1,
	    (const unsigned char *)t, sizeof *t, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* libsodium 1.0.18 also decodes some bytes above 127, so this check comes first. */
static bool
is_ascii(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.s[i] >= 0x80)
			return false;
	return true;
}

bool
token_parse(struct str text, struct token *t)
{
	return token_parse_as(TOKEN_PREFIX, text, t);
}

bool
token_parse_as(const char *prefix, struct str text, struct token *t)
{
	size_t len;

	return text.len == TOKEN_LEN && is_ascii(text) && str_cut_prefix(&text, prefix) &&
	    sodium_base642bin((unsigned char *)t, sizeof *t, text.s, text.len, NULL, &len, NULL,
		sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
	    len == sizeof *t;
}

void
token_wipe(struct token *t)
{
	sodium_memzero(t, sizeof *t);
}

void
token_id_format(
    const uint8_t id[static STORE_TOKEN_ID_LEN], char out[static TOKEN_ID_TEXT_LEN + 1])
{
	sodium_bin2hex(out, TOKEN_ID_TEXT_LEN + 1, id, STORE_TOKEN_ID_LEN);
}

bool
token_id_parse(struct str text, uint8_t id[static STORE_TOKEN_ID_LEN])
{
	size_t len;

	return text.len == TOKEN_ID_TEXT_LEN &&
	    sodium_hex2bin(id, STORE_TOKEN_ID_LEN, text.s, text.len, NULL, &len, NULL) == 0 &&
	    len == STORE_TOKEN_ID_LEN;
}
