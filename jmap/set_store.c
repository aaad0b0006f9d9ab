/* jmap/set_store.c -- a Foo/set and the store: one transaction, asked again for records that
 * changed meanwhile. */
#include "jmap/set.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/id.h"
#include "base/pack.h"

/* A conflict is somebody else's commit on the same record between our read and our write.  Of
 * those who keep colliding each waits a random while, longer from time to time, as on an
 * Ethernet: so nearly always a few attempts do. */
#define ATTEMPTS_MAX 64
#define PAUSE_MAX_MS 32

static void
pause_before(unsigned attempt)
{
	uint32_t most_ms = attempt < 5 ? UINT32_C(1) << attempt : PAUSE_MAX_MS;

	usleep(randombytes_uniform(most_ms * 1000));
}

/* The same for the same attempt at the same call of the same HTTP request, however often a web
 * server sends it. */
static void
operation_id(const struct set *s, unsigned attempt, uint8_t opid[static STORE_OPID_LEN])
{
	const struct call *c = s->call;
	const struct run *r = c->run;
	struct buf all = {0};

	if (r->request->request_id.len == 0) {
		randombytes_buf(opid, STORE_OPID_LEN);
		return;
	}
	pack_str(&all, r->request->request_id);
	pack_str(&all, str_of(r->request->principal->subject));
	pack_u64(&all, c->index);
	pack_u32(&all, attempt);
	pack_str(&all, c->method);
	buf_add(&all, r->body_hash, sizeof r->body_hash);
	crypto_generichash(opid, STORE_OPID_LEN, (unsigned char *)all.s, all.len, NULL, 0);
	buf_free(&all);
}

static struct store_op
op_of(const struct set *s, const struct item *i)
{
	return (struct store_op){
	    .kind = i->kind,
	    .tag = (uint32_t)(i - s->items),
	    .id = i->id,
	    .created_by =
		i->maker == NULL ? STORE_NOT_CREATED_HERE : (uint32_t)(i->maker - s->items),
	    .if_change = i->if_change,
	    .body = buf_str(&i->record.text),
	    .keys = &i->record.keys,
	};
}

/* An item of a record that this set was to create, and did not. */
static bool
is_orphan(const struct item *i)
{
	return i->maker != NULL && i->maker->state == ITEM_REFUSED;
}

static size_t
list_ops(struct set *s, struct store_op *ops)
{
	size_t n = 0;

	for (struct item *i = s->items; i < s->items + s->n; i++) {
		if (i->state != ITEM_WAITING)
			continue;
		if (is_orphan(i))
			set_refuse(i, ERR_NOT_FOUND, "The record was not created");
		else
			ops[n++] = op_of(s, i);
	}
	return n;
}

/* The store's word counts more than ours: if it knew the operation, ours was about the world
 * after it. */
static void
heed_result(struct set *s, const struct store_results *all, const struct store_result *result)
{
	struct item *i;

	assert(result->tag < s->n);
	i = &s->items[result->tag];
	switch (result->outcome) {
	case STORE_DONE:
		if (i->state == ITEM_REFUSED)
			buf_clear(&i->answer);
		i->state = ITEM_DONE;
		if (i->kind == STORE_CREATE)
			i->id = result->id;
		if (i->kind == STORE_UPDATE && i->answer.len == 0)
			buf_puts(&i->answer, "null");
		break;
	case STORE_NOT_FOUND:
		set_refuse(i, ERR_NOT_FOUND, "There is no such record");
		break;
	case STORE_CONFLICT:
		i->state = ITEM_WAITING;
		break;
	case STORE_SAME: /* of creates with an id, which a client cannot ask for */
	case STORE_ID_TAKEN:
		set_refuse(i, ERR_SERVER_FAIL, "The id is taken");
		break;
	case STORE_OVER_QUOTA:
		set_refuse(i, ERR_OVER_QUOTA,
		    "Only %llu MiB are free on the server's disk, and %llu are kept in reserve",
		    (unsigned long long)(all->free_bytes >> 20),
		    (unsigned long long)(all->reserve_bytes >> 20));
		break;
	}
}

static bool
same_state(struct state a, struct state b)
{
	return a.epoch == b.epoch && a.change == b.change;
}

static bool
ask_store(struct set *s, unsigned attempt, struct err *e)
{
	struct store_op *ops = mem_new(s->n, sizeof *ops);
	struct store_set q = {
	    .type = s->call->type,
	    .if_in_state = s->if_in_state && attempt == 0,
	    .state = s->state,
	    .ops = ops,
	    .n = list_ops(s, ops),
	};
	struct store_results r = {0};
	bool ok = false;

	operation_id(s, attempt, q.opid);
	if (!store_set(s->call->run->jmap->store, &q, &r, e))
		goto out;
	for (size_t i = 0; i < r.n; i++)
		heed_result(s, &r, &r.results[i]);
	/* If others wrote between two attempts of ours, no state is the one right before them.
	 */
	s->knows_old = attempt == 0 || (s->knows_old && same_state(s->new_state, r.old_state));
	if (attempt == 0)
		s->old_state = r.old_state;
	s->new_state = r.new_state;
	ok = true;
out:
	store_results_free(&r);
	free(ops);
	return ok;
}

static bool
is_any_waiting(const struct set *s)
{
	for (const struct item *i = s->items; i < s->items + s->n; i++)
		if (i->state == ITEM_WAITING)
			return true;
	return false;
}

static void
refuse_waiting(struct set *s)
{
	for (struct item *i = s->items; i < s->items + s->n; i++)
		if (i->state == ITEM_WAITING)
			set_refuse(i, ERR_RATE_LIMIT,
			    "Others are changing the record; read it again and try again");
}

/* Where there is nothing to do: the state alone. */
static bool
ask_state(struct set *s, struct err *e)
{
	const struct store_get q = {.type = s->call->type};
	struct store_rows rows = {0};

	if (!store_get(s->call->run->jmap->store, &q, &rows, e))
		return false;
	s->knows_old = true;
	s->old_state = s->new_state = rows.state;
	store_rows_free(&rows);
	return !s->if_in_state || same_state(s->state, s->new_state) ||
	    err_set(e, ERR_STATE_MISMATCH, "The state is not ifInState");
}

static void
remember_created(struct set *s)
{
	char text[ID_LEN + 1];

	for (struct item *i = s->items; i < s->items + s->n_create; i++) {
		if (i->state != ITEM_DONE)
			continue;
		id_format(s->call->type->letter, i->id, text);
		json_object_set_new(s->call->run->created_ids, i->key.s, json_string(text));
	}
}

/* Once one transaction is done its results stand, whatever becomes of the attempts after it. */
bool
set_store(struct set *s, struct err *e)
{
	struct err later = {0};

	if (s->n_update == 0 && !is_any_waiting(s))
		return ask_state(s, e);
	if (!set_make_updates(s, e) || !ask_store(s, 0, e))
		return false;
	for (unsigned attempt = 1; is_any_waiting(s) && attempt < ATTEMPTS_MAX; attempt++) {
		pause_before(attempt);
		if (!set_make_updates(s, &later) || !ask_store(s, attempt, &later))
			break;
	}
	refuse_waiting(s);
	remember_created(s);
	return true;
}
