/* storage/row.c -- a row as bytes, and the keys under which the indexes hold it. */
#include <string.h>

#include "base/pack.h"
#include "storage/table.h"

/* Layout: format (u8), change (u64), created_change (u64), created_at (i64), deliver_at (i64),
 * size (u32), domain (u32 length, bytes), n_policies (u32), policies (8 bytes each). */
#define ROW_FORMAT 1

void
row_pack(const struct row *r, struct buf *out)
{
	pack_u8(out, ROW_FORMAT);
	pack_u64(out, r->change);
	pack_u64(out, r->created_change);
	pack_i64(out, r->created_at);
	pack_i64(out, r->deliver_at);
	pack_u32(out, r->size);
	pack_str(out, r->domain);
	pack_u32(out, (uint32_t)r->n_policies);
	buf_add(out, r->policies, r->n_policies * ROW_POLICY_LEN);
}

bool
row_unpack(uint64_t id, struct str value, struct row *r)
{
	struct unpack u = unpack_of(value);
	uint8_t format = unpack_u8(&u);

	*r = (struct row){.id = id};
	r->change = unpack_u64(&u);
	r->created_change = unpack_u64(&u);
	r->created_at = unpack_i64(&u);
	r->deliver_at = unpack_i64(&u);
	r->size = unpack_u32(&u);
	r->domain = unpack_str(&u);
	r->n_policies = unpack_count(&u, ROW_POLICY_LEN);
	r->policies = u.at;
	return !u.bad && format == ROW_FORMAT &&
	    (size_t)(u.end - u.at) == r->n_policies * ROW_POLICY_LEN;
}

/* The domain and what follows each of its dots: "mail.example.com", "example.com", "com". False
 * past the last. */
static bool
nth_rest(struct str domain, size_t nth, struct str *rest)
{
	for (*rest = domain; nth > 0; nth--) {
		const char *dot = rest->len == 0 ? NULL : memchr(rest->s, '.', rest->len);

		if (dot == NULL)
			return false;
		rest->len -= (size_t)(dot + 1 - rest->s);
		rest->s = dot + 1;
	}
	return true;
}

static bool
domain_key(const struct row *r, size_t nth, struct buf *out)
{
	if (nth > 0)
		return false;
	buf_add_str(out, r->domain);
	pack_u8(out, 0);
	pack_i64(out, r->deliver_at);
	return true;
}

static bool
label_key(const struct row *r, size_t nth, struct buf *out)
{
	struct str rest;

	if (!nth_rest(r->domain, nth, &rest))
		return false;
	buf_add_str(out, rest);
	pack_u8(out, 0);
	return true;
}

static bool
created_at_key(const struct row *r, size_t nth, struct buf *out)
{
	if (nth > 0)
		return false;
	pack_i64(out, r->created_at);
	return true;
}

static bool
deliver_at_key(const struct row *r, size_t nth, struct buf *out)
{
	if (nth > 0)
		return false;
	pack_i64(out, r->deliver_at);
	return true;
}

static bool
policy_key(const struct row *r, size_t nth, struct buf *out)
{
	if (nth >= r->n_policies)
		return false;
	buf_add(out, r->policies + nth * ROW_POLICY_LEN, ROW_POLICY_LEN);
	return true;
}

/* What stands before the id. */
static bool (*const index_keys[INDEX__COUNT])(
    const struct row *r, size_t nth, struct buf *out) = {
    [INDEX_DOMAIN] = domain_key,
    [INDEX_LABEL] = label_key,
    [INDEX_CREATED_AT] = created_at_key,
    [INDEX_DELIVER_AT] = deliver_at_key,
    [INDEX_POLICY] = policy_key,
};

bool
row_index_key(const struct row *r, enum index i, size_t nth, struct buf *out)
{
	if (!index_keys[i](r, nth, out))
		return false;
	pack_u64(out, r->id);
	return true;
}
