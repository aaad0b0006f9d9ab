/* base/folder.h -- folders and whole files on disk: made, copied, synced, removed.
 *
 * Paths are NUL-terminated.  On false *e names the path and why; ERR_SERVER_UNAVAILABLE where
 * the disk is full, which passes, ERR_SERVER_FAIL otherwise. */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

struct folder_path {
	char text[4096];
};

/* "dir/name", for a moment's use. */
struct folder_path folder_path(const char *dir, const char *name);

bool folder_exists(const char *path);                   /* a folder or a file */
bool folder_make(const char *path, struct err *e);      /* 0700; one that is there is as good */
bool folder_sync(const char *path, struct err *e);      /* the names in it */
bool folder_sync_file(const char *path, struct err *e); /* a file's bytes */
bool folder_parent_sync(const char *path, struct err *e);
bool folder_remove(const char *path, struct err *e); /* with all in it; none is as good */
/* A file, and its name is gone from the disk too; none is as good. */
bool folder_remove_file(const char *path, struct err *e);
/* rename(), and both names are on disk. */
bool folder_move(const char *from, const char *to, struct err *e);

/* Exchanges two names in one step, and both are on disk.  *supported false, and nothing done,
 * where the file system or the kernel cannot do that. */
bool folder_exchange(const char *a, const char *b, bool *supported, struct err *e);

/* Takes the file path for this process alone, making it if need be.  The descriptor, which
 * holds it until it is closed; -1: ERR_SERVER_UNAVAILABLE if another process has not let go of
 * it after wait_ms. */
int folder_lock(const char *path, unsigned wait_ms, struct err *e);

/* Calls each() for every name but . and .., until it says false. */
bool folder_list(const char *path, bool (*each)(void *arg, const char *name, struct err *e),
    void *arg, struct err *e);

/* The first bytes of a file, or all of it for UINT64_MAX, into a new one, synced but for its
 * name. */
bool folder_copy_file(const char *from, const char *to, uint64_t bytes, struct err *e);

#endif
