/* storage/set.c -- Foo/set (RFC 8620, 5.3) as a job of the writer. */
#include "storage/set.h"

#include <stdlib.h>

#include "base/id.h"
#include "base/pack.h"
#include "storage/body.h"
#include "storage/opids.h"

/* One set while it is done. */
struct progress {
	struct batch *batch;
	const struct set_request *request;
	struct table *table;
	struct counters *counters;
	struct store_result *results; /* of the ops before .done */
	size_t done;
	struct buf value; /* of the last row read */
	struct body_work work;
};

static struct str
number_key(uint8_t key[static 8], uint64_t n)
{
	put_be64(key, n);
	return (struct str){(const char *)key, 8};
}

static bool
row_unreadable(uint64_t id, struct err *e)
{
	return err_set(e, ERR_DAMAGED, "row %llu cannot be read", (unsigned long long)id);
}

/* The next change number, and what the change log says of it. */
static bool
log_change(struct progress *p, enum store_op_kind kind, uint64_t id, struct err *e)
{
	struct buf entry = {0};
	uint8_t key[8];
	bool ok;

	pack_u8(&entry, (uint8_t)kind);
	pack_u64(&entry, id);
	pack_i64(&entry, p->batch->now_s);
	ok = db_put(p->table->changes, p->batch->txn, number_key(key, ++p->counters->change),
	    buf_str(&entry), e);
	buf_free(&entry);
	return ok;
}

static bool
write_record(struct progress *p, const struct set_op *o, uint64_t id, uint64_t created_change,
    struct err *e)
{
	struct row r = {
	    .id = id, .change = p->counters->change, .created_change = created_change};
	struct buf value = {0}, body = {0};
	uint8_t key[8];
	bool ok;

	r.created_at = o->created_at;
	r.deliver_at = o->deliver_at;
	r.size = (uint32_t)o->body.len;
	r.domain = o->domain;
	r.n_policies = o->n_policies;
	r.policies = o->policies;
	row_pack(&r, &value);
	ok = body_pack(&p->work, o->body, &body, e) &&
	    db_put(p->table->rows, p->batch->txn, number_key(key, id), buf_str(&value), e) &&
	    db_put(p->table->bodies, p->batch->txn, number_key(key, id), buf_str(&body), e);
	buf_free(&value);
	buf_free(&body);
	return ok;
}

/* Whether the record that has the wanted id is the same as the one to create. */
static bool
compare_with(struct progress *p, const struct set_op *o, struct store_result *r, struct err *e)
{
	struct buf text = {0};
	struct row row;
	uint8_t key[8];
	bool ok = false;
	int found = db_get(p->table->rows, p->batch->txn, number_key(key, o->id), &p->value, e);

	r->outcome = STORE_ID_TAKEN;
	if (found <= 0)
		return found == 0;
	if (!row_unpack(o->id, buf_str(&p->value), &row))
		return row_unreadable(o->id, e);
	if (row.size != o->body.len)
		return true;
	if (db_get(p->table->bodies, p->batch->txn, number_key(key, o->id), &p->value, e) !=
		1 ||
	    !body_unpack(&p->work, buf_str(&p->value), o->body.len, &text, e)) {
		err_set(e, ERR_DAMAGED, "record %llu has no body", (unsigned long long)o->id);
		goto out;
	}
	if (str_equal(buf_str(&text), o->body))
		r->outcome = STORE_SAME;
	ok = true;
out:
	buf_free(&text);
	return ok;
}

static bool
create(struct progress *p, const struct set_op *o, struct store_result *r, struct err *e)
{
	if (o->id != 0 && o->id <= p->counters->last_id)
		return compare_with(p, o, r, e);
	if (p->counters->last_id >= ID_MAX)
		return err_set(e, ERR_SERVER_FAIL, "there are no more ids");
	r->id = p->counters->last_id = o->id != 0 ? o->id : p->counters->last_id + 1;
	return log_change(p, STORE_CREATE, r->id, e) &&
	    write_record(p, o, r->id, p->counters->change, e);
}

static int
tag_compare(const void *tag, const void *entry)
{
	uint32_t a = *(const uint32_t *)tag, b = ((const struct set_tag *)entry)->tag;

	return a < b ? -1 : a > b;
}

/* 0, which is never an id, if the create it refers to is not in the set or not yet done. */
static uint64_t
target_of(const struct progress *p, const struct set_op *o)
{
	const struct set_request *q = p->request;
	const struct set_tag *t;

	if (o->created_by == STORE_NOT_CREATED_HERE)
		return o->id;
	t = bsearch(&o->created_by, q->tags, q->n, sizeof *q->tags, tag_compare);
	if (t == NULL || t->index >= p->done || q->ops[t->index].kind != STORE_CREATE)
		return 0;
	return p->results[t->index].id;
}

/* The row that an update or destroy is about, borrowing from p->value; none: the result says
 * so. */
static bool
find_target(struct progress *p, const struct set_op *o, struct store_result *r, struct row *row,
    struct err *e)
{
	uint8_t key[8];
	int found;

