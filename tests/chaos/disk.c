/* tests/chaos/disk.c -- the disk shim: a full disk, and a disk that forgets at a power cut what
 * was not synced.  In LD_PRELOAD; inert but in outbox-store.
 *
 * Here is what the store and Berkeley DB change files and names with.  What it cannot see (a
 * shared writable mapping, stdio, what disk_blind.c lists) ends the process. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/chaos/disk_undo.h"

#define PROGRAM "outbox-store"
#define FDS_MAX 65536
#define MARK_LEN 6 /* of the place that mkstemp() fills */

static struct {
	bool on;
	struct disk_control *control;
	struct tracked *_Atomic fds[FDS_MAX];
} disk;

__attribute__((constructor)) static void
disk_start(void)
{
	const char *side = getenv(DISK_SIDE_NAME);
	char path[DISK_PATH_MAX];
	int fd;

	if (side == NULL || strcmp(program_invocation_short_name, PROGRAM) != 0)
		return;
	snprintf(path, sizeof path, "%s/control", side);
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
	disk.control = (struct disk_control *)syscall(
	    SYS_mmap, NULL, sizeof *disk.control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd < 0 || disk.control == MAP_FAILED)
		undo_give_up("no control", path);
	syscall(SYS_close, fd);
	undo_begin(getenv(DISK_DATA_NAME), side, &disk.control->changes);
	disk.control->starts++;
	disk.on = true;
}

struct tracked *
disk_tracked(int fd)
{
	return disk.on && fd >= 0 && fd < FDS_MAX ? disk.fds[fd] : NULL;
}

bool
disk_has(int dir_fd, const char *path)
{
	struct undo_path p;

	return disk.on && undo_path(dir_fd, path, &p);
}

void
disk_find_real(const char *name, void *function)
{
	*(void **)function = dlsym(RTLD_NEXT, name);
}

/* --- room --- */

/* As much of len as there is room for; takes it. */
static uint64_t
take_room(uint64_t len)
{
	int64_t room = disk.control->room, less;

	do {
		if (room < 0)
			return len;
		less = (uint64_t)room < len ? 0 : room - (int64_t)len;
	} while (!atomic_compare_exchange_weak(&disk.control->room, &room, less));
	return (uint64_t)room < len ? (uint64_t)room : len;
}

static bool
no_room(uint64_t len)
{
	if (take_room(len) == len)
		return false;
	errno = ENOSPC;
	return true;
}

/* Bytes of a write of so many at that place that may be done; if not all, up to the end of a
 * block, as file systems give room in blocks. */
static uint64_t
allowed(uint64_t at, uint64_t len, uint64_t size)
{
	uint64_t old = at >= size ? 0 : size - at < len ? size - at : len, n;

	if (disk.control->overwriting)
		old = 0;
	n = old + take_room(len - old);
	if (n == len)
		return len;
	n = (at + n) / DISK_PAGE * DISK_PAGE;
	return n > at ? n - at : 0;
}

/* --- writing --- */

static uint64_t
size_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		undo_give_up("a file has no size", "");
	return (uint64_t)st.st_size;
}

/* at < 0: where the descriptor stands. */
static ssize_t
write_at(struct tracked *t, int fd, const void *bytes, size_t len, off_t at)
{
	uint64_t size, from, n;
	ssize_t done;

	pthread_mutex_lock(&t->lock);
	size = size_of(fd);
	from = fcntl(fd, F_GETFL) & O_APPEND ? size
	    : at >= 0                        ? (uint64_t)at
					     : (uint64_t)lseek(fd, 0, SEEK_CUR);
	n = allowed(from, len, size);
	if (n == 0 && len > 0) {
		errno = ENOSPC;
		done = -1;
	} else {
		undo_save(t, fd, from, from + n);
		done = at >= 0 ? syscall(SYS_pwrite64, fd, bytes, n, at)
			       : syscall(SYS_write, fd, bytes, n);
	}
	pthread_mutex_unlock(&t->lock);
	return done;
}

ssize_t
write(int fd, const void *bytes, size_t len)
{
	struct tracked *t = disk_tracked(fd);

	return t == NULL ? syscall(SYS_write, fd, bytes, len) : write_at(t, fd, bytes, len, -1);
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	struct tracked *t = disk_tracked(fd);

	return t == NULL ? syscall(SYS_pwrite64, fd, bytes, len, at)
			 : write_at(t, fd, bytes, len, at);
}

