/* storage/tools.c -- outbox-store as a tool. */
#include "storage/tools.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sysexits.h>

#include "base/date.h"
#include "base/io.h"
#include "storage/archive/repair.h"

#define EXIT_DAMAGED 1

/* What a tool works with. */
struct work {
	const struct tool_request *request;
	const struct log *log;
	struct clock clock;
	struct home home;
};

/* Where the whole records of a folder's logs end, from the backup's first log on. */
static bool
source_of(const char *files, const char *logs, struct repair_source *s, struct manifest *m,
    struct err *e)
{
	*s = (struct repair_source){.files = files, .logs = logs};
	return manifest_read(m, files, e) &&
	    logfile_end(logs, (struct log_place){m->first_log, 0}, &s->end, e);
}

static void
print_source(const struct repair_source *s, const struct manifest *m)
{
	char made[DATE_LEN + 1];
	uint64_t bytes = 0;

	for (size_t i = 0; i < m->n; i++)
		bytes += m->files[i].bytes;
	date_format(m->made_s, made);
	printf("backup: %s\nmade: %s\nepoch: %08x\nfiles: %zu, %llu bytes\n", s->files, made,
	    m->epoch, m->n, (unsigned long long)bytes);
	printf("log: from %u/0 to %u/%u\n", m->first_log, s->end.file, s->end.offset);
}

static struct inspection
how_of(const struct work *w)
{
	return (struct inspection){.cache_mb = w->request->home->cache_mb,
	    .clock = &w->clock,
	    .log = w->log,
	    .report = stdout};
}

/* --- verify --- */

/* Two at once would remove each other's DIR.trial, and take that for damage.  -1 also where a
 * folder cannot be locked; *e is set if another process has it. */
static int
backup_lock(const char *dir, struct err *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK)
			err_set(e, ERR_SERVER_UNAVAILABLE,
			    "%s is being verified by another process", dir);
		io_close(&fd);
	}
	return fd;
}

static bool
try(struct work *w, struct err *e)
{
	const struct tool_request *r = w->request;
	struct inspection how = how_of(w);
	struct repair_source source;
	struct folder_path trial;
	struct manifest m;
	struct err left = {0};
	bool ok;

	snprintf(trial.text, sizeof trial.text, "%s.trial", r->dir);
	if (!source_of(r->dir, r->logs != NULL ? r->logs : r->dir, &source, &m, e))
		return false;
	print_source(&source, &m);
	manifest_free(&m);
	ok = repair_build(trial.text, &source, &how, e);
	return folder_remove(trial.text, ok ? e : &left) && ok;
}

static bool
verify(struct work *w, struct err *e)
{
	int fd = backup_lock(w->request->dir, e);
	bool ok = e->code == ERR_NONE && try(w, e);

	io_close(&fd);
	return ok;
}

/* --- restore --- */

/* The backup's own files become the base of the new archive. */
static bool
base_copy(struct work *w, const char *files, struct manifest *m, struct err *e)
{
	struct folder_path fresh = folder_path(w->home.archive.text, ARCHIVE_BASE_NEW);
	struct manifest base = *m;

	base.n = 0;
	base.verified = true;
	if (!folder_remove(fresh.text, e) || !folder_make(fresh.text, e))
		return false;
	for (size_t i = 0; i < m->n; i++) {
		uint32_t number;

		if (logfile_number(m->files[i].name, &number))
			continue;
		if (!folder_copy_file(folder_path(files, m->files[i].name).text,
			folder_path(fresh.text, m->files[i].name).text, UINT64_MAX, e))
			return false;
		m->files[base.n++] = m->files[i];
	}
	base.files = m->files;
	return manifest_write(&base, fresh.text, e) &&
	    folder_move(fresh.text, folder_path(w->home.archive.text, ARCHIVE_BASE).text, e);
}

/* Opens the store for a moment, so that its archive begins; then gives that its base. */
static bool
archive_start_over(struct work *w, const char *files, struct manifest *m, struct err *e)
{
	struct env env;
	bool has_base, ok = home_open(&w->home, &env, e);

	if (!ok)
		return false;
	has_base = archive_has_base(env.archive, NULL);
	env_close(&env);
	return files == NULL || has_base || base_copy(w, files, m, e);
}

static bool
build_and_install(
    struct work *w, const struct repair_source *source, struct manifest *m, struct err *e)
{
	struct inspection how = how_of(w);
	struct home *h = &w->home;

	how.new_epoch = true;
	print_source(source, m);
	return repair_build(h->store_new.text, source, &how, e) && repair_install(h, true, e);
}

