/* fcgi/heartbeat.c -- tells outboxd every second that this worker is alive. */
#include "fcgi/heartbeat.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

#define SECOND_US INT64_C(1000000)
#define STACK_BYTES (256 << 10)

struct heartbeat {
	int fd;
	int64_t timeout_us;
	_Atomic int64_t since_us; /* when the current request began; 0: there is none */
	sem_t stop;
	pthread_t thread;
};

/* Takes no lock, so that it works whatever lock the other thread holds. */
static void
end_if_stuck(const struct heartbeat *h)
{
	static const char text[] =
	    "outbox-worker: a request took longer than worker_timeout_s\n";
	int64_t since_us = h->since_us;

	if (since_us == 0 || clock_monotonic_us() - since_us < h->timeout_us)
		return;
	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		_exit(2);
	_exit(1);
}

static void *
beat(void *arg)
{
	struct heartbeat *h = arg;
	struct timespec next;

	do {
		end_if_stuck(h);
		/* A failure does no harm: either the parent is busy and the pipe is full, or
		 * the parent is gone and this worker will end too. */
		if (h->fd >= 0)
			(void)!write(h->fd, "", 1);
		clock_gettime(CLOCK_MONOTONIC, &next);
		next.tv_sec += HEARTBEAT_S;
	} while (sem_clockwait(&h->stop, CLOCK_MONOTONIC, &next) != 0);
	return NULL;
}

/* Blocks all signals in the new thread: the main thread handles them. */
static int
start_thread(struct heartbeat *h)
{
	pthread_attr_t small;
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_BYTES);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&h->thread, &small, beat, h);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&small);
	return rc;
}

bool
heartbeat_start(struct heartbeat **h, int fd, long timeout_s, struct err *e)
{
	int rc;

	*h = mem_new(1, sizeof **h);
	(*h)->fd = fd;
	(*h)->timeout_us = timeout_s * SECOND_US;
	if (fd >= 0)
		fcntl(fd, F_SETFL, O_NONBLOCK);
	sem_init(&(*h)->stop, 0, 0);
	rc = start_thread(*h);
	if (rc == 0)
		return true;
	sem_destroy(&(*h)->stop);
	free(*h);
	*h = NULL;
	return err_set(e, ERR_SERVER_FAIL, "cannot start the heartbeat: %s", strerror(rc));
}

void
heartbeat_stop(struct heartbeat **h)
{
	if (*h == NULL)
		return;
	sem_post(&(*h)->stop);
	pthread_join((*h)->thread, NULL);
	sem_destroy(&(*h)->stop);
	free(*h);
	*h = NULL;
}

void
heartbeat_request(struct heartbeat *h, bool under_way)
{
	if (h != NULL)
		h->since_us = under_way ? clock_monotonic_us() : 0;
}
