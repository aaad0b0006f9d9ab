/* storage/archive/compare.c -- before the store is opened: do its log and the archive's tell
 * the same, and if not, which of the two is damaged? */
#include <string.h>

#include "base/folder.h"
#include "storage/archive/archive.h"
#include "storage/archive/end.h"

/* Whole records from the last but one file on, or from what `end` says. */
static bool
extent_from(const char *dir, uint32_t first, uint32_t last, struct log_place *from)
{
	if (archive_end_read(dir, from))
		return true;
	*from = (struct log_place){last > first ? last - 1 : last, 0};
	return false;
}

bool
archive_extent(const char *dir, uint32_t *first, struct log_place *end, struct err *e)
{
	struct log_place from;
	struct buf byte = {0};
	bool has_end, ok = false;
	uint32_t last;

	if (!logfile_range(dir, first, &last, e))
		return false;
	has_end = extent_from(dir, *first, last, &from);
	*end = from;
	if (last == 0 && !has_end)
		return true;
	if (last == 0 || from.file < *first || from.file > last)
		return err_set(e, ERR_DAMAGED, "the archive's log %u is not there", from.file);
	if (has_end && from.offset > 0) {
		if (!logfile_read(dir, from.file, from.offset - 1, 1, &byte, e))
			goto out;
		if (byte.len != 1) {
			err_set(
			    e, ERR_DAMAGED, "the archive's log %u has lost its end", from.file);
			goto out;
		}
	}
	if (!logfile_end(dir, from, end, e))
		goto out;
	if (!has_end && end->file != last) {
		err_set(e, ERR_DAMAGED, "the archive's log %u is damaged", end->file);
		goto out;
	}
	ok = true;
out:
	buf_free(&byte);
	return ok;
}

/* Both logs from one file on. */
struct pair {
	const char *archive, *store;
	struct log_place end; /* of the archive */
};

/* Does the store have the bytes that the archive has of this file, as far as its end? */
static bool
file_is_equal(const struct pair *p, uint32_t file, bool *equal, struct err *e)
{
	size_t max = file == p->end.file ? p->end.offset : SIZE_MAX;
	struct buf ours = {0}, theirs = {0};
	struct err missing = {0};
	bool ok = false;

	*equal = false;
	if (!logfile_read(p->archive, file, 0, max, &ours, e))
		goto out;
	if (!logfile_read(p->store, file, 0, ours.len, &theirs, &missing)) {
		ok = missing.code == ERR_NOT_FOUND || missing.code == ERR_DAMAGED;
		if (!ok)
			*e = missing;
		goto out;
	}
	*equal = theirs.len == ours.len && memcmp(theirs.s, ours.s, ours.len) == 0;
	ok = true;
out:
	buf_free(&ours);
	buf_free(&theirs);
	return ok;
}

/* They differ in this file: whose records reach the archive's end? */
static bool
judge(const struct pair *p, uint32_t file, enum archive_verdict *verdict, struct err *why,
    struct err *e)
{
	struct log_place from = {file, 0}, ours, theirs;
	bool ours_whole, theirs_whole;

	if (!logfile_end(p->archive, from, &ours, e) ||
	    !logfile_end(p->store, from, &theirs, e))
		return false;
	ours_whole = log_place_compare(ours, p->end) >= 0;
	theirs_whole = log_place_compare(theirs, p->end) >= 0;
	if (ours_whole && !theirs_whole) {
		*verdict = ARCHIVE_STORE_DAMAGED;
		err_set(why, ERR_DAMAGED,
		    "the store's log is whole up to %u/%u, and was written up to %u/%u",
		    theirs.file, theirs.offset, p->end.file, p->end.offset);
	} else if (theirs_whole && !ours_whole) {
		*verdict = ARCHIVE_IS_DAMAGED;
		err_set(why, ERR_DAMAGED, "the archive's log %u is damaged", file);
	} else {
		*verdict = ARCHIVE_BOTH_DAMAGED;
		err_set(why, ERR_DAMAGED,
		    theirs_whole ? "store and archive tell different histories from log %u on"
				 : "store and archive are both damaged in log %u or after it",
		    file);
	}
	return true;
}

/* The archive cannot be trusted, for the reason in *why: is the store's log whole as far as
 * `end` says? */
static bool
judge_store(const char *dir, const char *store_dir, enum archive_verdict *verdict,
    struct err *why, struct err *e)
{
	struct err archive = *why, hole = {0};
	struct log_place end, theirs = {0};
	uint32_t first, last;
	bool whole = logfile_range(store_dir, &first, &last, &hole) && last > 0;

	if (hole.code != ERR_NONE && hole.code != ERR_DAMAGED) {
		*e = hole;
		return false;
	}
	/* With end.file < first the store went on without the archive. */
	if (whole && archive_end_read(dir, &end) && end.file >= first) {
		if (!logfile_end(store_dir, (struct log_place){end.file, 0}, &theirs, e))
			return false;
		whole = log_place_compare(theirs, end) >= 0;
	}
	*verdict = whole ? ARCHIVE_IS_DAMAGED : ARCHIVE_BOTH_DAMAGED;
	if (!whole) {
		*why = (struct err){0};
		err_set(
		    why, ERR_DAMAGED, "store and archive are both damaged; %s", archive.text);
	}
	return true;
}

static bool
compare_files(const struct pair *p, uint32_t from, enum archive_verdict *verdict,
    struct err *why, struct err *e)
{
	bool equal;

	for (uint32_t file = from; file <= p->end.file; file++) {
		if (file == p->end.file && p->end.offset == 0)
			break;
		if (!file_is_equal(p, file, &equal, e))
			return false;
		if (!equal)
			return judge(p, file, verdict, why, e);
	}
	*verdict = ARCHIVE_MATCHES;
	return true;
}

bool
archive_compare(const char *dir, const char *store_dir, enum archive_verdict *verdict,
    struct err *why, struct err *e)
{
	struct pair p = {.archive = dir, .store = store_dir};
	uint32_t first, store_first, store_last, from;

	*why = (struct err){0};
	*verdict = ARCHIVE_EMPTY;
	if (!archive_extent(dir, &first, &p.end, why)) {
		if (why->code == ERR_DAMAGED)
			return judge_store(dir, store_dir, verdict, why, e);
		*e = *why;
		return false;
	}
	if (first == 0)
		return true;
	if (!logfile_range(store_dir, &store_first, &store_last, why) || store_last == 0) {
		err_set(why, ERR_DAMAGED, "%s holds no log", store_dir);
		*verdict = ARCHIVE_STORE_DAMAGED;
		if (why->code == ERR_DAMAGED)
			return true;
		*e = *why;
		return false;
	}
	if (store_first > p.end.file) {
		err_set(why, ERR_DAMAGED,
		    "the archive ends in log %u, the store begins with %u", p.end.file,
		    store_first);
		*verdict = ARCHIVE_IS_DAMAGED;
		return true;
	}
	from = p.end.file > first ? p.end.file - 1 : p.end.file;
	return compare_files(&p, from < store_first ? store_first : from, verdict, why, e);
}
