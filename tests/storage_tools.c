/* tests/storage_tools.c -- outbox-store as a tool: a backup is tried and restored, and what can
 * still be read is kept. */
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/io.h"
#include "storage/archive/archive.h"
#include "tests/bare.h"
#include "tests/store_process.h"
#include "tests/suites.h"

#define DMARC (&dmarc_internal_report)
#define TIMEOUT_MS 10000
#define TOOL_S 60
#define STOP_S 20
#define DAMAGED 1
#define ELSEWHERE_BYTES (UINT64_C(512) << 20)

struct fixture {
	struct store_process p;
	struct store *s;
	char data[STORE_SOCKET_MAX], backup[STORE_SOCKET_MAX];
};

static void
create(struct fixture *f, unsigned seed, unsigned n)
{
	struct sample sample;
	struct store_op op;

	sample_make(&sample, seed);
	op = sample_op(&sample, STORE_CREATE, 0);
	for (unsigned i = 0; i < n; i++) {
		struct store_set q = {.type = DMARC, .ops = &op, .n = 1};
		struct store_results r;
		struct err e = {0};

		randombytes_buf(q.opid, sizeof q.opid);
		CU_ASSERT_TRUE_FATAL(store_set(f->s, &q, &r, &e));
		store_results_free(&r);
	}
}

static struct store_status
status_of(struct fixture *f)
{
	struct store_status status = {0};
	struct err e = {0};

	if (!store_status(f->s, &status, &e))
		CU_FAIL_FATAL("no status");
	return status;
}

static uint64_t
records_of(struct fixture *f)
{
	return status_of(f).types[0].records;
}

static void
fixture_start(struct fixture *f)
{
	store_process_start(&f->p);
	snprintf(f->data, sizeof f->data, "%s/data", f->p.dir);
	snprintf(f->backup, sizeof f->backup, "%s/backup", f->p.dir);
	store_open(&f->s, f->p.socket, TIMEOUT_MS);
	create(f, 1, 10);
}

static void
fixture_end(struct fixture *f)
{
	store_close(&f->s);
	CU_ASSERT_TRUE(store_process_stop(&f->p));
}

