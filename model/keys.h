/* model/keys.h -- the values of a record that storage indexes. */
#ifndef MODEL_KEYS_H
#define MODEL_KEYS_H

#include "model/type.h"

/* Strings borrow from the record's text. */
struct keys {
	struct str domain;              /* canonical */
	int64_t created_at, deliver_at; /* seconds since 1970 */
	size_t n_policies;
	uint64_t policies[MODEL_MAX_INDEXED_VALUES];
};

/* Takes the value of the field with this key, as canonical JSON text, into k. */
void keys_take(struct keys *k, enum key key, struct str value);

#endif
