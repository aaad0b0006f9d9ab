/* login/slots.c -- limits how many passwords all workers together hash at the same time. */
#include "login/slots.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/io.h"

bool
slot_take(const char *path, unsigned n, int *fd, struct err *e)
{
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return err_set(e, ERR_SERVER_FAIL, "cannot open %s: %s", path, strerror(errno));
	for (unsigned i = 0; i < n; i++) {
		struct flock place = {
		    .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = i, .l_len = 1};

		if (fcntl(*fd, F_OFD_SETLK, &place) == 0)
			return true;
	}
	io_close(fd);
	return true;
}
