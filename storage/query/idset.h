/* storage/query/idset.h -- a set of record ids: a compressed bitmap for each 2^32 of them.
 *
 * Private to storage/. */
#ifndef STORAGE_QUERY_IDSET_H
#define STORAGE_QUERY_IDSET_H

#include <roaring/roaring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idset_chunk {
	uint32_t high; /* the upper half of its ids */
	roaring_bitmap_t *low;
};

/* {0} is empty. */
struct idset {
	size_t n;
	struct idset_chunk *chunks; /* by .high */
};

void idset_add(struct idset *s, const uint64_t *ids, size_t n);
void idset_remove(struct idset *s, uint64_t id);
bool idset_has(const struct idset *s, uint64_t id);
uint64_t idset_count(const struct idset *s);
void idset_join(struct idset *s, const struct idset *other);    /* what is in either */
void idset_keep(struct idset *s, const struct idset *other);    /* what is in both */
void idset_exclude(struct idset *s, const struct idset *other); /* what is not in other */
uint64_t idset_before(const struct idset *s, uint64_t id);      /* how many are less than id */
/* n ids from the number-th on, lowest first; there must be so many. */
void idset_slice(const struct idset *s, uint64_t number, size_t n, uint64_t *ids);
void idset_free(struct idset *s); /* leaves {0} */

#endif