/* One piece after the other, which a file on a disk does not notice. */
static ssize_t
write_pieces(struct tracked *t, int fd, const struct iovec *v, int n, off_t at)
{
	ssize_t all = 0;

	for (int i = 0; i < n; i++) {
		ssize_t done =
		    write_at(t, fd, v[i].iov_base, v[i].iov_len, at < 0 ? at : at + all);

		if (done < 0)
			return all > 0 ? all : done;
		all += done;
		if ((size_t)done < v[i].iov_len)
			break;
	}
	return all;
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	struct tracked *t = disk_tracked(fd);

	return t == NULL ? syscall(SYS_writev, fd, v, n) : write_pieces(t, fd, v, n, -1);
}

ssize_t
pwritev(int fd, const struct iovec *v, int n, off_t at)
{
	struct tracked *t = disk_tracked(fd);

	return t == NULL ? syscall(SYS_pwritev, fd, v, n, at, 0)
			 : write_pieces(t, fd, v, n, at);
}

int
ftruncate(int fd, off_t size)
{
	struct tracked *t = disk_tracked(fd);
	uint64_t before, after = (uint64_t)size;
	int rc = -1;

	if (t == NULL)
		return (int)syscall(SYS_ftruncate, fd, size);
	pthread_mutex_lock(&t->lock);
	before = size_of(fd);
	if (after <= before || !no_room(after - before)) {
		undo_save(t, fd, after, before);
		rc = (int)syscall(SYS_ftruncate, fd, size);
	}
	pthread_mutex_unlock(&t->lock);
	return rc;
}

int
fallocate(int fd, int mode, off_t at, off_t len)
{
	struct tracked *t = disk_tracked(fd);
	int rc = -1;

	if (t == NULL)
		return (int)syscall(SYS_fallocate, fd, mode, at, len);
	pthread_mutex_lock(&t->lock);
	if (!no_room((uint64_t)len)) {
		undo_save(t, fd, (uint64_t)at, (uint64_t)at + (uint64_t)len);
		rc = (int)syscall(SYS_fallocate, fd, mode, at, len);
	}
	pthread_mutex_unlock(&t->lock);
	return rc;
}

int
posix_fallocate(int fd, off_t at, off_t len)
{
	return fallocate(fd, 0, at, len) == 0 ? 0 : errno;
}

/* Those who ask for it fall back to reading and writing. */
ssize_t
copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t len, unsigned flags)
{
	if (disk_tracked(to) == NULL)
		return syscall(SYS_copy_file_range, from, from_at, to, to_at, len, flags);
	errno = EXDEV;
	return -1;
}

/* --- syncing --- */

static int
sync_folder(const struct tracked *t, int fd, long call)
{
	int rc;

	undo_names_lock();
	rc = (int)syscall(call, fd);
	if (rc == 0)
		undo_names_synced(t);
	undo_names_unlock();
	return rc;
}

static int
sync_one(int fd, long call)
{
	struct tracked *t = disk_tracked(fd);
	int rc;

	if (t == NULL)
		return (int)syscall(call, fd);
	if (t->folder)
		return sync_folder(t, fd, call);
	usleep(disk.control->sync_us);
	pthread_mutex_lock(&t->lock);
	rc = (int)syscall(call, fd);
	if (rc == 0)
		undo_synced(t);
	pthread_mutex_unlock(&t->lock);
	return rc;
}

int
fsync(int fd)
{
	return sync_one(fd, SYS_fsync);
}

int
fdatasync(int fd)
{
	return sync_one(fd, SYS_fdatasync);
}

/* --- opening and closing --- */

/* Opens what may be made by it. */
static int
open_name(
    const struct undo_path *p, int dir_fd, const char *path, int flags, mode_t mode, bool *made)
{
	int fd = -1;

	undo_names_lock();
	*made = (flags & O_CREAT) && faccessat(dir_fd, path, F_OK, 0) != 0;
	if (!*made || !no_room(DISK_PAGE)) {
		if (*made)
			undo_name("create", p);
		fd = (int)syscall(SYS_openat, dir_fd, path, flags, mode);
	}
	undo_names_unlock();
	return fd;
}

