/* storage/wire/request.c -- requests as bytes: packed by the client, unpacked by the store. */
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "storage/wire/protocol.h"

#define OP_BYTES_MIN 25 /* kind, tag, id, created_by, if_change: a destroy */

void
pack_get(struct buf *b, const struct store_get *q)
{
	pack_type(b, q->type);
	pack_u8(b, q->all);
	pack_u8(b, q->page);
	pack_u64(b, q->after);
	pack_u8(b, q->want_bodies);
	pack_u64(b, q->max_objects);
	pack_u64(b, q->max_bytes);
	pack_i64(b, q->until.deadline_us);
	pack_ids(b, q->ids, q->n);
}

bool
unpack_get(struct unpack *u, struct store_get *q)
{
	*q = (struct store_get){.type = unpack_type(u)};
	q->all = unpack_bool(u);
	q->page = unpack_bool(u);
	q->after = unpack_u64(u);
	q->want_bodies = unpack_bool(u);
	q->max_objects = unpack_u64(u);
	q->max_bytes = unpack_u64(u);
	q->until.deadline_us = unpack_i64(u);
	q->ids = unpack_ids(u, &q->n);
	if (unpack_done(u))
		return true;
	free((void *)(uintptr_t)q->ids);
	return false;
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* An index holds a policy once, however often the record names it. */
static void
pack_policies(struct buf *b, const struct keys *k)
{
	uint64_t sorted[MODEL_MAX_INDEXED_VALUES];
	size_t n = 0;

	memcpy(sorted, k->policies, k->n_policies * sizeof *sorted);
	qsort(sorted, k->n_policies, sizeof *sorted, by_value);
	for (size_t i = 0; i < k->n_policies; i++)
		if (i == 0 || sorted[i] != sorted[n - 1])
			sorted[n++] = sorted[i];
	pack_ids(b, sorted, n);
}

static void
pack_op(struct buf *b, const struct store_op *o)
{
	pack_u8(b, (uint8_t)o->kind);
	pack_u32(b, o->tag);
	pack_u64(b, o->id);
	pack_u32(b, o->created_by);
	pack_u64(b, o->if_change);
	if (o->kind == STORE_DESTROY)
		return;
	pack_i64(b, o->keys->created_at);
	pack_i64(b, o->keys->deliver_at);
	pack_str(b, o->keys->domain);
	pack_policies(b, o->keys);
	pack_str(b, o->body);
}

void
pack_set(struct buf *b, const struct store_set *q)
{
	pack_type(b, q->type);
	buf_add(b, q->opid, sizeof q->opid);
	pack_u8(b, q->if_in_state);
	pack_state(b, q->state);
	pack_i64(b, q->deadline_us);
	pack_u32(b, (uint32_t)q->n);
	for (size_t i = 0; i < q->n; i++)
		pack_op(b, &q->ops[i]);
}

static void
unpack_policies(struct unpack *u, struct set_op *o)
{
	o->n_policies = unpack_count(u, 8);
	o->policies = u->at;
	if (o->n_policies > MODEL_MAX_INDEXED_VALUES)
		u->bad = true;
	for (size_t i = 0; i < o->n_policies && !u->bad; i++) {
		unpack_u64(u);
		if (i > 0 && memcmp(o->policies + (i - 1) * 8, o->policies + i * 8, 8) >= 0)
			u->bad = true;
	}
}

static void
unpack_op(struct unpack *u, struct set_op *o)
{
	unsigned kind = unpack_u8(u);

	o->kind = (enum store_op_kind)kind;
	o->tag = unpack_u32(u);
	o->id = unpack_u64(u);
	o->created_by = unpack_u32(u);
	o->if_change = unpack_u64(u);
	if (kind == STORE_DESTROY)
		return;
	o->created_at = unpack_i64(u);
	o->deliver_at = unpack_i64(u);
	o->domain = unpack_str(u);
	unpack_policies(u, o);
	o->body = unpack_str(u);
	/* In an index a NUL ends the domain. */
	if ((kind != STORE_CREATE && kind != STORE_UPDATE) ||
	    (kind == STORE_CREATE && o->id > ID_MAX) || o->domain.len > REQUEST_DOMAIN_MAX ||
	    memchr(o->domain.s, '\0', o->domain.len) != NULL)
		u->bad = true;
}

static int
by_tag(const void *a, const void *b)
{
	const struct set_tag *x = a, *y = b;

	return x->tag < y->tag ? -1 : x->tag > y->tag;
}

/* Sorts the tags.  False if two are the same or one is the number that means none. */
static bool
tags_are_unique(struct set_request *q)
{
	for (uint32_t i = 0; i < q->n; i++)
		q->tags[i] = (struct set_tag){q->ops[i].tag, i};
	qsort(q->tags, q->n, sizeof *q->tags, by_tag);
	for (size_t i = 1; i < q->n; i++)
		if (q->tags[i - 1].tag == q->tags[i].tag)
			return false;
	return q->n == 0 || q->tags[q->n - 1].tag != STORE_NOT_CREATED_HERE;
}

bool
unpack_set(struct unpack *u, struct set_request *q)
{
	*q = (struct set_request){.type = unpack_type(u)};
	unpack_bytes(u, q->opid, sizeof q->opid);
	q->if_in_state = unpack_bool(u);
	q->state = unpack_state(u);
	q->deadline_us = unpack_i64(u);
	q->n = unpack_count(u, OP_BYTES_MIN);
	if (u->bad || q->n > REQUEST_OPS_MAX)
		return false;
	q->ops = mem_new(q->n, sizeof *q->ops);
	q->tags = mem_new(q->n, sizeof *q->tags);
	for (size_t i = 0; i < q->n && !u->bad; i++)
		unpack_op(u, &q->ops[i]);
	if (unpack_done(u) && tags_are_unique(q))
		return true;
	set_request_free(q);
	return false;
}

void
set_request_free(struct set_request *q)
{
	free(q->ops);
	free(q->tags);
	*q = (struct set_request){0};
}

void
pack_query(struct buf *b, const struct store_query *q)
{
	pack_type(b, q->type);
	pack_u8(b, q->filter != NULL);
	if (q->filter != NULL)
		pack_filter(b, q->filter);
	pack_u32(b, (uint32_t)q->n_sort);
	for (size_t i = 0; i < q->n_sort; i++) {
		pack_u8(b, (uint8_t)q->sort[i].key);
		pack_u8(b, q->sort[i].ascending);
	}
	pack_u8(b, q->has_anchor);
	pack_u64(b, q->anchor);
	pack_i64(b, q->anchor_offset);
	pack_i64(b, q->position);
	pack_u64(b, q->limit);
	pack_u8(b, q->total);
	pack_i64(b, q->until.deadline_us);
}

static void
unpack_sort(struct unpack *u, struct store_query *q)
{
	q->n_sort = unpack_count(u, 2);
	if (q->n_sort > SORT_MAX)
		u->bad = true;
	for (size_t i = 0; i < q->n_sort && !u->bad; i++) {
		unsigned key = unpack_u8(u);

		if (key < KEY_ID || key > KEY_DELIVER_AT)
			u->bad = true;
		q->sort[i].key = (enum key)key;
		q->sort[i].ascending = unpack_bool(u);
	}
}

/* All of a query but the end of the frame. */
static bool
unpack_query_part(struct unpack *u, struct store_query *q, struct filter *f)
{
	*q = (struct store_query){.type = unpack_type(u)};
	*f = (struct filter){0};
	if (unpack_bool(u)) {
		if (!unpack_filter(u, f))
			return false;
		q->filter = f;
	}
	unpack_sort(u, q);
	q->has_anchor = unpack_bool(u);
	q->anchor = unpack_u64(u);
	q->anchor_offset = unpack_i64(u);
	q->position = unpack_i64(u);
	q->limit = unpack_u64(u);
	q->total = unpack_bool(u);
	q->until.deadline_us = unpack_i64(u);
	return true;
}

bool
unpack_query(struct unpack *u, struct store_query *q, struct filter *f)
{
	if (unpack_query_part(u, q, f) && unpack_done(u))
		return true;
	filter_free(f);
	return false;
}

void
pack_changes(struct buf *b, const struct store_changes *q)
{
	pack_type(b, q->type);
	pack_state(b, q->since);
	pack_u64(b, q->max);
	pack_i64(b, q->until.deadline_us);
}

bool
unpack_changes(struct unpack *u, struct store_changes *q)
{
	*q = (struct store_changes){.type = unpack_type(u)};
	q->since = unpack_state(u);
	q->max = unpack_u64(u);
	q->until.deadline_us = unpack_i64(u);
	return unpack_done(u) && q->max > 0;
}

void
pack_query_changes(struct buf *b, const struct store_query_changes *q)
{
	pack_query(b, &q->query);
	pack_state(b, q->since);
	pack_u64(b, q->max);
	pack_u8(b, q->has_up_to);
	pack_u64(b, q->up_to_id);
}

bool
unpack_query_changes(struct unpack *u, struct store_query_changes *q, struct filter *f)
{
	*q = (struct store_query_changes){0};
	if (unpack_query_part(u, &q->query, f)) {
		q->since = unpack_state(u);
		q->max = unpack_u64(u);
		q->has_up_to = unpack_bool(u);
		q->up_to_id = unpack_u64(u);
		if (unpack_done(u))
			return true;
	}
	filter_free(f);
	return false;
}

/* At most max bytes, none of them a NUL. */
static struct str
unpack_short(struct unpack *u, size_t max)
{
	struct str text = unpack_str(u);

	if (text.len > max || (text.len > 0 && memchr(text.s, '\0', text.len) != NULL))
		u->bad = true;
	return text;
}

void
pack_grant(struct buf *b, const struct store_grant *g)
{
	buf_add(b, g->id, sizeof g->id);
	buf_add(b, g->secret, sizeof g->secret);
	pack_str(b, g->user);
	pack_u64(b, g->stamp);
	pack_str(b, g->client);
	pack_str(b, g->redirect);
	pack_str(b, g->address);
	buf_add(b, g->challenge, sizeof g->challenge);
}

bool
unpack_grant(struct unpack *u, struct store_grant *g)
{
	*g = (struct store_grant){0};
	unpack_bytes(u, g->id, sizeof g->id);
	unpack_bytes(u, g->secret, sizeof g->secret);
	g->user = unpack_short(u, STORE_SUBJECT_MAX);
	g->stamp = unpack_u64(u);
	g->client = unpack_short(u, STORE_CLIENT_MAX);
	g->redirect = unpack_short(u, STORE_REDIRECT_MAX);
	g->address = unpack_short(u, STORE_ADDRESS_MAX);
	unpack_bytes(u, g->challenge, sizeof g->challenge);
	return unpack_done(u);
}

void
pack_take(struct buf *b, const struct store_take *t)
{
	pack_u8(b, (uint8_t)t->kind);
	buf_add(b, t->id, sizeof t->id);
	buf_add(b, t->secret, sizeof t->secret);
	buf_add(b, t->opid, sizeof t->opid);
	pack_str(b, t->client);
	pack_str(b, t->redirect);
	buf_add(b, t->challenge, sizeof t->challenge);
}

bool
unpack_take(struct unpack *u, struct store_take *t)
{
	uint8_t kind = unpack_u8(u);

	*t = (struct store_take){.kind = (enum store_secret)kind};
	unpack_bytes(u, t->id, sizeof t->id);
	unpack_bytes(u, t->secret, sizeof t->secret);
	unpack_bytes(u, t->opid, sizeof t->opid);
	t->client = unpack_str(u);
	t->redirect = unpack_str(u);
	unpack_bytes(u, t->challenge, sizeof t->challenge);
	return unpack_done(u) && (kind == STORE_CODE || kind == STORE_REFRESH);
}

void
pack_revoke(struct buf *b, const struct store_revoke *r)
{
	buf_add(b, r->id, sizeof r->id);
	buf_add(b, r->secret, sizeof r->secret);
	pack_str(b, r->client);
}

bool
unpack_revoke(struct unpack *u, struct store_revoke *r)
{
	*r = (struct store_revoke){0};
	unpack_bytes(u, r->id, sizeof r->id);
	unpack_bytes(u, r->secret, sizeof r->secret);
	r->client = unpack_str(u);
	return unpack_done(u);
}
