/* storage/writer.c -- the one thread that writes: it takes all jobs that wait and puts them
 * into one transaction. */
#include "storage/writer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct writer {
	struct env *env;
	uint32_t epoch;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct job *first, **last; /* waiting; under lock */
	size_t waiting;            /* so many; under lock */
	bool stopping;             /* under lock */
	_Atomic int64_t busy_since_us;
};

bool
batch_counters(struct batch *b, const struct type *t, struct counters **c, struct err *e)
{
	if (!b->counters[t->number].loaded) {
		if (!env_counters(b->env, b->txn, t, &b->counters[t->number].before, e))
			return false;
		b->counters[t->number].now = b->counters[t->number].before;
		b->counters[t->number].loaded = true;
	}
	*c = &b->counters[t->number].now;
	return true;
}

static bool
counters_write(struct batch *b, struct err *e)
{
	for (const struct type *const *t = model_types; *t != NULL; t++) {
		unsigned i = (*t)->number;

		if (b->counters[i].loaded &&
		    memcmp(&b->counters[i].now, &b->counters[i].before,
			sizeof b->counters[i].now) != 0 &&
		    !env_set_counters(b->env, b->txn, *t, &b->counters[i].now, e))
			return false;
	}
	return true;
}

/* All of them in one transaction, or none.  A commit that fails may still be found by the next
 * recovery, so neither answer would be true: the process ends, and the clients ask the next
 * one. */
static bool
run_together(struct writer *w, struct job **jobs, size_t n, struct err *e)
{
	struct batch b = {.env = w->env, .epoch = w->epoch};
	bool ok = false;
	int64_t began_us;
	int rc;

	b.now_s = clock_now_s(w->env->clock);
	b.nearly_full = env_nearly_full(w->env, &b.free_bytes);
	rc = w->env->db->txn_begin(w->env->db, NULL, &b.txn, 0);
	if (rc != 0)
		return db_failed(e, rc, "beginning a transaction");
	for (size_t i = 0; i < n; i++) {
		jobs[i]->refused = (struct err){0};
		if (!jobs[i]->run(&b, jobs[i]->arg, &jobs[i]->refused, e))
			goto out;
	}
	if (!counters_write(&b, e))
		goto out;
	began_us = clock_monotonic_us();
	if (!env_commit(w->env, &b.txn, e)) {
		log_line(w->env->log, LOG_LEVEL_ERROR, "commit", "error=%s exit=%d",
		    log_quote(str_of(e->text)).text, EX_IOERR);
		_exit(EX_IOERR);
	}
	metrics_observe(w->env->metrics, METRIC_COMMIT_TIME, METRIC_NO_LABELS,
	    clock_monotonic_us() - began_us);
	ok = true;
out:
	if (b.txn != NULL && (rc = b.txn->abort(b.txn)) != 0)
		db_failed(e, rc, "aborting");
	return ok;
}

/* Without the store's own upkeep. */
static void
count_batch(const struct writer *w, struct job *const *jobs, size_t n)
{
	int64_t asked = 0, ops = 0;

	for (size_t i = 0; i < n; i++)
		if (jobs[i]->asked) {
			asked++;
			ops += (int64_t)jobs[i]->ops;
		}
	if (asked == 0)
		return;
	metrics_observe(w->env->metrics, METRIC_BATCH_JOBS, METRIC_NO_LABELS, asked);
	metrics_observe(w->env->metrics, METRIC_BATCH_OPS, METRIC_NO_LABELS, ops);
}

static void
run_batch(struct writer *w, struct job **jobs, size_t n)
{
	struct err e = {0};

	if (run_together(w, jobs, n, &e)) {
		count_batch(w, jobs, n);
		return;
	}
	metrics_add(w->env->metrics, METRIC_BATCHES_ABORTED, METRIC_NO_LABELS, 1);
	env_heed(w->env, &e);
	log_line(w->env->log, LOG_LEVEL_WARN, "batch-aborted", "jobs=%zu error=%s", n,
	    log_quote(str_of(e.text)).text);
	for (size_t i = 0; i < n; i++) {
		struct err alone = {0};

		if (run_together(w, &jobs[i], 1, &alone))
			count_batch(w, &jobs[i], 1);
		else
			jobs[i]->refused = alone;
	}
}

/* The jobs that have waited longest, as many as fit into a batch and at least one; 0: none will
 * come any more. */
static size_t
take(struct writer *w, struct job **jobs)
{
	size_t n = 0, bytes = 0, entries = 0;

	pthread_mutex_lock(&w->lock);
	while (w->first == NULL && !w->stopping)
		pthread_cond_wait(&w->wake, &w->lock);
	while (w->first != NULL && n < BATCH_JOBS_MAX) {
		bytes += w->first->bytes;
		entries += w->first->entries;
		if (n > 0 && (bytes > BATCH_BYTES_MAX || entries > BATCH_ENTRIES_MAX))
			break;
		jobs[n++] = w->first;
		w->first = w->first->next;
	}
	if (w->first == NULL)
		w->last = &w->first;
	w->waiting -= n;
	pthread_mutex_unlock(&w->lock);
	return n;
}

static void *
writer_thread(void *arg)
{
	struct job *jobs[BATCH_JOBS_MAX];
	struct writer *w = arg;
	size_t n;

	while ((n = take(w, jobs)) > 0) {
		w->busy_since_us = clock_monotonic_us();
		run_batch(w, jobs, n);
		w->busy_since_us = 0;
		for (size_t i = 0; i < n; i++)
			sem_post(&jobs[i]->done);
	}
	return NULL;
}

bool
writer_start(struct writer **out, struct env *env, struct err *e)
{
	struct writer *w = mem_new(1, sizeof *w);

	w->env = env;
	w->last = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	if (!env_epoch(env, NULL, &w->epoch, e))
		goto fail;
	if (pthread_create(&w->thread, NULL, writer_thread, w) != 0) {
		err_set(e, ERR_SERVER_FAIL, "cannot start the writer's thread");
		goto fail;
	}
	*out = w;
	return true;
fail:
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
	return false;
}

void
writer_stop(struct writer **w)
{
	if (*w == NULL)
		return;
	pthread_mutex_lock(&(*w)->lock);
	(*w)->stopping = true;
	pthread_cond_signal(&(*w)->wake);
	pthread_mutex_unlock(&(*w)->lock);
	pthread_join((*w)->thread, NULL);
	pthread_cond_destroy(&(*w)->wake);
	pthread_mutex_destroy(&(*w)->lock);
	free(*w);
	*w = NULL;
}

bool
writer_do(struct writer *w, struct job *j, struct err *e)
{
	j->next = NULL;
	sem_init(&j->done, 0, 0);
	pthread_mutex_lock(&w->lock);
	*w->last = j;
	w->last = &j->next;
	w->waiting++;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	while (sem_wait(&j->done) != 0) /* a signal came between */
		continue;
	sem_destroy(&j->done);
	if (j->refused.code == ERR_NONE)
		return true;
	*e = j->refused;
	return false;
}

size_t
writer_waiting(struct writer *w)
{
	size_t n;

	pthread_mutex_lock(&w->lock);
	n = w->waiting;
	pthread_mutex_unlock(&w->lock);
	return n;
}

int64_t
writer_busy_us(const struct writer *w)
{
	int64_t since = w->busy_since_us;

	return since == 0 ? 0 : clock_monotonic_us() - since;
}
