/* ctl/user.c -- outboxctl user add, passwd, list, remove. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "auth/permission.h"
#include "auth/subject.h"
#include "base/date.h"
#include "ctl/command.h"
#include "ctl/password.h"
#include "ctl/table.h"
#include "login/precis.h"

/* Makes the normal form of a new user's name, and prints it if it differs from the typed one.
 * buf_free() *name. */
static bool
new_name(struct str typed, struct buf *name, struct err *e)
{
	const char *wrong = precis_name(typed, name);

	if (wrong != NULL)
		return err_set(e, ERR_INVALID_ARGUMENTS, "this name is not valid: %s", wrong);
	if (name->len > STORE_SUBJECT_MAX)
		return err_set(e, ERR_INVALID_ARGUMENTS, "a name is at most %d bytes of UTF-8",
		    STORE_SUBJECT_MAX);
	if (!str_equal(typed, buf_str(name)))
		fprintf(stderr, "outboxctl: the user's name is \"%s\"\n", buf_terminate(name));
	return true;
}

bool
ctl_user_get(struct store *s, struct str typed, struct store_user *u, struct err *e)
{
	struct buf name = {0};
	struct err why = {0};
	bool ok;

	if (!subject_is_valid(typed))
		return err_set(e, ERR_INVALID_ARGUMENTS,
		    "a name is 1 to %d bytes of UTF-8 without control characters",
		    STORE_SUBJECT_MAX);
	ok = store_user_get(s, typed, u, &why) ||
	    (why.code == ERR_NOT_FOUND && precis_name(typed, &name) == NULL &&
		store_user_get(s, buf_str(&name), u, &(struct err){0})) ||
	    err_set(e, why.code, "%s", why.text);
	buf_free(&name);
	return ok;
}

bool
ctl_user_do(struct store *s, struct str typed, user_act *act, struct err *e)
{
	struct store_user there = {0};
	struct err why = {0};
	bool ok;

	if (ctl_user_get(s, typed, &there, &why))
		ok = act(s, str_of(there.name), e);
	else if (why.code == ERR_NOT_FOUND)
		ok = act(s, typed, e); /* the store refuses it, and logs that */
	else
		ok = err_set(e, why.code, "%s", why.text);
	sodium_memzero(&there, sizeof there);
	return ok;
}

bool
ctl_user_add(struct store *s, const words w, struct err *e)
{
	struct store_user u = {0}, there = {0};
	struct buf name = {0};
	bool ok = false;

	if (!new_name(str_of(*w[WORD_NAME]), &name, e) ||
	    !permissions_parse(str_of(*w[WORD_PERMISSIONS]), &u.permissions, e))
		goto out;
	if (ctl_user_get(s, str_of(*w[WORD_NAME]), &there, &(struct err){0})) {
		err_set(e, ERR_INVALID_ARGUMENTS, "a user of that name already exists");
		goto out;
	}
	memcpy(u.name, name.s, name.len);
	ok = password_ask(u.password, e) && store_user_add(s, &u, e);
out:
	buf_free(&name);
	sodium_memzero(&u, sizeof u);
	sodium_memzero(&there, sizeof there);
	return ok;
}

bool
ctl_user_passwd(struct store *s, const words w, struct err *e)
{
	struct store_user there = {0};
	bool ok = ctl_user_get(s, str_of(*w[WORD_NAME]), &there, e) &&
	    password_ask(there.password, e) &&
	    store_user_set_password(s, str_of(there.name), there.password, e);

	sodium_memzero(&there, sizeof there);
	return ok;
}

bool
ctl_user_remove(struct store *s, const words w, struct err *e)
{
	return ctl_user_do(s, str_of(*w[WORD_NAME]), store_user_remove, e);
}

static void
add_user(struct table *table, const struct store_user *u)
{
	char created[DATE_LEN + 1], changed[DATE_LEN + 1];
	struct buf names = {0};

	date_format(u->created_s, created);
	date_format(u->changed_s, changed);
	permissions_format(u->permissions, &names);
	table_add_new(table,
	    json_pack("{s: s, s: s, s: s, s: s}", "CREATED", created, "PASSWORD", changed,
		"NAME", u->name, "PERMISSIONS", buf_terminate(&names)));
	buf_free(&names);
}

bool
ctl_user_list(struct store *s, const words w, struct err *e)
{
	static const char *const names[] = {"CREATED", "PASSWORD", "NAME", "PERMISSIONS", NULL};
	struct store_users users;
	struct table table;

	(void)w;
	if (!store_user_list(s, &users, e))
		return false;
	table_start_named(&table, names);
	for (size_t i = 0; i < users.n; i++)
		add_user(&table, &users.list[i]);
	table_print(&table);
	table_free(&table);
	store_users_free(&users);
	return true;
}
