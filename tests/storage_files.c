/* tests/storage_files.c -- the files in the store's folder and in the archive's: which of them
 * are the store's, and what a kill or a file system that can do less leaves of them. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/io.h"
#include "storage/archive/base.h"
#include "storage/archive/manifest.h"
#include "storage/archive/repair.h"
#include "storage/archive/sizes.h"
#include "storage/archive/sweep.h"
#include "tests/bare.h"
#include "tests/suites.h"

/* --- which files are the store's --- */

static bool
go_on(void *arg)
{
	(void)arg;
	return true;
}

static void
put_strangers(const char *dir)
{
	struct err e = {0};

	CU_ASSERT_TRUE(io_write_file(folder_path(dir, "notes.txt").text, STR("x"), 0600, &e));
	CU_ASSERT_TRUE(folder_make(folder_path(dir, "lost+found").text, &e));
	CU_ASSERT_EQUAL(mkfifo(folder_path(dir, "fifo").text, 0600), 0);
	CU_ASSERT_EQUAL(symlink("nowhere", folder_path(dir, "link").text), 0);
	CU_ASSERT_TRUE(
	    io_write_file(folder_path(dir, "DmarcInternalReport.old").text, STR(""), 0600, &e));
}

static void
a_file_that_is_not_the_stores_is_no_damage(void)
{
	struct inspection how = {.cache_mb = 8};
	struct err e = {0};
	struct bare b;

	bare_start(&b);
	how.clock = &b.clock;
	how.log = &b.log;
	put_strangers(b.dir);
	CU_ASSERT_TRUE(sweep_once(&b.env, go_on, NULL, &e));
	CU_ASSERT_TRUE(env_checkpoint(&b.env, &e));
	bare_close(&b);
	CU_ASSERT_TRUE(repair_inspect(b.dir, &how, &e));
	CU_ASSERT_STRING_EQUAL(e.text, "");
	bare_open(&b);
	bare_stop(&b);
}

static void
an_index_by_time_that_is_missing_is_damage(void)
{
	static const char *const names[] = {"opids.time", "grants.time", "attempts.time"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct env_options o = {.cache_mb = 8};
		struct err e = {0};
		struct env env;
		struct bare b;

		bare_start(&b);
		bare_close(&b);
		o.dir = b.dir;
		CU_ASSERT_EQUAL(unlink(folder_path(b.dir, names[i]).text), 0);
		CU_ASSERT_FALSE(env_open(&env, &o, &b.clock, &b.log, &e));
		CU_ASSERT_EQUAL(e.code, ERR_DAMAGED);
		CU_ASSERT_FALSE(folder_exists(folder_path(b.dir, names[i]).text));
		scratch_remove(b.dir);
	}
}

/* --- sizes --- */

#define LOOKS 20000

struct noting {
	char dir[SCRATCH_DIR_MAX];
	struct str lists[2];
	_Atomic bool stop;
};

static void *
note_both(void *arg)
{
	struct noting *n = arg;
	uint64_t last = 0;

	for (unsigned i = 0; !n->stop; i++)
		CU_ASSERT_TRUE(sizes_note(n->dir, n->lists[i % 2], &last, &(struct err){0}));
	return NULL;
}

/* A list and the line with its hash. */
static bool
is_one_of(const struct noting *n, struct str text)
{
	for (size_t i = 0; i < 2; i++)
		if (text.len == n->lists[i].len + 17 &&
		    memcmp(text.s, n->lists[i].s, n->lists[i].len) == 0)
			return true;
	return false;
}

