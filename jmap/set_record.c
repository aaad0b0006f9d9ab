/* jmap/set_record.c -- the records that a Foo/set is to store (RFC 8620, 5.3). */
#include "jmap/set.h"

#include <stdlib.h>

#include "base/id.h"
#include "jmap/show.h"
#include "jmap/write.h"
#include "model/patch.h"
#include "model/pointer.h"
#include "json/number.h"
#include "json/read.h"

/* v without "id", which is no field of the model; v itself, with one more reference, if it has
 * none. */
static json_t *
without_id(json_t *v)
{
	json_t *copy;

	if (json_object_get(v, "id") == NULL)
		return json_incref(v);
	copy = json_copy(v);
	json_object_del(copy, "id");
	return copy;
}

static void
add_bytes(struct set *s, const struct item *i)
{
	s->bytes += i->record.text.len + i->answer.len;
	s->answer_bytes += i->answer.len;
}

/* A fault can take more bytes to tell than to make, so answers count beside records; and the
 * calls of a Request answer in one Response. */
static bool
count_bytes(struct set *s, const struct item *i, struct err *e)
{
	const struct run *r = s->call->run;
	const size_t most = r->jmap->limits->max_size_response;

	add_bytes(s, i);
	if (s->bytes > most)
		return err_set(
		    e, ERR_REQUEST_TOO_LARGE, "One call may store and answer %zu bytes", most);
	return r->out->len <= most - s->answer_bytes ||
	    err_set(
		e, ERR_REQUEST_TOO_LARGE, "One request may be answered with %zu bytes", most);
}

/* Whether p is empty; otherwise the item is refused for it.  Leaves {0}. */
static bool
is_fine(struct item *i, struct problems *p)
{
	bool fine = problems_count(p) == 0 && !p->too_large;

	if (!fine) {
		set_refuse_problems(i, p);
		record_free(&i->record);
		i->record = (struct record){0};
	}
	problems_free(p);
	return fine;
}

/* --- create --- */

/* 5.3: the answer tells what the client cannot know.  On /jmap that is the id alone: Stalwart's
 * WebUI asks people to write down whatever else is there. */
static bool
show_created(const struct set *s, struct item *i, struct err *e)
{
	const struct type *t = s->call->type;
	uint64_t wanted = 0;

	if (s->call->run->request->face == FACE_MAPS)
		return true;
	for (size_t f = 0; t->fields[f].name != NULL; f++)
		if (i->record.fields[f].absent || i->record.fields[f].differs)
			wanted |= UINT64_C(1) << f;
	return show_record(t, &i->record, wanted, FACE_ARRAYS, &i->answer, e);
}

#define SENT_PRICE 4          /* units for each value that is checked, written and kept */
#define BASE_BYTES_PER_UNIT 2 /* of a stored record that is read, changed and checked again */

/* Takes sent: it is many times the size of the text that is kept of it, and must be gone before
 * an answer is made. */
static bool
make_create(struct set *s, struct item *i, json_t *sent, struct err *e)
{
	const struct limits *limits = s->call->run->jmap->limits;
	struct problems p = {0};
	json_t *v;

	if (!call_charge_tree(s->call, sent, SENT_PRICE, e)) {
		json_decref(sent);
		return false;
	}
	v = without_id(sent);
	if (v != sent)
		problems_add(&p, "id", "is given by the server");
	model_record(s->call->type, v, limits->max_size_record, &i->record, &p);
	json_decref(v);
	json_decref(sent);
	return (!is_fine(i, &p) || show_created(s, i, e)) && count_bytes(s, i, e);
}

bool
set_make_creates(struct set *s, struct err *e)
{
	for (size_t n = 0; n < s->n_create; n++) {
		struct item *i = &s->items[n];
		json_t *sent = json_incref(json_object_get(s->create, i->key.s));

		json_object_set_new(s->create, i->key.s, json_null());
		if (i->state != ITEM_WAITING)
			json_decref(sent);
		else if (!make_create(s, i, sent, e))
			return false;
	}
	return true;
}

/* --- update --- */

/* A bit for each field that the patch is about. */
static uint64_t
touched(const struct type *t, const json_t *patch)
{
	const char *path;
	json_t *v;
	uint64_t bits = 0;

	json_object_foreach((json_t *)patch, path, v) {
		struct str rest = str_of(path), step;
		size_t f;

		if (pointer_cut(&rest, &step) && model_field(t, step, &f) != NULL)
			bits |= UINT64_C(1) << f;
	}
	return bits;
}

/* 5.3: the properties that became something other than what the patch says; null: there are
 * none. */
