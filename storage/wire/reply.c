/* storage/wire/reply.c -- replies as bytes: packed by the store, unpacked by the client. */
#include <stdlib.h>
#include <string.h>

#include "storage/wire/protocol.h"

#define ROW_BYTES 20
#define RESULT_BYTES 21
#define ADDED_BYTES 16
#define TOKEN_BYTES_MIN (STORE_TOKEN_ID_LEN + 36)
#define USER_BYTES_MIN 40
#define LOGIN_BYTES_MIN (STORE_TOKEN_ID_LEN + 36)

void
pack_rows(struct buf *b, const struct store_rows *r)
{
	pack_state(b, r->state);
	pack_u32(b, (uint32_t)r->n);
	for (size_t i = 0; i < r->n; i++) {
		pack_u64(b, r->rows[i].id);
		pack_u64(b, r->rows[i].change);
		pack_u32(b, (uint32_t)r->rows[i].body.len);
	}
}

bool
unpack_rows(struct unpack *u, struct store_rows *r)
{
	size_t at = 0;

	*r = (struct store_rows){.state = unpack_state(u)};
	r->n = unpack_count(u, ROW_BYTES);
	r->rows = mem_new(r->n, sizeof *r->rows);
	for (size_t i = 0; i < r->n; i++) {
		r->rows[i].id = unpack_u64(u);
		r->rows[i].change = unpack_u64(u);
		r->rows[i].body.len = unpack_u32(u);
	}
	for (size_t i = 0; i < r->n; i++) {
		if (r->rows[i].body.len > (size_t)(u->end - u->at) - at)
			u->bad = true;
		if (u->bad)
			break;
		r->rows[i].body.s = (const char *)u->at + at;
		at += r->rows[i].body.len;
	}
	if (!u->bad && at == (size_t)(u->end - u->at))
		return true;
	store_rows_free(r);
	return false;
}

static bool
is_over_quota(const struct store_results *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->results[i].outcome == STORE_OVER_QUOTA)
			return true;
	return false;
}

void
pack_results(struct buf *b, const struct store_results *r)
{
	pack_u8(b, r->replayed);
	pack_state(b, r->old_state);
	pack_state(b, r->new_state);
	pack_u32(b, (uint32_t)r->n);
	for (size_t i = 0; i < r->n; i++) {
		pack_u32(b, r->results[i].tag);
		pack_u8(b, (uint8_t)r->results[i].outcome);
		pack_u64(b, r->results[i].id);
		pack_u64(b, r->results[i].change);
	}
	if (is_over_quota(r)) {
		pack_u64(b, r->free_bytes);
		pack_u64(b, r->reserve_bytes);
	}
}

bool
unpack_results(struct unpack *u, struct store_results *r)
{
	*r = (struct store_results){.replayed = unpack_bool(u)};
	r->old_state = unpack_state(u);
	r->new_state = unpack_state(u);
	r->n = unpack_count(u, RESULT_BYTES);
	r->results = mem_new(r->n, sizeof *r->results);
	for (size_t i = 0; i < r->n; i++) {
		unsigned outcome;

		r->results[i].tag = unpack_u32(u);
		outcome = unpack_u8(u);
		if (outcome < STORE_DONE || outcome > STORE_ID_TAKEN)
			u->bad = true;
		r->results[i].outcome = (enum store_outcome)outcome;
		r->results[i].id = unpack_u64(u);
		r->results[i].change = unpack_u64(u);
	}
	if (is_over_quota(r)) {
		r->free_bytes = unpack_u64(u);
		r->reserve_bytes = unpack_u64(u);
	}
	if (unpack_done(u))
		return true;
	store_results_free(r);
	return false;
}

void
pack_query_ids(struct buf *b, const struct store_ids *r)
{
	pack_state(b, r->state);
	pack_u64(b, r->position);
	pack_u8(b, r->has_total);
	pack_u64(b, r->total);
	pack_ids(b, r->ids, r->n);
}

bool
unpack_query_ids(struct unpack *u, struct store_ids *r)
{
	*r = (struct store_ids){.state = unpack_state(u)};
	r->position = unpack_u64(u);
	r->has_total = unpack_bool(u);
	r->total = unpack_u64(u);
	r->ids = unpack_ids(u, &r->n);
	if (unpack_done(u))
		return true;
	store_ids_free(r);
	return false;
}

