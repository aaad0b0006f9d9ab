/* ctl/token.c -- outboxctl token create, list, rotate, revoke. */
#include "auth/token.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "auth/permission.h"
#include "auth/subject.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/io.h"
#include "ctl/command.h"
#include "ctl/duration.h"
#include "ctl/table.h"
#include "ctl/text.h"

#define TOKEN_FILE_MAX 4096 /* bytes */

/* --- what the command line says --- */

static bool
read_duration(const words w, enum word option, int64_t max_s, const char *max_text,
    int64_t *seconds, struct err *e)
{
	*seconds = 0;
	if (*w[option] == NULL ||
	    (duration_parse(str_of(*w[option]), seconds) && *seconds <= max_s))
		return true;
	return err_set(e, ERR_INVALID_ARGUMENTS,
	    "%s must be a number and one of s, m, h, d, w, such as 90d, and at most %s",
	    word_forms[option].name, max_text);
}

static bool
check_subject(const char *subject, struct err *e)
{
	return subject_is_valid(str_of(subject)) ||
	    err_set(e, ERR_INVALID_ARGUMENTS,
		"a subject is 1 to %d bytes of UTF-8 without control characters",
		STORE_SUBJECT_MAX);
}

static bool
read_expiry(const words w, int64_t now_s, int64_t *expires_s, struct err *e)
{
	int64_t seconds;

	if (!read_duration(w, WORD_EXPIRES, DURATION_MAX_S, "36500d", &seconds, e))
		return false;
	*expires_s = seconds > 0 ? now_s + seconds : 0;
	return true;
}

/* Gets the id of a token from the token itself. Refuses the token of a login, which looks
 * alike. */
static bool
id_of_token(
    struct store *s, struct str text, uint8_t id[static STORE_TOKEN_ID_LEN], struct err *e)
{
	struct store_token found;
	struct token token;
	bool ok = token_parse(text, &token);

	if (!ok)
		err_set(e, ERR_INVALID_ARGUMENTS,
		    "this is no token: one begins with %s and has %d characters", TOKEN_PREFIX,
		    TOKEN_LEN);
	else if ((ok = store_token_verify(s, token.id, token.secret, &found, e)))
		memcpy(id, token.id, sizeof token.id);
	else if (e->code == ERR_UNAUTHORIZED)
		*e = (struct err){.code = ERR_NOT_FOUND,
		    .text = "this token is not known: it was revoked, or belongs to another "
			    "outbox"};
	token_wipe(&token);
	return ok;
}

static bool
id_in_file(
    struct store *s, const char *path, uint8_t id[static STORE_TOKEN_ID_LEN], struct err *e)
{
	struct buf text = {0};
	struct err why = {0};
	bool ok = io_read_file(path, TOKEN_FILE_MAX, &text, &why);
	size_t len = text.len;

	if (!ok)
		err_set(e, ERR_INVALID_ARGUMENTS, "%s", why.text);
	while (len > 0 && strchr(" \t\r\n", text.s[len - 1]) != NULL)
		len--;
	ok = ok && id_of_token(s, (struct str){text.s, len}, id, e);
	sodium_memzero(text.s, text.len);
	buf_free(&text);
	return ok;
}

/* Reads the id of the token. ID may also be the token itself; --token-file names a file that
 * holds it. */
static bool
read_id(struct store *s, const words w, uint8_t id[static STORE_TOKEN_ID_LEN], struct err *e)
{
	struct str text;

	if (*w[WORD_TOKEN_FILE] != NULL)
		return id_in_file(s, *w[WORD_TOKEN_FILE], id, e);
	text = str_of(*w[WORD_ID]);
	if (token_id_parse(text, id))
		return true;
	if (str_cut_prefix(&text, TOKEN_PREFIX))
		return id_of_token(s, str_of(*w[WORD_ID]), id, e);
	return err_set(e, ERR_INVALID_ARGUMENTS,
	    "a token's id has %d hexadecimal digits, as `outboxctl token list` shows it",
	    TOKEN_ID_TEXT_LEN);
}

/* --- output --- */

/* Returns the object to print for --json. */
static json_t *
json_of(const struct store_token *t, const char *text)
{
	char id[TOKEN_ID_TEXT_LEN + 1], created[DATE_LEN + 1], expires[DATE_LEN + 1] = "";
	char used[DATE_LEN + 1] = "";
	struct buf names = {0};
	json_t *v;

	token_id_format(t->id, id);
	date_format(t->created_s, created);
	if (t->expires_s != 0)
		date_format(t->expires_s, expires);
	if (t->last_used_s != 0)
		date_format(t->last_used_s, used);
	permissions_format(t->permissions, &names);
	v = json_pack("{s: s, s: s*, s: s, s: s, s: s, s: s?, s: s?}", "id", id, "token", text,
	    "subject", t->subject, "permissions", buf_terminate(&names), "createdAt", created,
	    "expiresAt", t->expires_s != 0 ? expires : NULL, "lastUsedAt",
	    t->last_used_s != 0 ? used : NULL);
	buf_free(&names);
	return v;
}

static void
print_json(const struct store_token *t, const char *text)
{
	struct buf line = {0};
	json_t *v = json_of(t, text);

	text_json(v, false, &line);
	fwrite(line.s, 1, line.len, stdout);
	sodium_memzero(line.s, line.len);
	buf_free(&line);
	json_decref(v);
}

/* Prints only the token on standard output, for scripts, and the rest on standard error.
 * False if writing failed, so that nobody can have read it. */
