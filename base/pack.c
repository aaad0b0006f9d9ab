/* base/pack.c -- numbers and byte strings in frames and keys. */
#include "base/pack.h"

void
put_be64(uint8_t out[static 8], uint64_t n)
{
	for (int i = 7; i >= 0; i--, n >>= 8)
		out[i] = (uint8_t)n;
}

uint64_t
get_be64(const uint8_t in[static 8])
{
	uint64_t n = 0;

	for (int i = 0; i < 8; i++)
		n = n << 8 | in[i];
	return n;
}

void
put_be32(uint8_t out[static 4], uint32_t n)
{
	for (int i = 3; i >= 0; i--, n >>= 8)
		out[i] = (uint8_t)n;
}

uint32_t
get_be32(const uint8_t in[static 4])
{
	return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

void
pack_u8(struct buf *b, uint8_t n)
{
	buf_add(b, &n, 1);
}

void
pack_u32(struct buf *b, uint32_t n)
{
	uint8_t bytes[4];

	put_be32(bytes, n);
	buf_add(b, bytes, sizeof bytes);
}

void
pack_u64(struct buf *b, uint64_t n)
{
	uint8_t bytes[8];

	put_be64(bytes, n);
	buf_add(b, bytes, sizeof bytes);
}

void
pack_i64(struct buf *b, int64_t n)
{
	pack_u64(b, (uint64_t)n ^ UINT64_C(1) << 63);
}

void
pack_str(struct buf *b, struct str s)
{
	pack_u32(b, (uint32_t)s.len);
	buf_add_str(b, s);
}

struct unpack
unpack_of(struct str s)
{
	const uint8_t *at = (const uint8_t *)s.s;

	return (struct unpack){at, s.len ? at + s.len : at, false};
}

/* Returns the next len bytes, or NULL if fewer are left. */
static const uint8_t *
take(struct unpack *u, size_t len)
{
	const uint8_t *at = u->at;

	if (u->bad || (size_t)(u->end - u->at) < len) {
		u->bad = true;
		return NULL;
	}
	if (len > 0)
		u->at += len;
	return at;
}

uint8_t
unpack_u8(struct unpack *u)
{
	const uint8_t *p = take(u, 1);

	return p == NULL ? 0 : *p;
}

uint32_t
unpack_u32(struct unpack *u)
{
	const uint8_t *p = take(u, 4);

	return p == NULL ? 0 : get_be32(p);
}

uint64_t
unpack_u64(struct unpack *u)
{
	const uint8_t *p = take(u, 8);

	return p == NULL ? 0 : get_be64(p);
}

int64_t
unpack_i64(struct unpack *u)
{
	return (int64_t)(unpack_u64(u) ^ UINT64_C(1) << 63);
}

struct str
unpack_str(struct unpack *u)
{
	size_t len = unpack_u32(u);
	const uint8_t *p = take(u, len);

	return p == NULL ? (struct str){"", 0} : (struct str){(const char *)p, len};
}

uint32_t
unpack_count(struct unpack *u, size_t size)
{
	uint32_t n = unpack_u32(u);

	if ((uint64_t)n * size > (uint64_t)(u->end - u->at)) {
		u->bad = true;
		return 0;
	}
	return n;
}

bool
unpack_done(const struct unpack *u)
{
	return !u->bad && u->at == u->end;
}
