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

/* Reads or writes all len bytes.  On false errno is set; 0 means that the other end closed.
 * Retries after EINTR. */
bool io_read_full(int fd, void *bytes, size_t len);
bool io_write_full(int fd, const void *bytes, size_t len); /* sockets raise no SIGPIPE */

/* Address is "unix:/run/x.sock", "127.0.0.1:9000" or "[::1]:9000".  Replaces a unix socket that
 * an earlier process left; mode is the new socket's file mode.  Returns -1 with *e set on
 * failure. */
int io_listen(const char *address, int backlog, mode_t mode, struct err *e);
int io_connect_unix(
    const char *path, unsigned timeout_ms, struct err *e); /* reads and writes time out too */
void io_set_timeout(int fd, unsigned timeout_ms);
void io_close(int *fd); /* and sets it to -1; does nothing for -1 */

bool io_read_file(const char *path, size_t max, struct buf *out, struct err *e);
/* Writes the whole file or nothing: writes a temporary file, syncs it and renames it. */
bool io_write_file(const char *path, struct str content, mode_t mode, struct err *e);

/* Has the other end of a stream socket closed it, and has everything it sent been read? */
bool io_is_closed(int fd);

#endif
