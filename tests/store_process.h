/* tests/store_process.h -- outbox-store as a process, on a folder and a socket of its own. */
#ifndef TESTS_STORE_PROCESS_H
#define TESTS_STORE_PROCESS_H

#include "storage/store.h"
#include "tests/scratch.h"

#define STORE_SOCKET_MAX (SCRATCH_DIR_MAX + 16)

struct store_process {
	char dir[SCRATCH_DIR_MAX];
	char socket[STORE_SOCKET_MAX]; /* dir/store.sock */
	pid_t pid;
};

#define STORE_PROCESS_CONFIG "outbox.conf" /* in dir; a test may write one */

/* The data folder is dir/data.  Does not wait for it: the client does. */
void store_process_start(struct store_process *p);
void store_process_again(struct store_process *p); /* after scratch_end(p->pid, ...) */
/* Ends it with SIGTERM and removes its folder.  True if it ended cleanly. */
bool store_process_stop(struct store_process *p);

#endif
