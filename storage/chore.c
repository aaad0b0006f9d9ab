/* storage/chore.c -- what the store does beside its requests when somebody asks for it or its
 * time has come. */
#include "storage/chore.h"

#include <pthread.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "storage/archive/archive.h"

#define LOOK_S 1    /* how often it is seen whether a backup is due */
#define RETRY_S 600 /* after one that failed */

struct chores {
	struct env *env;
	struct writer *writer;
	struct chore_schedule schedule;
	uint64_t archive_bytes_then; /* after the last backup; the thread's, as the next */
	int64_t not_before_us;       /* the next one by the schedule */
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t wake;
	bool stopping;
	struct err backup_failed;                    /* the archive's, the last time */
	uint64_t number;                             /* the last one given */
	enum store_chore_kind now;                   /* the one under way; 0: none */
	char *path;                                  /* of that one */
	struct store_chore last[STORE_CHORE__COUNT]; /* of each kind; .number 0: none yet */
};

static const struct {
	const char *name;
	chore_run *run;
} kinds[STORE_CHORE__COUNT] = {
    [STORE_BACKUP] = {"backup", backup_run},
    [STORE_COMPACT] = {"compact", compact_run},
    [STORE_VERIFY] = {"verify", verify_run},
};

void
chore_tell(struct chore *c, const char *fmt, ...)
{
	struct store_chore *told = &c->all->last[c->kind];
	va_list ap;

	va_start(ap, fmt);
	pthread_mutex_lock(&c->all->lock);
	vsnprintf(told->step, sizeof told->step, fmt, ap);
	pthread_mutex_unlock(&c->all->lock);
	va_end(ap);
}

bool
chore_goes_on(struct chore *c, struct err *e)
{
	struct store_chore *told = &c->all->last[c->kind];
	bool stopping;

	pthread_mutex_lock(&c->all->lock);
	told->done = c->done;
	told->total = c->total;
	stopping = c->all->stopping;
	pthread_mutex_unlock(&c->all->lock);
	return !stopping || err_set(e, ERR_SERVER_UNAVAILABLE, "the store is stopping");
}

static void
log_end(const struct chores *all, const struct store_chore *ended)
{
	bool ok = ended->why.code == ERR_NONE;

	log_line(all->env->log, ok ? LOG_LEVEL_INFO : LOG_LEVEL_WARN,
	    ok ? "chore-done" : "chore-failed", "kind=%s %s=%s", kinds[ended->kind].name,
	    ok ? "result" : "error",
	    log_quote(str_of(ok ? ended->step : ended->why.text)).text);
}

/* A chore that failed would fail again if it ran at once. */
static void
note_backup(struct chores *all, const struct chore *c, const struct err *e)
{
	if (c->kind != STORE_BACKUP || c->path[0] != '\0')
		return;
	pthread_mutex_lock(&all->lock);
	all->backup_failed = *e;
	pthread_mutex_unlock(&all->lock);
	if (e->code == ERR_NONE)
		all->archive_bytes_then = archive_bytes(all->env->archive);
	else
		all->not_before_us = clock_monotonic_us() + RETRY_S * INT64_C(1000000);
}

/* A backup of the future is one of a clock that was wrong. */
static bool
backup_is_due(const struct chores *all)
{
	const struct chore_schedule *s = &all->schedule;
	struct archive *archive = all->env->archive;
	int64_t now_s = clock_now_s(all->env->clock), made_s;

	if (archive == NULL || clock_monotonic_us() < all->not_before_us)
		return false;
	if (!archive_has_base(archive, &made_s))
		return true;
	if (s->backup_every_s > 0 && (now_s - made_s >= s->backup_every_s || made_s > now_s))
		return true;
	return s->backup_after_bytes > 0 &&
	    archive_bytes(archive) >= all->archive_bytes_then + s->backup_after_bytes;
}

