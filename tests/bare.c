/* tests/bare.c -- the store without its process. */
#include "tests/bare.h"

#include <CUnit/CUnit.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/body.h"
#include "storage/set.h"

#define CACHE_MB 8

static void
give_up(const struct err *e)
{
	fprintf(stderr, "tests/bare: %s\n", e->text);
	exit(1);
}

void
bare_open(struct bare *b)
{
	struct env_options o = {.dir = b->dir,
	    .may_create = true,
	    .cache_mb = CACHE_MB,
	    .reserve_bytes = b->reserve_bytes};
	struct err e = {0};

	if (!env_open(&b->env, &o, &b->clock, &b->log, &e) ||
	    !writer_start(&b->writer, &b->env, &e))
		give_up(&e);
}

void
bare_close(struct bare *b)
{
	writer_stop(&b->writer);
	env_close(&b->env);
}

void
bare_start(struct bare *b)
{
	*b = (struct bare){.log = {.program = "tests", .level = LOG_LEVEL_ERROR}};
	scratch_make(b->dir);
	bare_open(b);
}

void
bare_stop(struct bare *b)
{
	bare_close(b);
	scratch_remove(b->dir);
}

bool
bare_set(struct bare *b, const struct store_set *q, struct store_results *out, struct err *e)
{
	struct buf frame = {0};
	struct set_request request = {0};
	struct set_job set = {.request = &request};
	struct job job = {.run = set_run, .arg = &set, .ops = q->n};
	struct unpack u;
	bool ok = false;

	*out = (struct store_results){0};
	pack_set(&frame, q);
	u = unpack_of(buf_str(&frame));
	if (!unpack_set(&u, &request)) {
		err_set(e, ERR_SERVER_FAIL, "the set was packed wrongly");
		goto out;
	}
	if (!set_weigh(&b->env, &request, &set.entries, e))
		goto out;
	job.entries = set.entries;
	if (!writer_do(b->writer, &job, e))
		goto out;
	u = unpack_of(buf_str(&set.answer));
	if (!unpack_results(&u, out)) {
		err_set(e, ERR_SERVER_FAIL, "the results were packed wrongly");
		goto out;
	}
	ok = true;
out:
	set_request_free(&request);
	buf_free(&set.answer);
	buf_free(&frame);
	return ok;
}