static bool
restore(struct work *w, struct err *e)
{
	struct repair_source source;
	struct manifest m;
	bool ok;

	if (!source_of(w->request->dir, w->request->dir, &source, &m, e))
		return false;
	ok = build_and_install(w, &source, &m, e) &&
	    archive_start_over(w, w->request->dir, &m, e);
	manifest_free(&m);
	return ok;
}

/* --- what can still be read --- */

/* The store as it is: recovered where it lies, and its archive moved aside. */
static bool
keep_store(struct work *w, struct err *e)
{
	struct home *h = &w->home;
	struct inspection how = how_of(w);
	struct folder_path mark = folder_path(h->store.text, ENV_SUSPECT_NAME);

	how.new_epoch = true;
	if (!repair_inspect(h->store.text, &how, e) || !folder_remove(mark.text, e) ||
	    !repair_put_archive_aside(h, e) || !archive_start_over(w, NULL, NULL, e))
		return false;
	puts("kept: the store");
	return true;
}

/* The backup, and the log as far as it is whole. */
static bool
keep_archive(struct work *w, struct err *e)
{
	struct folder_path base = folder_path(w->home.archive.text, ARCHIVE_BASE);
	struct repair_source source;
	struct manifest m;
	bool ok;

	if (!source_of(base.text, w->home.archive.text, &source, &m, e))
		return false;
	ok = build_and_install(w, &source, &m, e) && archive_start_over(w, NULL, NULL, e);
	manifest_free(&m);
	if (ok)
		puts("kept: the backup and the log after it, as far as it is whole");
	return ok;
}

/* Of the two, that whose log reaches farther is tried first. */
static bool
accept_loss(struct work *w, struct err *e)
{
	struct home *h = &w->home;
	struct log_place ours = {0}, theirs = {0};
	uint32_t first, last;
	struct err passed = {0}, why = {0};
	bool store_first;

	if (logfile_range(h->store.text, &first, &last, &passed) && first > 0)
		logfile_end(h->store.text, (struct log_place){first, 0}, &theirs, &passed);
	if (logfile_range(h->archive.text, &first, &last, &passed) && first > 0)
		logfile_end(h->archive.text, (struct log_place){first, 0}, &ours, &passed);
	printf("store: log whole up to %u/%u\narchive: log whole up to %u/%u\n", theirs.file,
	    theirs.offset, ours.file, ours.offset);
	store_first = log_place_compare(theirs, ours) >= 0;
	if (store_first ? keep_store(w, &why) : keep_archive(w, &why))
		return true;
	printf("%s cannot be kept: %s\n", store_first ? "the store" : "the backup", why.text);
	return store_first ? keep_archive(w, e) : keep_store(w, e);
}

static bool
check(struct work *w, struct err *e)
{
	struct inspection how = how_of(w);

	if (repair_inspect(w->home.store.text, &how, e))
		return true;
	if (e->code == ERR_DAMAGED)
		repair_mark(&w->home, e->text);
	return false;
}

static const struct {
	bool locks;
	bool (*run)(struct work *w, struct err *e);
} tools[] = {
    [TOOL_VERIFY] = {false, verify},
    [TOOL_RESTORE] = {true, restore},
    [TOOL_ACCEPT_LOSS] = {true, accept_loss},
    [TOOL_CHECK] = {true, check},
};

static int
exit_status(const struct err *e)
{
	if (e->code == ERR_NONE)
		return EX_OK;
	return e->code == ERR_DAMAGED || e->code == ERR_NOT_FOUND ? EXIT_DAMAGED : EX_IOERR;
}

int
tool_run(const struct tool_request *r, const struct log *log)
{
	struct work w = {.request = r, .log = log};
	struct err e = {0};
	int status;

	if (tools[r->tool].locks && !home_lock(&w.home, r->home, &w.clock, log, &e)) {
		fprintf(stderr, "outbox-store: %s%s\n", e.text,
		    e.code == ERR_SERVER_UNAVAILABLE
			? ": the outbox is running. Stop it first (systemctl stop "
			  "report-outbox), and start it again afterwards"
			: "");
		return EX_UNAVAILABLE;
	}
	if (tools[r->tool].run(&w, &e))
		puts("sound");
	status = exit_status(&e);
	if (tools[r->tool].locks)
		home_unlock(&w.home);
	fflush(stdout);
	if (status != EX_OK)
		fprintf(stderr, "outbox-store: %s\n", e.text);
	return status;
}
