/* base/io.h -- files and sockets: whole reads and writes, and addresses.
 *
 * Every descriptor made here is close-on-exec.  Times are milliseconds. */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/* All len bytes, or false with errno set (0: the other end closed).  EINTR is retried. */
bool io_read_full(int fd, void *bytes, size_t len);
bool io_write_full(int fd, const void *bytes, size_t len); /* no SIGPIPE on sockets */

/* "unix:/run/x.sock" or "127.0.0.1:9000" or "[::1]:9000".  A unix socket left by somebody else
 * is replaced; mode is its file mode.  -1 with *e set. */
int io_listen(const char *address, int backlog, mode_t mode, struct err *e);
int io_connect_unix(
    const char *path, unsigned timeout_ms, struct err *e); /* reads and writes time out too */
void io_set_timeout(int fd, unsigned timeout_ms);
void io_close(int *fd); /* and sets it to -1; nothing to do for -1 */

bool io_read_file(const char *path, size_t max, struct buf *out, struct err *e);
/* Whole or not at all (written beside, synced, renamed). */
bool io_write_file(const char *path, struct str content, mode_t mode, struct err *e);

/* Whether the other end of a stream socket has closed it and all that it sent was read. */
bool io_is_closed(int fd);

#endif
