/* model/seen.c -- a hash table of places in a text: the values of a set. */
#include "model/seen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define CAP_MIN 16 /* a power of two */

struct seen_slot {
	size_t at, len; /* of the value in the text; len 0: free, as no JSON value is empty */
};

struct seen_seed
seen_seed(void)
{
	struct seen_seed seed = {0};

	/* 16 bytes are given whole once the system is up; without them the table still works.
	 */
	if (getrandom(&seed, sizeof seed, 0) < 0)
		seed.a = (uintptr_t)&seed;
	return seed;
}

/* Both halves of the product, folded. */
static uint64_t
mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
hash(struct seen_seed seed, struct str s)
{
	uint64_t h = seed.a ^ s.len;

	while (s.len > 0) {
		uint64_t word = 0;
		size_t n = s.len < sizeof word ? s.len : sizeof word;

		memcpy(&word, s.s, n);
		h = mix(h ^ word, seed.b | 1);
		s.s += n;
		s.len -= n;
	}
	return mix(h, seed.a | 1);
}

/* The slot that holds value, or the free one where it belongs. */
static struct seen_slot *
find(struct seen *seen, struct seen_seed seed, const struct buf *text, struct str value)
{
	size_t i = hash(seed, value) & (seen->cap - 1);

	for (;; i = (i + 1) & (seen->cap - 1)) {
		struct seen_slot *slot = &seen->slots[i];

		if (slot->len == 0 ||
		    str_equal((struct str){text->s + slot->at, slot->len}, value))
			return slot;
	}
}

static void
grow(struct seen *seen, struct seen_seed seed, const struct buf *text)
{
	struct seen bigger = {.n = seen->n, .cap = seen->cap == 0 ? CAP_MIN : 2 * seen->cap};

	bigger.slots = mem_new(bigger.cap, sizeof *bigger.slots);
	for (size_t i = 0; i < seen->cap; i++) {
		struct seen_slot slot = seen->slots[i];

		if (slot.len > 0)
			*find(&bigger, seed, text, (struct str){text->s + slot.at, slot.len}) =
			    slot;
	}
	seen_free(seen);
	*seen = bigger;
}

bool
seen_before(struct seen *seen, struct seen_seed seed, const struct buf *text, size_t at)
{
	struct seen_slot *slot;

	if (2 * seen->n >= seen->cap)
		grow(seen, seed, text);
	slot = find(seen, seed, text, (struct str){text->s + at, text->len - at});
	if (slot->len > 0)
		return true;
	*slot = (struct seen_slot){at, text->len - at};
	seen->n++;
	return false;
}

void
seen_free(struct seen *seen)
{
	free(seen->slots);
	*seen = (struct seen){0};
}
