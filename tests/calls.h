/* tests/calls.h -- one method call in a request of its own. */
#ifndef TESTS_CALLS_H
#define TESTS_CALLS_H

#include "tests/cases.h"

/* Posts [method, args, "c"] to path with the admin's token; *answer is what came back for it,
 * [name, arguments, "c"], for json_decref(). False with *e, and NULL, if the request as a whole
 * was refused.  args is JSON text. */
bool call_text(const struct transport *t, const char *path, const char *method, struct str args,
    json_t **answer, struct err *e);
/* The same with args as a tree, which stays the caller's. */
bool call_json(const struct transport *t, const char *path, const char *method,
    const json_t *args, json_t **answer, struct err *e);

/* The member of that name of the answer's arguments, borrowed; NULL if there is none. */
json_t *answer_member(const json_t *answer, const char *name);
/* Whether it is the error of that type. */
bool answer_is_error(const json_t *answer, const char *type);

#endif
