/* login/login.h -- logins: checks passwords, gives codes, and exchanges codes and refresh
 * tokens (RFC 6749, RFC 7636, RFC 9700).  It knows nothing of HTTP. */
#ifndef LOGIN_LOGIN_H
#define LOGIN_LOGIN_H

#include "auth/permission.h"
#include "auth/token.h"
#include "base/err.h"
#include "login/authorize.h"

struct login; /* each worker has one */

struct login_options {
	struct store *store;
	const char *redirects;  /* for redirect_is_allowed() */
	const char *slots_path; /* the file for slot_take() */
	unsigned slots;         /* passwords that all workers hash at the same time; from 1 */
};

/* The caller keeps what o points to, and must keep it until login_close(). */
void login_open(struct login **l, const struct login_options *o);
void login_close(struct login **l); /* safe on NULL; leaves NULL */

const char *login_redirects(const struct login *l);

/* --- the form: a cookie, and a field that is computed from the cookie --- */

#define LOGIN_COOKIE_LEN 43 /* 32 random bytes in base64url */
#define LOGIN_FIELD_LEN 43

void login_cookie_new(char out[static LOGIN_COOKIE_LEN + 1]);
/* Writes the text of the field that belongs to a cookie.  The cookie may have any text. */
bool login_field_of(
    struct login *l, struct str cookie, char out[static LOGIN_FIELD_LEN + 1], struct err *e);
/* Sets *ok to whether the cookie and the field belong together. */
bool login_field_check(
    struct login *l, struct str cookie, struct str field, bool *ok, struct err *e);

/* --- a password --- */

enum login_end {
	LOGIN_DONE,
	LOGIN_WRONG, /* wrong name or password; the client does not learn which */
	LOGIN_WAIT,  /* too many attempts, or too many at the same time */
};

struct login_result {
	enum login_end end;
	uint32_t wait_s;          /* WAIT: seconds until the next attempt */
	char code[TOKEN_LEN + 1]; /* DONE: sodium_memzero() it */
	char name[STORE_SUBJECT_MAX +
	    1]; /* DONE: the stored name, which may differ from the typed one */
};

/* name and password are as the user typed them.  address is the client's, from the web server
 * ("192.0.2.1"; "" if unknown).  A wrong name takes as long as a wrong password.  False with *e
 * if the store does not answer, or slot_take() cannot open its file. */
bool login_try(struct login *l, struct str name, struct str password, struct str address,
    const struct authorize *a, struct login_result *r, struct err *e);

/* --- the token endpoint (RFC 6749, 4.1.3 and 6) --- */

struct login_tokens {
	const char *error, *why; /* RFC 6749, 5.2; NULL: success, and the rest is set */
	char subject[STORE_SUBJECT_MAX + 1];
	char access[TOKEN_LEN + 1], refresh[TOKEN_LEN + 1];
	uint32_t access_s;       /* seconds until access expires */
	permissions permissions; /* of the access token */
};

/* request_id is the same if the web server sends the same request again; "" if there is none.
 * The caller must sodium_memzero() *t afterwards. */
bool login_exchange(struct login *l, const struct form *f, struct str request_id,
    struct login_tokens *t, struct err *e);

/* --- the revocation endpoint (RFC 7009, 2) --- */

struct login_refusal {
	const char *error, *why; /* RFC 6749, 5.2, and RFC 7009, 2.2.1; NULL: success */
};

/* Ends the login of the refresh or access token in f, and all its tokens.  A token that is
 * unknown or has ended is no error (RFC 7009, 2.2). */
bool login_revoke(
    struct login *l, const struct form *f, struct login_refusal *refusal, struct err *e);

#endif
