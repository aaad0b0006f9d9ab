/* tests/chaos/disk_blind.c -- in the shim: functions that would change files behind its back.
 * The outbox has no use for them; if it ever has one, the process ends and nothing is proved.
 *
 * What no function of the C library does, as io_uring, stays unseen. */
#include <aio.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/chaos/disk_undo.h"

static void
not_to(int fd, const char *function)
{
	if (disk_tracked(fd) != NULL)
		undo_give_up("not provided for", function);
}

static void
not_below(int dir_fd, const char *path, const char *function)
{
	if (disk_has(dir_fd, path))
		undo_give_up(function, path);
}

/* --- writes --- */

ssize_t
pwritev2(int fd, const struct iovec *v, int n, off_t at, int flags)
{
	not_to(fd, "pwritev2");
	return syscall(SYS_pwritev2, fd, v, n, at, 0, flags);
}

ssize_t
sendfile(int to, int from, off_t *at, size_t len)
{
	not_to(to, "sendfile");
	return syscall(SYS_sendfile, to, from, at, len);
}

ssize_t
splice(int from, off64_t *from_at, int to, off64_t *to_at, size_t len, unsigned flags)
{
	not_to(to, "splice");
	return syscall(SYS_splice, from, from_at, to, to_at, len, flags);
}

int
aio_write(struct aiocb *a)
{
	int (*real)(struct aiocb *);

	not_to(a->aio_fildes, "aio_write");
	disk_find_real("aio_write", &real);
	return real(a);
}

/* --- other descriptors of the same file --- */

int
dup(int fd)
{
	not_to(fd, "dup");
	return (int)syscall(SYS_dup, fd);
}

int
dup3(int fd, int as, int flags)
{
	not_to(fd, "dup3");
	not_to(as, "dup3");
	return (int)syscall(SYS_dup3, fd, as, flags);
}

int
dup2(int fd, int as)
{
	not_to(fd, "dup2");
	not_to(as, "dup2");
	return (int)syscall(SYS_dup2, fd, as);
}

int
fcntl(int fd, int command, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, command);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)
		not_to(fd, "F_DUPFD");
	return (int)syscall(SYS_fcntl, fd, command, arg);
}

FILE *
fdopen(int fd, const char *mode)
{
	FILE *(*real)(int, const char *);

	not_to(fd, "fdopen");
	disk_find_real("fdopen", &real);
	return real(fd, mode);
}

FILE *
freopen(const char *path, const char *mode, FILE *f)
{
	FILE *(*real)(const char *, const char *, FILE *);

	if (path != NULL)
		not_below(AT_FDCWD, path, "freopen");
	disk_find_real("freopen", &real);
	return real(path, mode, f);
}

/* --- names --- */

char *
mkdtemp(char *path)
{
	char *(*real)(char *);

	not_below(AT_FDCWD, path, "mkdtemp");
	disk_find_real("mkdtemp", &real);
	return real(path);
}

int
symlinkat(const char *to, int dir_fd, const char *path)
{
	not_below(dir_fd, path, "symlink");
	return (int)syscall(SYS_symlinkat, to, dir_fd, path);
}

int
symlink(const char *to, const char *path)
{
	return symlinkat(to, AT_FDCWD, path);
}

int
mknodat(int dir_fd, const char *path, mode_t mode, dev_t dev)
{
	not_below(dir_fd, path, "mknod");
	return (int)syscall(SYS_mknodat, dir_fd, path, mode, dev);
}

int
mknod(const char *path, mode_t mode, dev_t dev)
{
	return mknodat(AT_FDCWD, path, mode, dev);
}

__asm__(".globl pwritev64v2\n.set pwritev64v2, pwritev2\n"
	".globl sendfile64\n.set sendfile64, sendfile\n"
	".globl fcntl64\n.set fcntl64, fcntl\n"
	".globl freopen64\n.set freopen64, freopen\n");
