/* login/login.h -- people log in: passwords checked, codes given, codes and refresh tokens
 * exchanged (RFC 6749, RFC 7636, RFC 9700).  No HTTP here. */
#ifndef LOGIN_LOGIN_H
#define LOGIN_LOGIN_H

#include "auth/permission.h"
#include "auth/token.h"
#include "base/err.h"
#include "login/authorize.h"

struct login; /* one of a worker */

struct login_options {
	struct store *store;
	const char *redirects;  /* as redirect_is_allowed() has them */
	const char *slots_path; /* the file of login/slots.h */
	unsigned slots;         /* passwords hashed at a time, by all workers; from 1 */
};

/* What o points to stays the caller's and must outlive it. */
void login_open(struct login **l, const struct login_options *o);
void login_close(struct login **l); /* safe on NULL; leaves NULL */

const char *login_redirects(const struct login *l);

/* --- the form: a cookie, and a field that only who knows it can have --- */

#define LOGIN_COOKIE_LEN 43 /* 32 random bytes in base64url */
#define LOGIN_FIELD_LEN 43

void login_cookie_new(char out[static LOGIN_COOKIE_LEN + 1]);
/* The text of the field that goes with a cookie of any text. */
bool login_field_of(
    struct login *l, struct str cookie, char out[static LOGIN_FIELD_LEN + 1], struct err *e);
/* *ok: they belong together. */
bool login_field_check(
    struct login *l, struct str cookie, struct str field, bool *ok, struct err *e);

/* --- a password --- */

enum login_end {
	LOGIN_DONE,
	LOGIN_WRONG, /* name or password; which of them, nobody is told */
	LOGIN_WAIT,  /* too many attempts, or too many at the same time */
};

struct login_result {
	enum login_end end;
	uint32_t wait_s;          /* WAIT: until there may be another */
	char code[TOKEN_LEN + 1]; /* DONE: sodium_memzero() it */
	char name[STORE_SUBJECT_MAX +
	    1]; /* DONE: the user's, which need not be what was typed */
};

/* name and password are what was typed, address what the web server saw ("192.0.2.1", "" if it
 * did not say).  A wrong name takes as long as a wrong password.  False with *e: the store does
 * not answer, or the file of login/slots.h cannot be opened. */
bool login_try(struct login *l, struct str name, struct str password, struct str address,
    const struct authorize *a, struct login_result *r, struct err *e);

/* --- the token endpoint (RFC 6749, 4.1.3 and 6) --- */

struct login_tokens {
	const char *error, *why; /* RFC 6749, 5.2; NULL: there is none, and the rest is set */
	char subject[STORE_SUBJECT_MAX + 1];
	char access[TOKEN_LEN + 1], refresh[TOKEN_LEN + 1];
	uint32_t access_s;       /* it expires in so many seconds */
	permissions permissions; /* what it is good for */
};

/* request_id: "" or what names this request if it is sent again.  sodium_memzero() *t
 * afterwards. */
bool login_exchange(struct login *l, const struct form *f, struct str request_id,
    struct login_tokens *t, struct err *e);

/* --- the revocation endpoint (RFC 7009, 2) --- */

struct login_refusal {
	const char *error, *why; /* RFC 6749, 5.2, and RFC 7009, 2.2.1; NULL: it was done */
};

/* Ends the login of the refresh or access token in f, with all its tokens; a token that is not
 * known, or no longer, is none to end, and no error. */
bool login_revoke(
    struct login *l, const struct form *f, struct login_refusal *refusal, struct err *e);

#endif