static void
the_sizes_are_whole_at_each_look(void)
{
	struct noting n = {
	    .lists = {STR("1 meta\n2 tokens\n"), STR("4096 meta\n8192 tokens\n9 users\n")}};
	struct folder_path path;
	struct buf text = {0};
	uint64_t last = 0;
	size_t torn = 0;
	pthread_t thread;

	scratch_make(n.dir);
	path = folder_path(n.dir, "sizes");
	CU_ASSERT_TRUE(sizes_note(n.dir, n.lists[0], &last, &(struct err){0}));
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, note_both, &n), 0);
	for (size_t i = 0; i < LOOKS; i++) {
		buf_clear(&text);
		torn += !io_read_file(path.text, 1 << 20, &text, &(struct err){0}) ||
		    !is_one_of(&n, buf_str(&text));
	}
	n.stop = true;
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(torn, 0);
	buf_free(&text);
	scratch_remove(n.dir);
}

static void *
checkpoint_often(void *env)
{
	for (unsigned i = 0; i < 50; i++)
		CU_ASSERT_TRUE(env_checkpoint(env, &(struct err){0}));
	return NULL;
}

static void
checkpoints_of_two_threads_come_one_after_the_other(void)
{
	struct buf shorter = {0};
	struct err e = {0};
	pthread_t threads[2];
	struct bare b;

	bare_start(&b);
	for (size_t i = 0; i < 2; i++)
		CU_ASSERT_EQUAL_FATAL(
		    pthread_create(&threads[i], NULL, checkpoint_often, &b.env), 0);
	for (unsigned i = 1; i <= 200; i++) {
		struct sample s;

		sample_make(&s, i);
		bare_set_one(&b, i, sample_op(&s, STORE_CREATE, 0));
	}
	for (size_t i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT_TRUE(sizes_check(b.dir, &shorter, &e));
	CU_ASSERT_EQUAL(shorter.len, 0);
	CU_ASSERT_FALSE(folder_exists(folder_path(b.dir, "sizes.new").text));
	buf_free(&shorter);
	bare_stop(&b);
}

/* --- the archive's backup takes the place of the one before --- */

/* A backup without files; made_s tells one from another. */
static void
put_backup(const char *dir, const char *name, int64_t made_s, bool verified)
{
	struct manifest m = {.format = ENV_FORMAT,
	    .made_s = made_s,
	    .first_log = 1,
	    .end = {1, 0},
	    .verified = verified};
	struct folder_path path = folder_path(dir, name);
	struct err e = {0};

	CU_ASSERT_TRUE(folder_make(path.text, &e) && manifest_write(&m, path.text, &e));
}

/* Which one it is; 0: none. */
static int64_t
made_of(const char *dir, const char *name)
{
	struct manifest m;
	int64_t made_s =
	    manifest_read(&m, folder_path(dir, name).text, &(struct err){0}) ? m.made_s : 0;

	manifest_free(&m);
	return made_s;
}

/* From now on an exchange of two names fails with EINVAL, as on file systems without it. */
static bool
refuse_exchange(void)
{
	static struct sock_filter filter[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 0, 3),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[4])),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* 0: it took the place; in a process of its own, which cannot exchange names. */
