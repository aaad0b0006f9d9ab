/* login/login.c -- checks the password of a login and gives a code. */
#include "login/login.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auth/subject.h"
#include "base/io.h"
#include "login/address.h"
#include "login/password.h"
#include "login/precis.h"
#include "login/private.h"
#include "login/slots.h"

#define COOKIE_BYTES 32
#define FIELD_BYTES 32
#define BUSY_WAIT_S 1 /* checking a password takes a tenth of that */

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

/* One attempt to log in. */
struct claim {
	struct str typed;
	struct buf normal;      /* the name's normal form; as typed if it has none */
	struct store_user user; /* .name "": no such user */
	struct str password, address;
};

static void
claim_begin(struct claim *c)
{
	if (precis_name(c->typed, &c->normal) != NULL)
		buf_add_str(&c->normal, c->typed);
}

static void
claim_end(struct claim *c)
{
	buf_free(&c->normal);
	sodium_memzero(&c->user, sizeof c->user);
}

/* Leaves u->name empty if no user has that name.  False with *e set if the store failed. */
static bool
find(struct login *l, struct str name, struct store_user *u, struct err *e)
{
	struct err why = {0};

	*u = (struct store_user){0};
	if (!subject_is_valid(name) || store_user_get(l->options.store, name, u, &why))
		return true;
	return why.code == ERR_NOT_FOUND || err_set(e, why.code, "%s", why.text);
}

/* Looks for the name as typed, then for its normal form.  Only users from before the normal
 * form are stored under another name, and they type that name. */
static bool
find_user(struct login *l, struct claim *c, struct err *e)
{
	if (!find(l, c->typed, &c->user, e))
		return false;
	if (c->user.name[0] != '\0' || str_equal(c->typed, buf_str(&c->normal)))
		return true;
	return find(l, buf_str(&c->normal), &c->user, e);
}

static bool
give_code(struct login *l, const struct claim *c, const struct authorize *a,
    struct login_result *r, struct err *e)
{
	struct store_grant g = {.user = str_of(c->user.name),
	    .stamp = c->user.stamp,
	    .client = a->client,
	    .redirect = a->redirect,
	    .address = c->address.len <= STORE_ADDRESS_MAX ? c->address : (struct str){0}};
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
		memcpy(r->name, c->user.name, sizeof r->name);
		r->end = LOGIN_DONE;
	} else if (why.code == ERR_UNAUTHORIZED) {
		ok = true; /* the password has just been changed: a wrong attempt */
	} else {
		err_set(e, why.code, "%s", why.text);
	}
	token_wipe(&code);
	sodium_memzero(&g, sizeof g);
	return ok;
}

/* Counts attempts by the normal form of the name, so that another spelling gives no further
 * attempts. */
static bool
try_here(struct login *l, struct claim *c, const struct authorize *a, struct login_result *r,
    struct err *e)
{
	struct store *s = l->options.store;
	uint8_t counted[ADDRESS_MAX];
	struct str address = address_counted(c->address, counted), name = buf_str(&c->normal);

	if (!store_attempt_begin(s, name, address, &r->wait_s, e))
		return false;
	if (r->wait_s > 0) {
		r->end = LOGIN_WAIT;
		return true;
	}
	if (!find_user(l, c, e))
		return false;
	/* An unknown name takes as long: its password is compared with a hash, too. */
	if (!password_verify(c->password, c->user.password))
		return true;
	return store_attempt_succeeded(s, name, address, e) && give_code(l, c, a, r, e);
}

bool
login_try(struct login *l, struct str name, struct str password, struct str address,
    const struct authorize *a, struct login_result *r, struct err *e)
{
	struct claim c = {.typed = name, .password = password, .address = address};
	int slot = -1;
	bool ok;

	*r = (struct login_result){.end = LOGIN_WRONG};
	if (!slot_take(l->options.slots_path, l->options.slots, &slot, e))
		return false;
	if (slot < 0) {
		*r = (struct login_result){.end = LOGIN_WAIT, .wait_s = BUSY_WAIT_S};
		return true;
	}
	claim_begin(&c);
	ok = try_here(l, &c, a, r, e);
	claim_end(&c);
	io_close(&slot);
	return ok;
}
