/* tests/storage_archive.c -- logs as files, MANIFEST, and the archive's copy. */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/io.h"
#include "storage/archive/archive.h"
#include "tests/bare.h"
#include "tests/suites.h"

#define DMARC (&dmarc_internal_report)

static void
records_are_where_berkeley_db_has_them(void)
{
	struct sample s;
	struct log_place end = {0};
	struct buf bytes = {0};
	struct err e = {0};
	struct bare b;
	size_t at = 0, n = 0;
	DB_LOGC *c;
	DB_LSN lsn;
	DBT data = {.flags = DB_DBT_REALLOC};

	bare_start(&b);
	for (unsigned i = 0; i < 40; i++) {
		sample_make(&s, i);
		bare_set_one(&b, i, sample_op(&s, STORE_CREATE, 0));
	}
	CU_ASSERT_EQUAL(b.env.db->log_flush(b.env.db, NULL), 0);
	CU_ASSERT_TRUE(logfile_read(b.dir, 1, 0, SIZE_MAX, &bytes, &e));
	CU_ASSERT_TRUE(logfile_end(b.dir, (struct log_place){1, 0}, &end, &e));
	CU_ASSERT_EQUAL_FATAL(b.env.db->log_cursor(b.env.db, &c, 0), 0);
	/* The file's own first record is not shown by a cursor. */
	for (at = 28; c->get(c, &lsn, &data, DB_NEXT) == 0; n++) {
		CU_ASSERT_EQUAL(lsn.offset, at);
		at += 12 + data.size;
	}
	CU_ASSERT_TRUE(n > 100);
	CU_ASSERT_EQUAL(end.file, 1);
	CU_ASSERT_EQUAL(end.offset, at);
	CU_ASSERT_EQUAL(logfile_whole((struct str){bytes.s, at - 1}, NULL) < at, true);
	bytes.s[at / 2]++;
	CU_ASSERT_TRUE(logfile_whole(buf_str(&bytes), NULL) <= at / 2);
	c->close(c, 0);
	free(data.data);
	buf_free(&bytes);
	bare_stop(&b);
}

static void
names_of_logs_are_told_from_others(void)
{
	static const char *const others[] = {"log.000000001", "log.00000000011",
	    "log.000000000x", "log.0000000000", "log.9999999999", "lock", "log", ""};
	uint32_t n = 0;

	CU_ASSERT_TRUE(logfile_number(logfile_name(4294967295u).text, &n));
	CU_ASSERT_EQUAL(n, 4294967295u);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		CU_ASSERT_FALSE(logfile_number(others[i], &n));
}

static void
a_manifest_is_read_as_written_or_not_at_all(void)
{
	struct manifest m = {.format = 2, .epoch = 0x0a0b0c0d, .made_s = 5, .first_log = 7}, r;
	char dir[SCRATCH_DIR_MAX];
	struct folder_path path;
	struct buf text = {0};
	struct err e = {0};

	scratch_make(dir);
	path = folder_path(dir, MANIFEST_NAME);
	m.end = (struct log_place){9, 1234};
	m.verified = true;
	CU_ASSERT_FALSE(manifest_read(&r, dir, &e));
	CU_ASSERT_EQUAL(e.code, ERR_NOT_FOUND);
	e = (struct err){0};
	CU_ASSERT_TRUE(io_write_file(folder_path(dir, "a b").text, STR("12345"), 0600, &e));
	CU_ASSERT_TRUE(manifest_add(&m, dir, "a b", &e));
	CU_ASSERT_TRUE(manifest_write(&m, dir, &e) && manifest_read(&r, dir, &e));
	CU_ASSERT_EQUAL(r.epoch, m.epoch);
	CU_ASSERT_EQUAL(r.first_log, 7);
	CU_ASSERT_EQUAL(r.end.offset, 1234);
	CU_ASSERT_TRUE(r.verified && r.n == 1 && r.files[0].bytes == 5);
	CU_ASSERT_PTR_NOT_NULL(manifest_find(&r, "a b"));
	CU_ASSERT_TRUE(manifest_check(&r, dir, &(struct pace){0}, &e));
	CU_ASSERT_TRUE(io_write_file(folder_path(dir, "a b").text, STR("12346"), 0600, &e));
	CU_ASSERT_FALSE(manifest_check(&r, dir, &(struct pace){0}, &e));
	CU_ASSERT_EQUAL(e.code, ERR_DAMAGED);
	manifest_free(&r);
	e = (struct err){0};
	CU_ASSERT_TRUE(io_read_file(path.text, 1 << 20, &text, &e));
	for (size_t i = 0; i < text.len; i++) { /* whichever byte is another */
		struct err wrong = {0};

		text.s[i] ^= 1;
		CU_ASSERT_TRUE(io_write_file(path.text, buf_str(&text), 0600, &e));
		CU_ASSERT_FALSE(manifest_read(&r, dir, &wrong));
		CU_ASSERT_EQUAL(wrong.code, ERR_DAMAGED);
		text.s[i] ^= 1;
	}
	buf_free(&text);
	manifest_free(&m);
	scratch_remove(dir);
}