/* Nobody but this thread ends a chore, so which one it is does not change meanwhile. */
static void
run_one(struct chores *all)
{
	struct chore c = {.all = all,
	    .env = all->env,
	    .writer = all->writer,
	    .kind = all->now,
	    .path = all->path};
	struct store_chore ended;
	struct err e = {0};

	log_line(all->env->log, LOG_LEVEL_INFO, "chore", "kind=%s path=%s", kinds[c.kind].name,
	    log_quote(str_of(c.path)).text);
	kinds[c.kind].run(&c, &e);
	note_backup(all, &c, &e);
	pthread_mutex_lock(&all->lock);
	all->last[c.kind].why = e;
	all->last[c.kind].running = false;
	all->now = 0;
	ended = all->last[c.kind];
	pthread_mutex_unlock(&all->lock);
	log_end(all, &ended);
}

/* Under lock. */
static bool
admit(struct chores *all, enum store_chore_kind kind, struct str path, struct err *e)
{
	if (kind >= STORE_CHORE__COUNT || kinds[kind].run == NULL)
		return err_set(e, ERR_SERVER_FAIL, "there is no such chore");
	if (all->now != 0)
		return (all->now == kind && str_is(path, all->path)) ||
		    err_set(e, ERR_SERVER_UNAVAILABLE,
			"the store is busy with another chore: %s", kinds[all->now].name);
	free(all->path);
	all->path = str_dup(path);
	all->now = kind;
	all->last[kind] =
	    (struct store_chore){.number = ++all->number, .kind = kind, .running = true};
	pthread_cond_signal(&all->wake);
	return true;
}

/* Under lock.  False if nothing came for a while. */
static bool
wait_for_more(struct chores *all)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += LOOK_S;
	return pthread_cond_timedwait(&all->wake, &all->lock, &until) == 0;
}

static void *
chores_thread(void *arg)
{
	struct chores *all = arg;

	pthread_mutex_lock(&all->lock);
	while (!all->stopping) {
		if (all->now != 0) {
			pthread_mutex_unlock(&all->lock);
			run_one(all);
			pthread_mutex_lock(&all->lock);
		} else if (!wait_for_more(all) && backup_is_due(all)) {
			admit(all, STORE_BACKUP, STR(""), &(struct err){0});
		}
	}
	pthread_mutex_unlock(&all->lock);
	return NULL;
}

static void
chores_free(struct chores **c)
{
	pthread_cond_destroy(&(*c)->wake);
	pthread_mutex_destroy(&(*c)->lock);
	free((*c)->path);
	free(*c);
	*c = NULL;
}

bool
chores_start(struct chores **out, const struct chore_schedule *schedule, struct env *env,
    struct writer *w, struct err *e)
{
	struct chores *c = mem_new(1, sizeof *c);
	pthread_condattr_t monotonic;

	c->schedule = *schedule;
	c->env = env;
	c->writer = w;
	randombytes_buf(&c->number, sizeof c->number);
	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&c->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	*out = c;
	if (pthread_create(&c->thread, NULL, chores_thread, c) == 0)
		return true;
	chores_free(out);
	return err_set(e, ERR_SERVER_FAIL, "cannot start the thread of the chores");
}

void
chores_stop(struct chores **c)
{
	if (*c == NULL)
		return;
	pthread_mutex_lock(&(*c)->lock);
	(*c)->stopping = true;
	pthread_cond_signal(&(*c)->wake);
	pthread_mutex_unlock(&(*c)->lock);
	pthread_join((*c)->thread, NULL);
	chores_free(c);
}

bool
chore_begin(struct chores *all, enum store_chore_kind kind, struct str path, uint64_t *number,
    struct err *e)
{
	bool ok;

	pthread_mutex_lock(&all->lock);
	ok = admit(all, kind, path, e);
	*number = ok ? all->last[kind].number : 0;
	pthread_mutex_unlock(&all->lock);
	return ok;
}

void
chore_backup_failed(struct chores *all, struct err *why)
{
	pthread_mutex_lock(&all->lock);
	*why = all->backup_failed;
	pthread_mutex_unlock(&all->lock);
}

bool
chore_show(
    struct chores *all, enum store_chore_kind kind, struct store_chore *out, struct err *e)
{
	if (kind >= STORE_CHORE__COUNT)
		return err_set(e, ERR_SERVER_FAIL, "there is no such chore");
	pthread_mutex_lock(&all->lock);
	*out = all->last[kind];
	pthread_mutex_unlock(&all->lock);
	return out->number != 0 || err_set(e, ERR_NOT_FOUND, "there was none");
}
