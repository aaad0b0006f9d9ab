/* tests/scratch.h -- a folder of a test's own, and the programs of the build it belongs to. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <limits.h>
#include <sys/types.h>

#define SCRATCH_DIR_MAX 64 /* short enough for unix sockets in it */

/* Makes a folder under $TMPDIR or /tmp; exits with a message if that fails. */
void scratch_make(char dir[static SCRATCH_DIR_MAX]);
void scratch_remove(const char *dir); /* with all that is in it */

/* The path of "outboxd" beside this test program's folder: build/tests/run, build/outboxd. */
void scratch_program(const char *name, char out[static PATH_MAX]);

/* Starts argv with standard output and error going to the file log; it gets SIGTERM when this
 * process dies. */
pid_t scratch_spawn(const char *const argv[], const char *log);
/* Sends signal and waits; after wait_s seconds it is killed.  The exit status as waitpid()
 * tells it. */
int scratch_end(pid_t pid, int signal, unsigned wait_s);

#endif
