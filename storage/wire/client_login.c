/* storage/wire/client_login.c -- users, grants and attempts, asked of the store. */
#include "storage/login.h"

#include <stdio.h>
#include <string.h>

#include "storage/wire/asking.h"

/* --- users --- */

bool
store_user_add(struct store *s, const struct store_user *u, struct err *e)
{
	struct unpack answer;

	pack_user(asking_begin(s, OPERATION_USER_ADD), u);
	return asking_end_secret(s, asking_told(s, &answer, e) && unpack_done(&answer), e);
}

bool
store_user_set_password(struct store *s, struct str name, const char *password, struct err *e)
{
	struct store_user u = {0};
	struct unpack answer;

	if (name.len > STORE_SUBJECT_MAX || strlen(password) > STORE_PASSWORD_MAX)
		return err_set(e, ERR_INVALID_ARGUMENTS, "the name or password is too long");
	snprintf(u.name, sizeof u.name, "%.*s", (int)name.len, name.s);
	snprintf(u.password, sizeof u.password, "%s", password);
	pack_user(asking_begin(s, OPERATION_USER_SET_PASSWORD), &u);
	return asking_end_secret(s, asking_told(s, &answer, e) && unpack_done(&answer), e);
}

bool
store_user_get(struct store *s, struct str name, struct store_user *u, struct err *e)
{
	struct unpack answer;
	bool ok;

	pack_str(asking_begin(s, OPERATION_USER_GET), name);
	ok = asking_told(s, &answer, e);
	if (ok) {
		unpack_user(&answer, u);
		ok = unpack_done(&answer);
	}
	return asking_end(s, ok, e);
}

bool
store_user_list(struct store *s, struct store_users *out, struct err *e)
{
	struct unpack u;

	*out = (struct store_users){0};
	asking_begin(s, OPERATION_USER_LIST);
	return asking_end(s, asking_told(s, &u, e) && unpack_users(&u, out), e);
}

/* The answer to a request that makes something go: there is none where a request before it,
 * whose answer was lost, did so. */
static bool
gone(struct store *s, struct err *e)
{
	struct unpack u;
	bool ok = asking_told(s, &u, e) && unpack_done(&u);

	if (!ok && e->code == ERR_NOT_FOUND && asking_was_repeated(s)) {
		*e = (struct err){0};
		ok = true;
	}
	return asking_end(s, ok, e);
}

bool
store_user_remove(struct store *s, struct str name, struct err *e)
{
	pack_str(asking_begin(s, OPERATION_USER_REMOVE), name);
	return gone(s, e);
}

/* --- grants --- */

bool
store_grant_begin(struct store *s, const struct store_grant *g, struct err *e)
{
	struct unpack u;

	pack_grant(asking_begin(s, OPERATION_GRANT_BEGIN), g);
	return asking_end_secret(s, asking_told(s, &u, e) && unpack_done(&u), e);
}

bool
store_grant_take(
    struct store *s, const struct store_take *t, struct store_taken *out, struct err *e)
{
	struct unpack u;
	bool ok;

	*out = (struct store_taken){0};
	pack_take(asking_begin(s, OPERATION_GRANT_TAKE), t);
	ok = asking_told(s, &u, e);
	if (ok) {
		unpack_text(&u, out->user, STORE_SUBJECT_MAX);
		unpack_bytes(&u, out->access, sizeof out->access);
		unpack_bytes(&u, out->refresh, sizeof out->refresh);
		out->access_s = unpack_u32(&u);
		out->permissions = unpack_u64(&u);
		ok = unpack_done(&u);
	}
	return asking_end_secret(s, ok, e);
}

/* --- logins --- */

bool
store_login_list(struct store *s, struct store_logins *out, struct err *e)
{
	struct unpack u;

	*out = (struct store_logins){0};
	asking_begin(s, OPERATION_LOGIN_LIST);
	return asking_end(s, asking_told(s, &u, e) && unpack_logins(&u, out), e);
}

bool
store_login_end(struct store *s, const uint8_t id[static STORE_TOKEN_ID_LEN], struct err *e)
{
	buf_add(asking_begin(s, OPERATION_LOGIN_END), id, STORE_TOKEN_ID_LEN);
	return gone(s, e);
}

bool
store_user_end_logins(struct store *s, struct str name, struct err *e)
{
	struct unpack u;

	pack_str(asking_begin(s, OPERATION_USER_END_LOGINS), name);
	return asking_end(s, asking_told(s, &u, e) && unpack_done(&u), e);
}

bool
store_login_revoke(
    struct store *s, const struct store_revoke *r, enum store_revoked *revoked, struct err *e)
{
	struct unpack u;
	bool ok;

	pack_revoke(asking_begin(s, OPERATION_LOGIN_REVOKE), r);
	ok = asking_told(s, &u, e);
	if (ok) {
		*revoked = (enum store_revoked)unpack_u8(&u);
		ok = unpack_done(&u) && *revoked >= STORE_REVOKED_NONE &&
		    *revoked <= STORE_REVOKED_NOT_OF_CLIENT;
	}
	return asking_end_secret(s, ok, e);
}

/* --- attempts --- */

static void
pack_attempt(struct store *s, enum operation o, struct str name, struct str address)
{
	struct buf *b = asking_begin(s, o);

	pack_str(b, name);
	pack_str(b, address);
}

bool
store_attempt_begin(
    struct store *s, struct str name, struct str address, uint32_t *wait_s, struct err *e)
{
	struct unpack u;
	bool ok;

	pack_attempt(s, OPERATION_ATTEMPT_BEGIN, name, address);
	ok = asking_told(s, &u, e);
	if (ok) {
		*wait_s = unpack_u32(&u);
		ok = unpack_done(&u);
	}
	return asking_end(s, ok, e);
}

bool
store_attempt_succeeded(struct store *s, struct str name, struct str address, struct err *e)
{
	struct unpack u;

	pack_attempt(s, OPERATION_ATTEMPT_SUCCEEDED, name, address);
	return asking_end(s, asking_told(s, &u, e) && unpack_done(&u), e);
}

bool
store_form_key(struct store *s, uint8_t key[static STORE_FORM_KEY_LEN], struct err *e)
{
	struct unpack u;
	bool ok;

	asking_begin(s, OPERATION_FORM_KEY);
	ok = asking_told(s, &u, e);
	if (ok) {
		unpack_bytes(&u, key, STORE_FORM_KEY_LEN);
		ok = unpack_done(&u);
	}
	return asking_end(s, ok, e);
}
