/* tests/children.h -- the processes that an outboxd has started. */
#ifndef TESTS_CHILDREN_H
#define TESTS_CHILDREN_H

#include <stddef.h>
#include <sys/types.h>

/* The children of parent whose program has that name (NULL: all), at most max of them, oldest
 * id first.  Their number. */
size_t children_named(pid_t parent, const char *name, pid_t *out, size_t max);
/* One of them; 0: there is none at the moment. */
pid_t child_named(pid_t parent, const char *name);

#endif