static int
open_any(int dir_fd, const char *path, int flags, mode_t mode)
{
	struct undo_path p;
	bool made;
	int fd;

	if (!disk.on || !undo_path(dir_fd, path, &p))
		return (int)syscall(SYS_openat, dir_fd, path, flags, mode);
	if ((flags & O_TMPFILE) == O_TMPFILE || (flags & O_DSYNC))
		undo_give_up("opened in a way that is not provided for", path);
	fd = open_name(&p, dir_fd, path, flags & ~O_TRUNC, mode, &made);
	if (fd < 0)
		return fd;
	if (fd >= FDS_MAX)
		undo_give_up("too many open files", path);
	disk.fds[fd] = undo_track(fd, made);
	if ((flags & O_TRUNC) && ftruncate(fd, 0) != 0)
		undo_give_up("cannot be emptied", path);
	return fd;
}

static mode_t
mode_from(int flags, va_list ap)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
}

int
open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_from(flags, ap);
	va_end(ap);
	return open_any(AT_FDCWD, path, flags, mode);
}

int
openat(int dir_fd, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_from(flags, ap);
	va_end(ap);
	return open_any(dir_fd, path, flags, mode);
}

int
creat(const char *path, mode_t mode)
{
	return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* The C library's own would open it behind our back. */
int
mkostemps(char *path, int behind, int flags)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345"; /* 32 */
	size_t len = strlen(path), kept = (size_t)behind + MARK_LEN;
	int fd;

	if (behind < 0 || len < kept || strncmp(path + len - kept, "XXXXXX", MARK_LEN) != 0) {
		errno = EINVAL;
		return -1;
	}
	do {
		uint8_t dice[MARK_LEN];

		if (getrandom(dice, sizeof dice, 0) != sizeof dice)
			return -1;
		for (size_t i = 0; i < MARK_LEN; i++)
			path[len - kept + i] = letters[dice[i] % 32];
		fd = open_any(AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL | flags, 0600);
	} while (fd < 0 && errno == EEXIST);
	return fd;
}

int
mkostemp(char *path, int flags)
{
	return mkostemps(path, 0, flags);
}

int
mkstemps(char *path, int behind)
{
	return mkostemps(path, behind, 0);
}

int
mkstemp(char *path)
{
	return mkostemps(path, 0, 0);
}

int
close(int fd)
{
	if (disk.on && fd >= 0 && fd < FDS_MAX)
		disk.fds[fd] = NULL;
	return (int)syscall(SYS_close, fd);
}

