/* tests/typed.h -- command lines, as somebody types them at a shell.
 *
 * outboxctl is on the path there, under its own name and that of stalwart-cli; HOME is a folder
 * of the test's own. */
#ifndef TESTS_TYPED_H
#define TESTS_TYPED_H

#include <stdbool.h>

#include "base/str.h"
#include "tests/scratch.h"

struct typed {
	char dir[SCRATCH_DIR_MAX];
	int status;          /* of the last line: its exit status; -1 if a signal ended it */
	struct buf out, err; /* and what it wrote; terminated */
};

/* Exits with a message if it cannot. */
void typed_begin(struct typed *t);
void typed_end(struct typed *t); /* and removes the folder */

/* name=value is in the environment of what is run from now on. */
void typed_set(struct typed *t, const char *name, const char *value);
void typed_run(struct typed *t, const char *line);
/* The same, and whether the status is this one, out is in its standard output and err in its
 * standard error; NULL: nothing may be there.  Says what was otherwise. */
bool typed_gives(
    struct typed *t, const char *line, int status, const char *out, const char *err);

#endif
