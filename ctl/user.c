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

static bool
name_of(const words w, struct str *name, struct err *e)
{
	*name = str_of(*w[WORD_NAME]);
	return subject_is_valid(*name) ||
	    err_set(e, ERR_INVALID_ARGUMENTS,
		"a name is 1 to %d bytes of UTF-8 without control characters",
		STORE_SUBJECT_MAX);
}

bool
ctl_user_add(struct store *s, const words w, struct err *e)
{
	struct store_user u = {0}, there;
	struct err none = {0};
	struct str name;
	bool ok = false;

	if (!name_of(w, &name, e) ||
	    !permissions_parse(str_of(*w[WORD_PERMISSIONS]), &u.permissions, e))
		return false;
	if (store_user_get(s, name, &there, &none)) {
		err_set(e, ERR_INVALID_ARGUMENTS, "there is a user of that name");
		goto out;
	}
	memcpy(u.name, name.s, name.len);
	ok = password_ask(u.password, e) && store_user_add(s, &u, e);
out:
	sodium_memzero(&u, sizeof u);
	sodium_memzero(&there, sizeof there);
	return ok;
}

bool
ctl_user_passwd(struct store *s, const words w, struct err *e)
{
	struct store_user there = {0};
	struct str name;
	bool ok;

	if (!name_of(w, &name, e))
		return false;
	ok = store_user_get(s, name, &there, e) && password_ask(there.password, e) &&
	    store_user_set_password(s, name, there.password, e);
	sodium_memzero(&there, sizeof there);
	return ok;
}

bool
ctl_user_remove(struct store *s, const words w, struct err *e)
{
	struct str name;

	return name_of(w, &name, e) && store_user_remove(s, name, e);
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
