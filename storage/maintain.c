/* storage/maintain.c -- what the store does beside its requests: checkpoints, and forgetting
 * what is old. */
#include "storage/maintain.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/pack.h"
#include "storage/archive/ballast.h"
#include "storage/opids.h"

struct maintenance {
	struct env *env;
	struct writer *writer;
	struct maintain_options options;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping; /* under lock */
	_Atomic int64_t busy_since_us;
};

struct prune_job {
	const struct type *type; /* its change log; NULL: timed */
	struct timed *timed;
	int64_t before_s;
	size_t pruned;
};

/* The oldest entries of the change log, while they are too old.  counters.oldest moves with
 * them. */
static bool
changes_prune(struct batch *b, struct prune_job *p, struct err *e)
{
	DB *changes = b->env->tables[p->type->number].changes;
	DBT key = {.flags = DB_DBT_REALLOC}, value = {.flags = DB_DBT_REALLOC};
	struct counters *counters;
	DBC *c = NULL;
	int rc;

	if (!batch_counters(b, p->type, &counters, e))
		return false;
	rc = changes->cursor(changes, b->txn, &c, 0);
	while (rc == 0 && p->pruned < PRUNE_BATCH) {
		struct unpack k, v;

		rc = c->get(c, &key, &value, p->pruned == 0 ? DB_FIRST : DB_NEXT);
		if (rc != 0)
			break;
		k = unpack_of((struct str){key.data, key.size});
		v = unpack_of((struct str){value.data, value.size});
		unpack_u8(&v);
		unpack_u64(&v);
		if (unpack_i64(&v) >= p->before_s)
			break;
		counters->oldest = unpack_u64(&k);
		p->pruned++;
		rc = c->del(c, 0);
	}
	if (c != NULL)
		c->close(c);
	free(key.data);
	free(value.data);
	return rc == 0 || rc == DB_NOTFOUND || db_failed(e, rc, "pruning changes");
}

static bool
prune_run(struct batch *b, void *prune_job, struct err *refused, struct err *e)
{
	struct prune_job *p = prune_job;

	(void)refused;
	p->pruned = 0;
	if (p->type != NULL)
		return changes_prune(b, p, e);
	return timed_prune(p->timed, b->txn, p->before_s, PRUNE_BATCH, &p->pruned, e);
}

/* In small batches, so that others' writes come between. */
static bool
prune(struct writer *w, struct prune_job p, struct err *e)
{
	do {
		struct job j = {.run = prune_run, .arg = &p, .entries = PRUNE_BATCH};

		if (!writer_do(w, &j, e))
			return false;
	} while (p.pruned == PRUNE_BATCH);
	return true;
}

bool
maintain_prune(struct env *env, struct writer *w, int64_t keep_changes_s, struct err *e)
{
	int64_t now_s = clock_now_s(env->clock);
	const struct prune_job timed[] = {
	    {.timed = &env->opids, .before_s = now_s - OPID_KEEP_S},
	    {.timed = &env->grants, .before_s = now_s},
	    {.timed = &env->attempts, .before_s = now_s},
	};

	for (const struct type *const *t = model_types; *t != NULL; t++)
		if (!prune(w,
			(struct prune_job){.type = *t, .before_s = now_s - keep_changes_s}, e))
			return false;
	for (size_t i = 0; i < sizeof timed / sizeof timed[0]; i++)
		if (!prune(w, timed[i], e))
			return false;
	return true;
}

/* A log that is not copied yet, or that the next start compares with its copy, stays. */
static bool
is_in_archive(struct env *env, const char *path)
{
	const char *slash = strrchr(path, '/');
	uint32_t file;

	return env->archive == NULL ||
	    (logfile_number(slash == NULL ? path : slash + 1, &file) &&
		file + 1 < archive_end(env->archive).file);
}

/* Berkeley DB lists the logs that recovery does not need, the oldest first.  Each is gone for
 * good before the next: a power cut is to leave no gap between them. */
