/* storage/query/idset.c -- a set of record ids: a compressed bitmap for each 2^32 of them. */
#include "storage/query/idset.h"

#include <stdlib.h>

#include "base/str.h"

#define BATCH 1024 /* ids handed to the bitmap at a time */

static uint32_t
high_of(uint64_t id)
{
	return (uint32_t)(id >> 32);
}

static uint64_t
id_of(const struct idset_chunk *c, uint32_t low)
{
	return (uint64_t)c->high << 32 | low;
}

/* The place of the first chunk that is not before high. */
static size_t
chunk_place(const struct idset *s, uint32_t high)
{
	size_t i = s->n;

	while (i > 0 && s->chunks[i - 1].high >= high)
		i--;
	return i;
}

static roaring_bitmap_t *
chunk_find(const struct idset *s, uint32_t high)
{
	size_t i = chunk_place(s, high);

	return i < s->n && s->chunks[i].high == high ? s->chunks[i].low : NULL;
}

static roaring_bitmap_t *
chunk_make(struct idset *s, uint32_t high)
{
	size_t place = chunk_place(s, high);
	roaring_bitmap_t *low;

	if (place < s->n && s->chunks[place].high == high)
		return s->chunks[place].low;
	low = roaring_bitmap_create();
	if (low == NULL)
		abort(); /* no memory, as in mem_new() */
	s->chunks = mem_grow(s->chunks, s->n + 1, sizeof *s->chunks);
	for (size_t i = s->n++; i > place; i--)
		s->chunks[i] = s->chunks[i - 1];
	s->chunks[place] = (struct idset_chunk){high, low};
	return low;
}

void
idset_add(struct idset *s, const uint64_t *ids, size_t n)
{
	uint32_t batch[BATCH];

	while (n > 0) {
		uint32_t high = high_of(*ids);
		size_t len = 0;

		while (len < n && len < BATCH && high_of(ids[len]) == high) {
			batch[len] = (uint32_t)ids[len];
			len++;
		}
		roaring_bitmap_add_many(chunk_make(s, high), len, batch);
		ids += len;
		n -= len;
	}
}

void
idset_remove(struct idset *s, uint64_t id)
{
	roaring_bitmap_t *low = chunk_find(s, high_of(id));

	if (low != NULL)
		roaring_bitmap_remove(low, (uint32_t)id);
}

bool
idset_has(const struct idset *s, uint64_t id)
{
	const roaring_bitmap_t *low = chunk_find(s, high_of(id));

	return low != NULL && roaring_bitmap_contains(low, (uint32_t)id);
}

uint64_t
idset_count(const struct idset *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += roaring_bitmap_get_cardinality(s->chunks[i].low);
	return n;
}

void
idset_join(struct idset *s, const struct idset *other)
{
	for (size_t i = 0; i < other->n; i++)
		roaring_bitmap_or_inplace(
		    chunk_make(s, other->chunks[i].high), other->chunks[i].low);
}

void
idset_keep(struct idset *s, const struct idset *other)
{
	for (size_t i = 0; i < s->n; i++) {
		const roaring_bitmap_t *low = chunk_find(other, s->chunks[i].high);

		if (low == NULL)
			roaring_bitmap_clear(s->chunks[i].low);
		else
			roaring_bitmap_and_inplace(s->chunks[i].low, low);
	}
}

void
idset_exclude(struct idset *s, const struct idset *other)
{
	for (size_t i = 0; i < s->n; i++) {
		const roaring_bitmap_t *low = chunk_find(other, s->chunks[i].high);

		if (low != NULL)
			roaring_bitmap_andnot_inplace(s->chunks[i].low, low);
	}
}

uint64_t
idset_before(const struct idset *s, uint64_t id)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n && s->chunks[i].high <= high_of(id); i++) {
		if (s->chunks[i].high < high_of(id))
			n += roaring_bitmap_get_cardinality(s->chunks[i].low);
		else if ((uint32_t)id > 0)
			n += roaring_bitmap_rank(s->chunks[i].low, (uint32_t)id - 1);
	}
	return n;
}

/* As many of n ids as the chunk has from its number-th on. */
static size_t
chunk_slice(const struct idset_chunk *c, uint64_t number, size_t n, uint64_t *ids)
{
	roaring_uint32_iterator_t at;
	size_t got = 0;
	uint32_t first;

	if (n == 0 || number > UINT32_MAX ||
	    !roaring_bitmap_select(c->low, (uint32_t)number, &first))
		return 0;
	roaring_init_iterator(c->low, &at);
	roaring_move_uint32_iterator_equalorlarger(&at, first);
	for (; got < n && at.has_value; roaring_advance_uint32_iterator(&at))
		ids[got++] = id_of(c, at.current_value);
	return got;
}

void
idset_slice(const struct idset *s, uint64_t number, size_t n, uint64_t *ids)
{
	for (size_t i = 0; i < s->n && n > 0; i++) {
		uint64_t size = roaring_bitmap_get_cardinality(s->chunks[i].low);
		size_t got = chunk_slice(&s->chunks[i], number, n, ids);

		number = number > size ? number - size : 0;
		ids += got;
		n -= got;
	}
}

void
idset_free(struct idset *s)
{
	for (size_t i = 0; i < s->n; i++)
		roaring_bitmap_free(s->chunks[i].low);
	free(s->chunks);
	*s = (struct idset){0};
}
