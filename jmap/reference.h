/* jmap/reference.h -- arguments taken from the answers to earlier calls (RFC 8620, 3.7). */
#ifndef JMAP_REFERENCE_H
#define JMAP_REFERENCE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/budget.h"
#include "base/err.h"
#include "base/str.h"

/* The answer to one call: where its text stands in the Response. */
struct answer {
	struct str
	    name;       /* "error", or the method as it was called; borrowed from the Request */
	struct str tag; /* the call's id; borrowed from the Request */
	size_t at, len; /* of the arguments' text */
	json_t *tree;   /* the text parsed, once a reference wants it; owned */
};

struct answers {
	struct answer *list;
	size_t n;
	size_t room; /* bytes that references may still take: of answers parsed for them, by
			ijson_weight(), and of what they bring; 0 once one wanted more */
	struct budget *budget; /* of the Request; NULL: none */
};

void answers_add(struct answers *all, struct answer one);
void answers_free(struct answers *all); /* leaves {0} */

/* If there are references in *args: replaces it with a copy in which "name" and what it refers
 * to stand for each "#name".  Both in one call: ERR_INVALID_ARGUMENTS; a reference that is
 * malformed, leads nowhere or takes too much: ERR_INVALID_RESULT_REFERENCE.  response: the text
 * that the answers' places are in. */
bool references_resolve(json_t **args, struct answers *all, struct str response, struct err *e);

/* What a JSON pointer (RFC 6901) with "*" for each element of an array leads to, as a new
 * reference; NULL for nowhere, or if the budget is spent. */
json_t *pointer_follow(json_t *from, struct str path, struct budget *b);

#endif