static bool
show_updated(const struct set *s, struct item *i, const json_t *patch, struct err *e)
{
	const struct type *t = s->call->type;
	uint64_t wanted = touched(t, patch);

	for (size_t f = 0; t->fields[f].name != NULL; f++)
		if (!i->record.fields[f].differs)
			wanted &= ~(UINT64_C(1) << f);
	buf_clear(&i->answer);
	if (wanted == 0) {
		buf_puts(&i->answer, "null");
		return true;
	}
	buf_putc(&i->answer, '{');
	if (!show_record(t, &i->record, wanted, s->call->run->request->face, &i->answer, e))
		return false;
	buf_putc(&i->answer, '}');
	return true;
}

/* The whole object is a patch too (5.3), so its id may be there, if it is the right one. */
static bool
is_own_id(const struct set *s, const struct item *i, const json_t *id)
{
	uint64_t number;

	if (!string_is(id))
		return false;
	if (i->maker != NULL)
		return str_equal(json_str(id), i->key);
	return call_id(s->call, json_str(id), &number) && number == i->id;
}

/* The item's record: base, which is stored or about to be, with the patch applied. */
static bool
make_update(struct set *s, struct item *i, struct str base, struct err *e)
{
	const struct type *t = s->call->type;
	const json_t *sent = json_object_get(s->update, i->key.s);
	const json_t *id = json_object_get(sent, "id");
	json_t *record = NULL, *patch = NULL;
	struct problems p = {0};
	bool ok = false;

	if (!call_charge_tree(s->call, sent, SENT_PRICE, e) ||
	    !call_charge(s->call, base.len / BASE_BYTES_PER_UNIT, e))
		return false;
	record = json_read(base, 0, NULL);
	patch = without_id((json_t *)sent);
	if (record == NULL) {
		err_set(e, ERR_SERVER_FAIL, "A stored record cannot be read");
		goto out;
	}
	if (id != NULL && !is_own_id(s, i, id))
		problems_add(&p, "id", "cannot be changed");
	model_patch(t, record, patch, s->call->run->request->face, &p);
	if (!p.patch)
		model_record(
		    t, record, s->call->run->jmap->limits->max_size_record, &i->record, &p);
	if (is_fine(i, &p)) {
		if (!show_updated(s, i, patch, e))
			goto out;
		if (str_equal(buf_str(&i->record.text), base))
			i->state = ITEM_DONE;
	}
	ok = count_bytes(s, i, e);
out:
	json_decref(patch);
	json_decref(record);
	return ok;
}

static bool
is_waiting_update(const struct item *i)
{
	return i->kind == STORE_UPDATE && i->state == ITEM_WAITING;
}

static bool
fetch(struct set *s, struct store_rows *rows, struct err *e)
{
	struct run *r = s->call->run;
	uint64_t *ids = mem_new(s->n_update, sizeof *ids);
	struct store_get q = {
	    .type = s->call->type,
	    .ids = ids,
	    .want_bodies = true,
	    .max_bytes = r->jmap->limits->max_size_response,
	};
	bool ok;

	for (struct item *i = s->items; i < s->items + s->n; i++)
		if (is_waiting_update(i) && i->maker == NULL)
			ids[q.n++] = i->id;
	ok = q.n == 0 || store_get(r->jmap->store, &q, rows, e);
	free(ids);
	return ok;
}

static bool
update_stored(struct set *s, struct item *i, const struct store_row *row, struct err *e)
{
	record_free(&i->record);
	i->record = (struct record){0};
	i->if_change = row->change;
	if (row->change != 0)
		return make_update(s, i, row->body, e);
	set_refuse(i, ERR_NOT_FOUND, "There is no such record");
	return true;
}

static bool
update_made_here(struct set *s, struct item *i, struct err *e)
{
	if (i->maker->state != ITEM_REFUSED)
		return make_update(s, i, buf_str(&i->maker->record.text), e);
	set_refuse(i, ERR_NOT_FOUND, "The record was not created");
	return true;
}

bool
set_make_updates(struct set *s, struct err *e)
{
	struct store_rows rows = {0};
	const struct store_row *row;
	bool ok = false;

	s->bytes = s->answer_bytes = 0;
	for (struct item *i = s->items; i < s->items + s->n_create; i++)
		add_bytes(s, i);
	if (!fetch(s, &rows, e))
		goto out;
	row = rows.rows;
	for (struct item *i = s->items; i < s->items + s->n; i++) {
		if (!is_waiting_update(i))
			continue;
		if (!(i->maker != NULL ? update_made_here(s, i, e)
				       : update_stored(s, i, row++, e)))
			goto out;
	}
	ok = true;
out:
	store_rows_free(&rows);
	return ok;
}
