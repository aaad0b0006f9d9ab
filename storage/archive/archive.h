/* storage/archive/archive.h -- a second copy of the log, on disk before a write is
 * acknowledged; with the last verified backup it makes the store again, to the last answer
 * given.
 *
 * Private to storage/.  In the archive's folder:
 *
 *   log.NNNNNNNNNN   byte for byte what Berkeley DB has written, from the base's first_log on
 *   end              where the copy ends, written after each sync and not synced itself: after
 *                    a power cut the copy can reach farther, never less far
 *   base/            the last verified backup (storage/archive/manifest.h); in a new store
 *                    one without files and with first_log 1
 *   base.new/        one being made (storage/archive/base.h) */
#ifndef STORAGE_ARCHIVE_ARCHIVE_H
#define STORAGE_ARCHIVE_ARCHIVE_H

#include "base/log.h"
#include "storage/archive/base.h"
#include "storage/archive/logfile.h"
#include "storage/archive/manifest.h"

/* Of what is stored.  A newer one is refused, an older one upgraded.  Format 1 had no archive
 * and no users; in format 2 tokens have no last use. */
#define ENV_FORMAT 3

struct archive;

/* --- before the environment is opened --- */

enum archive_verdict {
	ARCHIVE_EMPTY,      /* there is none, or nothing in it */
	ARCHIVE_MATCHES,    /* the store's log begins with all that the archive's ends with */
	ARCHIVE_IS_DAMAGED, /* it has a hole or lost bytes; the store's log has them */
	ARCHIVE_STORE_DAMAGED, /* the store's log is missing, cut or changed; the archive's is
				* whole
				*/
	ARCHIVE_BOTH_DAMAGED,  /* or of different histories: nobody can tell what is lost */
};

/* Compares the last files of both, the archive's from the last but one on.  *why says what is
 * wrong, "" if nothing.  False only if that could not be found out (rights, memory). */
bool archive_compare(const char *dir, const char *store_dir, enum archive_verdict *verdict,
    struct err *why, struct err *e);

/* Removes what is in it, the backups' MANIFESTs first: a part of an archive is not to be taken
 * for one.  The folder stays, which may be a disk's own or lie in one that is not ours to
 * change, and so does what is none of the archive's.  No folder is as good. */
bool archive_forget(const char *dir, struct err *e);

/* The archive's whole records end there: everything acknowledged lies before.  ERR_DAMAGED if
 * they end before what `end` says, or there is a hole. */
bool archive_extent(const char *dir, uint32_t *first_log, struct log_place *end, struct err *e);

/* --- while it is open --- */

struct archive_start {
	bool anew; /* forget what is there, base too, and begin with the store's oldest log */
	struct log_place to; /* catch up so far: what the store has synced */
	uint32_t epoch;      /* for a base without files, which the first log of all makes */
	int64_t now_s;
};

/* Copies on where the archive ended. */
bool archive_open(struct archive **a, const char *dir, const char *store_dir,
    const struct archive_start *start, const struct log *log, struct err *e);
void archive_close(struct archive **a); /* safe on NULL; leaves NULL */

/* Copies the store's log as far as to, which Berkeley DB has synced, and syncs the copy.  One
 * thread at a time. */
bool archive_copy(struct archive *a, struct log_place to, struct err *e);

/* The rest may be called by any thread. */
struct log_place archive_end(struct archive *a); /* what it holds safely */
uint64_t archive_bytes(struct archive *a);       /* of its logs */
uint32_t archive_first(struct archive *a);       /* its oldest log */
/* On its disk; 0 if that cannot be told. */
uint64_t archive_free_bytes(const struct archive *a);
const char *archive_dir(const struct archive *a);

/* False: there is no verified backup, and one is wanted at once.  made_s may be NULL. */
bool archive_has_base(struct archive *a, int64_t *made_s);
/* It is damaged, or the logs after it are: nobody counts on it any more. */
void archive_base_drop(struct archive *a);
/* After base/ was exchanged: reads its MANIFEST anew and removes the logs
 * before its first_log. */
bool archive_base_changed(struct archive *a, struct err *e);

#endif