static void
files_of_a_manifest_lie_in_its_folder(void)
{
	static const char *const names[] = {"../x", ".hidden", "a/b", "", "new\nline"};
	struct manifest m = {0};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct err e = {0};

		CU_ASSERT_FALSE(manifest_add(&m, "/tmp", names[i], &e));
	}
	manifest_free(&m);
}

/* A link to itself: there, and not to be opened by anybody. */
static void
what_cannot_be_opened_is_neither_missing_nor_damaged(void)
{
	char dir[SCRATCH_DIR_MAX];
	enum archive_verdict verdict;
	struct folder_path loop;
	struct err why, e = {0};
	struct manifest m;
	struct bare b;

	scratch_make(dir);
	loop = folder_path(dir, "loop");
	CU_ASSERT_EQUAL(symlink("loop", loop.text), 0);
	CU_ASSERT_FALSE(manifest_read(&m, loop.text, &e));
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_FAIL);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "cannot open"));
	e = (struct err){0};
	bare_start(&b);
	CU_ASSERT_FALSE(archive_compare(b.dir, loop.text, &verdict, &why, &e));
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_FAIL);
	bare_stop(&b);
	scratch_remove(dir);
}

static void
open_with_archive(struct bare *b, const char *archive, bool anew)
{
	struct env_options o = {.dir = b->dir, .cache_mb = 8, .archive_dir = archive};
	struct err e = {0};

	o.archive_anew = anew;
	CU_ASSERT_TRUE_FATAL(env_open(&b->env, &o, &b->clock, &b->log, &e));
	CU_ASSERT_TRUE_FATAL(writer_start(&b->writer, &b->env, &e));
}

static void
what_is_acknowledged_is_in_the_archive(void)
{
	enum { BODY = 6 << 20, SETS = 24 }; /* more than two files of the log */
	char archive[SCRATCH_DIR_MAX + 16], *body = mem_new(BODY, 1);
	struct log_place end = {0}, before = {0};
	enum archive_verdict verdict;
	struct err why, e = {0};
	struct sample s;
	struct bare b;
	uint32_t first;

	bare_start(&b);
	bare_close(&b);
	snprintf(archive, sizeof archive, "%s.archive", b.dir);
	open_with_archive(&b, archive, true);
	CU_ASSERT_TRUE(archive_has_base(b.env.archive, NULL)); /* all logs are there */
	randombytes_buf(body, BODY);
	sample_make(&s, 1);
	for (unsigned i = 0; i < SETS; i++) {
		struct store_op op = sample_op(&s, STORE_CREATE, 0);

		op.body = (struct str){body, BODY};
		before = archive_end(b.env.archive);
		bare_set_one(&b, i, op);
		CU_ASSERT_TRUE(log_place_compare(before, archive_end(b.env.archive)) < 0);
	}
	CU_ASSERT_TRUE(archive_end(b.env.archive).file >= 3);
	CU_ASSERT_TRUE(archive_bytes(b.env.archive) > (uint64_t)SETS * BODY);
	CU_ASSERT_TRUE(archive_extent(archive, &first, &end, &e));
	CU_ASSERT_EQUAL(log_place_compare(end, archive_end(b.env.archive)), 0);
	CU_ASSERT_TRUE(archive_compare(archive, b.dir, &verdict, &why, &e));
	CU_ASSERT_EQUAL(verdict, ARCHIVE_MATCHES);
	bare_close(&b);
	/* Without the file in the middle it has a hole; the store has what is missing. */
	CU_ASSERT_EQUAL(unlink(folder_path(archive, logfile_name(2).text).text), 0);
	CU_ASSERT_TRUE(archive_compare(archive, b.dir, &verdict, &why, &e));
	CU_ASSERT_EQUAL(verdict, ARCHIVE_IS_DAMAGED);
	CU_ASSERT_EQUAL(unlink(folder_path(b.dir, logfile_name(end.file).text).text), 0);
	CU_ASSERT_TRUE(archive_compare(archive, b.dir, &verdict, &why, &e));
	CU_ASSERT_EQUAL(verdict, ARCHIVE_BOTH_DAMAGED);
	free(body);
	scratch_remove(archive);
	scratch_remove(b.dir);
}

