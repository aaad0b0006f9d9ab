/* base/pack.h -- packs numbers and byte strings into frames and keys: big-endian, a string's
 * length before its bytes. */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

void pack_u8(struct buf *b, uint8_t n);
void pack_u32(struct buf *b, uint32_t n);
void pack_u64(struct buf *b, uint64_t n);
/* Flips the sign bit, so that the bytes sort as the signed numbers do. */
void pack_i64(struct buf *b, int64_t n);
void pack_str(struct buf *b, struct str s); /* u32 length, then the bytes */

void put_be64(uint8_t out[static 8], uint64_t n);
uint64_t get_be64(const uint8_t in[static 8]);
void put_be32(uint8_t out[static 4], uint32_t n);
uint32_t get_be32(const uint8_t in[static 4]);

/* Reads what pack_*() wrote.  A read past the end sets .bad; from then on every read returns 0.
 * A decoder therefore checks once, at its end. */
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
/* Reads a count of items of at least size bytes each.  Sets .bad if the rest of the input is
 * too short for them. */
uint32_t unpack_count(struct unpack *u, size_t size);
bool unpack_done(const struct unpack *u); /* true if nothing was bad and all bytes were read */

#endif
