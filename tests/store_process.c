/* tests/store_process.c -- outbox-store as a process, on a folder and a socket of its own. */
#include "tests/store_process.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define STOP_WAIT_S 20

void
store_process_again(struct store_process *p)
{
	char program[PATH_MAX], data[STORE_SOCKET_MAX], log[STORE_SOCKET_MAX];
	char config[STORE_SOCKET_MAX];
	const char *argv[] = {
	    program, "--dir", data, "--listen", p->socket, "--config", config, NULL};

	scratch_program("outbox-store", program);
	snprintf(data, sizeof data, "%s/data", p->dir);
	snprintf(log, sizeof log, "%s/log", p->dir);
	snprintf(config, sizeof config, "%s/" STORE_PROCESS_CONFIG, p->dir);
	if (access(config, F_OK) != 0)
		argv[5] = NULL;
	p->pid = scratch_spawn(argv, log);
}

void
store_process_start(struct store_process *p)
{
	scratch_make(p->dir);
	snprintf(p->socket, sizeof p->socket, "%s/store.sock", p->dir);
	store_process_again(p);
}

bool
store_process_stop(struct store_process *p)
{
	int status = scratch_end(p->pid, SIGTERM, STOP_WAIT_S);

	scratch_remove(p->dir);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
