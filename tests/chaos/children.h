/* tests/chaos/children.h -- the processes that outboxd has started. */
#ifndef TESTS_CHAOS_CHILDREN_H
#define TESTS_CHAOS_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CHILDREN_MAX 64

/* The children of that process whose program has that name; NULL: all.  How many. */
size_t children_named(pid_t parent, const char *name, pid_t list[static CHILDREN_MAX]);
/* Polls until the process is no child of parent any more; false after wait_ms. */
bool children_wait_gone(pid_t parent, pid_t child, unsigned wait_ms);
/* Polls until there is a child of that name which is not `other`; 0 after wait_ms. */
pid_t children_wait_new(pid_t parent, const char *name, pid_t other, unsigned wait_ms);

#endif
