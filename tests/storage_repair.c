/* tests/storage_repair.c -- files of the store are damaged: it makes itself again, and nothing
 * acknowledged is lost. */
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/folder.h"
#include "storage/archive/check.h"
#include "storage/archive/pages.h"
#include "storage/archive/repair.h"
#include "tests/bare.h"
#include "tests/store_process.h"
#include "tests/suites.h"

#define DMARC (&dmarc_internal_report)
#define RECORDS 120
#define LARGE_EACH 20 /* every so many records one has a large body */
#define LARGE_BYTES 30000
#define TIMEOUT_MS 100
#define TRIES 1000
#define STOP_S 20

/* What was acknowledged. */
struct told {
	uint64_t ids[RECORDS], changes[RECORDS];
	char *bodies[RECORDS];
	uint32_t epoch;
};

struct ward {
	struct store_process p;
	struct store *s;
	char data[STORE_SOCKET_MAX];
	struct told told;
	size_t n; /* records so far */
};

static void
start_again(struct ward *w)
{
	int status;

	if (waitpid(w->p.pid, &status, WNOHANG) != 0)
		store_process_again(&w->p);
}

/* As outboxd would: one that ends is started again. */
static bool
wait_until_it_serves(struct ward *w, struct store_status *status)
{
	struct err e = {0};

	for (unsigned i = 0; i < TRIES; i++) {
		e = (struct err){0};
		if (store_status(w->s, status, &e))
			return true;
		start_again(w);
	}
	fprintf(stderr, "%s\n", e.text);
	return false;
}

static char *
body_of(unsigned n)
{
	size_t bytes = n % LARGE_EACH == 0 ? LARGE_BYTES : 100 + n % 50;
	char *text = mem_new(bytes + 1, 1);

	for (size_t i = 0; i < bytes; i++)
		text[i] = (char)('a' + randombytes_uniform(26));
	return text;
}

static void
write_one(struct ward *w)
{
	struct told *t = &w->told;
	struct store_set q = {.type = DMARC, .n = 1};
	struct store_results r;
	struct store_op op;
	struct sample sample;
	struct err e = {0};

	sample_make(&sample, (unsigned)w->n);
	op = sample_op(&sample, STORE_CREATE, 0);
	t->bodies[w->n] = body_of((unsigned)w->n);
	op.body = str_of(t->bodies[w->n]);
	q.ops = &op;
	randombytes_buf(q.opid, sizeof q.opid);
	for (unsigned k = 0; !store_set(w->s, &q, &r, &e); k++) {
		CU_ASSERT_FATAL(k < TRIES);
		e = (struct err){0};
		start_again(w);
	}
	t->ids[w->n] = r.results[0].id;
	t->changes[w->n++] = r.results[0].change;
	store_results_free(&r);
}

static void
ward_start(struct ward *w)
{
	struct store_status status;

	*w = (struct ward){0};
	store_process_start(&w->p);
	snprintf(w->data, sizeof w->data, "%s/data", w->p.dir);
	store_open(&w->s, w->p.socket, TIMEOUT_MS);
	CU_ASSERT_TRUE_FATAL(wait_until_it_serves(w, &status));
	w->told.epoch = status.epoch;
	while (w->n < RECORDS / 2)
		write_one(w);
}

static void
ward_kill(struct ward *w)
{
	scratch_end(w->p.pid, SIGKILL, STOP_S);
}

static void
ward_end(struct ward *w)
{
	struct store_status status;

	CU_ASSERT_TRUE(wait_until_it_serves(w, &status));
	store_close(&w->s);
	for (size_t i = 0; i < w->n; i++)
		free(w->told.bodies[i]);
	CU_ASSERT_TRUE(store_process_stop(&w->p));
}

static bool
one_is_there(struct ward *w, size_t i)
{
	struct store_get q = {.type = DMARC, .ids = &w->told.ids[i], .n = 1};
	struct store_rows rows;
	struct err e = {0};
	bool same;

	q.want_bodies = true;
	q.max_bytes = SIZE_MAX;
	for (unsigned k = 0; !store_get(w->s, &q, &rows, &e); k++) {
		if (k == TRIES)
			return false;
		e = (struct err){0};
		start_again(w);
	}
	same = rows.rows[0].change == w->told.changes[i] &&
	    str_is(rows.rows[0].body, w->told.bodies[i]);
	store_rows_free(&rows);
	return same;
}

static size_t
folders_kept(const struct ward *w)
{
	struct repair_kept kept;
	struct err e = {0};

	CU_ASSERT_TRUE(repair_kept(w->data, &kept, &e));
	return kept.n;
}

