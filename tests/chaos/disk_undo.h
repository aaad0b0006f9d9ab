/* tests/chaos/disk_undo.h -- in the shim: what is needed to undo what is not yet synced.
 *
 * Private to disk.so. */
#ifndef TESTS_CHAOS_DISK_UNDO_H
#define TESTS_CHAOS_DISK_UNDO_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/chaos/disk.h"

/* A file or folder below the data folder; one for each inode, as long as the process lives. */
struct tracked {
	uint64_t ino;
	bool folder;
	pthread_mutex_t lock; /* held while it is written or synced */
	int undo_fd;          /* f-INO, or d-INO; -1: not open yet */
	bool dirty;           /* f-INO has its head */
	off_t undo_len;       /* bytes of f-INO, as far as this process knows */
	uint64_t synced_size;
	uint8_t *saved;   /* a bit a page */
	uint64_t n_saved; /* pages that there are bits for */
	struct tracked *next;
};

/* The two folders, and what counts the changes of names; before anything else. */
void undo_begin(const char *data, const char *side, _Atomic uint64_t *changes);
/* Ends the process with a sentence on standard error: nothing could be proved. */
_Noreturn void undo_give_up(const char *what, const char *which);

/* Is that path, which need not be there, in or below the data folder?  Then dir is where it
 * lies and name its last part. */
struct undo_path {
	char dir[DISK_PATH_MAX];
	char name[256];
};
bool undo_path(int dir_fd, const char *path, struct undo_path *p);

/* What is open there; made: a moment ago, with nothing in it. */
struct tracked *undo_track(int fd, bool made);

/* --- disk.c --- */

/* What is open there, if it is below the data folder. */
struct tracked *disk_tracked(int fd);
/* Is that path below the data folder? */
bool disk_has(int dir_fd, const char *path);
/* Into *function, a pointer to one: the C library's own, behind ours, where there is no system
 * call of that form. */
void disk_find_real(const char *name, void *function);

/* --- disk_undo.c --- */

/* Under t->lock, before bytes from `from` to `until` of the file are written or cut off. */
void undo_save(struct tracked *t, int fd, uint64_t from, uint64_t until);
/* Under t->lock, after the file was synced. */
void undo_synced(struct tracked *t);

/* Between these two a name is written down and changed, as one. */
void undo_names_lock(void);
void undo_names_unlock(void);
/* What is about to be done to a name: "create", "mkdir", "remove". */
void undo_name(const char *op, const struct undo_path *p);
/* "rename" or "exchange"; also from folder to folder. */
void undo_two_names(const char *op, const struct undo_path *p, const struct undo_path *other);
/* Removes an empty folder, or rather keeps it where nobody sees it. */
int undo_remove_folder(const struct undo_path *p);
/* After a folder was made: its number may have been another's. */
void undo_fresh_folder(const struct undo_path *p);
/* After the folder was synced. */
void undo_names_synced(const struct tracked *folder);

#endif
