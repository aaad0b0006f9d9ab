/* storage/archive/end.c -- the archive's `end`: how far the copy is known to reach. */
#include "storage/archive/end.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/io.h"

#define END_LEN 64
#define HASH_LEN 16 /* bytes */

/* "0000000003 0000012040 <hash>", filled up with spaces. */
static void
end_text(struct log_place end, char text[static END_LEN + 1])
{
	char place[32], hex[2 * HASH_LEN + 1];
	uint8_t hash[HASH_LEN];

	snprintf(place, sizeof place, "%010u %010u", end.file, end.offset);
	crypto_generichash(hash, sizeof hash, (const uint8_t *)place, strlen(place), NULL, 0);
	sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
	memset(text, ' ', END_LEN - 1);
	memcpy(text, place, strlen(place));
	memcpy(text + strlen(place) + 1, hex, strlen(hex));
	text[END_LEN - 1] = '\n';
	text[END_LEN] = '\0';
}

int
archive_end_open(const char *dir, struct err *e)
{
	int fd = open(folder_path(dir, "end").text, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		err_set(e, ERR_SERVER_FAIL, "cannot open the archive's end in %s: %s", dir,
		    strerror(errno));
	return fd;
}

bool
archive_end_write(int fd, struct log_place end, struct err *e)
{
	char text[END_LEN + 1];

	end_text(end, text);
	if (pwrite(fd, text, END_LEN, 0) == END_LEN)
		return true;
	return err_set(e, errno == ENOSPC ? ERR_SERVER_UNAVAILABLE : ERR_SERVER_FAIL,
	    "cannot write the archive's end: %s", strerror(errno));
}

bool
archive_end_read(const char *dir, struct log_place *end)
{
	char text[END_LEN + 1] = "", wanted[END_LEN + 1];
	int fd = open(folder_path(dir, "end").text, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && io_read_full(fd, text, END_LEN) &&
	    sscanf(text, "%10u %10u", &end->file, &end->offset) == 2;

	io_close(&fd);
	if (ok)
		end_text(*end, wanted);
	return ok && memcmp(text, wanted, END_LEN) == 0;
}
