/* client/cache.c -- one folder for each server, with one file for its document. */
#include "client/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

#define DOCUMENT_MAX (16u << 20) /* bytes */
#define SERVER_HASH_LEN 16
#define ENDING ".json"

/* Appends "~/.cache/report-outbox", or nothing if there is no home. */
static void
cache_dir(struct buf *out)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (cache != NULL && cache[0] == '/')
		buf_printf(out, "%s/report-outbox", cache);
	else if (home != NULL && home[0] == '/')
		buf_printf(out, "%s/.cache/report-outbox", home);
}

static void
add_server(const char *server, struct buf *out)
{
	unsigned char hash[SERVER_HASH_LEN];
	char hex[2 * SERVER_HASH_LEN + 1];

	crypto_generichash(
	    hash, sizeof hash, (const unsigned char *)server, strlen(server), NULL, 0);
	buf_printf(out, "/%s", sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

/* The hash becomes a file name, so it may hold no character with a meaning in a path. */
static bool
is_file_name(struct str hash)
{
	for (size_t i = 0; i < hash.len; i++) {
		char c = hash.s[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	}
	return hash.len > 0 && hash.len <= CACHE_HASH_MAX;
}

/* The path of the file for a document; false if it has no place. */
static bool
path_of(const char *server, struct str hash, struct buf *path)
{
	cache_dir(path);
	if (path->len == 0 || !is_file_name(hash))
		return false;
	add_server(server, path);
	buf_putc(path, '/');
	buf_add_str(path, hash);
	buf_puts(path, ENDING);
	buf_terminate(path);
	return true;
}

bool
cache_get(const char *server, struct str hash, struct buf *out)
{
	struct buf path = {0};
	struct err ignored = {0};
	size_t start = out->len;
	bool ok;

	ok = path_of(server, hash, &path) && io_read_file(path.s, DOCUMENT_MAX, out, &ignored);
	if (!ok)
		out->len = start;
	buf_free(&path);
	return ok;
}

/* Makes each folder of the path. */
static void
make_folders(const char *path)
{
	struct buf folder = {0};

	for (const char *slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		buf_clear(&folder);
		buf_add(&folder, path, (size_t)(slash - path));
		mkdir(buf_terminate(&folder), 0700);
	}
	buf_free(&folder);
}

/* Removes the server's other documents. */
static void
remove_others(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	struct buf folder = {0};
	const struct dirent *entry;
	DIR *d;

	buf_add(&folder, path, (size_t)(name - path));
	d = opendir(buf_terminate(&folder));
	while (d != NULL && (entry = readdir(d)) != NULL)
		if (strstr(entry->d_name, ENDING) != NULL && strcmp(entry->d_name, name) != 0)
			unlinkat(dirfd(d), entry->d_name, 0);
	if (d != NULL)
		closedir(d);
	buf_free(&folder);
}

void
cache_put(const char *server, struct str hash, struct str document)
{
	struct buf path = {0};
	struct err ignored = {0};

	if (path_of(server, hash, &path) && document.len <= DOCUMENT_MAX) {
		make_folders(path.s);
		if (io_write_file(path.s, document, 0600, &ignored))
			remove_others(path.s);
	}
	buf_free(&path);
}
