/* tests/chaos/disk.h -- what the disk shim and those who steer it share: the control file, and
 * how the side folder holds what a power cut would undo.
 *
 * The shim (disk.so, in LD_PRELOAD) is inert in every program but outbox-store.  There it heeds
 * what is done to files below the folder CHAOS_DISK_DATA, and writes into the folder
 * CHAOS_DISK_SIDE, which lies on the same file system:
 *
 *   control  struct disk_control, mapped by the shim; made by disk_begin()
 *   f-INO    of a file with unsynced writes: struct disk_head, then a struct disk_page for each
 *            page that was overwritten; pages behind the synced size need none
 *   d-INO    of a folder with unsynced names: a line for each change,
 *            "NUMBER OP FOLDER NAME FOLDER NAME KEPT".  The numbers count up, in all folders
 *            together; OP is create, mkdir, remove, rmdir, rename or exchange; a folder is the
 *            number of its inode.  The second name is a rename's new one, or that with which
 *            an exchange was made; otherwise "0 -".  A move between folders is written down
 *            in both.  KEPT is what was removed or replaced, "-" if nothing; of an exchange the
 *            inode that had the first name
 *   KEPT     k-N, a link to such a file, or such a folder itself
 *   disk.so  a link to the shim: a path in LD_PRELOAD can hold no space, the build's may
 *
 * A sync of the file or folder empties its f- or d- file.  A move that one of its folders was
 * synced after has happened: disks do it as a whole. */
#ifndef TESTS_CHAOS_DISK_H
#define TESTS_CHAOS_DISK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define DISK_PAGE 4096 /* what a disk writes whole or not at all */
#define DISK_PATH_MAX 4096
#define DISK_DATA_NAME "CHAOS_DISK_DATA"
#define DISK_SIDE_NAME "CHAOS_DISK_SIDE"

struct disk_control {
	_Atomic int64_t room;     /* bytes that may still be written; negative: no limit */
	_Atomic bool overwriting; /* what replaces old bytes takes room too */
	_Atomic bool unseen;      /* whoever asks for the free space is told of plenty */
	_Atomic uint32_t sync_us; /* a sync takes so much longer */
	_Atomic uint64_t changes; /* of names, so far: the shim counts them */
	_Atomic uint64_t
	    starts; /* of programs that it is in, and not inert: it counts them too */
};

struct disk_head {
	uint64_t size; /* when it was last synced */
};

struct disk_page {
	uint64_t page; /* its number in the file */
	uint64_t len;  /* bytes of it that there were */
	uint8_t bytes[DISK_PAGE];
};

/* --- for those who steer it: disk_control.c --- */

/* Makes the side folder and sets the environment for what is started from now on.  shim is the
 * path of disk.so. */
bool disk_begin(const char *shim, const char *data, const char *side, struct err *e);
/* What the disk is like from now on, all but the counts; {.room = -1} is a good one.  An error
 * if the shim has not been in any outbox-store yet: nothing would be tried. */
bool disk_set(const char *side, const struct disk_control *want, struct err *e);

#endif
