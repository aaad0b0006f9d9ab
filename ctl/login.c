/* ctl/login.c -- outboxctl login list, end. */
#include "auth/token.h"
#include "base/date.h"
#include "ctl/command.h"
#include "ctl/table.h"

static void
add_login(struct table *table, const struct store_login *l)
{
	char id[TOKEN_ID_TEXT_LEN + 1], since[DATE_LEN + 1], last[DATE_LEN + 1];

	token_id_format(l->id, id);
	date_format(l->begun_s, since);
	date_format(l->used_s, last);
	table_add_new(table,
	    json_pack("{s: s, s: s, s: s, s: s, s: s, s: s}", "ID", id, "SINCE", since, "LAST",
		last, "FROM", l->address[0] != '\0' ? l->address : "-", "CLIENT", l->client,
		"USER", l->user));
}

bool
ctl_login_list(struct store *s, const words w, struct err *e)
{
	static const char *const names[] = {
	    "ID", "SINCE", "LAST", "FROM", "CLIENT", "USER", NULL};
	struct store_logins logins;
	struct table table;

	(void)w;
	if (!store_login_list(s, &logins, e))
		return false;
	table_start_named(&table, names);
	for (size_t i = 0; i < logins.n; i++)
		add_login(&table, &logins.list[i]);
	table_print(&table);
	table_free(&table);
	store_logins_free(&logins);
	return true;
}

static bool
end_one(struct store *s, struct str text, struct err *e)
{
	uint8_t id[STORE_TOKEN_ID_LEN];

	if (!token_id_parse(text, id))
		return err_set(e, ERR_INVALID_ARGUMENTS,
		    "a login's id is %d hexadecimal digits, as in `outboxctl login list`",
		    TOKEN_ID_TEXT_LEN);
	return store_login_end(s, id, e);
}

bool
ctl_login_end(struct store *s, const words w, struct err *e)
{
	if (*w[WORD_USER] == NULL)
		return end_one(s, str_of(*w[WORD_ID]), e);
	return ctl_user_do(s, str_of(*w[WORD_USER]), store_user_end_logins, e);
}
