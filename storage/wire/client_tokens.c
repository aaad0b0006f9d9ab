/* storage/wire/client_tokens.c -- bearer tokens, asked of the store. */
#include "storage/wire/asking.h"

bool
store_token_create(struct store *s, const struct store_token *t,
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct err *e)
{
	struct buf *b = asking_begin(s, OPERATION_TOKEN_CREATE);
	struct unpack u;

	pack_token(b, t);
	buf_add(b, secret, STORE_TOKEN_SECRET_LEN);
	return asking_end_secret(s, asking_told(s, &u, e) && unpack_done(&u), e);
}

bool
store_token_verify(struct store *s, const uint8_t id[static STORE_TOKEN_ID_LEN],
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct store_token *t, struct err *e)
{
	struct buf *b = asking_begin(s, OPERATION_TOKEN_VERIFY);
	struct unpack u;
	bool ok;

	buf_add(b, id, STORE_TOKEN_ID_LEN);
	buf_add(b, secret, STORE_TOKEN_SECRET_LEN);
	ok = asking_told(s, &u, e);
	if (ok) {
		unpack_token(&u, t);
		ok = unpack_done(&u);
	}
	return asking_end_secret(s, ok, e);
}

bool
store_token_list(struct store *s, struct store_tokens *out, struct err *e)
{
	struct unpack u;

	*out = (struct store_tokens){0};
	asking_begin(s, OPERATION_TOKEN_LIST);
	return asking_end(s, asking_told(s, &u, e) && unpack_tokens(&u, out), e);
}

bool
store_token_revoke(struct store *s, const uint8_t id[static STORE_TOKEN_ID_LEN], struct err *e)
{
	struct unpack u;
	bool ok;

	buf_add(asking_begin(s, OPERATION_TOKEN_REVOKE), id, STORE_TOKEN_ID_LEN);
	ok = asking_told(s, &u, e) && unpack_done(&u);
	if (!ok && e->code == ERR_NOT_FOUND && asking_was_repeated(s)) {
		*e = (struct err){
		    0}; /* gone by the first of our requests, whose answer was lost */
		ok = true;
	}
	return asking_end(s, ok, e);
}

bool
store_token_revoke_of(
    struct store *s, struct str subject, struct store_tokens *out, struct err *e)
{
	struct unpack u;
	bool ok;

	*out = (struct store_tokens){0};
	pack_str(asking_begin(s, OPERATION_TOKEN_REVOKE_OF), subject);
	ok = asking_told(s, &u, e) && unpack_tokens(&u, out);
	if (!ok && e->code == ERR_NOT_FOUND && asking_was_repeated(s)) {
		*e = (struct err){0}; /* as above */
		ok = true;
	}
	return asking_end(s, ok, e);
}

bool
store_token_rotate(struct store *s, const struct store_rotation *q,
    const uint8_t secret[static STORE_TOKEN_SECRET_LEN], struct store_token *made,
    struct err *e)
{
	struct buf *b = asking_begin(s, OPERATION_TOKEN_ROTATE);
	struct unpack u;
	bool ok;

	pack_rotation(b, q);
	buf_add(b, secret, STORE_TOKEN_SECRET_LEN);
	ok = asking_told(s, &u, e);
	if (ok) {
		unpack_token(&u, made);
		ok = unpack_done(&u);
	}
	return asking_end_secret(s, ok, e);
}
