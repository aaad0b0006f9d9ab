/* ctl/token.c -- outboxctl token create, list, revoke. */
#include "auth/token.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "auth/permission.h"
#include "auth/subject.h"
#include "base/clock.h"
#include "base/date.h"
#include "ctl/command.h"
#include "ctl/duration.h"
#include "ctl/table.h"

static bool
describe(const words w, struct store_token *t, struct err *e)
{
	struct clock clock = {0};
	struct str subject = str_of(*w[WORD_SUBJECT]);
	int64_t seconds = 0;

	if (!subject_is_valid(subject))
		return err_set(e, ERR_INVALID_ARGUMENTS,
		    "a subject is 1 to %d bytes of UTF-8 without control characters",
		    STORE_SUBJECT_MAX);
	if (!permissions_parse(str_of(*w[WORD_PERMISSIONS]), &t->permissions, e))
		return false;
	if (*w[WORD_EXPIRES] != NULL && !duration_parse(str_of(*w[WORD_EXPIRES]), &seconds))
		return err_set(e, ERR_INVALID_ARGUMENTS,
		    "--expires is a number and one of s, m, h, d, w, at most 100 years: 90d");
	memcpy(t->subject, subject.s, subject.len);
	t->created_s = clock_now_s(&clock);
	t->expires_s = seconds > 0 ? t->created_s + seconds : 0;
	return true;
}

bool
ctl_token_create(struct store *s, const words w, struct err *e)
{
	struct store_token described = {0};
	struct token t;
	char text[TOKEN_LEN + 1] = "";
	bool ok = false;

	token_new(&t);
	memcpy(described.id, t.id, sizeof t.id);
	if (!describe(w, &described, e) || !store_token_create(s, &described, t.secret, e))
		goto out;
	token_format(&t, text);
	if (puts(text) < 0 || fflush(stdout) != 0) {
		err_set(e, ERR_SERVER_FAIL, "cannot print the token; it is revoked again");
		store_token_revoke(s, described.id, &(struct err){0});
		goto out;
	}
	ok = true;
out:
	token_wipe(&t);
	sodium_memzero(text, sizeof text);
	return ok;
}

static void
add_token(struct table *table, const struct store_token *t)
{
	char id[TOKEN_ID_TEXT_LEN + 1], created[DATE_LEN + 1], expires[DATE_LEN + 1] = "never";
	struct buf names = {0};

	token_id_format(t->id, id);
	date_format(t->created_s, created);
	if (t->expires_s != 0)
		date_format(t->expires_s, expires);
	permissions_format(t->permissions, &names);
	table_add_new(table,
	    json_pack("{s: s, s: s, s: s, s: s, s: s}", "ID", id, "CREATED", created, "EXPIRES",
		expires, "SUBJECT", t->subject, "PERMISSIONS", buf_terminate(&names)));
	buf_free(&names);
}

bool
ctl_token_list(struct store *s, const words w, struct err *e)
{
	static const char *const names[] = {
	    "ID", "CREATED", "EXPIRES", "SUBJECT", "PERMISSIONS", NULL};
	struct store_tokens tokens;
	struct table table;

	(void)w;
	if (!store_token_list(s, &tokens, e))
		return false;
	table_start_named(&table, names);
	for (size_t i = 0; i < tokens.n; i++)
		add_token(&table, &tokens.list[i]);
	table_print(&table);
	table_free(&table);
	store_tokens_free(&tokens);
	return true;
}

bool
ctl_token_revoke(struct store *s, const words w, struct err *e)
{
	uint8_t id[STORE_TOKEN_ID_LEN];

	if (!token_id_parse(str_of(*w[WORD_ID]), id))
		return err_set(e, ERR_INVALID_ARGUMENTS,
		    "a token's id is %d hexadecimal digits, as in `outboxctl token list`",
		    TOKEN_ID_TEXT_LEN);
	return store_token_revoke(s, id, e);
}