/* Serves, with all that was told, takes writes, and is sound when it is opened by hand. */
static void
all_is_there(struct ward *w, const char *what)
{
	struct store_status status;
	size_t lost = 0;

	if (!wait_until_it_serves(w, &status)) {
		fprintf(stderr, "%s: does not serve\n", what);
		CU_FAIL_FATAL("it does not serve");
	}
	for (size_t i = 0; i < w->n; i++)
		lost += !one_is_there(w, i);
	if (lost > 0)
		fprintf(stderr, "%s: %zu lost\n", what, lost);
	CU_ASSERT_EQUAL(lost, 0);
	CU_ASSERT_EQUAL(status.epoch, w->told.epoch);
	if (w->n < RECORDS)
		write_one(w);
}

static void
store_is_sound(struct ward *w)
{
	struct log log = {.program = "tests", .level = LOG_LEVEL_ERROR};
	struct folder_path store = folder_path(w->data, "store");
	struct clock clock = {0};
	struct inspection how = {.cache_mb = 8, .clock = &clock, .log = &log};
	struct err e = {0};

	scratch_end(w->p.pid, SIGTERM, STOP_S);
	CU_ASSERT_TRUE(repair_inspect(store.text, &how, &e));
	if (e.code != ERR_NONE)
		fprintf(stderr, "%s\n", e.text);
	store_process_again(&w->p);
}

/* --- damage --- */

typedef void damage(const char *path);

static void
remove_file(const char *path)
{
	CU_ASSERT_EQUAL(unlink(path), 0);
}

static off_t
size_of(const char *path)
{
	struct stat st = {0};

	stat(path, &st);
	return st.st_size;
}

static void
cut_to_half(const char *path)
{
	CU_ASSERT_EQUAL(truncate(path, size_of(path) / 8192 * 4096), 0);
}

static void
cut_to_nothing(const char *path)
{
	CU_ASSERT_EQUAL(truncate(path, 0), 0);
}

static void
overwrite(const char *path, off_t at, size_t len)
{
	char junk[2048];
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	randombytes_buf(junk, sizeof junk);
	CU_ASSERT_EQUAL(pwrite(fd, junk, len, at), (ssize_t)len);
	close(fd);
}

/* The last, or any. */
static void
overwrite_a_page(const char *path)
{
	off_t pages = size_of(path) / 4096;
	off_t page = randombytes_uniform(2) == 0 ? pages - 1
						 : (off_t)randombytes_uniform((uint32_t)pages);

	overwrite(path, page * 4096 + 1024, 2048);
}

static const char *const files[] = {"meta", "tokens", "opids", "opids.time",
    "DmarcInternalReport.rows", "DmarcInternalReport.bodies", "DmarcInternalReport.changes",
    "DmarcInternalReport.domain", "DmarcInternalReport.label", "DmarcInternalReport.createdAt",
    "DmarcInternalReport.deliverAt", "DmarcInternalReport.policy", "TlsInternalReport.rows"};
#define N_FILES (sizeof files / sizeof files[0])