void
pack_changed(struct buf *b, const struct store_changed *r)
{
	pack_state(b, r->old_state);
	pack_state(b, r->new_state);
	pack_u8(b, r->more);
	pack_ids(b, r->created, r->n_created);
	pack_ids(b, r->updated, r->n_updated);
	pack_ids(b, r->destroyed, r->n_destroyed);
}

bool
unpack_changed(struct unpack *u, struct store_changed *r)
{
	*r = (struct store_changed){.old_state = unpack_state(u)};
	r->new_state = unpack_state(u);
	r->more = unpack_bool(u);
	r->created = unpack_ids(u, &r->n_created);
	r->updated = unpack_ids(u, &r->n_updated);
	r->destroyed = unpack_ids(u, &r->n_destroyed);
	if (unpack_done(u))
		return true;
	store_changed_free(r);
	return false;
}

void
pack_query_changed(struct buf *b, const struct store_query_changed *r)
{
	pack_state(b, r->old_state);
	pack_state(b, r->new_state);
	pack_u8(b, r->has_total);
	pack_u64(b, r->total);
	pack_ids(b, r->removed, r->n_removed);
	pack_u32(b, (uint32_t)r->n_added);
	for (size_t i = 0; i < r->n_added; i++) {
		pack_u64(b, r->added[i].id);
		pack_u64(b, r->added[i].index);
	}
}

bool
unpack_query_changed(struct unpack *u, struct store_query_changed *r)
{
	*r = (struct store_query_changed){.old_state = unpack_state(u)};
	r->new_state = unpack_state(u);
	r->has_total = unpack_bool(u);
	r->total = unpack_u64(u);
	r->removed = unpack_ids(u, &r->n_removed);
	r->n_added = unpack_count(u, ADDED_BYTES);
	r->added = mem_new(r->n_added, sizeof *r->added);
	for (size_t i = 0; i < r->n_added; i++) {
		r->added[i].id = unpack_u64(u);
		r->added[i].index = unpack_u64(u);
	}
	if (unpack_done(u))
		return true;
	store_query_changed_free(r);
	return false;
}

void
pack_tokens(struct buf *b, const struct store_tokens *r)
{
	pack_u32(b, (uint32_t)r->n);
	for (size_t i = 0; i < r->n; i++)
		pack_token(b, &r->list[i]);
}

bool
unpack_tokens(struct unpack *u, struct store_tokens *r)
{
	*r = (struct store_tokens){.n = unpack_count(u, TOKEN_BYTES_MIN)};
	r->list = mem_new(r->n, sizeof *r->list);
	for (size_t i = 0; i < r->n && !u->bad; i++)
		unpack_token(u, &r->list[i]);
	if (unpack_done(u))
		return true;
	store_tokens_free(r);
	return false;
}

void
pack_users(struct buf *b, const struct store_users *r)
{
	pack_u32(b, (uint32_t)r->n);
	for (size_t i = 0; i < r->n; i++)
		pack_user(b, &r->list[i]);
}

bool
unpack_users(struct unpack *u, struct store_users *r)
{
	*r = (struct store_users){.n = unpack_count(u, USER_BYTES_MIN)};
	r->list = mem_new(r->n, sizeof *r->list);
	for (size_t i = 0; i < r->n && !u->bad; i++)
		unpack_user(u, &r->list[i]);
	if (unpack_done(u))
		return true;
	store_users_free(r);
	return false;
}

void
pack_logins(struct buf *b, const struct store_logins *r)
{
	pack_u32(b, (uint32_t)r->n);
	for (size_t i = 0; i < r->n; i++) {
		const struct store_login *l = &r->list[i];

		buf_add(b, l->id, sizeof l->id);
		pack_str(b, str_of(l->user));
		pack_str(b, str_of(l->client));
		pack_str(b, str_of(l->address));
		pack_i64(b, l->begun_s);
		pack_i64(b, l->used_s);
		pack_i64(b, l->ends_s);
	}
}

bool
unpack_logins(struct unpack *u, struct store_logins *r)
{
	*r = (struct store_logins){.n = unpack_count(u, LOGIN_BYTES_MIN)};
	r->list = mem_new(r->n, sizeof *r->list);
	for (size_t i = 0; i < r->n && !u->bad; i++) {
		struct store_login *l = &r->list[i];

		unpack_bytes(u, l->id, sizeof l->id);
		unpack_text(u, l->user, STORE_SUBJECT_MAX);
		unpack_text(u, l->client, STORE_CLIENT_MAX);
		unpack_text(u, l->address, STORE_ADDRESS_MAX);
		l->begun_s = unpack_i64(u);
		l->used_s = unpack_i64(u);
		l->ends_s = unpack_i64(u);
	}
	if (unpack_done(u))
		return true;
	store_logins_free(r);
	return false;
}