bool
maintain_logs(struct env *env, struct err *e)
{
	char **files = NULL;
	bool ok = true;
	int rc = env->db->log_archive(env->db, &files, DB_ARCH_ABS);

	if (rc != 0)
		return db_failed(e, rc, "listing old logs");
	for (char **f = files; ok && files != NULL && *f != NULL; f++) {
		if (!is_in_archive(env, *f))
			break;
		ok = folder_remove_file(*f, e);
	}
	free(files);
	return ok;
}

static void
warn(const struct env *env, const char *event, const struct err *e)
{
	env_heed(env, e);
	log_line(env->log, LOG_LEVEL_WARN, event, "error=%s", log_quote(str_of(e->text)).text);
}

/* Sleeps; false once it is time to stop. */
static bool
next_turn(struct maintenance *m)
{
	struct timespec until;
	bool go_on;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += CHECKPOINT_S;
	pthread_mutex_lock(&m->lock);
	while (!m->stopping)
		if (pthread_cond_timedwait(&m->wake, &m->lock, &until) == ETIMEDOUT)
			break;
	go_on = !m->stopping;
	pthread_mutex_unlock(&m->lock);
	return go_on;
}

static void
write_uses(struct maintenance *m)
{
	struct err e = {0};

	if (m->options.uses != NULL &&
	    !token_uses_write(m->options.uses, m->env, m->writer, &e))
		warn(m->env, "token-uses", &e);
}

static void *
maintenance_thread(void *arg)
{
	struct maintenance *m = arg;
	int64_t prune_at_us = clock_monotonic_us();
	int64_t uses_at_us = prune_at_us + TOKEN_USES_WRITE_S * INT64_C(1000000);

	while (next_turn(m)) {
		struct err e = {0};

		m->busy_since_us = clock_monotonic_us();
		if (!env_checkpoint(m->env, &e) || !maintain_logs(m->env, &e))
			warn(m->env, "checkpoint", &e);
		if (m->env->home.text[0] != '\0')
			ballast_adjust(m->env->home.text, m->options.ballast_bytes,
			    2 * m->env->reserve_bytes, m->env->log);
		m->busy_since_us = 0;
		if (clock_monotonic_us() >= uses_at_us) {
			uses_at_us =
			    clock_monotonic_us() + TOKEN_USES_WRITE_S * INT64_C(1000000);
			write_uses(m);
		}
		if (clock_monotonic_us() < prune_at_us)
			continue;
		prune_at_us = clock_monotonic_us() + PRUNE_S * INT64_C(1000000);
		e = (struct err){0};
		if (!maintain_prune(m->env, m->writer, m->options.keep_changes_s, &e))
			warn(m->env, "prune", &e);
	}
	write_uses(m);
	return NULL;
}

int64_t
maintenance_busy_us(const struct maintenance *m)
{
	int64_t since = m->busy_since_us;

	return since == 0 ? 0 : clock_monotonic_us() - since;
}

static void
maintenance_free(struct maintenance **m)
{
	pthread_cond_destroy(&(*m)->wake);
	pthread_mutex_destroy(&(*m)->lock);
	free(*m);
	*m = NULL;
}

bool
maintenance_start(struct maintenance **m, struct env *env, struct writer *w,
    const struct maintain_options *o, struct err *e)
{
	pthread_condattr_t monotonic;

	*m = mem_new(1, sizeof **m);
	**m = (struct maintenance){.env = env, .writer = w, .options = *o};
	pthread_mutex_init(&(*m)->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&(*m)->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&(*m)->thread, NULL, maintenance_thread, *m) == 0)
		return true;
	maintenance_free(m);
	return err_set(e, ERR_SERVER_FAIL, "cannot start the maintenance thread");
}

void
maintenance_stop(struct maintenance **m)
{
	if (*m == NULL)
		return;
	pthread_mutex_lock(&(*m)->lock);
	(*m)->stopping = true;
	pthread_cond_signal(&(*m)->wake);
	pthread_mutex_unlock(&(*m)->lock);
	pthread_join((*m)->thread, NULL);
	maintenance_free(m);
}