static void
touch(const char *path)
{
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

/* Does it to a file of a store that was killed, then to that of one that was stopped.  What
 * nobody has read since is found when the store looks through itself. */
static void
each_file_survives(damage *how, bool looked_through)
{
	struct ward w;

	ward_start(&w);
	for (size_t i = 0; i < N_FILES; i++) {
		struct folder_path store = folder_path(w.data, "store");

		scratch_end(w.p.pid, i % 2 == 0 ? SIGKILL : SIGTERM, STOP_S);
		how(folder_path(store.text, files[i]).text);
		if (looked_through)
			touch(folder_path(store.text, ENV_SUSPECT_NAME).text);
		store_process_again(&w.p);
		all_is_there(&w, files[i]);
		store_is_sound(&w);
	}
	ward_end(&w);
}

static void
a_missing_file_is_made_again(void)
{
	each_file_survives(remove_file, false);
}

static void
a_file_cut_to_half_is_made_again(void)
{
	each_file_survives(cut_to_half, false);
}

static void
a_file_cut_to_nothing_is_made_again(void)
{
	each_file_survives(cut_to_nothing, false);
}

/* Nobody reads it, and nothing says that it may be damaged. */
static void
a_page_that_nobody_reads_is_made_again(void)
{
	struct folder_path store;
	struct err e = {0};
	struct ward w;
	int how = 0;

	ward_start(&w);
	store = folder_path(w.data, "store");
	scratch_end(w.p.pid, SIGTERM, STOP_S);
	overwrite(folder_path(store.text, "DmarcInternalReport.policy").text, 4096 + 3000, 100);
	CU_ASSERT_FALSE(pages_check(
	    folder_path(store.text, "DmarcInternalReport.policy").text, NULL, NULL, &e));
	CU_ASSERT_EQUAL(e.code, ERR_DAMAGED);
	store_process_again(&w.p);
	waitpid(w.p.pid, &how, 0); /* ends by itself */
	CU_ASSERT_TRUE(WIFEXITED(how) && WEXITSTATUS(how) == EX_DATAERR);
	store_process_again(&w.p);
	all_is_there(&w, "a page that nobody reads");
	CU_ASSERT_EQUAL(folders_kept(&w), 1);
	store_is_sound(&w);
	ward_end(&w);
}

/* Berkeley DB makes files shorter too; whoever cut one did not write that into its first page.
 */
static void
a_file_that_lost_its_end_is_told_from_one_that_is_shorter(void)
{
	struct folder_path bodies;
	struct err e = {0};
	uint64_t bytes;
	struct ward w;

	ward_start(&w);
	bodies = folder_path(w.data, "store/DmarcInternalReport.bodies");
	scratch_end(w.p.pid, SIGTERM, STOP_S);
	bytes = (uint64_t)size_of(bodies.text);
	CU_ASSERT_TRUE(pages_check_end(bodies.text, 0, &e));
	CU_ASSERT_TRUE(pages_check_end(bodies.text, bytes, &e));
	CU_ASSERT_EQUAL(truncate(bodies.text, (off_t)bytes - 4096), 0);
	CU_ASSERT_FALSE(pages_check_end(bodies.text, bytes - 4096, &e));
	CU_ASSERT_EQUAL(e.code, ERR_DAMAGED);
	CU_ASSERT_EQUAL(truncate(bodies.text, (off_t)bytes), 0); /* with zeros */
	CU_ASSERT_FALSE(pages_check_end(bodies.text, bytes - 4096, &e));
	CU_ASSERT_EQUAL(truncate(bodies.text, (off_t)bytes - 4096), 0);
	store_process_again(&w.p);
	all_is_there(&w, "a file that lost its end");
	CU_ASSERT_EQUAL(folders_kept(&w), 1);
	ward_end(&w);
}

static void
an_overwritten_page_is_made_again(void)
{
	each_file_survives(overwrite_a_page, true);
}

/* --- the log --- */

/* Where the log's records end, as a file and an offset. */
static struct log_place
log_end(const char *dir)
{
	struct log_place end = {0};
	uint32_t first, last;
	struct err e = {0};

	CU_ASSERT_TRUE(logfile_range(dir, &first, &last, &e));
	CU_ASSERT_TRUE(logfile_end(dir, (struct log_place){first, 0}, &end, &e));
	return end;
}

static void
remove_last_log(const char *dir)
{
	remove_file(folder_path(dir, logfile_name(log_end(dir).file).text).text);
}

static void
cut_last_log(const char *dir)
{
	struct log_place end = log_end(dir);

	CU_ASSERT_EQUAL(
	    truncate(folder_path(dir, logfile_name(end.file).text).text, end.offset - 10), 0);
}

static void
flip_in_last_log(const char *dir)
{
	struct log_place end = log_end(dir);

	overwrite(folder_path(dir, logfile_name(end.file).text).text, end.offset / 2, 1);
}

static void
flip_near_the_end(const char *dir)
{
	struct log_place end = log_end(dir);

	overwrite(folder_path(dir, logfile_name(end.file).text).text, end.offset - 5, 4);
}

static void
remove_all(const char *dir)
{
	struct err e = {0};

	CU_ASSERT_TRUE(folder_remove(dir, &e));
}

static void
remove_end(const char *dir)
{
	remove_file(folder_path(dir, "end").text);
}

static void
remove_base(const char *dir)
{
	remove_all(folder_path(dir, ARCHIVE_BASE).text);
}

static void
nothing(const char *dir)
{
	(void)dir;
}

/* What is done to both folders, and whether that calls for a repair of the store. */
static const struct {
	const char *what;
	damage *to_store, *to_archive;
	bool repaired;
} folders[] = {
    {"nothing", nothing, nothing, false},
    {"the store's last log is missing", remove_last_log, nothing, true},
    {"the store's last log is cut", cut_last_log, nothing, true},
    {"a byte in the store's log is wrong", flip_in_last_log, nothing, true},
    {"the last bytes of the store's log are wrong", flip_near_the_end, nothing, true},
    {"there is no store", remove_all, nothing, true},
    {"there is no archive", nothing, remove_all, false},
    {"the archive's last log is missing", nothing, remove_last_log, false},
    {"the archive's last log is cut", nothing, cut_last_log, false},
    {"a byte in the archive's log is wrong", nothing, flip_in_last_log, false},
    {"the last bytes of the archive's log are wrong", nothing, flip_near_the_end, false},
    {"the archive does not say where it ends", nothing, remove_end, false},
    {"the archive has no base", nothing, remove_base, false},
    {"the store's log is cut and the archive does not say where it ends", cut_last_log,
	remove_end, true},
    {"there is no store and the archive does not say where it ends", remove_all, remove_end,
	true},
};

static void
either_folder_makes_the_other_again(void)
{
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		struct folder_path store, archive;
		struct ward w;

		ward_start(&w);
		store = folder_path(w.data, "store");
		archive = folder_path(w.data, "archive");
		ward_kill(&w);
		folders[i].to_store(store.text);
		folders[i].to_archive(archive.text);
		store_process_again(&w.p);
		all_is_there(&w, folders[i].what);
		/* A folder that is missing leaves nothing to keep. */
		if (folders[i].to_store != remove_all)
			CU_ASSERT_EQUAL(folders_kept(&w), folders[i].repaired);
		/* The archive that is there now is as good as the first. */
		ward_kill(&w);
		remove_all(store.text);
		store_process_again(&w.p);
		all_is_there(&w, folders[i].what);
		store_is_sound(&w);
		ward_end(&w);
	}
}

