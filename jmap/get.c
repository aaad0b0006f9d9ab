/* jmap/get.c -- Foo/get (RFC 8620, 5.1). */
#include "jmap/call.h"

#include <stdlib.h>

#include "base/id.h"
#include "jmap/show.h"
#include "jmap/write.h"

/* What is asked for. */
struct get {
	uint64_t wanted; /* fields, a bit each */
	uint64_t *ids;   /* no duplicates */
	size_t n;
	json_t *not_found; /* array of those that cannot be an id of this type */
};

static bool
read_properties(const struct call *c, uint64_t *wanted, struct err *e)
{
	const json_t *properties = json_object_get(c->args, "properties");
	size_t i, field;
	json_t *name;

	*wanted = properties == NULL ? MODEL_ALL_FIELDS : 0;
	json_array_foreach(properties, i, name) {
		if (str_is(json_str(name), "id"))
			continue;
		if (model_field(c->type, json_str(name), &field) == NULL)
			return err_set_at(e, ERR_INVALID_ARGUMENTS, "properties",
			    "has \"%.100s\", which is no property of %s",
			    json_string_value(name), c->type->name);
		*wanted |= UINT64_C(1) << field;
	}
	return true;
}

/* An id that is there twice is answered once (5.1). */
static void
read_ids(const struct call *c, const json_t *ids, struct get *g)
{
	json_t *seen = json_object(), *text;
	char key[ID_LEN + 1];
	size_t i;

	g->ids = mem_new(json_array_size(ids), sizeof *g->ids);
	json_array_foreach(ids, i, text) {
		struct str s = json_str(text);

		if (call_id(c, s, &g->ids[g->n])) {
			id_format(c->type->letter, g->ids[g->n], key);
			if (json_object_get(seen, key) == NULL)
				g->n++;
			json_object_set_new(seen, key, json_true());
			continue;
		}
		if (json_object_getn(seen, s.s, s.len) == NULL)
			json_array_append(g->not_found, text);
		json_object_setn_new(seen, s.s, s.len, json_true());
	}
	json_decref(seen);
}

/* Room for this call's records: what the calls before it took is gone. */
static size_t
room(const struct run *r)
{
	size_t max = r->jmap->limits->max_size_response;

	return max > r->out->len ? max - r->out->len : 0;
}

static bool
fetch(const struct call *c, struct get *g, struct store_rows *rows, struct err *e)
{
	const struct limits *limits = c->run->jmap->limits;
	const json_t *ids = json_object_get(c->args, "ids");
	struct store_get q = {
	    .type = c->type,
	    .all = ids == NULL,
	    .want_bodies = g->wanted != 0,
	    .max_objects = limits->max_objects_in_get,
	    .max_bytes = room(c->run),
	};

	if (json_array_size(ids) > limits->max_objects_in_get)
		return err_set_at(e, ERR_REQUEST_TOO_LARGE, "ids", "may hold %zu ids",
		    limits->max_objects_in_get);
	read_ids(c, ids, g);
	q.ids = g->ids;
	q.n = g->n;
	return store_get(c->run->jmap->store, &q, rows, e);
}

#define BODY_BYTES_PER_UNIT 4 /* of a stored record that is shown */

static bool
write_list(struct call *c, const struct get *g, const struct store_rows *rows, struct err *e)
{
	struct buf *out = c->run->out;

	write_name(out, "list");
	buf_putc(out, '[');
	for (size_t i = 0; i < rows->n; i++) {
		const struct store_row *row = &rows->rows[i];

		if (row->change == 0)
			continue;
		if (!call_charge(c, 1 + row->body.len / BODY_BYTES_PER_UNIT, e))
			return false;
		write_comma(out);
		buf_puts(out, "{\"id\":");
		write_id(out, c->type, row->id);
		if (g->wanted != 0)
			buf_putc(out, ',');
		if (!show_body(c->type, row->body, g->wanted, c->run->request->face, out, e))
			return false;
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
	return true;
}

static void
write_not_found(const struct call *c, const struct get *g, const struct store_rows *rows)
{
	struct buf *out = c->run->out;
	size_t i;
	json_t *text;

	write_name(out, "notFound");
	buf_putc(out, '[');
	for (i = 0; i < rows->n; i++) {
		if (rows->rows[i].change != 0)
			continue;
		write_comma(out);
		write_id(out, c->type, rows->rows[i].id);
	}
	json_array_foreach(g->not_found, i, text) {
		write_comma(out);
		text_string(out, json_str(text));
	}
	buf_putc(out, ']');
}

bool
jmap_get(struct call *c, struct err *e)
{
	struct get g = {.not_found = json_array()};
	struct store_rows rows = {0};
	bool ok = false;

	if (!read_properties(c, &g.wanted, e))
		goto out;
	if (!fetch(c, &g, &rows, e))
		goto out;
	call_open(c);
	write_name(c->run->out, "state");
	write_state(c->run->out, rows.state);
	if (!write_list(c, &g, &rows, e))
		goto out;
	write_not_found(c, &g, &rows);
	buf_putc(c->run->out, '}');
	ok = true;
out:
	store_rows_free(&rows);
	json_decref(g.not_found);
	free(g.ids);
	return ok;
}
