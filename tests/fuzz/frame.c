/* tests/fuzz/frame.c -- any frame as a request to the store and as an answer to its client:
 * what is read and packed again must read the same. */
#include <stdlib.h>

#include "metrics/list.h"
#include "storage/wire/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads what it is given and, if it is good, packs it again.  False if it is not good. */
typedef bool again(struct unpack *u, struct buf *b);

static bool
again_get(struct unpack *u, struct buf *b)
{
	struct store_get q;

	if (!unpack_get(u, &q))
		return false;
	pack_get(b, &q);
	free((void *)(uintptr_t)q.ids);
	return true;
}

/* A set as the store reads it is another struct than the client packs. */
static bool
again_set(struct unpack *u, struct buf *b)
{
	struct set_request q;
	struct store_set back = {0};
	struct store_op *ops;
	struct keys *keys;

	if (!unpack_set(u, &q))
		return false;
	ops = mem_new(q.n, sizeof *ops);
	keys = mem_new(q.n, sizeof *keys);
	for (size_t i = 0; i < q.n; i++) {
		const struct set_op *o = &q.ops[i];

		keys[i] = (struct keys){.domain = o->domain,
		    .created_at = o->created_at,
		    .deliver_at = o->deliver_at,
		    .n_policies = o->n_policies};
		for (size_t k = 0; k < o->n_policies; k++)
			keys[i].policies[k] = get_be64(o->policies + k * 8);
		ops[i] = (struct store_op){
		    o->kind, o->tag, o->id, o->created_by, o->if_change, o->body, &keys[i]};
	}
	back = (struct store_set){.type = q.type, .ops = ops, .n = q.n};
	for (size_t i = 0; i < sizeof q.opid; i++)
		back.opid[i] = q.opid[i];
	back.if_in_state = q.if_in_state;
	back.state = q.state;
	back.deadline_us = q.deadline_us;
	pack_set(b, &back);
	free(ops);
	free(keys);
	set_request_free(&q);
	return true;
}

static bool
again_query(struct unpack *u, struct buf *b)
{
	struct store_query q;
	struct filter f;

	if (!unpack_query(u, &q, &f))
		return false;
	pack_query(b, &q);
	filter_free(&f);
	return true;
}

static bool
again_changes(struct unpack *u, struct buf *b)
{
	struct store_changes q;

	if (!unpack_changes(u, &q))
		return false;
	pack_changes(b, &q);
	return true;
}

static bool
again_query_changes(struct unpack *u, struct buf *b)
{
	struct store_query_changes q;
	struct filter f;

	if (!unpack_query_changes(u, &q, &f))
		return false;
	pack_query_changes(b, &q);
	filter_free(&f);
	return true;
}

static bool
again_rows(struct unpack *u, struct buf *b)
{
	struct store_rows r;

	if (!unpack_rows(u, &r))
		return false;
	pack_rows(b, &r);
	for (size_t i = 0; i < r.n; i++)
		buf_add_str(b, r.rows[i].body);
	store_rows_free(&r);
	return true;
}

static bool
again_results(struct unpack *u, struct buf *b)
{
	struct store_results r;

	if (!unpack_results(u, &r))
		return false;
	pack_results(b, &r);
	store_results_free(&r);
	return true;
}

static bool
again_query_ids(struct unpack *u, struct buf *b)
{
	struct store_ids r;

	if (!unpack_query_ids(u, &r))
		return false;
	pack_query_ids(b, &r);
	store_ids_free(&r);
	return true;
}

static bool
again_changed(struct unpack *u, struct buf *b)
{
	struct store_changed r;

	if (!unpack_changed(u, &r))
		return false;
	pack_changed(b, &r);
	store_changed_free(&r);
	return true;
}

static bool
again_query_changed(struct unpack *u, struct buf *b)
{
	struct store_query_changed r;

	if (!unpack_query_changed(u, &r))
		return false;
	pack_query_changed(b, &r);
	store_query_changed_free(&r);
	return true;
}

static bool
again_tokens(struct unpack *u, struct buf *b)
{
	struct store_tokens r;

	if (!unpack_tokens(u, &r))
		return false;
	pack_tokens(b, &r);
	store_tokens_free(&r);
	return true;
}

static bool
again_status(struct unpack *u, struct buf *b)
{
	struct store_status r;

	if (!unpack_status(u, &r))
		return false;
	pack_status(b, &r);
	return true;
}

static bool
again_metrics(struct unpack *u, struct buf *b)
{
	struct metric_list l = {0};
	bool ok = unpack_metrics(u, &l);

	if (ok)
		pack_metrics(b, &l);
	metric_list_free(&l);
	return ok;
}

static bool
again_token(struct unpack *u, struct buf *b)
{
	struct store_token t;

	unpack_token(u, &t);
	pack_token(b, &t);
	return unpack_done(u);
}

static bool
again_rotation(struct unpack *u, struct buf *b)
{
	struct store_rotation q;

	unpack_rotation(u, &q);
	pack_rotation(b, &q);
	return unpack_done(u);
}

static bool
again_user(struct unpack *u, struct buf *b)
{
	struct store_user user;

	unpack_user(u, &user);
	pack_user(b, &user);
	return unpack_done(u);
}

static bool
again_users(struct unpack *u, struct buf *b)
{
	struct store_users r;

	if (!unpack_users(u, &r))
		return false;
	pack_users(b, &r);
	store_users_free(&r);
	return true;
}

static bool
again_logins(struct unpack *u, struct buf *b)
{
	struct store_logins r;

	if (!unpack_logins(u, &r))
		return false;
	pack_logins(b, &r);
	store_logins_free(&r);
	return true;
}

static bool
again_grant(struct unpack *u, struct buf *b)
{
	struct store_grant g;

	if (!unpack_grant(u, &g))
		return false;
	pack_grant(b, &g);
	return true;
}

static bool
again_take(struct unpack *u, struct buf *b)
{
	struct store_take t;

	if (!unpack_take(u, &t))
		return false;
	pack_take(b, &t);
	return true;
}

static bool
again_revoke(struct unpack *u, struct buf *b)
{
	struct store_revoke r;

	if (!unpack_revoke(u, &r))
		return false;
	pack_revoke(b, &r);
	return true;
}

static bool
again_chore(struct unpack *u, struct buf *b)
{
	struct store_chore r;

	if (!unpack_chore(u, &r))
		return false;
	pack_chore(b, &r);
	return true;
}

/* The code stands in the head of a frame; here it is the first byte. */
static bool
again_error(struct unpack *u, struct buf *b)
{
	uint8_t code = unpack_u8(u);
	struct err e;

	if (!unpack_error(u, code, &e))
		return false;
	pack_u8(b, code);
	pack_error(b, &e);
	return true;
}

/* New ones go to the end: the corpus counts on the order. */
static again *const kinds[] = {again_get, again_set, again_query, again_changes,
    again_query_changes, again_rows, again_results, again_query_ids, again_changed,
    again_query_changed, again_tokens, again_status, again_metrics, again_token, again_rotation,
    again_user, again_users, again_logins, again_grant, again_take, again_revoke, again_chore,
    again_error};

/* The first byte says what the others are. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str sent = {(const char *)data + 1, size - 1};
	struct buf back = {0};
	struct unpack u;

	if (size < 2)
		return 0;
	u = unpack_of(sent);
	if (kinds[data[0] % (sizeof kinds / sizeof kinds[0])](&u, &back) &&
	    !str_equal(sent, buf_str(&back)))
		abort();
	buf_free(&back);
	return 0;
}
