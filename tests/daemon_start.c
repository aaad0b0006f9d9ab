/* tests/daemon_start.c -- outboxd: what it says of its configuration, and to root. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/scratch.h"
#include "tests/suites.h"

#define LOG_MAX (1u << 20) /* bytes */
#define SOMEBODY 65534     /* a user that is not root */

/* Runs outboxd with a configuration until it ends by itself: its exit status, and what it
 * wrote. */
static int
run(const char *dir, const char *settings, const char *option, struct buf *said)
{
	char program[PATH_MAX], config[SCRATCH_DIR_MAX + 16], log[SCRATCH_DIR_MAX + 16];
	const char *const argv[] = {program, "--config", config, option, NULL};
	struct err e = {0};
	int status = 0;
	pid_t pid;

	scratch_program("outboxd", program);
	snprintf(config, sizeof config, "%s/outbox.conf", dir);
	snprintf(log, sizeof log, "%s/log", dir);
	unlink(log);
	CU_ASSERT_TRUE_FATAL(io_write_file(config, str_of(settings), 0600, &e));
	pid = scratch_spawn(argv, log);
	waitpid(pid, &status, 0);
	buf_clear(said);
	CU_ASSERT_TRUE(io_read_file(log, LOG_MAX, said, &e));
	buf_terminate(said);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
check_looks_and_starts_nothing(void)
{
	char dir[SCRATCH_DIR_MAX];
	struct buf said = {0};

	scratch_make(dir);
	CU_ASSERT_EQUAL(run(dir, "workers = 100\n", "--check", &said), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.s, "the configuration is good"));
	CU_ASSERT_EQUAL(run(dir, "\nworkers = 101\n", "--check", &said), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.s, "line 2: workers must be from 0 to 100"));
	CU_ASSERT_EQUAL(run(dir, "run_dir = \"/a\"\nrun_dir = \"/b\"\n", "--check", &said), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.s, "line 2: run_dir is given twice: in line 1 too"));
	buf_free(&said);
	scratch_remove(dir);
}

static void
root_keeps_out_of_the_folders_of_others(void)
{
	char dir[SCRATCH_DIR_MAX], data[SCRATCH_DIR_MAX + 8], settings[512];
	struct buf said = {0};
	struct stat st;

	if (geteuid() != 0) {
		printf("skipped: it takes root ...");
		return;
	}
	scratch_make(dir);
	snprintf(data, sizeof data, "%s/data", dir);
	CU_ASSERT_EQUAL_FATAL(mkdir(data, 0700), 0);
	CU_ASSERT_EQUAL_FATAL(chown(data, SOMEBODY, SOMEBODY), 0);
	snprintf(settings, sizeof settings,
	    "data_dir = \"%s\"\nrun_dir = \"%s/run\"\nlisten = \"unix:%s/run/fastcgi.sock\"\n",
	    data, dir, dir);
	CU_ASSERT_EQUAL(run(dir, settings, NULL, &said), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said.s, "belongs to user 65534, and this is root"));
	snprintf(data, sizeof data, "%s/run", dir);
	CU_ASSERT_NOT_EQUAL(stat(data, &st), 0);
	buf_free(&said);
	scratch_remove(dir);
}

const CU_TestInfo daemon_start_tests[] = {
    {"outboxd --check looks at the configuration and starts nothing",
	check_looks_and_starts_nothing},
    {"outboxd as root keeps out of the folders of other users",
	root_keeps_out_of_the_folders_of_others},
    CU_TEST_INFO_NULL,
};
