/* tests/children.c -- the processes that an outboxd has started. */
#include "tests/children.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"

#define LIST_MAX (1 << 16)
#define NAME_MAX_BYTES (1 << 10)

static bool
is_named(const char *pid, const char *name)
{
	char path[64];
	struct buf comm = {0};
	struct err e = {0};
	bool is;

	snprintf(path, sizeof path, "/proc/%.20s/comm", pid);
	is = io_read_file(path, NAME_MAX_BYTES, &comm, &e) &&
	    strncmp(buf_terminate(&comm), name, strlen(name)) == 0;
	buf_free(&comm);
	return is;
}

static int
by_id(const void *a, const void *b)
{
	return *(const pid_t *)a < *(const pid_t *)b ? -1 : 1;
}

size_t
children_named(pid_t parent, const char *name, pid_t *out, size_t max)
{
	char path[64];
	struct buf children = {0};
	struct err e = {0};
	size_t n = 0;
	char *pid, *rest;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
	if (io_read_file(path, LIST_MAX, &children, &e)) {
		buf_terminate(&children);
		rest = children.s;
		while (n < max && (pid = strsep(&rest, " ")) != NULL)
			if (*pid != '\0' && (name == NULL || is_named(pid, name)))
				out[n++] = (pid_t)strtol(pid, NULL, 10);
	}
	buf_free(&children);
	qsort(out, n, sizeof *out, by_id);
	return n;
}

pid_t
child_named(pid_t parent, const char *name)
{
	pid_t one;

	return children_named(parent, name, &one, 1) == 1 ? one : 0;
}
