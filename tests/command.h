/* tests/command.h -- outboxctl as a process, on the outbox of a test. */
#ifndef TESTS_COMMAND_H
#define TESTS_COMMAND_H

#include "base/str.h"

struct commanded {
	int status; /* exit status; -1: it was killed */
	struct buf out, err;
};

/* Runs "outboxctl --dir dir" with these words, the last of which is NULL, and in as its
 * standard input.  commanded_free(). */
struct commanded outboxctl(const char *dir, struct str in, const char *const words[]);
void commanded_free(struct commanded *c); /* leaves {0} */

#endif
