/* storage/table.c -- opens the databases of one type and ties its indexes to its rows. */
#include "storage/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/pack.h"

static const char *const index_names[INDEX__COUNT] = {
    [INDEX_DOMAIN] = "domain",
    [INDEX_LABEL] = "label",
    [INDEX_CREATED_AT] = "createdAt",
    [INDEX_DELIVER_AT] = "deliverAt",
    [INDEX_POLICY] = "policy",
};

/* Indexes that hold every row exactly once. */
static const enum index whole[] = {INDEX_DOMAIN, INDEX_CREATED_AT, INDEX_DELIVER_AT};

static const char *const own_names[] = {"rows", "bodies", "changes"};

static bool
is_among(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

bool
table_is_file(const char *name)
{
	for (const struct type *const *t = model_types; *t != NULL; t++) {
		size_t len = strlen((*t)->name);

		if (strncmp(name, (*t)->name, len) == 0 && name[len] == '.' &&
		    (is_among(
			 name + len + 1, own_names, sizeof own_names / sizeof own_names[0]) ||
			is_among(name + len + 1, index_names, INDEX__COUNT)))
			return true;
	}
	return false;
}

/* All keys of a row in one block: the DBTs first, their bytes behind them. */
static int
index_keys(const struct row *r, enum index i, DBT *result)
{
	struct buf keys = {0};
	size_t n = 0, at = 0, *ends = NULL;
	DBT *list;

	for (; row_index_key(r, i, n, &keys); n++) {
		ends = mem_grow(ends, n + 1, sizeof *ends);
		ends[n] = keys.len;
	}
	if (n > 0) {
		list = mem_new(1, n * sizeof *list + keys.len);
		memcpy(list + n, keys.s, keys.len);
		for (size_t k = 0; k < n; at = ends[k++]) {
			list[k].data = (char *)(list + n) + at;
			list[k].size = (uint32_t)(ends[k] - at);
		}
		result->data = list;
		result->size = (uint32_t)n;
		result->flags = DB_DBT_MULTIPLE | DB_DBT_APPMALLOC;
	}
	free(ends);
	buf_free(&keys);
	return n > 0 ? 0 : DB_DONOTINDEX;
}

static int
row_to_keys(DB *secondary, const DBT *key, const DBT *value, DBT *result)
{
	const enum index *i = secondary->app_private;
	struct row r;

	if (key->size != 8 ||
	    !row_unpack(get_be64(key->data), (struct str){value->data, value->size}, &r))
		return EINVAL;
	return index_keys(&r, *i, result);
}

/* Both handles of an index, in that order: the file is made through the associated one. */
static bool
index_open(struct table *t, DB_ENV *env, enum index i, uint32_t create, struct err *e)
{
	static const enum index numbers[INDEX__COUNT] = {
	    INDEX_DOMAIN, INDEX_LABEL, INDEX_CREATED_AT, INDEX_DELIVER_AT, INDEX_POLICY};
	struct buf file = {0};
	bool ok = false;
	int rc;

	buf_printf(&file, "%s.%s", t->type->name, index_names[i]);
	buf_terminate(&file);
	if (!database_open(&t->index[i], env, file.s, DB_RECNUM, create | DB_MULTIVERSION, e))
		goto out;
	t->index[i]->app_private = (void *)(uintptr_t)&numbers[i];
	rc = t->rows->associate(t->rows, NULL, t->index[i], row_to_keys, 0);
	if (rc != 0) {
		db_failed(e, rc, "associating an index");
		goto out;
	}
	if (!database_open(&t->scan[i], env, file.s, DB_RECNUM, DB_RDONLY | DB_MULTIVERSION, e))
		goto out;
	ok = true;
out:
	buf_free(&file);
	return ok;
}

/* An index that lost entries would hide rows in silence. */
static bool
indexes_are_whole(struct table *t, struct err *e)
{
	uint64_t rows, entries;

	if (!database_count(t->rows, NULL, &rows, e))
		return false;
	for (size_t k = 0; k < sizeof whole / sizeof whole[0]; k++) {
		if (!database_count(t->index[whole[k]], NULL, &entries, e))
			return false;
		if (entries != rows)
			return err_set(e, ERR_DAMAGED, "%s.%s holds %llu of %llu rows",
			    t->type->name, index_names[whole[k]], (unsigned long long)entries,
			    (unsigned long long)rows);
	}
	return true;
}

bool
table_open(
    struct table *t, DB_ENV *env, const struct type *type, uint32_t create, struct err *e)
{
	const struct {
		const char *name;
		uint32_t flags;
		DB **db;
	} own[] = {{"rows", DB_RECNUM, &t->rows}, {"bodies", 0, &t->bodies},
	    {"changes", 0, &t->changes}};
	struct buf file = {0};
	bool ok = false;

	*t = (struct table){.type = type};
	for (size_t k = 0; k < sizeof own / sizeof own[0]; k++) {
		buf_clear(&file);
		buf_printf(&file, "%s.%s", type->name, own[k].name);
		buf_terminate(&file);
		if (!database_open(
			own[k].db, env, file.s, own[k].flags, create | DB_MULTIVERSION, e))
			goto out;
	}
	for (enum index i = 0; i < INDEX__COUNT; i++)
		if (!index_open(t, env, i, create, e))
			goto out;
	ok = indexes_are_whole(t, e);
out:
	buf_free(&file);
	if (!ok)
		table_close(t);
	return ok;
}

void
table_close(struct table *t)
{
	for (enum index i = 0; i < INDEX__COUNT; i++) {
		database_close(&t->scan[i]);
		database_close(&t->index[i]);
	}
	database_close(&t->changes);
	database_close(&t->bodies);
	database_close(&t->rows);
	t->type = NULL;
}
