/* storage/archive/repair.c -- makes the store again, to the last write acknowledged, from the
 * archive.
 */
#include "storage/archive/repair.h"

#include "base/io.h"
#include "storage/archive/apart.h"
#include "storage/archive/check.h"

/* --- looking through a store, in a process of its own --- */

struct visit {
	const char *dir;
	enum env_recovery recovery;
	const struct inspection *how;
};

static void
tell(const struct inspection *how, const struct check *c, size_t files)
{
	log_line(how->log, LOG_LEVEL_INFO, "checked", "records=%llu changes=%llu files=%zu",
	    (unsigned long long)c->rows, (unsigned long long)c->changes, files);
	if (how->report == NULL)
		return;
	fprintf(how->report,
	    "records: %llu\nindex entries: %llu\nchanges: %llu\ntokens: %llu\n"
	    "operation ids: %llu\nfiles verified: %zu\n",
	    (unsigned long long)c->rows, (unsigned long long)c->index_entries,
	    (unsigned long long)c->changes, (unsigned long long)c->tokens,
	    (unsigned long long)c->opids, files);
	fflush(how->report);
}

static bool
visit_run(void *visit, struct err *e)
{
	const struct visit *v = visit;
	const struct inspection *how = v->how;
	struct env_options o = {
	    .dir = v->dir, .recovery = v->recovery, .cache_mb = how->cache_mb};
	struct check check = {.alone = true};
	struct env env;
	size_t files;
	bool ok;

	if (!env_open(&env, &o, how->clock, how->log, e))
		return false;
	ok = !how->new_epoch || env_new_epoch(&env, e);
	env_close(&env);
	/* First: a cursor could go round in circles in a file that does not verify. */
	if (!ok || !check_files(v->dir, how->log, &files, e))
		return false;
	o.recovery = ENV_RECOVER;
	if (!env_open(&env, &o, how->clock, how->log, e))
		return false;
	ok = check_environment(&check, &env, e);
	env_close(&env);
	if (!ok)
		return false;
	tell(how, &check, files);
	return true;
}

bool
repair_inspect(const char *dir, const struct inspection *how, struct err *e)
{
	struct visit v = {.dir = dir, .how = how};

	return apart_run(visit_run, &v, e);
}

struct inspection
repair_how(const struct home *h)
{
	return (struct inspection){
	    .cache_mb = h->options.cache_mb, .clock = h->clock, .log = h->log};
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
		struct logfile_name name = logfile_name(file);
		uint64_t bytes = file == s->end.file ? s->end.offset : UINT64_MAX;

		if (bytes > 0 &&
		    !folder_copy_file(folder_path(s->logs, name.text).text,
			folder_path(dir, name.text).text, bytes, e))
			return false;
	}
	return true;
}

/* Whole from the backup's first log to the end, and as far as the backup's pages need it. */
static bool
log_is_whole(const struct repair_source *s, const struct manifest *m, struct err *e)
{
	struct log_place need = log_place_compare(s->end, m->end) < 0 ? m->end : s->end;
	struct log_place whole;

	if (!logfile_end(s->logs, (struct log_place){m->first_log, 0}, &whole, e))
		return false;
	return log_place_compare(whole, need) >= 0 ||
	    err_set(e, ERR_DAMAGED,
		"the log in %s is whole up to byte %u of log %u only, and is needed up to byte "
		"%u of log %u",
		s->logs, whole.offset, whole.file, need.offset, need.file);
}

static bool
source_is_good(const struct repair_source *s, const struct manifest *m, struct err *e)
{
	if (m->format > ENV_FORMAT)
		return err_set(e, ERR_SERVER_FAIL,
		    "the backup has format %u, and this version reads up to %d: restore it "
		    "with "
		    "the version that made it, or a newer one",
		    m->format, ENV_FORMAT);
	return manifest_check(m, s->files, &(struct pace){0}, e) && log_is_whole(s, m, e);
}

bool
repair_build(const char *dir, const struct repair_source *source, const struct inspection *how,
    struct err *e)
{
	struct visit v = {.dir = dir, .recovery = ENV_RECOVER_FATAL, .how = how};
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
	if (!apart_run(visit_run, &v, e))
		goto out;
	/* Had recovery stopped before the end, it would have written on from there. */
	if (!logfile_end(dir, (struct log_place){m.first_log, 0}, &after, e))
		goto out;
	if (log_place_compare(before, source->end) != 0 ||
	    log_place_compare(after, source->end) <= 0) {
		err_set(e, ERR_DAMAGED,
		    "the log was recovered up to %u/%u, and should reach %u/%u", after.file,
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
	struct inspection how = repair_how(h);
	struct repair_source source;

	log_line(h->log, LOG_LEVEL_ERROR, "repair", "why=%s", log_quote(str_of(why)).text);
	if (!archive_source(h, &base, &source, e) ||
	    !repair_build(h->store_new.text, &source, &how, e) ||
	    !store_is_the_archives(h, e) || !repair_install(h, false, e))
		return false;
	log_line(h->log, LOG_LEVEL_WARN, "repaired", "end=%u/%u ms=%lld", source.end.file,
	    source.end.offset, (long long)(clock_monotonic_us() - began_us) / 1000);
	return true;
}

void
repair_mark(struct home *h, const char *why)
{
	struct folder_path mark = folder_path(h->store.text, ENV_SUSPECT_NAME);
	struct err e = {0};

	if (folder_exists(h->store.text) && !io_write_file(mark.text, str_of(why), 0600, &e))
		log_line(
		    h->log, LOG_LEVEL_WARN, "mark", "error=%s", log_quote(str_of(e.text)).text);
}
