/* storage/chore.h -- what the store does beside its requests when somebody asks for it or its
 * time has come: one chore at a time, in a thread of its own.
 *
 * Private to storage/.  A chore is a value of enum store_chore_kind, a row in chore.c, and a
 * function that tells how far it is and stops when it is asked to. */
#ifndef STORAGE_CHORE_H
#define STORAGE_CHORE_H

#include "storage/store.h"
#include "storage/writer.h"

struct chores;

/* One that is under way. */
struct chore {
	struct chores *all;
	struct env *env;
	struct writer *writer;
	enum store_chore_kind kind;
	const char *path;     /* BACKUP: where to; "" for the archive's own */
	uint64_t done, total; /* bytes, for chore_goes_on() to tell */
};

/* When the archive's own backup is made anew; at once if there is none. */
struct chore_schedule {
	int64_t backup_every_s; /* 0: not for its age */
	uint64_t
	    backup_after_bytes; /* of logs in the archive since the last one; 0: not for those
				 */
};

/* The thread uses env and w until chores_stop(). */
bool chores_start(struct chores **out, const struct chore_schedule *schedule, struct env *env,
    struct writer *w, struct err *e);
/* Before the writer; a chore under way ends where it is.  Safe on NULL; leaves NULL. */
void chores_stop(struct chores **c);

/* As store_chore_begin() and store_chore_show() say (storage/store.h). */
bool chore_begin(struct chores *all, enum store_chore_kind kind, struct str path,
    uint64_t *number, struct err *e);
bool chore_show(
    struct chores *all, enum store_chore_kind kind, struct store_chore *out, struct err *e);

/* Why the archive's backup could not be made anew the last time; no error if it could. */
void chore_backup_failed(struct chores *all, struct err *why);

/* --- for what runs as a chore --- */

typedef bool chore_run(struct chore *c, struct err *e);

chore_run backup_run;  /* backup.c */
chore_run compact_run; /* compact.c */
chore_run verify_run;  /* verify.c */

/* What it is at, or at its end what came of it. */
void chore_tell(struct chore *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Tells how far it is; false, with *e set, if it is to stop. */
bool chore_goes_on(struct chore *c, struct err *e);

#endif
