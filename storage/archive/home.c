/* storage/archive/home.c -- the data folder: opened in whatever state it was left. */
#include "storage/archive/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "storage/archive/ballast.h"
#include "storage/archive/repair.h"
#include "storage/archive/sizes.h"

bool
home_lock(struct home *h, const struct home_options *o, const struct clock *clock,
    const struct log *log, struct err *e)
{
	*h = (struct home){.options = *o, .clock = clock, .log = log, .lock_fd = -1};
	snprintf(h->dir.text, sizeof h->dir.text, "%s", o->dir);
	h->store = folder_path(o->dir, "store");
	h->store_new = folder_path(o->dir, "store.new");
	h->archive = folder_path(o->dir, "archive");
	if (o->archive_dir != NULL)
		snprintf(h->archive.text, sizeof h->archive.text, "%s", o->archive_dir);
	if (!folder_make(o->dir, e) || !folder_parent_sync(o->dir, e))
		return false;
	h->lock_fd = folder_lock(folder_path(o->dir, "lock").text, o->lock_wait_ms, e);
	return h->lock_fd >= 0;
}

void
home_unlock(struct home *h)
{
	io_close(&h->lock_fd);
}

/* What is newer is not to be touched, so the number is read before anything is recovered.  If
 * it cannot be read here, env_upgrade() judges. */
static bool
format_is_known(struct home *h, struct err *e)
{
	struct folder_path meta = folder_path(h->store.text, "meta");
	uint32_t format;

	if (!env_format_peek(meta.text, &format) || format <= ENV_FORMAT)
		return true;
	return err_set(e, ERR_SERVER_FAIL,
	    "the store has format %u, and this version reads up to %d: install the version "
	    "that wrote it, or a newer one",
	    format, ENV_FORMAT);
}

/* --- what was found, and what is to be done about it --- */

struct finding {
	enum archive_verdict archive;
	struct err why;     /* of that verdict */
	bool store_exists;  /* the folder */
	bool suspect;       /* to be looked through first */
	struct buf shorter; /* for sizes_check_ends() */
};

static bool
anything_in(const char *dir)
{
	return folder_exists(folder_path(dir, ARCHIVE_BASE).text) ||
	    folder_exists(folder_path(dir, "end").text);
}

static struct folder_path
mark_path(const struct home *h)
{
	return folder_path(h->store.text, ENV_SUSPECT_NAME);
}

/* Recovery lengthens what was cut, so it is noted before: if that is killed, the next start
 * looks through everything. */
static bool
look_at_sizes(struct home *h, struct finding *f, struct err *e)
{
	struct err why = {0};

	f->suspect = folder_exists(mark_path(h).text);
	if (!sizes_check(h->store.text, &f->shorter, &why)) {
		log_line(h->log, LOG_LEVEL_WARN, "suspect", "why=%s",
		    log_quote(str_of(why.text)).text);
		f->suspect = true;
	}
	return (why.code == ERR_NONE && f->shorter.len == 0) ||
	    (io_write_file(mark_path(h).text, str_of(why.text), 0600, e) &&
		folder_sync(h->store.text, e));
}

static bool
mark_remove(struct home *h, struct err *e)
{
	return folder_remove(mark_path(h).text, e) && folder_sync(h->store.text, e);
}

static bool
find_out(struct home *h, struct finding *f, struct err *e)
{
	f->store_exists = folder_exists(h->store.text);
	return look_at_sizes(h, f, e) && base_settle(h->archive.text, e) &&
	    archive_compare(h->archive.text, h->store.text, &f->archive, &f->why, e);
}

/* Built beside and renamed, so that a store that is there is whole. */
static bool
store_create(struct home *h, struct err *e)
{
	struct env_options o = {
	    .dir = h->store_new.text, .may_create = true, .cache_mb = h->options.cache_mb};
	struct env env;

	if (!folder_remove(h->store_new.text, e) || !env_open(&env, &o, h->clock, h->log, e))
		return false;
	env_close(&env);
	return folder_move(h->store_new.text, h->store.text, e);
}

static bool
store_begin(struct home *h, struct err *e)
{
	struct repair_kept kept;

	if (anything_in(h->archive.text))
		return repair_store(h, "there is no store, but an archive", e);
	if (!repair_kept(h->dir.text, &kept, e))
		return false;
	if (kept.n > 0)
		return err_set(e, ERR_DAMAGED,
		    "there is no store and no archive here, but %s was moved aside: restore a "
		    "backup, or move that folder away to begin with an empty store",
		    kept.newest);
	return store_create(h, e);
}

static bool
inspect(struct home *h, struct err *e)
{
	struct inspection how = repair_how(h);

	return repair_inspect(h->store.text, &how, e);
}

/* A store that may be damaged is looked through; one that is gets repaired. */
static bool
look_through(struct home *h, struct err *e)
{
	struct err why = {0};

	log_line(h->log, LOG_LEVEL_WARN, "looking-through", "dir=%s",
	    log_quote(str_of(h->store.text)).text);
	if (inspect(h, &why))
		return mark_remove(h, e);
	if (why.code != ERR_DAMAGED) {
		*e = why;
		return false;
	}
	return repair_store(h, why.text, e);
}