void
sample_make(struct sample *s, unsigned seed)
{
	static const char *const domains[] = {"example.com", "mail.example.com",
	    "a.b.c.example.org", "example.org", "com", "xn--bcher-kva.example"};

	*s = (struct sample){0};
	snprintf(s->domain, sizeof s->domain, "%s", domains[seed % 6]);
	snprintf(s->body, sizeof s->body, "{\"seed\":%u,\"pad\":\"%.*s\"}", seed,
	    (int)(seed % 150),
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	s->keys.domain = str_of(s->domain);
	s->keys.created_at = (int64_t)(seed % 7) - 3;
	s->keys.deliver_at = (int64_t)(seed * 31 % 1000);
	s->keys.n_policies = seed % 4;
	for (size_t i = 0; i < s->keys.n_policies; i++)
		s->keys.policies[i] = (seed / 3 + 5 * i) % 9;
}

struct store_op
sample_op(const struct sample *s, enum store_op_kind kind, uint32_t tag)
{
	struct store_op o = {.kind = kind, .tag = tag, .created_by = STORE_NOT_CREATED_HERE};

	o.body = str_of(s->body);
	o.keys = &s->keys;
	return o;
}

/* One table while it is looked through. */
struct look {
	const struct table *table;
	uint64_t rows, expected[INDEX__COUNT]; /* entries that the rows call for */
	bool ok;
};

static void
complain(struct look *l, const char *what, uint64_t n)
{
	fprintf(stderr, "%s: %s (%llu)\n", l->table->type->name, what, (unsigned long long)n);
	l->ok = false;
}

static void
look_at_row(struct look *l, const struct row *r)
{
	struct buf key = {0}, value = {0}, text = {0};
	uint8_t id[8];
	struct body_work work = {0};
	struct err e = {0};

	put_be64(id, r->id);
	if (db_get(l->table->bodies, NULL, (struct str){(char *)id, 8}, &value, &e) != 1 ||
	    !body_unpack(&work, buf_str(&value), r->size, &text, &e))
		complain(l, "a row without its body", r->id);
	for (enum index i = 0; i < INDEX__COUNT; i++)
		for (size_t nth = 0; buf_clear(&key), row_index_key(r, i, nth, &key); nth++) {
			l->expected[i]++;
			if (db_get(l->table->scan[i], NULL, buf_str(&key), &value, &e) != 1 ||
			    value.len != 8 || get_be64((uint8_t *)value.s) != r->id)
				complain(l, "a row that an index does not have", r->id);
		}
	buf_free(&key);
	buf_free(&value);
	buf_free(&text);
	body_work_free(&work);
}

/* Calls each() for every entry; the number of them. */
static uint64_t
walk(struct look *l, DB *db, void (*each)(struct look *, struct str key, struct str value))
{
	DBT key = {.flags = DB_DBT_REALLOC}, value = {.flags = DB_DBT_REALLOC};
	uint64_t n = 0;
	DBC *c;
	int rc = db->cursor(db, NULL, &c, 0);

	for (; rc == 0 && (rc = c->get(c, &key, &value, DB_NEXT)) == 0; n++)
		if (each != NULL)
			each(l, (struct str){key.data, key.size},
			    (struct str){value.data, value.size});
	c->close(c);
	free(key.data);
	free(value.data);
	if (rc != DB_NOTFOUND)
		complain(l, db_strerror(rc), n);
	return n;
}

static void
each_row(struct look *l, struct str key, struct str value)
{
	struct row r;

	if (key.len != 8 || !row_unpack(get_be64((const uint8_t *)key.s), value, &r))
		complain(l, "a row that cannot be read", l->rows);
	else
		look_at_row(l, &r);
	l->rows++;
}

bool
table_is_sound(struct env *env, const struct type *t)
{
	struct look l = {.table = &env->tables[t->number], .ok = true};
	struct counters c = {0};
	struct err e = {0};
	uint64_t n;

	walk(&l, l.table->rows, each_row);
	if (walk(&l, l.table->bodies, NULL) != l.rows)
		complain(&l, "bodies without rows", l.rows);
	for (enum index i = 0; i < INDEX__COUNT; i++) {
		if (walk(&l, l.table->scan[i], NULL) != l.expected[i])
			complain(&l, "entries of an index without rows", (uint64_t)i);
		if (!database_count(l.table->index[i], NULL, &n, &e) || n != l.expected[i])
			complain(&l, "an index that counts wrongly", n);
	}
	if (!env_counters(env, NULL, t, &c, &e) ||
	    walk(&l, l.table->changes, NULL) != c.change - c.oldest)
		complain(&l, "a change log with holes", c.change);
	return l.ok;
}

/* A set of DMARC reports that must succeed; its opid begins with the number. */
struct store_results
bare_set_numbered(struct bare *b, unsigned number, const struct store_op *ops, size_t n)
{
	struct store_set q = {.type = &dmarc_internal_report, .ops = ops, .n = n};
	struct store_results r;
	struct err e = {0};

	put_be64(q.opid, number);
	if (!bare_set(b, &q, &r, &e))
		CU_FAIL_FATAL("the set failed");
	return r;
}

/* One op alone: its result. */
struct store_result
bare_set_one(struct bare *b, unsigned number, struct store_op op)
{
	struct store_results r = bare_set_numbered(b, number, &op, 1);
	struct store_result one = {0};

	CU_ASSERT_EQUAL_FATAL(r.n, 1);
	one = r.results[0];
	store_results_free(&r);
	return one;
}

struct store_op
sample_destroy(uint64_t id)
{
	return (struct store_op){
	    .kind = STORE_DESTROY, .id = id, .created_by = STORE_NOT_CREATED_HERE};
}

struct store_op
sample_update(const struct sample *s, uint64_t id, uint64_t if_change)
{
	struct store_op o = sample_op(s, STORE_UPDATE, 0);

	o.id = id;
	o.if_change = if_change;
	return o;
}

uint64_t
bare_count(struct bare *b)
{
	const struct table *t = &b->env.tables[dmarc_internal_report.number];
	uint64_t n = 0;
	struct err e = {0};

	CU_ASSERT_TRUE(database_count(t->rows, NULL, &n, &e));
	return n;
}
