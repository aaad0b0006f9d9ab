/* tests/front.h -- a web server in front of an outbox, with the project's own configuration, on
 * a free port of a loopback address, in a folder of its own. */
#ifndef TESTS_FRONT_H
#define TESTS_FRONT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/str.h"
#include "tests/scratch.h"

enum front_kind { FRONT_NGINX, FRONT_APACHE };

struct front {
	enum front_kind kind;
	char dir[SCRATCH_DIR_MAX + 32];
	char listen[32]; /* "127.0.0.1:45678" */
	int reserved_fd; /* keeps that port from others while nobody listens */
	pid_t pid;
};

/* A port of address that stays this process's own until *fd is closed; a program that sets
 * SO_REUSEADDR can listen there.  Fills "ADDRESS:PORT"; exits with a message if there is none.
 */
void front_reserve(const char *address, char listen[static 32], int *fd);

/* Makes dir and starts a server at a port of address whose workers listen at outbox:
 * "unix:/PATH" or "ADDRESS:PORT", as outbox.conf has it.  It may not serve yet when this
 * returns.  Exits with a message if a file cannot be made. */
void front_start(struct front *f, enum front_kind kind, const char *address, const char *dir,
    const char *outbox);
/* The same, but with the site of tests/existing, which includes the paths of the outbox. */
void front_start_existing(struct front *f, enum front_kind kind, const char *address,
    const char *dir, const char *outbox);
bool front_runs(const struct front *f);
/* True if it ended cleanly. */
bool front_stop(struct front *f);

/* Appends what it has written. */
void front_logs(const struct front *f, struct buf *out);

#endif