/* outbox-store with these words; its exit status. */
static int
tool(struct fixture *f, const char *word, const char *dir)
{
	char program[PATH_MAX], log[STORE_SOCKET_MAX];
	char config[STORE_SOCKET_MAX];
	const char *argv[] = {program, "--dir", f->data, "--config", config, word, dir, NULL};
	int status;

	scratch_program("outbox-store", program);
	snprintf(config, sizeof config, "%s/" STORE_PROCESS_CONFIG, f->p.dir);
	if (access(config, F_OK) != 0)
		snprintf(config, sizeof config, "/dev/null");
	snprintf(log, sizeof log, "%s/tool", f->p.dir);
	status = scratch_end(scratch_spawn(argv, log), 0, TOOL_S);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool
copy_one(void *f, const char *name, struct err *e)
{
	const struct fixture *x = f;
	struct folder_path archive = folder_path(x->data, "archive");
	uint32_t number;

	return !logfile_number(name, &number) ||
	    folder_copy_file(folder_path(archive.text, name).text,
		folder_path(x->backup, name).text, UINT64_MAX, e);
}

/* The archive as a backup: a MANIFEST and its logs in one folder. */
static void
back_up(struct fixture *f)
{
	struct folder_path archive = folder_path(f->data, "archive");
	struct folder_path base = folder_path(archive.text, ARCHIVE_BASE);
	struct err e = {0};

	CU_ASSERT_TRUE_FATAL(folder_make(f->backup, &e) &&
	    folder_list(archive.text, copy_one, f, &e) &&
	    folder_copy_file(folder_path(base.text, MANIFEST_NAME).text,
		folder_path(f->backup, MANIFEST_NAME).text, UINT64_MAX, &e));
}

static void
a_backup_that_is_whole_verifies_and_one_that_is_not_does_not(void)
{
	struct folder_path log;
	struct fixture f;

	fixture_start(&f);
	back_up(&f);
	CU_ASSERT_EQUAL(tool(&f, "--verify", f.backup), 0); /* while the store serves */
	log = folder_path(f.backup, MANIFEST_NAME);
	CU_ASSERT_EQUAL(truncate(log.text, 60), 0);
	CU_ASSERT_EQUAL(tool(&f, "--verify", f.backup), DAMAGED);
	CU_ASSERT_EQUAL(unlink(log.text), 0);
	CU_ASSERT_EQUAL(tool(&f, "--verify", f.backup), DAMAGED);
	CU_ASSERT_EQUAL(tool(&f, "--verify", "/nowhere"), DAMAGED);
	fixture_end(&f);
}

/* As outbox-store --verify ... | head would: nobody reads what it prints. */
static void
a_tool_whose_output_nobody_reads_judges_the_same(void)
{
	char program[PATH_MAX];
	struct fixture f;
	int fds[2], status;
	pid_t pid;

	fixture_start(&f);
	back_up(&f);
	scratch_program("outbox-store", program);
	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	close(fds[0]);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		execl(program, program, "--verify", f.backup, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	status = scratch_end(pid, 0, TOOL_S);
	CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	fixture_end(&f);
}

static void
a_backup_that_is_being_verified_is_not_verified_beside(void)
{
	struct fixture f;
	int fd;

	fixture_start(&f);
	back_up(&f);
	fd = open(f.backup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CU_ASSERT_EQUAL(flock(fd, LOCK_EX), 0);
	CU_ASSERT_EQUAL(tool(&f, "--verify", f.backup), EX_IOERR);
	close(fd);
	CU_ASSERT_EQUAL(tool(&f, "--verify", f.backup), 0);
	fixture_end(&f);
}

/* As one that is killed, or finds the disk full. */
static void
what_a_restore_has_left_half_made_is_removed(void)
{
	struct folder_path left;
	struct err e = {0};
	struct fixture f;

	fixture_start(&f);
	scratch_end(f.p.pid, SIGKILL, STOP_S);
	left = folder_path(f.data, "store.new");
	CU_ASSERT_TRUE(folder_make(left.text, &e));
	CU_ASSERT_TRUE(io_write_file(
	    folder_path(left.text, "log.0000000001").text, STR("half"), 0600, &e));
	store_process_again(&f.p);
	CU_ASSERT_EQUAL(records_of(&f), 10);
	CU_ASSERT_FALSE(folder_exists(left.text));
	fixture_end(&f);
}

static void
a_check_where_there_is_no_store_makes_none(void)
{
	struct folder_path store;
	struct err e = {0};
	struct fixture f;

	fixture_start(&f);
	scratch_end(f.p.pid, SIGTERM, STOP_S);
	CU_ASSERT_TRUE_FATAL(folder_remove(f.data, &e));
	store = folder_path(f.data, "store");
	CU_ASSERT_EQUAL(tool(&f, "--check", NULL), DAMAGED);
	CU_ASSERT_EQUAL(tool(&f, "--accept-loss", NULL), DAMAGED);
	CU_ASSERT_FALSE(folder_exists(store.text));
	store_process_again(&f.p);
	CU_ASSERT_EQUAL(records_of(&f), 0);
	fixture_end(&f);
}

static void
a_store_that_serves_is_neither_restored_nor_checked(void)
{
	struct fixture f;

	fixture_start(&f);
	back_up(&f);
	CU_ASSERT_EQUAL(tool(&f, "--restore", f.backup), EX_UNAVAILABLE);
	CU_ASSERT_EQUAL(tool(&f, "--accept-loss", NULL), EX_UNAVAILABLE);
	CU_ASSERT_EQUAL(tool(&f, "--check", NULL), EX_UNAVAILABLE);
	CU_ASSERT_EQUAL(records_of(&f), 10);
	scratch_end(f.p.pid, SIGTERM, STOP_S);
	CU_ASSERT_EQUAL(tool(&f, "--check", NULL), 0);
	store_process_again(&f.p);
	CU_ASSERT_EQUAL(records_of(&f), 10);
	fixture_end(&f);
}

static void
a_restored_store_has_another_epoch_and_a_new_archive(void)
{
	struct store_status before, after;
	struct err e = {0};
	struct fixture f;

	fixture_start(&f);
	before = status_of(&f);
	back_up(&f);
	create(&f, 2, 5);
	scratch_end(f.p.pid, SIGKILL, STOP_S);
	CU_ASSERT_EQUAL(tool(&f, "--restore", f.backup), 0);
	store_process_again(&f.p);
	after = status_of(&f);
	CU_ASSERT_EQUAL(after.types[0].records, 10);
	CU_ASSERT_NOT_EQUAL(after.epoch, before.epoch);
	CU_ASSERT_PTR_NOT_NULL(strstr(after.warning, "damaged-"));
	CU_ASSERT_PTR_NULL(strstr(after.warning, "no verified backup"));
	create(&f, 3, 3);
	scratch_end(f.p.pid, SIGKILL, STOP_S);
	CU_ASSERT_TRUE(folder_remove(folder_path(f.data, "store").text, &e));
	store_process_again(&f.p);
	CU_ASSERT_EQUAL(records_of(&f), 13);
	CU_ASSERT_EQUAL(status_of(&f).epoch, after.epoch);
	fixture_end(&f);
}

/* /dev/shm is mostly another disk than the one with the tests' folders; in a container it can
 * be too small for the store's reserve. */
static void
elsewhere_make(char archive[static SCRATCH_DIR_MAX])
{
	struct statvfs fs;
	bool roomy = statvfs("/dev/shm", &fs) == 0 &&
	    (uint64_t)fs.f_bavail * fs.f_frsize > ELSEWHERE_BYTES;

	snprintf(archive, SCRATCH_DIR_MAX, "%s/outbox-XXXXXX", roomy ? "/dev/shm" : "/tmp");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(archive));
}

/* Stops the store, and starts it with its archive there. */
static void
move_archive(struct fixture *f, const char *archive)
{
	struct err e = {0};
	char text[SCRATCH_DIR_MAX + 32];

	scratch_end(f->p.pid, SIGTERM, STOP_S);
	snprintf(text, sizeof text, "archive_dir = \"%s\"\n", archive);
	CU_ASSERT_TRUE(io_write_file(
	    folder_path(f->p.dir, STORE_PROCESS_CONFIG).text, str_of(text), 0600, &e));
	store_process_again(&f->p);
}

static void
an_archive_on_another_disk_does_not_undo_a_restore(void)
{
	char archive[SCRATCH_DIR_MAX];
	struct err e = {0};
	struct fixture f;

	elsewhere_make(archive);
	fixture_start(&f);
	back_up(&f);
	move_archive(&f, archive);
	create(&f, 2, 5);
	scratch_end(f.p.pid, SIGKILL, STOP_S);
	CU_ASSERT_EQUAL(tool(&f, "--restore", f.backup), 0);
	store_process_again(&f.p);
	CU_ASSERT_EQUAL(records_of(&f), 10);
	create(&f, 3, 3);
	scratch_end(f.p.pid, SIGKILL, STOP_S);
	CU_ASSERT_TRUE(folder_remove(folder_path(f.data, "store").text, &e));
	store_process_again(&f.p);
	CU_ASSERT_EQUAL(records_of(&f), 13);
	fixture_end(&f);
	CU_ASSERT_TRUE(folder_remove(archive, &e));
}

static void
cut(const char *dir, off_t bytes)
{
	CU_ASSERT_EQUAL(truncate(folder_path(dir, logfile_name(1).text).text, bytes), 0);
}

static void
what_can_be_read_is_kept_when_told_so(void)
{
	struct folder_path store, archive;
	uint32_t epoch;
	struct log_place end;
	struct err e = {0};
	struct fixture f;

	fixture_start(&f);
	epoch = status_of(&f).epoch;
	store = folder_path(f.data, "store");
	archive = folder_path(f.data, "archive");
	scratch_end(f.p.pid, SIGKILL, STOP_S);
	CU_ASSERT_TRUE(
	    logfile_end(archive.text, (struct log_place){1, 0}, &end, &e) && end.file == 1);
	cut(store.text, end.offset - 200);
	cut(archive.text, end.offset - 100);
	CU_ASSERT_EQUAL(tool(&f, "--accept-loss", NULL), 0);
	store_process_again(&f.p);
	CU_ASSERT_EQUAL(records_of(&f), 9); /* the last one's commit is gone */
	CU_ASSERT_NOT_EQUAL(status_of(&f).epoch, epoch);
	create(&f, 4, 1);
	fixture_end(&f);
}

const CU_TestInfo storage_tools_tests[] = {
    {"a backup that is whole verifies and one that is not does not",
	a_backup_that_is_whole_verifies_and_one_that_is_not_does_not},
    {"a tool whose output nobody reads judges the same",
	a_tool_whose_output_nobody_reads_judges_the_same},
    {"a backup that is being verified is not verified beside",
	a_backup_that_is_being_verified_is_not_verified_beside},
    {"what a restore has left half made is removed",
	what_a_restore_has_left_half_made_is_removed},
    {"a check where there is no store makes none", a_check_where_there_is_no_store_makes_none},
    {"a store that serves is neither restored nor checked",
	a_store_that_serves_is_neither_restored_nor_checked},
    {"a restored store has another epoch and a new archive",
	a_restored_store_has_another_epoch_and_a_new_archive},
    {"an archive on another disk does not undo a restore",
	an_archive_on_another_disk_does_not_undo_a_restore},
    {"what can be read is kept when told so", what_can_be_read_is_kept_when_told_so},
    CU_TEST_INFO_NULL,
};
