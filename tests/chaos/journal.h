/* tests/chaos/journal.h -- what one client wanted and what it was told, line by line.
 *
 *   intent SET LETTER KIND WRITE ID       before it is sent; ID is "-" for a create
 *   done SET WRITE ID                     the answer says it is done
 *   refused SET WRITE TYPE                the answer says it is not, and never will be
 *   answered SET OLDSTATE NEWSTATE        the answer's states; after the set's done lines
 *   unknown SET WHY                       no answer, or one that does not tell
 *   happened SET WRITE ID                 an unknown one was looked for, and there it is
 *   missed SET WRITE                      an unknown one was looked for, and it is not there
 *   wrong TEXT                            what a client read cannot be
 *
 * A client's writes are numbered from 1; a set has the number of its first write. */
#ifndef TESTS_CHAOS_JOURNAL_H
#define TESTS_CHAOS_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum write_kind { WRITE_CREATE = 1, WRITE_UPDATE, WRITE_DESTROY, WRITE__COUNT };

const char *write_kind_name(enum write_kind k); /* "create" */

/* --- writing: one client, one file --- */

struct journal {
	int fd;
	struct buf lines; /* not yet written */
};

bool journal_open(struct journal *j, const char *dir, unsigned client, struct err *e);
void journal_close(struct journal *j);
void journal_add(struct journal *j, const char *fmt, ...)
    __attribute__((format(printf, 2, 3))); /* a line, without its end */
/* All lines added since the last time, at once.  A journal that cannot be written ends the
 * process: nothing could be proved without it. */
void journal_flush(struct journal *j);

/* --- reading: all of them --- */

enum write_outcome {
	OUTCOME_NONE, /* the number was never used */
	OUTCOME_UNKNOWN,
	OUTCOME_DONE,
	OUTCOME_REFUSED,
	OUTCOME_HAPPENED,
	OUTCOME_MISSED,
};

struct write {
	enum write_outcome outcome;
	enum write_kind kind;
	char letter;
	uint64_t set;
	uint64_t id;                 /* 0: a create's, as long as it is not known */
	uint32_t epoch;              /* DONE: of the answer's states */
	uint64_t old_change, change; /* DONE: the set's changes are those after the first, up to
					this one */
};

struct history {
	unsigned n_clients;
	struct {
		uint64_t n; /* writes[1] to writes[n] */
		struct write *writes;
	} * clients;
	size_t n_wrong;
	char **wrong; /* texts */
};

bool history_read(struct history *h, const char *dir, struct err *e);
void history_free(struct history *h); /* leaves {0} */

#endif
