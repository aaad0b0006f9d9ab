/* tests/chaos/children.c -- the processes that outboxd has started. */
#include "tests/chaos/children.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"

#define POLL_MS 2

static bool
has_name(const char *pid, const char *name)
{
	char path[64];
	struct buf comm = {0};
	struct err e = {0};
	bool has;

	snprintf(path, sizeof path, "/proc/%.20s/comm", pid);
	has = io_read_file(path, 1 << 10, &comm, &e) &&
	    strncmp(buf_terminate(&comm), name, strlen(name)) == 0;
	buf_free(&comm);
	return has;
}

size_t
children_named(pid_t parent, const char *name, pid_t list[static CHILDREN_MAX])
{
	char path[64];
	struct buf children = {0};
	struct err e = {0};
	char *pid, *rest;
	size_t n = 0;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
	if (io_read_file(path, 1 << 16, &children, &e)) {
		buf_terminate(&children);
		rest = children.s;
		while (n < CHILDREN_MAX && (pid = strsep(&rest, " ")) != NULL)
			if (*pid != '\0' && (name == NULL || has_name(pid, name)))
				list[n++] = (pid_t)strtol(pid, NULL, 10);
	}
	buf_free(&children);
	return n;
}

bool
children_wait_gone(pid_t parent, pid_t child, unsigned wait_ms)
{
	for (unsigned ms = 0; ms < wait_ms; ms += POLL_MS) {
		pid_t list[CHILDREN_MAX];
		size_t n = children_named(parent, NULL, list);
		bool there = false;

		for (size_t i = 0; i < n; i++)
			there = there || list[i] == child;
		if (!there)
			return true;
		usleep(POLL_MS * 1000);
	}
	return false;
}

pid_t
children_wait_new(pid_t parent, const char *name, pid_t other, unsigned wait_ms)
{
	for (unsigned ms = 0; ms < wait_ms; ms += POLL_MS) {
		pid_t list[CHILDREN_MAX];
		size_t n = children_named(parent, name, list);

		for (size_t i = 0; i < n; i++)
			if (list[i] != other)
				return list[i];
		usleep(POLL_MS * 1000);
	}
	return 0;
}