static bool
print_token(const words w, const struct token *token, const struct store_token *t)
{
	char text[TOKEN_LEN + 1], id[TOKEN_ID_TEXT_LEN + 1], expires[DATE_LEN + 1];
	struct buf line = {0};
	bool ok;

	token_format(token, text);
	token_id_format(t->id, id);
	if (*w[WORD_JSON] != NULL)
		print_json(t, text);
	else
		puts(text);
	ok = fflush(stdout) == 0 && !ferror(stdout);
	sodium_memzero(text, sizeof text);
	if (!ok || *w[WORD_JSON] != NULL)
		return ok;
	buf_printf(&line, "token %s of %s ", id, t->subject);
	if (t->expires_s != 0)
		date_format(t->expires_s, expires);
	if (t->expires_s != 0)
		buf_printf(&line, "expires at %s", expires);
	else
		buf_puts(&line, "does not expire");
	text_complain(buf_terminate(&line));
	buf_free(&line);
	return true;
}

static bool
not_printed(struct store *s, const uint8_t id[static STORE_TOKEN_ID_LEN], struct err *e)
{
	struct err why = {0};

	if (store_token_revoke(s, id, &why))
		return err_set(e, ERR_SERVER_FAIL,
		    "cannot write the token to standard output; it is revoked again");
	return err_set(e, ERR_SERVER_FAIL,
	    "cannot write the token to standard output, nor revoke it: %s; see `outboxctl "
	    "token "
	    "list`",
	    why.text);
}

/* --- commands --- */

static bool
describe(const words w, struct store_token *t, struct err *e)
{
	struct clock clock = {0};
	struct str subject = str_of(*w[WORD_SUBJECT]);

	t->created_s = clock_now_s(&clock);
	if (!check_subject(*w[WORD_SUBJECT], e) ||
	    !permissions_parse(str_of(*w[WORD_PERMISSIONS]), &t->permissions, e) ||
	    !read_expiry(w, t->created_s, &t->expires_s, e))
		return false;
	memcpy(t->subject, subject.s, subject.len);
	return true;
}

bool
ctl_token_create(struct store *s, const words w, struct err *e)
{
	struct store_token described = {0};
	struct token t;
	bool ok = false;

	token_new(&t);
	memcpy(described.id, t.id, sizeof t.id);
	if (describe(w, &described, e) && store_token_create(s, &described, t.secret, e))
		ok = print_token(w, &t, &described) || not_printed(s, t.id, e);
	token_wipe(&t);
	return ok;
}

/* The old token ends only after the new one was printed. */
bool
ctl_token_rotate(struct store *s, const words w, struct err *e)
{
	struct store_rotation q = {.keep_expiry = *w[WORD_EXPIRES] == NULL, .keep_old = true};
	struct clock clock = {0};
	struct store_token made;
	struct token t;
	bool ok = false;

	token_new(&t);
	memcpy(q.id, t.id, sizeof t.id);
	if (!read_expiry(w, clock_now_s(&clock), &q.expires_s, e) ||
	    !read_duration(w, WORD_GRACE, STORE_GRACE_MAX_S, "365d", &q.grace_s, e) ||
	    !read_id(s, w, q.old_id, e) || !store_token_rotate(s, &q, t.secret, &made, e))
		goto out;
	if (!print_token(w, &t, &made)) {
		not_printed(s, t.id, e);
		goto out;
	}
	q.keep_old = false;
	ok = store_token_rotate(s, &q, t.secret, &made, e);
out:
	token_wipe(&t);
	return ok;
}

static void
add_token(struct table *table, const struct store_token *t)
{
	json_t *v = json_of(t, NULL);
	const json_t *expires = json_object_get(v, "expiresAt");
	const json_t *used = json_object_get(v, "lastUsedAt");

	table_add_new(table,
	    json_pack("{s: O, s: O, s: s, s: s, s: O, s: O}", "ID", json_object_get(v, "id"),
		"CREATED", json_object_get(v, "createdAt"), "EXPIRES",
		json_is_null(expires) ? "never" : json_string_value(expires), "LAST USED",
		json_is_null(used) ? "-" : json_string_value(used), "SUBJECT",
		json_object_get(v, "subject"), "PERMISSIONS",
		json_object_get(v, "permissions")));
	json_decref(v);
}

bool
ctl_token_list(struct store *s, const words w, struct err *e)
{
	static const char *const names[] = {
	    "ID", "CREATED", "EXPIRES", "LAST USED", "SUBJECT", "PERMISSIONS", NULL};
	struct store_tokens tokens;
	struct table table;

	if (!store_token_list(s, &tokens, e))
		return false;
	table_start_named(&table, names);
	for (size_t i = 0; i < tokens.n; i++)
		if (*w[WORD_JSON] != NULL)
			print_json(&tokens.list[i], NULL);
		else
			add_token(&table, &tokens.list[i]);
	table_print(&table);
	table_free(&table);
	store_tokens_free(&tokens);
	return true;
}

static bool
revoke_of(struct store *s, const char *subject, struct err *e)
{
	struct store_tokens tokens;

	if (!check_subject(subject, e) ||
	    !store_token_revoke_of(s, str_of(subject), &tokens, e))
		return false;
	for (size_t i = 0; i < tokens.n; i++) {
		char id[TOKEN_ID_TEXT_LEN + 1];

		token_id_format(tokens.list[i].id, id);
		printf("revoked %s\n", id);
	}
	store_tokens_free(&tokens);
	return true;
}

bool
ctl_token_revoke(struct store *s, const words w, struct err *e)
{
	uint8_t id[STORE_TOKEN_ID_LEN];
	char text[TOKEN_ID_TEXT_LEN + 1];

	if (*w[WORD_SUBJECT] != NULL)
		return revoke_of(s, *w[WORD_SUBJECT], e);
	if (!read_id(s, w, id, e) || !store_token_revoke(s, id, e))
		return false;
	token_id_format(id, text);
	printf("revoked %s\n", text);
	return true;
}
