/* storage/repair.c -- makes the store again, to the last write acknowledged, from the archive.
 */
#include "storage/repair.h"

#include "storage/apart.h"
#include "storage/check.h"

/* --- looking through a store, in a process of its own --- */

struct inspection {
	const char *dir;
	enum env_recovery recovery;
	bool new_epoch;
	unsigned cache_mb;
	const struct clock *clock;
	const struct log *log;
};

static bool
inspect_run(void *inspection, struct err *e)
{
	const struct inspection *i = inspection;
	struct env_options o = {
	    .dir = i->dir, .recovery = i->recovery, .cache_mb = i->cache_mb};
	struct check check = {.alone = true};
	struct env env;
	size_t files;
	bool ok;

	if (!env_open(&env, &o, i->clock, i->log, e))
		return false;
	ok = (!i->new_epoch || env_new_epoch(&env, e)) && check_environment(&check, &env, e);
	env_close(&env);
	if (!ok || !check_files(i->dir, i->log, &files, e))
		return false;
	log_line(i->log, LOG_LEVEL_INFO, "checked", "records=%llu changes=%llu files=%zu",
	    (unsigned long long)check.rows, (unsigned long long)check.changes, files);
	return true;
}

bool
repair_inspect(const char *dir, unsigned cache_mb, const struct clock *clock,
    const struct log *log, struct err *e)
{
	struct inspection i = {.dir = dir, .cache_mb = cache_mb, .clock = clock, .log = log};

	return apart_run(inspect_run, &i, e);
}

/* --- building --- */

static bool
files_copy(
    const char *dir, const struct repair_source *s, const struct manifest *m, struct err *e)
{
	for (size_t i = 0; i < m->n; i++) {
		uint32_t number;

		if (!logfile_number(m->files[i].name, &number) &&
		    !folder_copy_file(folder_path(s->files, m->files[i].name).text,
			folder_path(dir, m->files[i].name).text, UINT64_MAX, e))
			return false;
	}
	return true;
}

static bool
logs_copy(
    const char *dir, const struct repair_source *s, const struct manifest *m, struct err *e)
{
	for (uint32_t file = m->first_log; file <= s->end.file; file++) {
		const char *name = logfile_name(file).text;
		uint64_t bytes = file == s->end.file ? s->end.offset : UINT64_MAX;

		if (bytes > 0 &&
		    !folder_copy_file(
			folder_path(s->logs, name).text, folder_path(dir, name).text, bytes, e))
			return false;
	}
	return true;
}

/* Whole from the backup's first log to the end, and as far as the backup's pages need it. */
static bool
log_is_whole(const struct repair_source *s, const struct manifest *m, struct err *e)
{
	struct log_place whole;

	if (!logfile_end(s->logs, (struct log_place){m->first_log, 0}, &whole, e))
		return false;
	if (log_place_compare(whole, s->end) < 0 || log_place_compare(s->end, m->end) < 0)
		return err_set(e, ERR_DAMAGED,
		    "the log is whole from file %u to %u/%u and has to reach %u/%u",
		    m->first_log, whole.file, whole.offset, s->end.file, s->end.offset);
	return true;
}

static bool
source_is_good(const struct repair_source *s, const struct manifest *m, struct err *e)
{
	if (m->format > ENV_FORMAT)
		return err_set(e, ERR_SERVER_FAIL,
		    "the backup was written by format %u; this program knows up to %d",
		    m->format, ENV_FORMAT);
	return manifest_check(m, s->files, e) && log_is_whole(s, m, e);
}

bool
repair_build(const char *dir, const struct repair_source *source, bool new_epoch,
    unsigned cache_mb, const struct clock *clock, const struct log *log, struct err *e)
{
	struct inspection i = {.dir = dir,
	    .recovery = ENV_RECOVER_FATAL,
	    .new_epoch = new_epoch,
	    .cache_mb = cache_mb,
	    .clock = clock,
	    .log = log};
	struct manifest m;
	struct log_place before, after;
	bool ok = false;

	if (!manifest_read(&m, source->files, e))
		return false;
	if (!source_is_good(source, &m, e) || !folder_remove(dir, e) || !folder_make(dir, e) ||
	    !files_copy(dir, source, &m, e) || !logs_copy(dir, source, &m, e) ||
	    !folder_sync(dir, e) ||
	    !logfile_end(dir, (struct log_place){m.first_log, 0}, &before, e))
		goto out;
	if (!apart_run(inspect_run, &i, e))
		goto out;
	/* Had recovery stopped before the end, it would have written on from there. */
	if (!logfile_end(dir, (struct log_place){m.first_log, 0}, &after, e))
		goto out;
	if (log_place_compare(before, source->end) != 0 ||
	    log_place_compare(after, source->end) <= 0) {
		err_set(e, ERR_DAMAGED, "recovery ended at %u/%u and not at %u/%u", after.file,
		    after.offset, source->end.file, source->end.offset);
		goto out;
	}
	ok = true;
out:
	manifest_free(&m);
	return ok;
}

/* --- the place of the store --- */

static bool
archive_source(struct home *h, struct folder_path *base, struct repair_source *s, struct err *e)
{
	uint32_t first;

	*base = folder_path(h->archive.text, ARCHIVE_BASE);
	*s = (struct repair_source){.files = base->text, .logs = h->archive.text};
	if (!archive_extent(h->archive.text, &first, &s->end, e))
		return false;
	if (first == 0 || !folder_exists(folder_path(base->text, MANIFEST_NAME).text))
		return err_set(e, ERR_DAMAGED, "the archive holds no verified backup");
	return true;
}

static bool
store_is_the_archives(struct home *h, struct err *e)
{
	enum archive_verdict verdict;
	struct err why;

	if (!archive_compare(h->archive.text, h->store_new.text, &verdict, &why, e))
		return false;
	return verdict == ARCHIVE_MATCHES ||
	    err_set(e, ERR_DAMAGED, "what was made differs from the archive: %s", why.text);
}

bool
repair_store(struct home *h, const char *why, struct err *e)
{
	int64_t began_us = clock_monotonic_us();
	struct folder_path base;
	struct repair_source source;

	log_line(h->log, LOG_LEVEL_ERROR, "repair", "why=%s", log_quote(str_of(why)).text);
	if (!archive_source(h, &base, &source, e) ||
	    !repair_build(
		h->store_new.text, &source, false, h->options.cache_mb, h->clock, h->log, e) ||
	    !store_is_the_archives(h, e) || !repair_put_aside(h, false, e) ||
	    !folder_move(h->store_new.text, h->store.text, e))
		return false;
	log_line(h->log, LOG_LEVEL_WARN, "repaired", "end=%u/%u ms=%lld", source.end.file,
	    source.end.offset, (long long)(clock_monotonic_us() - began_us) / 1000);
	return true;
}
