/* storage/archive/sweep.c -- reads, slowly, all that nobody reads. */
#include "storage/archive/sweep.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "storage/archive/pages.h"

#define MS_A_SECOND 1000

struct sweep {
	struct env *env;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping; /* under lock */
};

struct look {
	struct env *env;
	bool (*between)(void *arg);
	void *arg;
};

static bool
each_file(void *look, const char *name, struct err *e)
{
	const struct look *l = look;

	return !env_is_database(name) ||
	    pages_check(folder_path(l->env->dir.text, name).text, l->between, l->arg, e);
}

static bool
base_is_whole(struct archive *a, struct pace *pace, struct err *e)
{
	struct folder_path base = folder_path(archive_dir(a), ARCHIVE_BASE);
	struct manifest m;
	bool ok = manifest_read(&m, base.text, e) && manifest_check(&m, base.text, pace, e);

	manifest_free(&m);
	return ok;
}

static bool
logs_are_whole(struct archive *a, struct pace *pace, struct err *e)
{
	struct log_place end = archive_end(a), whole;

	if (!logfile_end_paced(
		archive_dir(a), (struct log_place){archive_first(a), 0}, &whole, pace, e))
		return false;
	return pace->stopped || log_place_compare(whole, end) >= 0 ||
	    err_set(e, ERR_DAMAGED, "the archive's log is whole up to %u/%u, and not to %u/%u",
		whole.file, whole.offset, end.file, end.offset);
}

/* Without its base nothing counts on the archive, and a new one is made. */
static void
archive_look(struct env *env, struct pace *pace)
{
	int64_t made_s, made_later_s;
	struct err why = {0};

	if (env->archive == NULL || !archive_has_base(env->archive, &made_s) ||
	    (base_is_whole(env->archive, pace, &why) &&
		logs_are_whole(env->archive, pace, &why)))
		return;
	/* A new one has taken its place meanwhile, and its logs are gone: look another time. */
	if (!archive_has_base(env->archive, &made_later_s) || made_later_s != made_s)
		return;
	log_line(env->log, LOG_LEVEL_ERROR, "archive-damaged", "why=%s",
	    log_quote(str_of(why.text)).text);
	if (why.code == ERR_DAMAGED)
		archive_base_drop(env->archive);
}

bool
sweep_once(struct env *env, bool (*between)(void *arg), void *arg, struct err *e)
{
	struct look l = {.env = env, .between = between, .arg = arg};

	if (!folder_list(env->dir.text, each_file, &l, e))
		return false;
	archive_look(env, &(struct pace){.between = between, .arg = arg});
	return true;
}

/* --- its thread --- */

/* False once it is time to stop. */
static bool
rest(struct sweep *s, int64_t ms)
{
	struct timespec until;
	bool go_on;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / MS_A_SECOND;
	until.tv_nsec += ms % MS_A_SECOND * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&s->lock);
	while (!s->stopping)
		if (pthread_cond_timedwait(&s->wake, &s->lock, &until) == ETIMEDOUT)
			break;
	go_on = !s->stopping;
	pthread_mutex_unlock(&s->lock);
	return go_on;
}

static bool
pause_between(void *sweep)
{
	return rest(sweep, SWEEP_PAUSE_MS);
}

static void *
sweep_thread(void *arg)
{
	struct sweep *s = arg;
	int64_t wait_s = SWEEP_FIRST_S;

	while (rest(s, wait_s * MS_A_SECOND)) {
		struct err e = {0};

		if (!sweep_once(s->env, pause_between, s, &e)) {
			env_heed(s->env, &e);
			log_line(s->env->log, LOG_LEVEL_WARN, "sweep", "error=%s",
			    log_quote(str_of(e.text)).text);
		}
		wait_s = SWEEP_EVERY_S;
	}
	return NULL;
}

static void
sweep_free(struct sweep **s)
{
	pthread_cond_destroy(&(*s)->wake);
	pthread_mutex_destroy(&(*s)->lock);
	free(*s);
	*s = NULL;
}

bool
sweep_start(struct sweep **s, struct env *env, struct err *e)
{
	pthread_condattr_t monotonic;

	*s = mem_new(1, sizeof **s);
	(*s)->env = env;
	pthread_mutex_init(&(*s)->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&(*s)->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&(*s)->thread, NULL, sweep_thread, *s) == 0)
		return true;
	sweep_free(s);
	return err_set(e, ERR_SERVER_FAIL, "cannot start the sweeping thread");
}

void
sweep_stop(struct sweep **s)
{
	if (*s == NULL)
		return;
	pthread_mutex_lock(&(*s)->lock);
	(*s)->stopping = true;
	pthread_cond_signal(&(*s)->wake);
	pthread_mutex_unlock(&(*s)->lock);
	pthread_join((*s)->thread, NULL);
	sweep_free(s);
}
