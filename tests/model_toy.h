/* tests/model_toy.h -- a small type that has every shape and flag, for short tests. */
#ifndef TESTS_MODEL_TOY_H
#define TESTS_MODEL_TOY_H

#include <jansson.h>

#include "model/record.h"

#define TOY_IDS_MAX 3
#define TOY_ITEMS_MAX 5

extern const struct type toy;

/* As a request is parsed. */
json_t *toy_parse(const char *text);
/* "path: want" of each problem, a line each; .patch and .too_large as lines of their own. */
void toy_problems(const struct problems *p, struct buf *out);
/* The canonical text of v, or its problems. */
void toy_record(const struct type *t, const json_t *v, struct buf *out);

#endif
