/* base/folder.h -- makes, copies, syncs and removes folders and whole files on disk.
 *
 * Paths are NUL-terminated.  On false *e names the path and the reason: ERR_SERVER_UNAVAILABLE
 * if the disk is full, ERR_SERVER_FAIL otherwise. */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

struct folder_path {
	char text[4096];
};

/* "dir/name".  Keep the struct, not a pointer into it. */
struct folder_path folder_path(const char *dir, const char *name);

bool folder_exists(const char *path);                   /* true for a folder or a file */
bool folder_make(const char *path, struct err *e);      /* mode 0700; succeeds if it exists */
bool folder_sync(const char *path, struct err *e);      /* syncs the names in it */
bool folder_sync_file(const char *path, struct err *e); /* syncs a file's bytes */
bool folder_parent_sync(const char *path, struct err *e);
bool folder_remove(const char *path, struct err *e); /* with its content; may be missing */
/* Removes a file and syncs its folder.  Succeeds if there is none. */
bool folder_remove_file(const char *path, struct err *e);
/* rename(), then syncs both folders. */
bool folder_move(const char *from, const char *to, struct err *e);

/* Exchanges two names in one step and syncs both folders.  If the file system or the kernel
 * cannot do that, sets *supported to false and does nothing. */
bool folder_exchange(const char *a, const char *b, bool *supported, struct err *e);

/* Locks the file at path for this process, and makes the file if there is none.  Returns the
 * descriptor; closing it releases the lock.  Returns -1 with ERR_SERVER_UNAVAILABLE if another
 * process still holds the lock after wait_ms. */
int folder_lock(const char *path, unsigned wait_ms, struct err *e);

/* Calls each() for every name but . and .., until it returns false. */
bool folder_list(const char *path, bool (*each)(void *arg, const char *name, struct err *e),
    void *arg, struct err *e);

/* Copies the first bytes of a file, or all of it for UINT64_MAX, into a new file and syncs that
 * file.  The caller syncs the folder. */
bool folder_copy_file(const char *from, const char *to, uint64_t bytes, struct err *e);

#endif