static int
take_place_without_exchange(const char *dir)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		bool supported = true;
		struct err e = {0};

		if (!refuse_exchange() ||
		    !folder_exchange(folder_path(dir, "base").text,
			folder_path(dir, "base.new").text, &supported, &e) ||
		    supported)
			_exit(2);
		_exit(base_take_place(dir, &e) ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
a_backup_takes_its_place_where_names_cannot_be_exchanged(void)
{
	for (int exchanges = 0; exchanges <= 1; exchanges++) {
		char dir[SCRATCH_DIR_MAX];
		struct err e = {0};

		scratch_make(dir);
		put_backup(dir, ARCHIVE_BASE, 1, true);
		put_backup(dir, ARCHIVE_BASE_NEW, 2, true);
		if (exchanges)
			CU_ASSERT_TRUE(base_take_place(dir, &e))
		else
			CU_ASSERT_EQUAL(take_place_without_exchange(dir), 0)
		CU_ASSERT_EQUAL(made_of(dir, ARCHIVE_BASE), 2);
		CU_ASSERT_FALSE(folder_exists(folder_path(dir, ARCHIVE_BASE_NEW).text));
		CU_ASSERT_FALSE(folder_exists(folder_path(dir, ARCHIVE_BASE_OLD).text));
		scratch_remove(dir);
	}
}

/* What lies under each name (0: nothing; negative: not verified), and what then counts. */
static const struct {
	const char *when;
	int64_t base, next, old, counts;
} interrupted[] = {
    {"before the first step", 1, 2, 0, 1},
    {"after the old one was put aside", 0, 2, 1, 2},
    {"after the new one took its place", 2, 0, 1, 2},
    {"at the end", 2, 0, 0, 2},
    {"the new one is not tried yet", 1, -2, 0, 1},
    {"the new one is not tried and the old one aside", 0, -2, 1, 1},
    {"the first one of all, not yet named", 0, 2, 0, 2},
    {"the first one of all, not tried", 0, -2, 0, 0},
};

static void
a_kill_at_each_step_leaves_a_verified_backup(void)
{
	for (size_t i = 0; i < sizeof interrupted / sizeof interrupted[0]; i++) {
		const int64_t made[] = {
		    interrupted[i].base, interrupted[i].next, interrupted[i].old};
		static const char *const names[] = {
		    ARCHIVE_BASE, ARCHIVE_BASE_NEW, ARCHIVE_BASE_OLD};
		char dir[SCRATCH_DIR_MAX];
		struct err e = {0};

		scratch_make(dir);
		for (size_t k = 0; k < 3; k++)
			if (made[k] != 0)
				put_backup(dir, names[k], llabs(made[k]), made[k] > 0);
		CU_ASSERT_TRUE(base_settle(dir, &e));
		if (made_of(dir, ARCHIVE_BASE) != interrupted[i].counts)
			fprintf(stderr, "%s: %lld\n", interrupted[i].when,
			    (long long)made_of(dir, ARCHIVE_BASE));
		CU_ASSERT_EQUAL(made_of(dir, ARCHIVE_BASE), interrupted[i].counts);
		CU_ASSERT_FALSE(folder_exists(folder_path(dir, ARCHIVE_BASE_OLD).text));
		scratch_remove(dir);
	}
}

/* --- long looks --- */

static bool
stop_at_the_second(void *calls)
{
	return ++*(int *)calls < 2;
}

static void
a_long_look_at_a_backup_ends_when_it_is_asked_to(void)
{
	struct manifest m = {0};
	char dir[SCRATCH_DIR_MAX];
	int calls = 0;
	struct pace pace = {.between = stop_at_the_second, .arg = &calls};
	struct err e = {0};

	scratch_make(dir);
	CU_ASSERT_TRUE(io_write_file(folder_path(dir, "a").text, STR(""), 0600, &e));
	CU_ASSERT_EQUAL(truncate(folder_path(dir, "a").text, 64 << 20), 0);
	CU_ASSERT_TRUE(manifest_add(&m, dir, "a", &e));
	CU_ASSERT_TRUE(manifest_check(&m, dir, &pace, &e));
	CU_ASSERT_TRUE(pace.stopped);
	CU_ASSERT_EQUAL(calls, 2);
	manifest_free(&m);
	scratch_remove(dir);
}

const CU_TestInfo storage_files_tests[] = {
    {"a file that is not the store's is no damage", a_file_that_is_not_the_stores_is_no_damage},
    {"an index by time that is missing is damage", an_index_by_time_that_is_missing_is_damage},
    {"the sizes are whole at each look", the_sizes_are_whole_at_each_look},
    {"checkpoints of two threads come one after the other",
	checkpoints_of_two_threads_come_one_after_the_other},
    {"a backup takes its place where names cannot be exchanged",
	a_backup_takes_its_place_where_names_cannot_be_exchanged},
    {"a kill at each step leaves a verified backup",
	a_kill_at_each_step_leaves_a_verified_backup},
    {"a long look at a backup ends when it is asked to",
	a_long_look_at_a_backup_ends_when_it_is_asked_to},
    CU_TEST_INFO_NULL,
};
