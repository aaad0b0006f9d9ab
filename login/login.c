/* login/login.c -- people log in: passwords checked, codes given. */
#include "login/login.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auth/subject.h"
#include "base/io.h"
#include "login/address.h"
#include "login/password.h"
#include "login/private.h"
#include "login/slots.h"

#define COOKIE_BYTES 32
#define FIELD_BYTES 32
#define BUSY_WAIT_S 1 /* a password takes a tenth of that */

void
login_open(struct login **l, const struct login_options *o)
{
	*l = mem_new(1, sizeof **l);
	(*l)->options = *o;
}

void
login_close(struct login **l)
{
	if (*l == NULL)
		return;
	sodium_memzero(*l, sizeof **l);
	free(*l);
	*l = NULL;
}

const char *
login_redirects(const struct login *l)
{
	return l->options.redirects;
}

/* --- the form --- */

void
login_cookie_new(char out[static LOGIN_COOKIE_LEN + 1])
{
	uint8_t bytes[COOKIE_BYTES];

	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2base64(out, LOGIN_COOKIE_LEN + 1, bytes, sizeof bytes,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool
login_field_of(
    struct login *l, struct str cookie, char out[static LOGIN_FIELD_LEN + 1], struct err *e)
{
	uint8_t hash[FIELD_BYTES];

	if (!l->has_form_key && !store_form_key(l->options.store, l->form_key, e))
		return false;
	l->has_form_key = true;
	crypto_generichash(hash, sizeof hash, (const unsigned char *)cookie.s, cookie.len,
	    l->form_key, sizeof l->form_key);
	sodium_bin2base64(out, LOGIN_FIELD_LEN + 1, hash, sizeof hash,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return true;
}

bool
login_field_check(struct login *l, struct str cookie, struct str field, bool *ok, struct err *e)
{
	char right[LOGIN_FIELD_LEN + 1];

	if (!login_field_of(l, cookie, right, e))
		return false;
	*ok = cookie.len > 0 && field.len == LOGIN_FIELD_LEN &&
	    sodium_memcmp(field.s, right, LOGIN_FIELD_LEN) == 0;
	return true;
}

/* --- a password --- */

/* *stamp: of the user whose password it is.  Nobody's name is compared with a password too. */
static bool
is_right(struct login *l, struct str name, struct str password, bool *right, uint64_t *stamp,
    struct err *e)
{
	struct store_user u = {0};
	struct err why = {0};
	bool ok;

	ok = subject_is_valid(name)
	    ? store_user_get(l->options.store, name, &u, &why) || why.code == ERR_NOT_FOUND
	    : true;
	if (ok) {
		*right = password_verify(password, u.password);
		*stamp = u.stamp;
	} else {
		err_set(e, why.code, "%s", why.text);
	}
	sodium_memzero(&u, sizeof u);
	return ok;
}

static bool
give_code(struct login *l, struct str name, uint64_t stamp, const struct authorize *a,
    struct login_result *r, struct err *e)
{
	struct store_grant g = {
	    .user = name, .stamp = stamp, .client = a->client, .redirect = a->redirect};
	struct err why = {0};
	struct token code;
	bool ok;

	token_new(&code);
	memcpy(g.id, code.id, sizeof g.id);
	memcpy(g.secret, code.secret, sizeof g.secret);
	memcpy(g.challenge, a->challenge, sizeof g.challenge);
	ok = store_grant_begin(l->options.store, &g, &why);
	if (ok) {
		token_format_as(TOKEN_PREFIX_CODE, &code, r->code);
		r->end = LOGIN_DONE;
	} else if (why.code == ERR_UNAUTHORIZED) {
		ok = true; /* the password was changed this moment */
	} else {
		err_set(e, why.code, "%s", why.text);
	}
	token_wipe(&code);
	sodium_memzero(&g, sizeof g);
	return ok;
}

static bool
try_here(struct login *l, struct str name, struct str password, struct str address,
    const struct authorize *a, struct login_result *r, struct err *e)
{
	struct store *s = l->options.store;
	uint64_t stamp;
	bool right;

	if (!store_attempt_begin(s, name, address, &r->wait_s, e))
		return false;
	if (r->wait_s > 0) {
		r->end = LOGIN_WAIT;
		return true;
	}
	if (!is_right(l, name, password, &right, &stamp, e))
		return false;
	if (!right)
		return true;
	return store_attempt_succeeded(s, name, address, e) &&
	    give_code(l, name, stamp, a, r, e);
}

bool
login_try(struct login *l, struct str name, struct str password, struct str address,
    const struct authorize *a, struct login_result *r, struct err *e)
{
	uint8_t counted[ADDRESS_MAX];
	int slot = -1;
	bool ok;

	*r = (struct login_result){.end = LOGIN_WRONG};
	if (!slot_take(l->options.slots_path, l->options.slots, &slot, e))
		return false;
	if (slot < 0) {
		*r = (struct login_result){.end = LOGIN_WAIT, .wait_s = BUSY_WAIT_S};
		return true;
	}
	ok = try_here(l, name, password, address_counted(address, counted), a, r, e);
	io_close(&slot);
	return ok;
}
