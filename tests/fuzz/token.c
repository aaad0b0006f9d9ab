/* tests/fuzz/token.c -- what strangers put into an Authorization header, and admins into
 * outboxctl. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "auth/auth.h"
#include "auth/permission.h"
#include "auth/subject.h"
#include "auth/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A token has one text. */
static void
check_token(struct str text)
{
	struct token t;
	char again[TOKEN_LEN + 1];

	if (!token_parse(text, &t))
		return;
	token_format(&t, again);
	if (!str_is(text, again))
		abort();
}

static void
check_id(struct str text)
{
	uint8_t id[STORE_TOKEN_ID_LEN];
	char again[TOKEN_ID_TEXT_LEN + 1];

	if (!token_id_parse(text, id))
		return;
	token_id_format(id, again);
	if (!str_equal_nocase(text, str_of(again)))
		abort();
}

/* What permissions_format() writes is read as the same permissions. */
static void
check_permissions(struct str list)
{
	permissions p = 0, again = 0;
	struct buf shown = {0};
	struct err e = {0};

	if (!permissions_parse(list, &p, &e))
		return;
	permissions_format(p, &shown);
	if (!permissions_parse(buf_str(&shown), &again, &e) || again != p)
		abort();
	buf_free(&shown);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};

	check_token(text);
	check_permissions(text);
	check_id(text);
	if (subject_is_valid(text) && (size == 0 || memchr(data, '\0', size) != NULL))
		abort();
	if (auth_challenge(text) == NULL)
		abort();
	return 0;
}
