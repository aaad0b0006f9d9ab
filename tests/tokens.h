/* tests/tokens.h -- bearer tokens of every sort, as tests send them. */
#ifndef TESTS_TOKENS_H
#define TESTS_TOKENS_H

#include <stdbool.h>

#include "auth/token.h"
#include "base/err.h"
#include "storage/store.h"

#define TOKENS_MAX 12

struct tokens {
	struct {
		const char *name; /* "reader" */
		char header[TOKEN_LEN + sizeof "Bearer "];
	} list[TOKENS_MAX];
	size_t n;
};

/* Makes one of each in the store: admin, reader, submitter, one for each single permission used
 * by the cases, one that is expired and one that is revoked. */
bool tokens_make(struct tokens *t, struct store *s, struct err *e);

/* The Authorization header of that name; NULL if there is none. */
const char *tokens_header(const struct tokens *t, const char *name);

#endif
