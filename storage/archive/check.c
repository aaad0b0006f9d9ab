/* storage/archive/check.c -- is what is stored whole and consistent? */
#include "storage/archive/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "storage/body.h"
#include "storage/login/tokens.h"
#include "storage/opids.h"
#include "storage/wire/protocol.h"

/* One database while it is walked through. */
struct walk {
	struct check *check;
	struct env *env;
	const struct type *type;
	struct snapshot view; /* of the slice */
	DB *db;
	enum index index;
	uint64_t next_change; /* the change that has to come next, unless it is forgotten */
	struct body_work bodies;
	struct buf row, key, value, text; /* kept for their memory */
};

typedef bool look(struct walk *w, struct str key, struct str value, struct err *e);

static bool
damaged(struct err *e, const struct walk *w, const char *what, uint64_t n)
{
	return err_set(
	    e, ERR_DAMAGED, "%s: %s (%llu)", w->type->name, what, (unsigned long long)n);
}

static uint64_t
number_of(struct str key)
{
	return key.len == 8 ? get_be64((const uint8_t *)key.s) : 0;
}

/* --- rows and what they call for --- */

static bool
body_is_there(struct walk *w, const struct row *r, struct str key, struct err *e)
{
	int found = db_get(w->view.table->bodies, w->view.txn, key, &w->value, e);

	if (found == 0)
		return damaged(e, w, "a record without its body", r->id);
	buf_clear(&w->text);
	return found == 1 && body_unpack(&w->bodies, buf_str(&w->value), r->size, &w->text, e);
}

static bool
index_keys_are_there(struct walk *w, const struct row *r, enum index i, struct err *e)
{
	for (size_t nth = 0; buf_clear(&w->key), row_index_key(r, i, nth, &w->key); nth++) {
		int found =
		    db_get(w->view.table->scan[i], w->view.txn, buf_str(&w->key), &w->value, e);

		if (found < 0)
			return false;
		if (found == 0 || number_of(buf_str(&w->value)) != r->id)
			return damaged(e, w, "a record that an index does not have", r->id);
	}
	return true;
}

static bool
look_at_row(struct walk *w, struct str key, struct str value, struct err *e)
{
	struct row r;

	w->check->rows++;
	if (key.len != 8 || !row_unpack(number_of(key), value, &r))
		return damaged(e, w, "a row that cannot be read", number_of(key));
	if (r.change > w->view.state.change)
		return damaged(e, w, "a row newer than its type's last change", r.id);
	if (!body_is_there(w, &r, key, e))
		return false;
	for (enum index i = 0; i < INDEX__COUNT; i++)
		if (!index_keys_are_there(w, &r, i, e))
			return false;
	return true;
}

static bool
look_at_body(struct walk *w, struct str key, struct str value, struct err *e)
{
	struct row r;
	int found = snapshot_row(&w->view, number_of(key), &w->row, &r, e);

	(void)value;
	if (found == 0)
		return damaged(e, w, "a body without its record", number_of(key));
	return found == 1;
}

/* The other direction: a key that no row calls for. */
static bool
look_at_entry(struct walk *w, struct str key, struct str value, struct err *e)
{
	uint64_t id = number_of(value);
	struct row r;
	int found = snapshot_row(&w->view, id, &w->row, &r, e);

	w->check->index_entries++;
	if (found < 0)
		return false;
	for (size_t nth = 0; found == 1; nth++) {
		buf_clear(&w->key);
		if (!row_index_key(&r, w->index, nth, &w->key))
			break;
		if (str_equal(buf_str(&w->key), key))
			return true;
	}
	return damaged(e, w, "an index entry that no record calls for", id);
}

static bool
look_at_change(struct walk *w, struct str key, struct str value, struct err *e)
{
	struct unpack u = unpack_of(value);
	uint64_t n = number_of(key);
	uint8_t kind = unpack_u8(&u);

	w->check->changes++;
	unpack_u64(&u);
	unpack_i64(&u);
	if (!unpack_done(&u) || kind < STORE_CREATE || kind > STORE_DESTROY)
		return damaged(e, w, "a change that cannot be read", n);
	/* Old changes may be forgotten between two slices. */
	if (w->next_change <= w->view.oldest)
		w->next_change = w->view.oldest + 1;
	if (n != w->next_change)
		return damaged(e, w, "a change log with a hole before", n);
	w->next_change = n + 1;
	return true;
}

/* --- slices --- */