int
truncate(const char *path, off_t size)
{
	struct undo_path p;
	int fd, rc;

	if (!disk.on || !undo_path(AT_FDCWD, path, &p))
		return (int)syscall(SYS_truncate, path, size);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	rc = fd < 0 ? -1 : ftruncate(fd, size);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* --- names --- */

int
mkdirat(int dir_fd, const char *path, mode_t mode)
{
	struct undo_path p;
	int rc = -1;

	if (!disk.on || !undo_path(dir_fd, path, &p))
		return (int)syscall(SYS_mkdirat, dir_fd, path, mode);
	undo_names_lock();
	if (faccessat(dir_fd, path, F_OK, 0) == 0) {
		errno = EEXIST;
	} else if (!no_room(DISK_PAGE)) {
		undo_name("mkdir", &p);
		rc = (int)syscall(SYS_mkdirat, dir_fd, path, mode);
		if (rc == 0)
			undo_fresh_folder(&p);
	}
	undo_names_unlock();
	return rc;
}

int
mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

int
unlinkat(int dir_fd, const char *path, int flags)
{
	struct undo_path p;
	int rc;

	if (!disk.on || !undo_path(dir_fd, path, &p))
		return (int)syscall(SYS_unlinkat, dir_fd, path, flags);
	undo_names_lock();
	if (flags & AT_REMOVEDIR) {
		rc = undo_remove_folder(&p);
	} else {
		if (faccessat(dir_fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			undo_name("remove", &p);
		rc = (int)syscall(SYS_unlinkat, dir_fd, path, flags);
	}
	undo_names_unlock();
	return rc;
}

int
unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

int
rmdir(const char *path)
{
	return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

/* The C library's own does not come by unlink() and rmdir(). */
int
remove(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return -1;
	return S_ISDIR(st.st_mode) ? rmdir(path) : unlink(path);
}

int
renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	struct undo_path f = {0}, t = {0};
	bool from_ours = disk.on && undo_path(from_fd, from, &f);
	bool to_ours = disk.on && undo_path(to_fd, to, &t);
	int rc;

	if (!from_ours && !to_ours)
		return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
	if (from_ours != to_ours || (flags & ~RENAME_EXCHANGE))
		undo_give_up("renamed in a way that is not provided for", from);
	undo_names_lock();
	if (faccessat(from_fd, from, F_OK, 0) == 0)
		undo_two_names(flags & RENAME_EXCHANGE ? "exchange" : "rename", &f, &t);
	rc = (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
	undo_names_unlock();
	return rc;
}

int
renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	return renameat2(from_fd, from, to_fd, to, 0);
}

int
rename(const char *from, const char *to)
{
	return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	struct undo_path p;
	int rc;

	if (!disk.on || !undo_path(to_fd, to, &p))
		return (int)syscall(SYS_linkat, from_fd, from, to_fd, to, flags);
	undo_names_lock();
	if (faccessat(to_fd, to, F_OK, 0) != 0)
		undo_name("create", &p);
	rc = (int)syscall(SYS_linkat, from_fd, from, to_fd, to, flags);
	undo_names_unlock();
	return rc;
}

int
link(const char *from, const char *to)
{
	return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* --- what it says of the disk --- */

static int
say_room(int rc, struct statvfs *st)
{
	int64_t room = disk.on ? (int64_t)disk.control->room : -1;

	if (rc == 0 && room >= 0 && !disk.control->unseen)
		st->f_bfree = st->f_bavail = (fsblkcnt_t)room / st->f_frsize;
	return rc;
}

int
statvfs(const char *path, struct statvfs *st)
{
	int (*real)(const char *, struct statvfs *);

	disk_find_real("statvfs", &real);
	return say_room(real(path, st), st);
}

int
fstatvfs(int fd, struct statvfs *st)
{
	int (*real)(int, struct statvfs *);

	disk_find_real("fstatvfs", &real);
	return say_room(real(fd, st), st);
}

/* --- what it cannot see --- */

void *
mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
	if (disk_tracked(fd) != NULL && (protection & PROT_WRITE) && (flags & MAP_SHARED))
		undo_give_up("mapped to be written", "");
	return (void *)syscall(SYS_mmap, at, len, protection, flags, fd, offset);
}

FILE *
fopen(const char *path, const char *mode)
{
	FILE *(*real)(const char *, const char *);
	struct undo_path p;

	if (disk.on && strpbrk(mode, "wa+") != NULL && undo_path(AT_FDCWD, path, &p))
		undo_give_up("opened as a stream", path);
	disk_find_real("fopen", &real);
	return real(path, mode);
}

/* The same functions under their other names, where off_t has 64 bits anyway, and where the
 * compiler has checked the arguments. */
__asm__(".globl open64\n.set open64, open\n"
	".globl __open_2\n.set __open_2, open\n"
	".globl __open64_2\n.set __open64_2, open\n"
	".globl openat64\n.set openat64, openat\n"
	".globl __openat_2\n.set __openat_2, openat\n"
	".globl __openat64_2\n.set __openat64_2, openat\n"
	".globl creat64\n.set creat64, creat\n"
	".globl mkstemp64\n.set mkstemp64, mkstemp\n"
	".globl mkostemp64\n.set mkostemp64, mkostemp\n"
	".globl mkstemps64\n.set mkstemps64, mkstemps\n"
	".globl mkostemps64\n.set mkostemps64, mkostemps\n"
	".globl pwrite64\n.set pwrite64, pwrite\n"
	".globl pwritev64\n.set pwritev64, pwritev\n"
	".globl ftruncate64\n.set ftruncate64, ftruncate\n"
	".globl truncate64\n.set truncate64, truncate\n"
	".globl fallocate64\n.set fallocate64, fallocate\n"
	".globl posix_fallocate64\n.set posix_fallocate64, posix_fallocate\n"
	".globl statvfs64\n.set statvfs64, statvfs\n"
	".globl fstatvfs64\n.set fstatvfs64, fstatvfs\n"
	".globl mmap64\n.set mmap64, mmap\n"
	".globl fopen64\n.set fopen64, fopen\n");
