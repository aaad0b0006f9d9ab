/* base/pack.h -- numbers and byte strings in frames and keys: big-endian, lengths first. */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

void pack_u8(struct buf *b, uint8_t n);
void pack_u32(struct buf *b, uint32_t n);
void pack_u64(struct buf *b, uint64_t n);
/* Signed numbers keep their order as bytes: the sign bit is flipped. */
void pack_i64(struct buf *b, int64_t n);
void pack_str(struct buf *b, struct str s); /* u32 length, then the bytes */

void put_be64(uint8_t out[static 8], uint64_t n);
uint64_t get_be64(const uint8_t in[static 8]);
void put_be32(uint8_t out[static 4], uint32_t n);
uint32_t get_be32(const uint8_t in[static 4]);

/* Reads what pack_*() wrote.  After the first read past the end .bad is set and every read
 * gives 0, so that a decoder checks once, at its end. */
struct unpack {
	const uint8_t *at, *end;
	bool bad;
};

struct unpack unpack_of(struct str s);
uint8_t unpack_u8(struct unpack *u);
uint32_t unpack_u32(struct unpack *u);
uint64_t unpack_u64(struct unpack *u);
int64_t unpack_i64(struct unpack *u);
struct str unpack_str(struct unpack *u); /* borrowed from the input */
/* A count of things of at least size bytes each: more than the rest of the input can hold is
 * bad. */
uint32_t unpack_count(struct unpack *u, size_t size);
bool unpack_done(const struct unpack *u); /* nothing bad, nothing left */

#endif