/* From where the last slice ended.  *more: there may be another. */
static int
slice_read(struct walk *w, DBT *key, DBT *value, look *at, bool *more, struct err *e)
{
	DBC *c = NULL;
	struct buf from = {0};
	bool first = key->data == NULL, ok = true;
	int rc = w->db->cursor(w->db, w->view.txn, &c, 0);

	buf_add(&from, key->data, key->size);
	for (size_t n = 0; rc == 0 && ok && n < CHECK_SLICE; n++) {
		struct str k;

		rc = c->get(c, key, value, n > 0 || first ? DB_NEXT : DB_SET_RANGE);
		k = (struct str){key->data, key->size};
		if (rc == 0 && (n > 0 || first || !str_equal(k, buf_str(&from))))
			ok = at(w, k, (struct str){value->data, value->size}, e);
	}
	if (c != NULL)
		c->close(c);
	buf_free(&from);
	*more = rc == 0;
	return ok && rc == DB_NOTFOUND ? 0 : rc;
}

/* What holds for a whole type in one moment; after the last slice of its change log. */
static bool
counts_agree(struct walk *w, bool at_end, struct err *e)
{
	static const enum index whole[] = {INDEX_DOMAIN, INDEX_CREATED_AT, INDEX_DELIVER_AT};
	uint64_t rows, entries;

	if (w->db == w->view.table->changes && at_end &&
	    w->view.state.change != w->view.oldest &&
	    w->view.state.change + 1 != w->next_change)
		return damaged(e, w, "a change log that ends before", w->view.state.change);
	if (w->db != w->view.table->rows)
		return true;
	if (!database_count(w->view.table->rows, w->view.txn, &rows, e))
		return false;
	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
		if (!database_count(w->view.table->index[whole[i]], w->view.txn, &entries, e))
			return false;
		if (rows != entries)
			return damaged(e, w, "an index that counts otherwise", entries);
	}
	return true;
}

static bool
between(struct check *c)
{
	return c->between == NULL || c->between(c->arg);
}

static bool
walk_all(struct walk *w, DB *db, look *at, struct err *e)
{
	DBT key = {.flags = DB_DBT_REALLOC}, value = {.flags = DB_DBT_REALLOC};
	bool more = true, ok = true;

	w->db = db;
	w->next_change = 0;
	while (ok && more && between(w->check)) {
		int rc;

		if (!snapshot_begin(&w->view, w->env, w->type, e)) {
			ok = false;
			break;
		}
		rc = slice_read(w, &key, &value, at, &more, e);
		ok = e->code == ERR_NONE && (rc == 0 || db_failed(e, rc, "checking")) &&
		    counts_agree(w, !more, e);
		snapshot_end(&w->view);
	}
	free(key.data);
	free(value.data);
	return ok;
}

static bool
check_type(struct check *c, struct env *env, const struct type *t, struct err *e)
{
	const struct table *table = &env->tables[t->number];
	struct walk w = {.check = c, .env = env, .type = t};
	bool ok = walk_all(&w, table->rows, look_at_row, e) &&
	    walk_all(&w, table->bodies, look_at_body, e) &&
	    walk_all(&w, table->changes, look_at_change, e);

	for (w.index = 0; ok && w.index < INDEX__COUNT; w.index++)
		ok = walk_all(&w, table->scan[w.index], look_at_entry, e);
	body_work_free(&w.bodies);
	buf_free(&w.row);
	buf_free(&w.key);
	buf_free(&w.value);
	buf_free(&w.text);
	return ok;
}

/* --- what is of no type --- */

static bool
check_tokens(struct check *c, struct env *env, struct err *e)
{
	struct store_tokens tokens;

	if (!token_list(env, &tokens, e))
		return false;
	c->tokens = tokens.n;
	store_tokens_free(&tokens);
	return true;
}

static bool
check_timed(struct check *c, struct env *env, struct err *e)
{
	uint64_t n;

	return timed_check(&env->opids, &c->opids, e) && timed_check(&env->grants, &n, e) &&
	    timed_check(&env->attempts, &n, e);
}

bool
check_environment(struct check *c, struct env *env, struct err *e)
{
	c->rows = c->index_entries = c->changes = c->tokens = c->opids = 0;
	for (const struct type *const *t = model_types; *t != NULL; t++)
		if (!check_type(c, env, *t, e))
			return false;
	return check_tokens(c, env, e) && (!c->alone || check_timed(c, env, e));
}