/* What the archive does not have, the store must have before it is begun anew. */
static bool
archive_give_up(struct home *h, const struct finding *f, struct err *e)
{
	struct err why = {0};

	log_line(h->log, LOG_LEVEL_ERROR, "archive-damaged", "why=%s",
	    log_quote(str_of(f->why.text)).text);
	if (inspect(h, &why))
		return true;
	*e = why;
	return false;
}

/* Behind the store's last whole record, which lies where the archive ends or after it. */
static bool
log_tail_clear(struct home *h, struct err *e)
{
	struct log_place end;
	uint32_t first;

	return archive_extent(h->archive.text, &first, &end, e) &&
	    logfile_end(h->store.text, end, &end, e) &&
	    logfile_clear_after(h->store.text, end, e);
}

/* What somebody else has put among the store's files is left alone. */
static bool
tell_stranger(void *home, const char *name, struct err *e)
{
	static const char *const known[] = {
	    "log.", "lock", ENV_SUSPECT_NAME, "sizes", "__db", "DB_CONFIG"};
	const struct home *h = home;

	(void)e;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strncmp(name, known[i], strlen(known[i])) == 0)
			return true;
	if (!env_is_database(name))
		log_line(h->log, LOG_LEVEL_WARN, "unknown-file", "dir=%s name=%s",
		    log_quote(str_of(h->store.text)).text, log_quote(str_of(name)).text);
	return true;
}

/* Until the store is one that can be opened.  *anew: with an archive begun again. */
static bool
make_ready(struct home *h, struct finding *f, bool *anew, struct err *e)
{
	*anew = false;
	if (!find_out(h, f, e))
		return false;
	switch (f->archive) {
	case ARCHIVE_EMPTY:
		*anew = true;
		if (!f->store_exists) {
			*anew = !anything_in(h->archive.text);
			return store_begin(h, e);
		}
		return !f->suspect || look_through(h, e);
	case ARCHIVE_MATCHES:
		return log_tail_clear(h, e) && (!f->suspect || look_through(h, e));
	case ARCHIVE_IS_DAMAGED:
		*anew = true;
		return archive_give_up(h, f, e);
	case ARCHIVE_STORE_DAMAGED:
		return repair_store(h, f->why.text, e);
	case ARCHIVE_BOTH_DAMAGED:
		break;
	}
	return err_set(e, ERR_DAMAGED, "%s", f->why.text);
}

static bool
open_once(struct home *h, struct env *env, bool anew, struct err *e)
{
	struct env_options o = {.dir = h->store.text,
	    .cache_mb = h->options.cache_mb,
	    .lock_wait_ms = h->options.lock_wait_ms,
	    .reserve_bytes = h->options.reserve_bytes,
	    .archive_dir = h->archive.text,
	    .archive_anew = anew,
	    .home_dir = h->dir.text,
	    .metrics = h->options.metrics};

	return env_open(env, &o, h->clock, h->log, e);
}

/* Files that are shorter than they were lack nothing, or the store is looked through. */
static bool
ends_are_there(struct home *h, struct env *env, const struct finding *f, struct err *e)
{
	struct err why = {0};

	if (f->shorter.len == 0)
		return true;
	if (sizes_check_ends(h->store.text, buf_str(&f->shorter), &why))
		return mark_remove(h, e);
	log_line(h->log, LOG_LEVEL_WARN, "suspect", "why=%s", log_quote(str_of(why.text)).text);
	env_close(env);
	return look_through(h, e) && open_once(h, env, false, e);
}

static bool
open_or_repair(struct home *h, struct env *env, struct err *e)
{
	struct finding f = {0};
	struct err why = {0};
	bool anew, ok = false;

	if (!make_ready(h, &f, &anew, e))
		goto out;
	if (open_once(h, env, anew, &why))
		ok = ends_are_there(h, env, &f, e);
	else if (why.code == ERR_DAMAGED)
		ok = repair_store(h, why.text, e) && open_once(h, env, false, e);
	else
		*e = why;
out:
	buf_free(&f.shorter);
	return ok;
}

bool
home_open(struct home *h, struct env *env, struct err *e)
{
	struct err first = {0};

	if (!format_is_known(h, e))
		return false;
	/* Left by a repair or restore that was not done, and perhaps what fills the disk. */
	folder_remove(h->store_new.text, &(struct err){0});
	if (folder_exists(h->store.text))
		folder_list(h->store.text, tell_stranger, h, &(struct err){0});
	ballast_adjust(
	    h->dir.text, h->options.ballast_bytes, 2 * h->options.reserve_bytes, h->log);
	if (ballast_disk_is_full(h->dir.text))
		return err_set(
		    e, ERR_SERVER_UNAVAILABLE, "the disk of %s is full", h->dir.text);
	if (open_or_repair(h, env, &first))
		return true;
	if (first.code == ERR_SERVER_UNAVAILABLE && ballast_give_up(h->dir.text, h->log))
		return open_or_repair(h, env, e);
	*e = first;
	return false;
}
