/* model/seen.h -- which values of a set a text already holds. */
#ifndef MODEL_SEEN_H
#define MODEL_SEEN_H

#include "base/str.h"

/* Two random numbers, so that nobody can make values that fall into one slot. */
struct seen_seed {
	uint64_t a, b;
};

/* {0} is an empty one; seen_free() afterwards. */
struct seen {
	struct seen_slot *slots;
	size_t n, cap;
};

struct seen_seed seen_seed(void);
/* Whether a value with the same bytes as the end of text, from at on, was given before; if not,
 * it is now.  Earlier values must still stand where they were in text. */
bool seen_before(struct seen *seen, struct seen_seed seed, const struct buf *text, size_t at);
void seen_free(struct seen *seen); /* leaves {0} */

#endif
