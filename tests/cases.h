/* tests/cases.h -- the folders of tests/api: what is sent, and what must come back.
 * tests/api/README.md describes them. */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "tests/tokens.h"

#define CASES_DIR "tests/api"

/* One HTTP request. */
struct exchange {
	const char *method;           /* "POST" */
	const char *path;             /* "/api" */
	const char *authorization;    /* value of the header; NULL: none */
	const char *content_type;     /* NULL: none */
	const char *content_encoding; /* NULL: none */
	struct str body;
	const char *cookie, *origin; /* NULL: none */
};

/* And what came back: answer_free(). */
struct answer {
	int status;
	struct buf headers; /* lines "Name: value\n" */
	struct buf body;
};

void answer_free(struct answer *a); /* leaves {0} */

/* How a request reaches an outbox: a call in this process, or HTTP through a web server. */
struct transport {
	bool (*send)(void *arg, const struct exchange *x, struct answer *a, struct err *e);
	void *arg;
	const struct tokens *tokens;
};

/* Posts body to path with the admin's token; *reply is the parsed answer, for json_decref().  A
 * status that is not 200 or a body that is not JSON is ERR_SERVER_FAIL. */
bool transport_post(const struct transport *t, const char *path, struct str body,
    json_t **reply, struct err *e);

/* Destroys every record there is. */
bool transport_empty(const struct transport *t, struct err *e);

/* Names of the folders in CASES_DIR that begin with prefix, sorted; for free() each and the
 * array.  NULL if there is no such folder. */
char **cases_list(const char *prefix, size_t *n);

/* Runs one case on an empty outbox.  False with one sentence in why. */
bool case_run(const struct transport *t, const char *name, struct buf *why);

/* Every case that begins with prefix; one CUnit assertion each. */
void cases_check(const struct transport *t, const char *prefix);

#endif