void
pack_status(struct buf *b, const struct store_status *r)
{
	pack_u32(b, r->epoch);
	pack_str(b, str_of(r->warning));
	pack_u32(b, (uint32_t)r->n_types);
	for (size_t i = 0; i < r->n_types; i++) {
		pack_type(b, r->types[i].type);
		pack_u64(b, r->types[i].records);
		pack_u64(b, r->types[i].change);
		pack_u64(b, r->types[i].oldest);
	}
}

bool
unpack_status(struct unpack *u, struct store_status *r)
{
	struct str warning;

	*r = (struct store_status){.epoch = unpack_u32(u)};
	warning = unpack_str(u);
	if (u->bad || warning.len > STORE_WARNING_MAX ||
	    memchr(warning.s, '\0', warning.len) != NULL)
		return false;
	memcpy(r->warning, warning.s, warning.len);
	r->n_types = unpack_u32(u);
	if (r->n_types > MODEL_TYPES_MAX)
		return false;
	for (size_t i = 0; i < r->n_types; i++) {
		r->types[i].type = unpack_type(u);
		r->types[i].records = unpack_u64(u);
		r->types[i].change = unpack_u64(u);
		r->types[i].oldest = unpack_u64(u);
	}
	return unpack_done(u);
}

void
pack_chore(struct buf *b, const struct store_chore *r)
{
	pack_u64(b, r->number);
	pack_u8(b, (uint8_t)r->kind);
	pack_u8(b, r->running);
	pack_u64(b, r->done);
	pack_u64(b, r->total);
	pack_str(b, str_of(r->step));
	pack_u8(b, (uint8_t)r->why.code);
	pack_str(b, str_of(r->why.text));
}

bool
unpack_chore(struct unpack *u, struct store_chore *r)
{
	unsigned code;

	*r = (struct store_chore){.number = unpack_u64(u)};
	r->kind = (enum store_chore_kind)unpack_u8(u);
	r->running = unpack_bool(u);
	r->done = unpack_u64(u);
	r->total = unpack_u64(u);
	unpack_text(u, r->step, STORE_CHORE_STEP_MAX);
	code = unpack_u8(u);
	unpack_text(u, r->why.text, sizeof r->why.text - 1);
	if (code >= ERR__COUNT)
		return false;
	r->why.code = (enum err_code)code;
	return unpack_done(u);
}

void
pack_error(struct buf *b, const struct err *e)
{
	pack_str(b, str_of(e->path));
	pack_str(b, str_of(e->text));
}

bool
unpack_error(struct unpack *u, uint8_t code, struct err *e)
{
	struct err told = {.code = (enum err_code)code};

	unpack_text(u, told.path, sizeof told.path - 1);
	unpack_text(u, told.text, sizeof told.text - 1);
	if (!unpack_done(u) || code == ERR_NONE || code >= ERR__COUNT)
		return false;
	*e = told;
	return true;
}

void
store_rows_free(struct store_rows *r)
{
	free(r->rows);
	buf_free(&r->frame);
	*r = (struct store_rows){0};
}

void
store_results_free(struct store_results *r)
{
	free(r->results);
	*r = (struct store_results){0};
}

void
store_ids_free(struct store_ids *r)
{
	free(r->ids);
	*r = (struct store_ids){0};
}

void
store_changed_free(struct store_changed *r)
{
	free(r->created);
	free(r->updated);
	free(r->destroyed);
	*r = (struct store_changed){0};
}

void
store_query_changed_free(struct store_query_changed *r)
{
	free(r->removed);
	free(r->added);
	*r = (struct store_query_changed){0};
}

void
store_tokens_free(struct store_tokens *r)
{
	free(r->list);
	*r = (struct store_tokens){0};
}

void
store_users_free(struct store_users *r)
{
	free(r->list);
	*r = (struct store_users){0};
}

void
store_logins_free(struct store_logins *r)
{
	free(r->list);
	*r = (struct store_logins){0};
}
