/* tests/ctl_backup.c -- outboxctl backup, verify, restore and status, as an operator meets
 * them.
 */
#include <CUnit/CUnit.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/io.h"
#include "tests/command.h"
#include "tests/outbox.h"
#include "tests/suites.h"

#define T "x:TlsInternalReport/"
#define PATH_BYTES 128
#define EXIT_WARNING 5
#define POLL_US 20000
#define POLLS_MAX 3000 /* a minute */

static void
begin(struct outbox *o)
{
	char path[PATH_BYTES];
	struct buf text = {0};
	struct err e = {0};

	outbox_start(o);
	buf_printf(&text, "run_dir = \"%s\"\ndata_dir = \"%s/data\"\n", o->dir, o->dir);
	snprintf(path, sizeof path, "%s/outbox.conf", o->dir);
	CU_ASSERT_TRUE_FATAL(io_write_file(path, buf_str(&text), 0600, &e));
	buf_free(&text);
}

static void
create(struct outbox *o, int n)
{
	for (int i = 0; i < n; i++)
		json_decref(outbox_call(o, FACE_ARRAYS, T "set",
		    "{\"create\":{\"k\":{\"domain\":\"example.com\","
		    "\"createdAt\":\"2026-01-01T00:00:00Z\","
		    "\"deliverAt\":\"2026-01-02T00:00:00Z\",\"report\":{\"reportId\":\"r1\","
		    "\"dateRangeStart\":\"2026-01-01T00:00:00Z\","
		    "\"dateRangeEnd\":\"2026-01-02T00:00:00Z\"}}}}"));
}

static uint64_t
records(struct outbox *o)
{
	struct store_status status = {0};
	struct err e = {0};

	CU_ASSERT_TRUE(store_status(o->store, &status, &e));
	return status.types[1].records;
}

/* The command's exit status; what it said has to hold text. */
static int
run(struct outbox *o, const char *word, const char *second, const char *text)
{
	struct commanded c =
	    outboxctl(o->dir, STR(""), (const char *const[]){word, second, NULL});
	int status = c.status;

	if (strstr(c.out.s, text) == NULL && strstr(c.err.s, text) == NULL) {
		fprintf(stderr, "%s: %s%s\n", word, c.out.s, c.err.s);
		CU_FAIL("it said something else");
	}
	commanded_free(&c);
	return status;
}

static bool
remove_damaged(void *dir, const char *name, struct err *e)
{
	return strncmp(name, "damaged-", 8) != 0 ||
	    folder_remove(folder_path(dir, name).text, e);
}

static void
a_backup_is_made_verified_and_restored(void)
{
	char dir[PATH_BYTES], data[PATH_BYTES];
	struct err e = {0};
	struct outbox o;

	begin(&o);
	snprintf(dir, sizeof dir, "%s/backup", o.dir);
	snprintf(data, sizeof data, "%s/data", o.dir);
	create(&o, 3);
	CU_ASSERT_EQUAL(run(&o, "backup", dir, "is verified"), 0);
	CU_ASSERT_EQUAL(run(&o, "backup", dir, "is there already"), 2);
	CU_ASSERT_EQUAL(run(&o, "backup", NULL, "is verified"), 0);
	CU_ASSERT_EQUAL(run(&o, "verify", NULL, "makes the same store"), 0);
	CU_ASSERT_EQUAL(run(&o, "verify", dir, "sound"), 0);
	CU_ASSERT_EQUAL(run(&o, "verify", "/nowhere", "nowhere"), 1);
	create(&o, 2);
	CU_ASSERT_EQUAL(run(&o, "status", NULL, "last backup"), 0);
	CU_ASSERT_EQUAL(
	    run(&o, "restore", dir, "the outbox is running. Stop it first"), EX_UNAVAILABLE);
	outbox_halt(&o);
	CU_ASSERT_EQUAL(run(&o, "restore", dir, "sound"), 0);
	outbox_again(&o);
	CU_ASSERT_EQUAL(records(&o), 3);
	CU_ASSERT_EQUAL(run(&o, "status", NULL, "damaged-"), EXIT_WARNING);
	CU_ASSERT_TRUE(folder_list(data, remove_damaged, data, &e));
	CU_ASSERT_EQUAL(run(&o, "status", NULL, "last backup"), 0);
	outbox_stop(&o);
}

static void *
back_up(void *outbox)
{
	struct outbox *o = outbox;
	char dir[PATH_BYTES];

	snprintf(dir, sizeof dir, "%s/backup", o->dir);
	CU_ASSERT_EQUAL(run(o, "backup", dir, "is verified"), 0);
	return NULL;
}

static void
a_backup_waits_for_a_store_that_is_restarted(void)
{
	char dir[PATH_BYTES], partial[PATH_BYTES + 16];
	struct outbox o;
	pthread_t thread;

	begin(&o);
	create(&o, 20);
	snprintf(dir, sizeof dir, "%s/backup", o.dir);
	snprintf(partial, sizeof partial, "%s.partial", dir);
	pthread_create(&thread, NULL, back_up, &o);
	for (int i = 0; i < POLLS_MAX && !folder_exists(partial); i++)
		usleep(POLL_US);
	outbox_crash(&o);
	pthread_join(thread, NULL);
	CU_ASSERT_TRUE(folder_exists(dir));
	CU_ASSERT_FALSE(folder_exists(partial));
	CU_ASSERT_EQUAL(records(&o), 20);
	outbox_stop(&o);
}

struct compacting {
	struct outbox *o;
	struct commanded said;
};

static void *
compact(void *compacting)
{
	struct compacting *c = compacting;

	c->said = outboxctl(c->o->dir, STR(""), (const char *const[]){"compact", NULL});
	return NULL;
}

/* Kills the store so long after the command began; its exit status. */
static int
compact_and_crash(struct outbox *o, useconds_t after_us)
{
	struct compacting c = {.o = o};
	struct store_chore chore;
	struct err e = {0};
	pthread_t thread;
	int status;

	pthread_create(&thread, NULL, compact, &c);
	usleep(after_us);
	outbox_crash(o);
	pthread_join(thread, NULL);
	status = c.said.status;
	if (status != 0) {
		CU_ASSERT_PTR_NOT_NULL(strstr(c.said.err.s, "ended while it was doing this"));
		CU_ASSERT_FALSE(store_chore_show(o->store, STORE_COMPACT, &chore, &e));
		CU_ASSERT_EQUAL(e.code, ERR_NOT_FOUND);
	}
	commanded_free(&c.said);
	return status;
}

/* A kill that comes before it or after it is no matter. */
static void
a_compaction_that_the_store_did_not_survive_is_not_begun_again(void)
{
	enum { TRIES = 50 };
	struct outbox o;
	int status = 0;

	begin(&o);
	create(&o, 20);
	for (useconds_t i = 0; i < TRIES && status == 0; i++)
		status = compact_and_crash(&o, i % 10 * POLL_US);
	CU_ASSERT_EQUAL(status, 1);
	CU_ASSERT_EQUAL(records(&o), 20);
	CU_ASSERT_EQUAL(run(&o, "compact", NULL, "the databases had"), 0);
	outbox_stop(&o);
}

const CU_TestInfo ctl_backup_tests[] = {
    {"a backup is made, verified and restored", a_backup_is_made_verified_and_restored},
    {"a backup waits for a store that is restarted",
	a_backup_waits_for_a_store_that_is_restarted},
    {"a compaction that the store did not survive is not begun again",
	a_compaction_that_the_store_did_not_survive_is_not_begun_again},
    CU_TEST_INFO_NULL,
};
