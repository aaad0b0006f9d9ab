/* storage/get.c -- Foo/get (RFC 8620, 5.1): rows and bodies by id. */
#include <stdlib.h>

#include "base/pack.h"
#include "storage/body.h"
#include "storage/env.h"

struct reader {
	struct snapshot snapshot;
	const struct store_get *query;
	struct store_rows *out; /* .body.s is set at the end, when .frame moves no more */
	struct buf value, body; /* of the last row */
	struct body_work work;
	size_t room; /* rows that .out->rows has room for */
};

#define BODY_UNITS 50           /* to find a body and unpack it */
#define BODY_BYTES_PER_UNIT 100 /* of its text */

/* The body, of as many bytes as its row says, behind the others in the frame. */
static bool
add_body(struct reader *g, const struct row *r, struct err *e)
{
	struct buf *frame = &g->out->frame;
	uint8_t id[8];
	int found;

	if (!snapshot_charge(&g->snapshot, BODY_UNITS + r->size / BODY_BYTES_PER_UNIT, e))
		return false;
	if (!g->query->page && r->size > g->query->max_bytes - frame->len)
		return err_set(e, ERR_REQUEST_TOO_LARGE,
		    "the records together are larger than %zu bytes", g->query->max_bytes);
	put_be64(id, r->id);
	found = db_get(g->snapshot.table->bodies, g->snapshot.txn,
	    (struct str){(const char *)id, sizeof id}, &g->body, e);
	if (found == 0)
		err_set(e, ERR_DAMAGED, "record %llu has no body", (unsigned long long)r->id);
	return found == 1 && body_unpack(&g->work, buf_str(&g->body), r->size, frame, e);
}

static bool
add_row(struct reader *g, const struct row *r, struct err *e)
{
	struct store_row *to;

	if (g->out->n == g->room) {
		g->room = g->room ? 2 * g->room : 64;
		g->out->rows = mem_grow(g->out->rows, g->room, sizeof *g->out->rows);
	}
	to = &g->out->rows[g->out->n++];
	*to = (struct store_row){.id = r->id, .change = r->change};
	if (r->change == 0 || !g->query->want_bodies)
		return true;
	to->body.len = r->size;
	return add_body(g, r, e);
}

static bool
add_named(struct reader *g, struct err *e)
{
	for (size_t i = 0; i < g->query->n; i++) {
		struct row r;
		int found = snapshot_row(&g->snapshot, g->query->ids[i], &g->value, &r, e);

		if (found == 0)
			r = (struct row){.id = g->query->ids[i]};
		if (found < 0 || !add_row(g, &r, e))
			return false;
	}
	return true;
}

static bool
page_is_full(const struct reader *g, const struct row *r)
{
	return g->out->n > 0 &&
	    (g->out->n >= g->query->max_objects ||
		g->out->frame.len + r->size > g->query->max_bytes);
}

static bool
add_all(struct reader *g, struct err *e)
{
	DB *rows = g->snapshot.table->rows;
	uint8_t id[8];
	DBT key = {.data = id, .size = sizeof id, .ulen = sizeof id, .flags = DB_DBT_USERMEM};
	DBT value = {.flags = DB_DBT_REALLOC};
	uint32_t which = DB_SET_RANGE;
	DBC *c = NULL;
	bool ok = false;
	int rc = rows->cursor(rows, g->snapshot.txn, &c, 0);

	put_be64(id, g->query->after + 1);
	for (; rc == 0 && (rc = c->get(c, &key, &value, which)) == 0; which = DB_NEXT) {
		struct row r;

		if (key.size != 8 ||
		    !row_unpack(get_be64(id), (struct str){value.data, value.size}, &r)) {
			err_set(e, ERR_DAMAGED, "a row cannot be read");
			goto out;
		}
		if (g->query->page && page_is_full(g, &r))
			break;
		if (!g->query->page && g->out->n == g->query->max_objects) {
			err_set(e, ERR_REQUEST_TOO_LARGE, "there are more than %zu records",
			    g->query->max_objects);
			goto out;
		}
		if (!add_row(g, &r, e))
			goto out;
	}
	ok = rc == 0 || rc == DB_NOTFOUND || db_failed(e, rc, "reading rows");
out:
	if (c != NULL)
		c->close(c);
	free(value.data);
	return ok;
}

bool
read_get(struct env *env, const struct store_get *q, struct store_rows *out, struct err *e)
{
	struct reader g = {.query = q, .out = out};
	size_t at = 0;
	bool ok = false;

	*out = (struct store_rows){0};
	if (!snapshot_begin_within(&g.snapshot, env, q->type, q->until.budget, e))
		return false;
	out->state = g.snapshot.state;
	if (!(q->all ? add_all(&g, e) : add_named(&g, e)))
		goto out;
	for (size_t i = 0; i < out->n; at += out->rows[i++].body.len)
		out->rows[i].body.s = out->rows[i].body.len ? out->frame.s + at : NULL;
	ok = true;
out:
	snapshot_end(&g.snapshot);
	buf_free(&g.value);
	buf_free(&g.body);
	body_work_free(&g.work);
	if (!ok)
		store_rows_free(out);
	return ok;
}
