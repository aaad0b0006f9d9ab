/* tests/chaos/environment.c -- a copy of the store's folder, read with Berkeley DB alone. */
#include "tests/chaos/environment.h"

#include <db.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_BYTES (64u << 20)
#define PATH_BYTES 512
#define SAID_MAX 10
/* Each page in the cache takes a mutex, and each page version of a recovered transaction. */
#define MUTEXES 200000

static bool
failed(struct err *e, int rc, const char *what, const char *file)
{
	return err_set(e, ERR_SERVER_FAIL, "%s %s: %s", what, file, db_strerror(rc));
}

/* One error makes Berkeley DB say one for each page in the cache. */
static void
show(const DB_ENV *env, const char *prefix, const char *text)
{
	unsigned *said = env->app_private;

	(void)prefix;
	if (++*said <= SAID_MAX)
		puts(text);
}

bool
environment_recover(const char *dir, struct err *e)
{
	DB_ENV *env = NULL;
	unsigned said = 0;
	int rc = db_env_create(&env, 0), closed;

	if (rc != 0)
		return failed(e, rc, "no environment for", dir);
	env->app_private = &said;
	env->set_errcall(env, show);
	if ((rc = env->set_cachesize(env, 0, CACHE_BYTES, 1)) == 0 &&
	    (rc = env->mutex_set_max(env, MUTEXES)) == 0)
		rc = env->open(env, dir,
		    DB_CREATE | DB_INIT_LOG | DB_INIT_MPOOL | DB_INIT_TXN | DB_PRIVATE |
			DB_RECOVER,
		    0600);
	closed = env->close(env, 0);
	if (rc == 0)
		rc = closed;
	return rc == 0 || failed(e, rc, "recovering", dir);
}

static void
path_of(const char *dir, const char *file, char out[static PATH_BYTES])
{
	snprintf(out, PATH_BYTES, "%s/%s", dir, file);
}

bool
environment_verify(const char *dir, const char *file, struct err *e)
{
	char path[PATH_BYTES];
	DB *db = NULL;
	int rc = db_create(&db, NULL, 0);

	if (rc != 0)
		return failed(e, rc, "no handle for", file);
	path_of(dir, file, path);
	rc = db->verify(db, path, NULL, NULL, 0); /* and closes it */
	return rc == 0 || failed(e, rc, "verifying", file);
}

bool
environment_walk(const char *dir, const char *file,
    void (*take)(void *arg, struct str key, struct str value), void *arg, struct err *e)
{
	DBT key = {.flags = DB_DBT_REALLOC}, value = {.flags = DB_DBT_REALLOC};
	char path[PATH_BYTES];
	DBC *cursor = NULL;
	DB *db = NULL;
	int rc = db_create(&db, NULL, 0);

	if (rc != 0)
		return failed(e, rc, "no handle for", file);
	path_of(dir, file, path);
	if ((rc = db->set_cachesize(db, 0, CACHE_BYTES, 1)) != 0 ||
	    (rc = db->open(db, NULL, path, NULL, DB_BTREE, DB_RDONLY, 0)) != 0 ||
	    (rc = db->cursor(db, NULL, &cursor, 0)) != 0)
		goto out;
	while ((rc = cursor->get(cursor, &key, &value, DB_NEXT)) == 0)
		take(arg, (struct str){key.data, key.size},
		    (struct str){value.data, value.size});
	rc = rc == DB_NOTFOUND ? 0 : rc;
out:
	if (cursor != NULL)
		cursor->close(cursor);
	db->close(db, 0);
	free(key.data);
	free(value.data);
	return rc == 0 || failed(e, rc, "reading", file);
}
