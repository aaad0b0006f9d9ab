/* storage/archive/aside.c -- what a repair moved aside: damaged-TIME folders, of which few are
 * kept. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

#include "storage/archive/repair.h"

#define ASIDE "damaged-"

struct names {
	char (*list)[64];
	size_t n;
};

static bool
name_add(void *names, const char *name, struct err *e)
{
	struct names *all = names;

	(void)e;
	if (strncmp(name, ASIDE, strlen(ASIDE)) != 0 || strlen(name) >= sizeof *all->list)
		return true;
	all->list = mem_grow(all->list, all->n + 1, sizeof *all->list);
	snprintf(all->list[all->n++], sizeof *all->list, "%s", name);
	return true;
}

/* Their names begin with the time. */
static int
by_time(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool
names_list(const char *dir, struct names *all, struct err *e)
{
	*all = (struct names){0};
	if (!folder_list(dir, name_add, all, e))
		return false;
	if (all->n > 1)
		qsort(all->list, all->n, sizeof *all->list, by_time);
	return true;
}

bool
repair_kept(const char *home_dir, struct repair_kept *kept, struct err *e)
{
	struct names all;

	*kept = (struct repair_kept){0};
	if (!names_list(home_dir, &all, e))
		return false;
	kept->n = all.n;
	if (all.n > 0)
		memcpy(kept->newest, all.list[all.n - 1], sizeof kept->newest);
	free(all.list);
	return true;
}

static bool
nearly_full(const struct home *h)
{
	struct statvfs fs;

	return statvfs(h->dir.text, &fs) != 0 ||
	    (uint64_t)fs.f_bavail * fs.f_frsize < h->options.reserve_bytes;
}

/* So that with one more there are as many as may be kept. */
static bool
remove_oldest(struct home *h, struct err *e)
{
	size_t keep = nearly_full(h) ? 0 : REPAIR_KEPT_MAX - 1;
	struct names all;
	bool ok = names_list(h->dir.text, &all, e);

	for (size_t i = 0; ok && i + keep < all.n; i++) {
		log_line(h->log, LOG_LEVEL_WARN, "removed", "folder=%s", all.list[i]);
		ok = folder_remove(folder_path(h->dir.text, all.list[i]).text, e);
	}
	free(all.list);
	return ok;
}

/* A name of this second that is not taken. */
static struct folder_path
aside_path(const struct home *h)
{
	time_t now = (time_t)clock_now_s(h->clock);
	char name[64], stamp[32];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &tm);
	snprintf(name, sizeof name, ASIDE "%s", stamp);
	for (unsigned n = 2; folder_exists(folder_path(h->dir.text, name).text); n++)
		snprintf(name, sizeof name, ASIDE "%s-%u", stamp, n);
	return folder_path(h->dir.text, name);
}

/* From another disk, or out of a folder that is not ours to change, nothing can be moved. */
static bool
cannot_be_moved(int error)
{
	return error == EXDEV || error == EBUSY || error == EACCES || error == EPERM ||
	    error == EROFS;
}

/* Into the folder of the store that it belonged to.  Where it cannot be moved it is given up:
 * the next start would compare it with another store. */
static bool
archive_put_aside(struct home *h, const struct folder_path *aside, struct err *e)
{
	struct folder_path to = folder_path(aside->text, "archive");

	if (!folder_make(aside->text, e))
		return false;
	if (rename(h->archive.text, to.text) == 0)
		return folder_parent_sync(to.text, e) && folder_parent_sync(aside->text, e) &&
		    folder_parent_sync(h->archive.text, e);
	if (!cannot_be_moved(errno))
		return err_set(e, ERR_SERVER_FAIL, "cannot move %s to %s: %s", h->archive.text,
		    to.text, strerror(errno));
	log_line(h->log, LOG_LEVEL_WARN, "archive-given-up", "dir=%s why=%s",
	    log_quote(str_of(h->archive.text)).text, log_quote(str_of(strerror(errno))).text);
	return archive_forget(h->archive.text, e);
}

bool
repair_install(struct home *h, bool archive_too, struct err *e)
{
	struct folder_path aside = aside_path(h);
	bool store = folder_exists(h->store.text);
	bool archive = archive_too && folder_exists(h->archive.text);

	if (((store || archive) && !remove_oldest(h, e)) ||
	    (store && !folder_move(h->store.text, aside.text, e)) ||
	    !folder_move(h->store_new.text, h->store.text, e) ||
	    (archive && !archive_put_aside(h, &aside, e)))
		return false;
	if (store || archive)
		log_line(h->log, LOG_LEVEL_WARN, "moved-aside", "folder=%s", aside.text);
	return true;
}

bool
repair_put_archive_aside(struct home *h, struct err *e)
{
	struct folder_path aside = aside_path(h);

	return !folder_exists(h->archive.text) ||
	    (remove_oldest(h, e) && archive_put_aside(h, &aside, e));
}
