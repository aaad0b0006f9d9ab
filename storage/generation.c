/* storage/generation.c -- a number in shared memory that the store raises whenever a token is
 * revoked. */
#include "storage/generation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"

#define FILE_BYTES 8

struct generation {
	_Atomic uint64_t *number;
};

static bool
generation_map(
    struct generation **g, const char *socket_path, int flags, int protection, struct err *e)
{
	struct buf path = {0};
	struct stat st = {0};
	bool ok = false;
	void *at;
	int fd;

	buf_printf(&path, "%s.generation", socket_path);
	fd = open(buf_terminate(&path), flags | O_CLOEXEC, 0644);
	/* Never a smaller or a new file: workers have the old one mapped. */
	if (fd < 0 || fstat(fd, &st) != 0 ||
	    (st.st_size < FILE_BYTES && (flags & O_CREAT) && ftruncate(fd, FILE_BYTES) != 0)) {
		err_set(
		    e, ERR_SERVER_UNAVAILABLE, "cannot open %s: %s", path.s, strerror(errno));
		goto out;
	}
	if (st.st_size < FILE_BYTES && !(flags & O_CREAT)) {
		err_set(e, ERR_SERVER_UNAVAILABLE, "%s is too short", path.s);
		goto out;
	}
	at = mmap(NULL, FILE_BYTES, protection, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED) {
		err_set(
		    e, ERR_SERVER_UNAVAILABLE, "cannot map %s: %s", path.s, strerror(errno));
		goto out;
	}
	*g = mem_new(1, sizeof **g);
	(*g)->number = at;
	ok = true;
out:
	io_close(&fd);
	buf_free(&path);
	return ok;
}

bool
generation_create(struct generation **g, const char *socket_path, struct err *e)
{
	if (!generation_map(g, socket_path, O_RDWR | O_CREAT, PROT_READ | PROT_WRITE, e))
		return false;
	generation_raise(*g);
	return true;
}

bool
generation_open(struct generation **g, const char *socket_path, struct err *e)
{
	return generation_map(g, socket_path, O_RDONLY, PROT_READ, e);
}

void
generation_close(struct generation **g)
{
	if (*g != NULL)
		munmap((void *)(*g)->number, FILE_BYTES);
	free(*g);
	*g = NULL;
}

uint64_t
generation_now(const struct generation *g)
{
	return atomic_load(g->number);
}

void
generation_raise(struct generation *g)
{
	atomic_fetch_add(g->number, 1);
}
