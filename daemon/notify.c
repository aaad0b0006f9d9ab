/* daemon/notify.c -- one datagram to systemd. */
#include "daemon/notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/io.h"

void
notify(const char *socket_path, const char *state)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	size_t len = socket_path != NULL ? strlen(socket_path) : 0;
	int fd;

	if (len == 0 || len >= sizeof a.sun_path)
		return;
	memcpy(a.sun_path, socket_path, len);
	if (a.sun_path[0] == '@')
		a.sun_path[0] = '\0'; /* an abstract socket */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&a,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	io_close(&fd);
}
