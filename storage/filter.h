/* storage/filter.h -- a /query filter and sort, as the store takes them. */
#ifndef STORAGE_FILTER_H
#define STORAGE_FILTER_H

#include <stdint.h>

#include "base/str.h"
#include "model/type.h"

enum filter_kind {
	FILTER_AND = 1, /* of no children: everything */
	FILTER_OR = 2,  /* of no children: nothing */
	FILTER_NOT = 3, /* none of the children; of no children: everything */
	FILTER_KEY = 4, /* a condition on one indexed key */
};

enum relation {
	REL_EQUAL = 1,
	REL_LESS = 2,
	REL_LESS_EQUAL = 3,
	REL_GREATER = 4,
	REL_GREATER_EQUAL = 5,
	REL_TEXT = 6, /* KEY_DOMAIN alone: the domain, or what follows one of its dots, begins
			 with .text, as people type domains (model/domain.h) */
};

struct filter {
	enum filter_kind kind;
	size_t n;
	struct filter *children; /* AND, OR, NOT; owned */
	enum key key; /* FILTER_KEY: CREATED_AT, DELIVER_AT (seconds), POLICY, DOMAIN */
	enum relation relation;
	int64_t number; /* a date; of KEY_POLICY the bits of the uint64_t */
	char *text;     /* REL_TEXT: of domain_beginning(); "" matches everything; owned */
};

#define FILTER_MAX_NODES 1000 /* in one tree */
#define FILTER_MAX_DEPTH 32
#define SORT_MAX 4

struct sort {
	enum key key; /* ID, DOMAIN, CREATED_AT, DELIVER_AT */
	bool ascending;
};

/* What breaks ties, so that every answer has one order: behind the last comparator come, in its
 * direction, deliverAt (if that comparator is domain) and then the id.  With no comparator: id
 * descending, newest first. */

void filter_free(
    struct filter *f); /* the children and text; f itself is the caller's.  Leaves {0} */

#endif