	r->id = target_of(p, o);
	found = db_get(p->table->rows, p->batch->txn, number_key(key, r->id), &p->value, e);
	if (found < 0)
		return false;
	if (found == 0)
		r->outcome = STORE_NOT_FOUND;
	else if (!row_unpack(r->id, buf_str(&p->value), row))
		return row_unreadable(r->id, e);
	return true;
}

static bool
update(struct progress *p, const struct set_op *o, struct store_result *r, struct err *e)
{
	struct row row = {0};

	if (!find_target(p, o, r, &row, e))
		return false;
	if (r->outcome == STORE_DONE && o->created_by == STORE_NOT_CREATED_HERE &&
	    row.change != o->if_change)
		r->outcome = STORE_CONFLICT;
	if (r->outcome != STORE_DONE)
		return true;
	return log_change(p, STORE_UPDATE, r->id, e) &&
	    write_record(p, o, r->id, row.created_change, e);
}

static bool
destroy(struct progress *p, const struct set_op *o, struct store_result *r, struct err *e)
{
	struct row row;
	uint8_t key[8];

	if (!find_target(p, o, r, &row, e))
		return false;
	if (r->outcome != STORE_DONE)
		return true;
	return log_change(p, STORE_DESTROY, r->id, e) &&
	    db_delete(p->table->rows, p->batch->txn, number_key(key, r->id), e) &&
	    db_delete(p->table->bodies, p->batch->txn, number_key(key, r->id), e);
}

/* Each finds out what is wrong before it writes, and says so in its result; false only if
 * Berkeley DB failed. */
static const struct {
	bool (*apply)(
	    struct progress *p, const struct set_op *o, struct store_result *r, struct err *e);
	bool grows; /* refused on a disk that is nearly full */
} kinds[] = {
    [STORE_CREATE] = {create, true},
    [STORE_UPDATE] = {update, true},
    [STORE_DESTROY] = {destroy, false},
};

static bool
apply_all(struct progress *p, struct err *e)
{
	for (; p->done < p->request->n; p->done++) {
		const struct set_op *o = &p->request->ops[p->done];
		struct store_result *r = &p->results[p->done];

		*r = (struct store_result){.tag = o->tag, .outcome = STORE_DONE};
		if (p->batch->nearly_full && kinds[o->kind].grows)
			r->outcome = STORE_OVER_QUOTA;
		else if (!kinds[o->kind].apply(p, o, r, e))
			return false;
		r->id = r->outcome == STORE_DONE ? r->id : 0;
		r->change = r->outcome == STORE_DONE ? p->counters->change : 0;
	}
	return true;
}

/* What stands against the whole set.  False: *refused says it. */
static bool
admit(const struct set_request *q, struct state now, struct err *refused)
{
	if (!q->if_in_state || (q->state.epoch == now.epoch && q->state.change == now.change))
		return true;
	return err_set(refused, ERR_STATE_MISMATCH, "the state is another by now");
}

/* Where nothing was done for want of room, doing it again is no harm, and to keep the answer
 * would take room. */
static bool
is_to_be_kept(const struct batch *b, const struct store_results *done)
{
	return !b->nearly_full || done->new_state.change != done->old_state.change;
}

/* Who asked has been told by then that it was not done, and may have asked again. */
static bool
is_too_late(const struct set_request *q)
{
	return q->deadline_us != 0 && clock_monotonic_us() > q->deadline_us;
}

/* One set must not keep all other writers waiting, nor need more locks than there are. */
static bool
too_heavy(const struct set_job *job, struct err *refused)
{
	err_set(refused, ERR_REQUEST_TOO_LARGE,
	    "the set would write and remove %zu index entries, and %d is the most; nothing was "
	    "done",
	    job->entries, STORE_SET_ENTRIES_MAX);
	return true;
}

bool
set_run(struct batch *b, void *set_job, struct err *refused, struct err *e)
{
	struct set_job *job = set_job;
	const struct set_request *q = job->request;
	struct progress p = {
	    .batch = b, .request = q, .table = &b->env->tables[q->type->number]};
	struct store_results done = {
	    .n = q->n, .free_bytes = b->free_bytes, .reserve_bytes = b->env->reserve_bytes};
	bool ok = false;
	int known = opid_find(b, q->opid, &job->answer, e);

	if (known < 0)
		return false;
	if (known == 1) {
		job->answer.s[0] = true; /* replayed */
		return true;
	}
	if (is_too_late(q)) {
		err_set(refused, ERR_SERVER_UNAVAILABLE,
		    "the store came to it too late; nothing was done");
		return true;
	}
	if (job->entries > STORE_SET_ENTRIES_MAX)
		return too_heavy(job, refused);
	if (!batch_counters(b, q->type, &p.counters, e))
		return false;
	done.old_state = (struct state){b->epoch, p.counters->change};
	if (!admit(q, done.old_state, refused))
		return true;
	p.results = mem_new(q->n, sizeof *p.results);
	if (!apply_all(&p, e))
		goto out;
	done.new_state = (struct state){b->epoch, p.counters->change};
	done.results = p.results;
	buf_clear(&job->answer);
	pack_results(&job->answer, &done);
	ok = !is_to_be_kept(b, &done) || opid_keep(b, q->opid, buf_str(&job->answer), e);
out:
	free(p.results);
	buf_free(&p.value);
	body_work_free(&p.work);
	return ok;
}
