/* storage/entries.c -- how many entries of the databases a record has. */
#include "storage/store.h"

#define OWN_ENTRIES 6 /* row, body, change, and the keys of domain, createdAt, deliverAt */

size_t
store_entries(struct str domain, size_t n_policies)
{
	size_t labels = 1;

	for (size_t i = 0; i < domain.len; i++)
		labels += domain.s[i] == '.';
	return OWN_ENTRIES + labels + n_policies;
}