static void
both_damaged_is_told_and_not_served(void)
{
	struct store_status status;
	struct err e = {0};
	struct ward w;
	int how = 0;

	ward_start(&w);
	ward_kill(&w);
	cut_last_log(folder_path(w.data, "store").text);
	cut_last_log(folder_path(w.data, "archive").text);
	store_process_again(&w.p);
	for (unsigned i = 0; i < TRIES && strstr(e.text, "damaged") == NULL; i++) {
		e = (struct err){0};
		CU_ASSERT_FALSE_FATAL(store_status(w.s, &status, &e));
	}
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_UNAVAILABLE);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "damaged"));
	CU_ASSERT_EQUAL(folders_kept(&w), 0);
	waitpid(w.p.pid, &how, 0);
	CU_ASSERT_TRUE(WIFEXITED(how) && WEXITSTATUS(how) == EX_CONFIG);
	store_close(&w.s);
	for (size_t i = 0; i < w.n; i++)
		free(w.told.bodies[i]);
	scratch_remove(w.p.dir);
}

static void
a_repair_that_is_killed_begins_again(void)
{
	enum { STEP_US = 4000, STEPS = 30 };
	struct ward w;

	ward_start(&w);
	for (unsigned i = 0; i < STEPS; i++) {
		ward_kill(&w);
		cut_last_log(folder_path(w.data, "store").text);
		store_process_again(&w.p);
		usleep(STEP_US * (i + 1));
		ward_kill(&w);
		store_process_again(&w.p);
		all_is_there(&w, "killed while it repairs");
	}
	store_is_sound(&w);
	CU_ASSERT_TRUE(folders_kept(&w) <= REPAIR_KEPT_MAX);
	ward_end(&w);
}

/* Recovery lengthens the file again, so the next start has to know. */
static void
a_start_that_is_killed_leaves_a_cut_file_to_the_next(void)
{
	enum { STEP_US = 4000, STEPS = 10 };
	struct folder_path bodies;
	struct ward w;

	ward_start(&w);
	bodies = folder_path(w.data, "store/DmarcInternalReport.bodies");
	for (unsigned i = 0; i < STEPS; i++) {
		ward_kill(&w);
		cut_to_half(bodies.text);
		store_process_again(&w.p);
		usleep(STEP_US * (i + 1));
		ward_kill(&w);
		store_process_again(&w.p);
		all_is_there(&w, "killed after a file was cut");
		store_is_sound(&w);
	}
	ward_end(&w);
}

const CU_TestInfo storage_repair_tests[] = {
    {"a missing file is made again", a_missing_file_is_made_again},
    {"a file cut to half is made again", a_file_cut_to_half_is_made_again},
    {"a file cut to nothing is made again", a_file_cut_to_nothing_is_made_again},
    {"a file that lost its end is told from one that is shorter",
	a_file_that_lost_its_end_is_told_from_one_that_is_shorter},
    {"an overwritten page is made again", an_overwritten_page_is_made_again},
    {"a page that nobody reads is made again", a_page_that_nobody_reads_is_made_again},
    {"either folder makes the other again", either_folder_makes_the_other_again},
    {"both damaged is told and not served", both_damaged_is_told_and_not_served},
    {"a start that is killed leaves a cut file to the next",
	a_start_that_is_killed_leaves_a_cut_file_to_the_next},
    {"a repair that is killed begins again", a_repair_that_is_killed_begins_again},
    CU_TEST_INFO_NULL,
};
