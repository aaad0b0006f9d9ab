/* storage/archive/check_files.c -- DB->verify of files that no environment has open. */
#include <stdlib.h>
#include <string.h>

#include "storage/archive/check.h"

struct files {
	const char *dir;
	const struct log *log;
	size_t n;
};

static void
on_message(const DB_ENV *db, const char *prefix, const char *text)
{
	const struct files *f = db->app_private;

	(void)prefix;
	log_line(f->log, LOG_LEVEL_WARN, "verify", "text=%s", log_quote(str_of(text)).text);
}

static bool
verify_one(DB_ENV *env, const char *name, struct err *e)
{
	DB *db;
	int rc = db_create(&db, env, 0);

	if (rc != 0)
		return db_failed(e, rc, "creating a database handle");
	rc = db->verify(db, name, NULL, NULL, 0); /* and frees the handle */
	return rc == 0 ||
	    err_set(e, ERR_DAMAGED, "%s does not verify: %s", name, db_strerror(rc));
}

/* Each in an environment of its own, without logs or locks, for its messages. */
static bool
each_file(void *files, const char *name, struct err *e)
{
	struct files *f = files;
	DB_ENV *env;
	bool ok;
	int rc;

	if (!env_is_database(name))
		return true;
	rc = db_env_create(&env, 0);
	if (rc != 0)
		return db_failed(e, rc, "creating an environment");
	env->app_private = f;
	env->set_errcall(env, on_message);
	rc = env->open(env, f->dir, DB_CREATE | DB_PRIVATE | DB_INIT_MPOOL, 0600);
	ok = rc == 0 ? verify_one(env, name, e) : db_failed(e, rc, "opening an environment");
	env->close(env, 0);
	f->n += ok;
	return ok;
}

bool
check_files(const char *dir, const struct log *log, size_t *n, struct err *e)
{
	struct files f = {.dir = dir, .log = log};
	bool ok = folder_list(dir, each_file, &f, e);

	*n = f.n;
	return ok;
}
