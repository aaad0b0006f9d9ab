/* tests/visitor.h -- somebody who logs in: a browser and the WebUI behind it, over any way to
 * an outbox. */
#ifndef TESTS_VISITOR_H
#define TESTS_VISITOR_H

#include "auth/token.h"
#include "tests/cases.h"

#define VISITOR_NAME "alice"
#define VISITOR_PASSWORD "correct horse"
#define VISITOR_STATE "0123456789abcdef0123456789abcdef"

/* A request of the WebUI (RFC 7636, appendix B), as the query of /login and as part of a form.
 */
#define VISITOR_CALLBACK "http%3A%2F%2Flocalhost%2Fadmin%2Foauth%2Fcallback"
#define VISITOR_REQUEST                                                                        \
	"response_type=code&client_id=stalwart-webui&redirect_uri=" VISITOR_CALLBACK           \
	"&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method="   \
	"S256&state=" VISITOR_STATE

struct visitor {
	const struct transport *transport;
	const char *origin;   /* sent with forms; NULL: none */
	char cookie[128];     /* "name=value"; "": none yet */
	char field[64];       /* of the form that was shown last */
	struct answer answer; /* the last one */
	char location[2048];  /* of it; "": none */
	char code[TOKEN_LEN + 1];
	char access[TOKEN_LEN + 1], refresh[TOKEN_LEN + 1];
	long expires_in;
};

/* Adds alice, who may do everything.  A test cannot go on without her. */
void visitor_make_user(struct store *s);

void visitor_open(struct visitor *v, const struct transport *t);
void visitor_close(struct visitor *v);

/* Each sends one request and returns the status of its answer. */
int visitor_get(struct visitor *v, const char *path);
int visitor_post(struct visitor *v, const char *path, const char *form);
int visitor_see_form(struct visitor *v); /* GET /login, and keeps cookie and field */
/* Sends the form that was shown last; name and password escaped.  Keeps the code. */
int visitor_log_in(struct visitor *v, const char *name, const char *password);
/* POST /auth/token with code or refresh token; keeps what comes back. */
int visitor_use_code(struct visitor *v, const char *code);
int visitor_use_refresh(struct visitor *v, const char *refresh);
/* POST /auth/revoke; more is NULL or further parameters, "&token_type_hint=x". */
int visitor_revoke(struct visitor *v, const char *token, const char *more);
/* GET /jmap/session with an access token. */
int visitor_see_session(struct visitor *v, const char *access);

/* The value of a header of the last answer, up to the end of its line; "" if there is none. */
const char *visitor_header(struct visitor *v, const char *name);

#endif