/* It can be a disk's own, with lost+found in it, or lie in a folder that is not ours. */
static void
an_archive_begun_anew_stays_the_folder_that_it_is(void)
{
	struct folder_path archive, other, trial;
	struct stat before, after;
	struct err e = {0};
	struct bare b;

	bare_start(&b);
	bare_close(&b);
	snprintf(archive.text, sizeof archive.text, "%s.archive", b.dir);
	other = folder_path(archive.text, "lost+found");
	trial = folder_path(archive.text, ARCHIVE_BASE ".trial");
	CU_ASSERT_TRUE(folder_make(archive.text, &e) && folder_make(other.text, &e) &&
	    folder_make(trial.text, &e));
	CU_ASSERT_EQUAL(stat(archive.text, &before), 0);
	for (unsigned i = 0; i < 2; i++) {
		open_with_archive(&b, archive.text, true);
		CU_ASSERT_TRUE(archive_has_base(b.env.archive, NULL));
		bare_close(&b);
	}
	CU_ASSERT_EQUAL(stat(archive.text, &after), 0);
	CU_ASSERT_EQUAL(before.st_ino, after.st_ino);
	CU_ASSERT_TRUE(folder_exists(other.text));
	CU_ASSERT_FALSE(folder_exists(trial.text));
	scratch_remove(archive.text);
	scratch_remove(b.dir);
}

static uint64_t
free_bytes(const char *dir)
{
	struct statvfs fs;

	CU_ASSERT_EQUAL_FATAL(statvfs(dir, &fs), 0);
	return (uint64_t)fs.f_bavail * fs.f_frsize;
}

static dev_t
disk_of(const char *dir)
{
	struct stat st;

	CU_ASSERT_EQUAL_FATAL(stat(dir, &st), 0);
	return st.st_dev;
}

/* /dev/shm is mostly another disk than the one with the tests' folders, and a smaller one.  How
 * much is free changes meanwhile, so what is less has to be far less. */
static void
the_reserve_is_kept_on_the_archives_disk_too(void)
{
	char archive[] = "/dev/shm/outbox-XXXXXX";
	uint64_t here, there, free;
	struct err e = {0};
	struct bare b;

	if (mkdtemp(archive) == NULL) {
		printf("skipped: there is no /dev/shm ");
		return;
	}
	bare_start(&b);
	bare_close(&b);
	open_with_archive(&b, archive, true);
	here = free_bytes(b.dir);
	there = free_bytes(archive);
	b.env.reserve_bytes = here / 2 + there / 2;
	if (disk_of(archive) == disk_of(b.dir) || there >= here / 2) {
		printf("skipped: /dev/shm is no smaller disk ");
	} else {
		CU_ASSERT_TRUE(env_nearly_full(&b.env, &free));
		CU_ASSERT_TRUE(free < b.env.reserve_bytes);
	}
	bare_stop(&b);
	CU_ASSERT_TRUE(folder_remove(archive, &e));
}

static void
what_lies_behind_the_logs_end_is_cleared(void)
{
	struct log_place end = {0}, again = {0};
	struct buf bytes = {0}, tail = {0};
	struct folder_path log;
	struct err e = {0};
	struct bare b;
	int fd;

	bare_start(&b);
	bare_close(&b);
	log = folder_path(b.dir, logfile_name(1).text);
	CU_ASSERT_TRUE(logfile_end(b.dir, (struct log_place){1, 0}, &end, &e));
	CU_ASSERT_TRUE(logfile_read(b.dir, 1, 0, SIZE_MAX, &bytes, &e));
	fd = open(log.text, O_WRONLY | O_CLOEXEC);
	CU_ASSERT_EQUAL(pwrite(fd, bytes.s, 500, end.offset + 100), 500);
	close(fd);
	CU_ASSERT_TRUE(logfile_clear_after(b.dir, end, &e));
	CU_ASSERT_TRUE(logfile_read(b.dir, 1, 0, SIZE_MAX, &tail, &e));
	CU_ASSERT_TRUE(str_equal(buf_str(&bytes), buf_str(&tail)));
	CU_ASSERT_TRUE(logfile_end(b.dir, (struct log_place){1, 0}, &again, &e));
	CU_ASSERT_EQUAL(log_place_compare(end, again), 0);
	buf_free(&bytes);
	buf_free(&tail);
	bare_open(&b);
	bare_stop(&b);
}

const CU_TestInfo storage_archive_tests[] = {
    {"records are where Berkeley DB has them", records_are_where_berkeley_db_has_them},
    {"names of logs are told from others", names_of_logs_are_told_from_others},
    {"a manifest is read as written or not at all",
	a_manifest_is_read_as_written_or_not_at_all},
    {"files of a manifest lie in its folder", files_of_a_manifest_lie_in_its_folder},
    {"what cannot be opened is neither missing nor damaged",
	what_cannot_be_opened_is_neither_missing_nor_damaged},
    {"what is acknowledged is in the archive", what_is_acknowledged_is_in_the_archive},
    {"an archive begun anew stays the folder that it is",
	an_archive_begun_anew_stays_the_folder_that_it_is},
    {"the reserve is kept on the archive's disk too",
	the_reserve_is_kept_on_the_archives_disk_too},
    {"what lies behind the log's end is cleared", what_lies_behind_the_logs_end_is_cleared},
    CU_TEST_INFO_NULL,
};
