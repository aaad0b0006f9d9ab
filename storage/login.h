/* storage/login.h -- what the store keeps for people who log in: users, what they granted to a
 * client, and attempts that failed; login/ gives them their meaning.
 *
 * As in storage/store.h, every function is one round trip, and returns true, or false with *e
 * set. */
#ifndef STORAGE_LOGIN_H
#define STORAGE_LOGIN_H

#include "storage/store.h"

/* --- users --- */

#define STORE_PASSWORD_MAX 127 /* bytes of a hash, as crypto_pwhash_str() writes it */

struct store_user {
	char name[STORE_SUBJECT_MAX + 1];
	char password[STORE_PASSWORD_MAX + 1]; /* its argon2id hash; "" in a list */
	uint64_t permissions;                  /* auth/permission.h */
	uint64_t stamp; /* the store's, another with each password: what was granted under
			   another one is void */
	int64_t created_s, changed_s; /* seconds since 1970; the store's */
};

struct store_users {
	size_t n;
	struct store_user *list; /* by name */
};

/* A name that exists is ERR_INVALID_ARGUMENTS. */
bool store_user_add(struct store *s, const struct store_user *u, struct err *e);
/* Another password: all that was granted under the old one ends at once.  ERR_NOT_FOUND. */
bool store_user_set_password(
    struct store *s, struct str name, const char *password, struct err *e);
bool store_user_get(
    struct store *s, struct str name, struct store_user *u, struct err *e); /* ERR_NOT_FOUND */
bool store_user_list(struct store *s, struct store_users *out, struct err *e);
void store_users_free(struct store_users *r);
/* With all that the user granted.  ERR_NOT_FOUND. */
bool store_user_remove(struct store *s, struct str name, struct err *e);

/* --- grants: a login, from the authorization code on (RFC 6749, 4.1).  A grant has an id, and
 * one secret after another: the code, then a refresh token that is a new one with each use.
 * Beside it goes an access token, which store_token_verify() knows by the same id. --- */

#define STORE_CLIENT_MAX 64     /* bytes */
#define STORE_REDIRECT_MAX 1024 /* bytes */
#define STORE_ADDRESS_MAX 45    /* bytes of an IP address as text */
#define STORE_CHALLENGE_LEN 32  /* bytes: SHA-256 of the verifier (RFC 7636, 4.2) */

#define GRANT_CODE_S 60                        /* a code is good for so long */
#define GRANT_ACCESS_S 3600                    /* an access token */
#define GRANT_REFRESH_S (INT64_C(30) * 86400)  /* a refresh token that is not used */
#define GRANT_ABSOLUTE_S (INT64_C(90) * 86400) /* a login, however often refreshed */
#define GRANT_GRACE_S                                                                          \
	30                /* a used refresh token gets the same answer again for so long: two  \
			     tabs that share one, and an answer that was lost */
#define GRANTS_MAX 100000 /* more end those that would end first */

enum store_secret { STORE_CODE = 1, STORE_REFRESH = 2 };

struct store_grant {
	uint8_t id[STORE_TOKEN_ID_LEN];
	uint8_t secret[STORE_TOKEN_SECRET_LEN]; /* of the code */
	struct str user;
	uint64_t stamp; /* of the user whose password was right; another by now is
			   ERR_UNAUTHORIZED */
	struct str client, redirect;
	struct str address; /* that it comes from, "192.0.2.1"; {0}: not known */
	uint8_t challenge[STORE_CHALLENGE_LEN];
};

bool store_grant_begin(struct store *s, const struct store_grant *g, struct err *e);

/* A code or a refresh token, to be used up. */
struct store_take {
	enum store_secret kind;
	uint8_t id[STORE_TOKEN_ID_LEN];
	uint8_t secret[STORE_TOKEN_SECRET_LEN];
	uint8_t opid[STORE_OPID_LEN]; /* the same request sent twice has the same, and gets the
					 same answer */
	struct str client;
	struct str redirect;                    /* CODE */
	uint8_t challenge[STORE_CHALLENGE_LEN]; /* CODE */
};

struct store_taken {
	char user[STORE_SUBJECT_MAX + 1];
	uint8_t access[STORE_TOKEN_SECRET_LEN], refresh[STORE_TOKEN_SECRET_LEN];
	uint32_t access_s;    /* seconds until the access token expires */
	uint64_t permissions; /* of the user: what the access token is good for */
};

/* Unknown, expired, of another client, redirect or challenge: ERR_UNAUTHORIZED.  Used before:
 * so too, and the grant ends with all its tokens (RFC 9700, 4.14.2), except where the same
 * answer is given again. */
bool store_grant_take(
    struct store *s, const struct store_take *t, struct store_taken *out, struct err *e);

/* --- the logins there are, and their end --- */

struct store_login {
	uint8_t id[STORE_TOKEN_ID_LEN];
	char user[STORE_SUBJECT_MAX + 1], client[STORE_CLIENT_MAX + 1];
	char address[STORE_ADDRESS_MAX + 1]; /* that it was begun from; "": not known */
	int64_t begun_s, used_s, ends_s; /* used: when it last got tokens; seconds since 1970 */
};

struct store_logins {
	size_t n;
	struct store_login *list; /* the oldest first */
};

/* Those that stand: not over, and of users who have the same password as then. */
bool store_login_list(struct store *s, struct store_logins *out, struct err *e);
void store_logins_free(struct store_logins *r);

/* Each ends logins with all their tokens, at once for all workers.  ERR_NOT_FOUND: there is no
 * such login, or no such user. */
bool store_login_end(
    struct store *s, const uint8_t id[static STORE_TOKEN_ID_LEN], struct err *e);
bool store_user_end_logins(struct store *s, struct str name, struct err *e);

/* A refresh or access token that its client gives back (RFC 7009). */
struct store_revoke {
	uint8_t id[STORE_TOKEN_ID_LEN];
	uint8_t secret[STORE_TOKEN_SECRET_LEN];
	struct str client;
};

enum store_revoked {
	STORE_REVOKED_NONE = 1,          /* there is no such token: nothing to do */
	STORE_REVOKED = 2,               /* its login has ended */
	STORE_REVOKED_NOT_OF_CLIENT = 3, /* it stays: it was not given to a client by a login */
};

bool store_login_revoke(
    struct store *s, const struct store_revoke *r, enum store_revoked *revoked, struct err *e);

/* --- attempts to log in --- */

#define ATTEMPTS_A_NAME 10
#define ATTEMPTS_AN_ADDRESS 30
#define ATTEMPT_WINDOW_S 900    /* failures are forgotten so long after the last of them */
#define ATTEMPT_WAIT_FIRST_S 30 /* after the last of those; doubled with each further one */
#define ATTEMPT_WAIT_MAX_S 900
#define ATTEMPTS_MAX 100000 /* names and addresses; more forget those that are due first */

/* Before a password is looked at: counts an attempt as failed, or tells in *wait_s after how
 * many seconds there may be another; 0: go on. */
bool store_attempt_begin(
    struct store *s, struct str name, struct str address, uint32_t *wait_s, struct err *e);
/* It was right: forgets the name's failures, and this one of the address. */
bool store_attempt_succeeded(
    struct store *s, struct str name, struct str address, struct err *e);

/* A key that all workers share, and only this purpose: what binds a form to its cookie. */
#define STORE_FORM_KEY_LEN 32
bool store_form_key(struct store *s, uint8_t key[static STORE_FORM_KEY_LEN], struct err *e);

#endif
