/* base/io.c -- files and sockets. */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

bool
io_read_full(int fd, void *bytes, size_t len)
{
	char *at = bytes;

	while (len > 0) {
		ssize_t n = read(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (n == 0)
				errno = 0;
			return false;
		}
		at += n;
		len -= (size_t)n;
	}
	return true;
}

bool
io_write_full(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n < 0 && errno == ENOTSOCK)
			n = write(fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

void
io_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
io_set_timeout(int fd, unsigned timeout_ms)
{
	struct timeval t = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

static bool
unix_address(const char *path, struct sockaddr_un *a, struct err *e)
{
	size_t len = strlen(path);

	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (len >= sizeof a->sun_path)
		return err_set(e, ERR_SERVER_FAIL, "socket path %s is longer than %zu bytes",
		    path, sizeof a->sun_path - 1);
	memcpy(a->sun_path, path, len + 1);
	return true;
}

static int
listen_unix(const char *path, int backlog, mode_t mode, struct err *e)
{
	struct sockaddr_un a;
	int fd = -1;

	if (!unix_address(path, &a, e))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 ||
	    chmod(path, mode) != 0 || listen(fd, backlog) != 0) {
		err_set(e, ERR_SERVER_FAIL, "cannot listen on %s: %s", path, strerror(errno));
		io_close(&fd);
	}
	return fd;
}

static int
listen_tcp(const char *address, int backlog, struct err *e)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
	    .ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	const char *colon = strrchr(address, ':');
	char host[64] = "";
	int fd = -1, on = 1;

	if (colon != NULL && (size_t)(colon - address) < sizeof host) {
		memcpy(host, address, (size_t)(colon - address));
		if (host[0] == '[' && colon[-1] == ']') {
			memmove(host, host + 1, strlen(host));
			host[strlen(host) - 1] = '\0';
		}
	}
	if (host[0] == '\0' || getaddrinfo(host, colon + 1, &hints, &found) != 0) {
		err_set(
		    e, ERR_SERVER_FAIL, "%s is neither unix:PATH nor ADDRESS:PORT", address);
		return -1;
	}
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
	    bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, backlog) != 0) {
		err_set(
		    e, ERR_SERVER_FAIL, "cannot listen on %s: %s", address, strerror(errno));
		io_close(&fd);
	}
	freeaddrinfo(found);
	return fd;
}

int
io_listen(const char *address, int backlog, mode_t mode, struct err *e)
{
	struct str path = str_of(address);

	if (str_cut_prefix(&path, "unix:"))
		return listen_unix(path.s, backlog, mode, e);
	return listen_tcp(address, backlog, e);
}

int
io_connect_unix(const char *path, unsigned timeout_ms, struct err *e)
{
	struct sockaddr_un a;
	int fd;

	if (!unix_address(path, &a, e))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		io_set_timeout(fd, timeout_ms);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
		err_set(e, ERR_SERVER_UNAVAILABLE, "cannot connect to %s: %s", path,
		    strerror(errno));
		io_close(&fd);
	}
	return fd;
}

bool
io_read_file(const char *path, size_t max, struct buf *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd < 0)
		return err_set(e, ERR_SERVER_FAIL, "cannot open %s: %s", path, strerror(errno));
	do {
		buf_reserve(out, 65536);
		n = read(fd, out->s + out->len, out->cap - out->len);
		if (n > 0)
			out->len += (size_t)n;
	} while ((n > 0 && out->len <= max) || (n < 0 && errno == EINTR));
	io_close(&fd);
	if (n < 0)
		return err_set(e, ERR_SERVER_FAIL, "cannot read %s: %s", path, strerror(errno));
	if (out->len > max)
		return err_set(e, ERR_SERVER_FAIL, "%s is longer than %zu bytes", path, max);
	return true;
}

bool
io_write_file(const char *path, struct str content, mode_t mode, struct err *e)
{
	struct buf beside = {0};
	bool ok = false;
	int fd;

	buf_printf(&beside, "%s.XXXXXX", path);
	buf_terminate(&beside);
	fd = mkostemp(beside.s, O_CLOEXEC);
	if (fd < 0 || fchmod(fd, mode) != 0 || !io_write_full(fd, content.s, content.len) ||
	    fsync(fd) != 0 || rename(beside.s, path) != 0) {
		err_set(e, ERR_SERVER_FAIL, "cannot write %s: %s", path, strerror(errno));
		goto out;
	}
	ok = true;
out:
	if (!ok && fd >= 0)
		unlink(beside.s);
	io_close(&fd);
	buf_free(&beside);
	return ok;
}

bool
io_is_closed(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}
