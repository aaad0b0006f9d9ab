/* tests/chaos/disk_tests.c -- the disk shim and the power cut, tried on a program that writes a
 * little, syncs a part of it, and ends.
 *
 * That program is this one: started as outbox-store it does what its arguments say, one after
 * the other: "write FILE AT LEN LETTER", "cutoff FILE SIZE", "sync FILE", "names", "rename FILE
 * TO", "exchange FILE OTHER", "remove FILE", "mkdir NAME", "beside FILE LEN LETTER", "hide FILE
 * HOW", "room".  It ends with the number of the first error. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "tests/chaos/disk.h"
#include "tests/chaos/powercut.h"
#include "tests/chaos/tests.h"
#include "tests/scratch.h"

#define SEEDS 40 /* so many cuts show every outcome of a few tosses */
#define LEN_MAX (64 << 10)
#define STEPS_MAX 16
#define PROBE "outbox-store"

/* --- the program that is tried --- */

static int
probe_write(const char *file, off_t at, size_t len, char letter)
{
	char bytes[LEN_MAX];
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ssize_t n;

	memset(bytes, letter, len);
	n = fd < 0 ? -1 : pwrite(fd, bytes, len, at);
	io_close(&fd);
	if (n >= 0 && (size_t)n < len)
		return EFBIG; /* a part of it */
	return n < 0 ? errno : 0;
}

static int
probe_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = fd < 0 ? -1 : fsync(fd);

	io_close(&fd);
	return rc == 0 ? 0 : errno;
}

static int
probe_cut_off(const char *file, off_t size)
{
	int fd = open(file, O_RDWR | O_CLOEXEC), rc = fd < 0 ? -1 : ftruncate(fd, size);

	io_close(&fd);
	return rc == 0 ? 0 : errno;
}

/* A file of a new name, unsynced, in the place of another. */
static int
probe_beside(const char *file, size_t len, char letter)
{
	char bytes[LEN_MAX], path[PATH_MAX];
	int fd, rc;

	snprintf(path, sizeof path, "%s.XXXXXX", file);
	memset(bytes, letter, len);
	fd = mkostemp(path, O_CLOEXEC);
	rc = fd >= 0 && io_write_full(fd, bytes, len) && rename(path, file) == 0 ? 0 : errno;
	io_close(&fd);
	return rc;
}

static bool
map(int fd)
{
	return mmap(NULL, DISK_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED;
}

static bool
write_vector(int fd)
{
	char letter = 'B';
	const struct iovec v = {.iov_base = &letter, .iov_len = 1};

	return pwritev2(fd, &v, 1, 0, 0) == 1;
}

static bool
send_file(int fd)
{
	off_t at = 0;

	return sendfile(fd, fd, &at, 1) == 1;
}

static bool
double_it(int fd)
{
	return dup(fd) >= 0;
}

static bool
double_it_higher(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 100) >= 0;
}

static bool
make_stream(int fd)
{
	return fdopen(fd, "w") != NULL;
}

static bool
open_stream(int fd)
{
	(void)fd;
	return fopen("b", "w") != NULL;
}

static bool
make_link(int fd)
{
	(void)fd;
	return symlink("a", "b") == 0;
}

static bool
make_folder(int fd)
{
	char path[] = "b.XXXXXX";

	(void)fd;
	return mkdtemp(path) != NULL;
}

static const struct {
	const char *name;
	bool (*hide)(int fd);
} ways[] = {
    {"map", map},
    {"pwritev2", write_vector},
    {"sendfile", send_file},
    {"dup", double_it},
    {"F_DUPFD", double_it_higher},
    {"fdopen", make_stream},
    {"fopen", open_stream},
    {"symlink", make_link},
    {"mkdtemp", make_folder},
};

static int
probe_hide(const char *file, const char *how)
{
	int fd = open(file, O_RDWR | O_CLOEXEC), rc = EINVAL;

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		if (strcmp(ways[i].name, how) == 0)
			rc = ways[i].hide(fd) ? 0 : errno;
	io_close(&fd);
	return rc;
}

static int
probe_room(void)
{
	struct statvfs st;

	return statvfs(".", &st) == 0 && st.f_bavail == 0 ? ENOSPC : 0;
}

static int
probe_step(char *step)
{
	char *op = strsep(&step, " "), *file = strsep(&step, " ");
	const char *first = strsep(&step, " "), *second = strsep(&step, " ");

	if (strcmp(op, "write") == 0)
		return probe_write(
		    file, strtol(first, NULL, 10), strtoul(second, NULL, 10), *step);
	if (strcmp(op, "cutoff") == 0)
		return probe_cut_off(file, strtol(first, NULL, 10));
	if (strcmp(op, "sync") == 0)
		return probe_sync(file);
	if (strcmp(op, "names") == 0) {
		char here[PATH_MAX]; /* by its whole path, as the outbox does it */

		return getcwd(here, sizeof here) == NULL ? errno : probe_sync(here);
	}
	if (strcmp(op, "rename") == 0)
		return rename(file, first) == 0 ? 0 : errno;
	if (strcmp(op, "exchange") == 0)
		return renameat2(AT_FDCWD, file, AT_FDCWD, first, RENAME_EXCHANGE) == 0 ? 0
											: errno;
	if (strcmp(op, "remove") == 0)
		return remove(file) == 0 ? 0 : errno;
	if (strcmp(op, "mkdir") == 0)
		return mkdir(file, 0700) == 0 ? 0 : errno;
	if (strcmp(op, "beside") == 0)
		return probe_beside(file, strtoul(first, NULL, 10), *second);
	return strcmp(op, "hide") == 0 ? probe_hide(file, first) : probe_room();
}

int
disk_probe(char **steps)
{
	for (; *steps != NULL; steps++) {
		int rc = probe_step(*steps);

		if (rc != 0)
			return rc;
	}
	return 0;
}

/* --- trying it --- */

struct trial {
	char dir[SCRATCH_DIR_MAX];
	char data[SCRATCH_DIR_MAX + 8], side[SCRATCH_DIR_MAX + 8];
};

static void
trial_begin(struct trial *t)
{
	char shim[PATH_MAX];
	struct err e = {0};

	scratch_make(t->dir);
	snprintf(t->data, sizeof t->data, "%s/data", t->dir);
	snprintf(t->side, sizeof t->side, "%s/side", t->dir);
	scratch_program("chaos/disk.so", shim);
	if (mkdir(t->data, 0700) != 0 || !disk_begin(shim, t->data, t->side, &e)) {
		fprintf(stderr, "disk_tests: %s\n", e.text);
		exit(1);
	}
	unsetenv("LD_PRELOAD"); /* for the probe alone */
}

static void
trial_end(struct trial *t)
{
	scratch_remove(t->dir);
}

/* The exit status, or minus the signal that ended it. */
static int
run_as(const struct trial *t, const char *name, const char *const *steps)
{
	const char *argv[STEPS_MAX + 2] = {name};
	char shim[sizeof t->side + sizeof "/disk.so"];
	int status;
	pid_t pid;

	for (size_t i = 0; steps[i] != NULL && i < STEPS_MAX; i++)
		argv[i + 1] = steps[i];
	snprintf(shim, sizeof shim, "%s/disk.so", t->side);
	pid = fork();
	if (pid == 0) {
		setenv("LD_PRELOAD", shim, 1);
		close(STDERR_FILENO); /* it may say why it gives up */
		if (chdir(t->data) == 0)
			execv("/proc/self/exe", (char *const *)argv);
		_exit(126);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int
run(const struct trial *t, const char *const *steps)
{
	return run_as(t, PROBE, steps);
}

static struct power_cut
cut(const struct trial *t, uint64_t seed)
{
	struct power_cut c = {0};
	struct err e = {0};

	if (!power_cut(t->data, t->side, &seed, &c, &e))
		CU_FAIL(e.text);
	return c;
}

/* The file's bytes; .s is NULL if there is no such file. */
static struct buf
contents(const struct trial *t, const char *file)
{
	char path[SCRATCH_DIR_MAX + 64];
	struct buf b = {0};
	struct err e = {0};

	snprintf(path, sizeof path, "%s/%s", t->data, file);
	if (access(path, F_OK) != 0)
		return b;
	buf_reserve(&b, 1);
	CU_ASSERT_TRUE(io_read_file(path, LEN_MAX, &b, &e));
	return b;
}

static bool
is_all(const char *bytes, size_t len, char letter)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != letter)
			return false;
	return true;
}

/* Is the file exactly so many bytes of that letter? */
static bool
is_file(const struct trial *t, const char *file, size_t len, char letter)
{
	struct buf b = contents(t, file);
	bool is = b.s != NULL && b.len == len && is_all(b.s, len, letter);

	buf_free(&b);
	return is;
}

static bool
is_there(const struct trial *t, const char *file)
{
	struct buf b = contents(t, file);
	bool there = b.s != NULL;

	buf_free(&b);
	return there;
}

static const char *const three_pages[] = {"write a 0 12288 A", "sync a", "names", NULL};

static void
what_was_synced_stays(void)
{
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct trial t;
		struct power_cut c;

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, three_pages), 0);
		c = cut(&t, seed);
		CU_ASSERT_EQUAL(c.pages + c.names, 0);
		CU_ASSERT_TRUE(is_file(&t, "a", 12288, 'A'));
		trial_end(&t);
	}
}

static void
an_unsynced_page_is_there_or_not_and_never_torn(void)
{
	static const char *const steps[] = {
	    "write a 0 12288 A", "sync a", "names", "write a 100 12000 B", NULL};
	static const size_t from[] = {100, 4096, 8192}, until[] = {4096, 8192, 12100};
	unsigned old[3] = {0}, new[3] = {0};

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct trial t;
		struct buf b;

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, steps), 0);
		CU_ASSERT_EQUAL(cut(&t, seed).pages, 3);
		b = contents(&t, "a");
		CU_ASSERT_EQUAL_FATAL(b.len, 12288);
		CU_ASSERT_TRUE(is_all(b.s, 100, 'A') && is_all(b.s + 12100, 188, 'A'));
		for (size_t i = 0; i < 3; i++) {
			old[i] += is_all(b.s + from[i], until[i] - from[i], 'A');
			new[i] += is_all(b.s + from[i], until[i] - from[i], 'B');
		}
		buf_free(&b);
		trial_end(&t);
	}
	for (size_t i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(old[i] + new[i], SEEDS);
		CU_ASSERT_TRUE(old[i] > 0 && new[i] > 0);
	}
}

static void
a_file_that_grew_keeps_any_part_of_it(void)
{
	static const char *const steps[] = {
	    "write a 0 5000 A", "sync a", "names", "write a 5000 9000 B", NULL};
	unsigned all = 0, none = 0, zeros = 0;

	for (uint64_t seed = 0; seed < 2 * SEEDS; seed++) {
		struct trial t;
		struct buf b;

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, steps), 0);
		cut(&t, seed);
		b = contents(&t, "a");
		CU_ASSERT_TRUE_FATAL(b.len >= 5000 && b.len <= 14000);
		CU_ASSERT_TRUE(is_all(b.s, 5000, 'A'));
		none += b.len == 5000;
		all += b.len == 14000 && is_all(b.s + 5000, 9000, 'B');
		zeros += b.len == 14000 && is_all(b.s + 5000, 3192, '\0');
		buf_free(&b);
		trial_end(&t);
	}
	CU_ASSERT_TRUE(all > 0 && none > 0 && zeros > 0);
}

static void
a_file_that_was_cut_off_may_have_its_end_back(void)
{
	static const char *const steps[] = {
	    "write a 0 12288 A", "sync a", "names", "cutoff a 1000", NULL};
	unsigned whole = 0, shorter = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct trial t;

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, steps), 0);
		cut(&t, seed);
		whole += is_file(&t, "a", 12288, 'A');
		shorter += is_file(&t, "a", 1000, 'A');
		trial_end(&t);
	}
	CU_ASSERT_EQUAL(whole + shorter, SEEDS);
	CU_ASSERT_TRUE(whole > 0 && shorter > 0);
}

static void
a_name_that_was_not_synced_is_there_or_not(void)
{
	static const char *const steps[] = {"write a 0 100 A", "sync a", "mkdir b", NULL};
	unsigned files = 0, folders = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		char path[SCRATCH_DIR_MAX + 16];
		struct trial t;

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, steps), 0);
		CU_ASSERT_EQUAL(cut(&t, seed).names, 2);
		snprintf(path, sizeof path, "%s/b", t.data);
		files += is_file(&t, "a", 100, 'A');
		folders += access(path, F_OK) == 0;
		trial_end(&t);
	}
	CU_ASSERT_TRUE(files > 0 && files < SEEDS);
	CU_ASSERT_TRUE(folders > 0 && folders < SEEDS);
}

static void
an_unsynced_rename_is_done_or_not(void)
{
	static const char *const steps[] = {"write a 0 100 A", "sync a", "write b 0 200 B",
	    "sync b", "names", "rename a b", NULL};
	unsigned done = 0, undone = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct trial t;

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, steps), 0);
		cut(&t, seed);
		done += is_file(&t, "b", 100, 'A') && !is_there(&t, "a");
		undone += is_file(&t, "b", 200, 'B') && is_file(&t, "a", 100, 'A');
		trial_end(&t);
	}
	CU_ASSERT_EQUAL(done + undone, SEEDS);
	CU_ASSERT_TRUE(done > 0 && undone > 0);
}

/* As io_write_file() makes files: had it not synced them, that would show. */
static void
a_file_made_beside_is_lost_like_any_other(void)
{
	static const char *const steps[] = {
	    "write a 0 4096 A", "sync a", "names", "beside a 4096 B", "names", NULL};
	unsigned done = 0, empty = 0, zeros = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct trial t;

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, steps), 0);
		cut(&t, seed);
		done += is_file(&t, "a", 4096, 'B');
		empty += is_file(&t, "a", 0, 'B');
		zeros += is_file(&t, "a", 4096, '\0');
		trial_end(&t);
	}
	CU_ASSERT_EQUAL(done + empty + zeros, SEEDS);
	CU_ASSERT_TRUE(done > 0 && empty > 0 && zeros > 0);
}

static void
a_removed_file_may_be_back_whole(void)
{
	static const char *const steps[] = {
	    "write a 0 100 A", "sync a", "names", "remove a", NULL};
	unsigned back = 0, gone = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct trial t;

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, steps), 0);
		cut(&t, seed);
		back += is_file(&t, "a", 100, 'A');
		gone += !is_there(&t, "a");
		trial_end(&t);
	}
	CU_ASSERT_EQUAL(back + gone, SEEDS);
	CU_ASSERT_TRUE(back > 0 && gone > 0);
}

/* Two folders with a file each, all of it on disk. */
static const char *const two_folders[] = {"mkdir d", "write d/a 0 100 A", "sync d/a", "sync d",
    "mkdir e", "write e/b 0 200 B", "sync e/b", "sync e", "names", NULL};

static void
an_unsynced_exchange_is_done_or_not(void)
{
	static const char *const steps[] = {"exchange d e", NULL};
	unsigned done = 0, undone = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct trial t;

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, two_folders), 0);
		CU_ASSERT_EQUAL(run(&t, steps), 0);
		cut(&t, seed);
		done += is_file(&t, "e/a", 100, 'A') && is_file(&t, "d/b", 200, 'B');
		undone += is_file(&t, "d/a", 100, 'A') && is_file(&t, "e/b", 200, 'B');
		trial_end(&t);
	}
	CU_ASSERT_EQUAL(done + undone, SEEDS);
	CU_ASSERT_TRUE(done > 0 && undone > 0);
}

static void
a_move_between_folders_is_done_or_not(void)
{
	static const char *const steps[] = {"mkdir f", "rename d f/d", NULL};
	unsigned done = 0, undone = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct trial t;

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, two_folders), 0);
		CU_ASSERT_EQUAL(run(&t, steps), 0);
		cut(&t, seed);
		done += is_file(&t, "f/d/a", 100, 'A') && !is_there(&t, "d");
		undone += is_file(&t, "d/a", 100, 'A') && !is_there(&t, "f/d");
		trial_end(&t);
	}
	CU_ASSERT_EQUAL(done + undone, SEEDS);
	CU_ASSERT_TRUE(done > 0 && undone > 0);
}

static void
a_move_stays_that_one_of_its_folders_was_synced_after(void)
{
	static const char *const there[] = {"mkdir f", "rename d f/d", "sync f", NULL};
	static const char *const here[] = {"mkdir f", "rename d f/d", "names", NULL};

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct trial t;

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, two_folders), 0);
		CU_ASSERT_EQUAL(run(&t, seed % 2 == 0 ? there : here), 0);
		cut(&t, seed);
		CU_ASSERT_TRUE(is_file(&t, "f/d/a", 100, 'A') && !is_there(&t, "d"));
		trial_end(&t);
	}
}

static void
a_removed_folder_may_be_back_whole_or_in_part(void)
{
	static const char *const steps[] = {"write d/b 0 200 B", "sync d/b", "sync d",
	    "remove d/a", "remove d/b", "remove d", NULL};
	unsigned whole = 0, part = 0, gone = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct trial t;
		char path[SCRATCH_DIR_MAX + 16];

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, two_folders), 0);
		CU_ASSERT_EQUAL(run(&t, steps), 0);
		cut(&t, seed);
		snprintf(path, sizeof path, "%s/d", t.data);
		if (access(path, F_OK) != 0)
			gone++;
		else if (is_file(&t, "d/a", 100, 'A') && is_file(&t, "d/b", 200, 'B'))
			whole++;
		else
			part++;
		trial_end(&t);
	}
	CU_ASSERT_TRUE(whole > 0 && part > 0 && gone > 0);
}

static void
a_new_folder_has_nothing_of_a_removed_one(void)
{
	static const char *const steps[] = {"write d/b 0 200 B", "remove d/a", "remove d/b",
	    "remove d", "names", "mkdir d", "write d/b 0 300 C", "sync d/b", "sync d", "names",
	    NULL};

	for (uint64_t seed = 0; seed < SEEDS / 4; seed++) {
		struct trial t;

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, two_folders), 0);
		CU_ASSERT_EQUAL(run(&t, steps), 0);
		CU_ASSERT_EQUAL(cut(&t, seed).names, 0);
		CU_ASSERT_TRUE(is_file(&t, "d/b", 300, 'C') && !is_there(&t, "d/a"));
		trial_end(&t);
	}
}

static void
what_one_process_wrote_another_one_can_sync(void)
{
	static const char *const writes[] = {
	    "write a 0 12288 A", "sync a", "names", "write a 0 8192 B", NULL};
	static const char *const rest[] = {"write a 8192 4096 B", "sync a", NULL};
	struct trial t;

	for (uint64_t seed = 0; seed < SEEDS / 4; seed++) {
		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, writes), 0);
		CU_ASSERT_EQUAL(run(&t, rest), 0);
		CU_ASSERT_EQUAL(cut(&t, seed).pages, 0);
		CU_ASSERT_TRUE(is_file(&t, "a", 12288, 'B'));
		trial_end(&t);
	}
}

static void
what_one_process_overwrote_twice_goes_back_to_what_was_synced(void)
{
	static const char *const first[] = {
	    "write a 0 4096 A", "sync a", "names", "write a 0 4096 B", NULL};
	static const char *const second[] = {"write a 0 4096 C", NULL};
	unsigned old = 0, new = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct trial t;

		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, first), 0);
		CU_ASSERT_EQUAL(run(&t, second), 0);
		cut(&t, seed);
		old += is_file(&t, "a", 4096, 'A');
		new += is_file(&t, "a", 4096, 'C');
		trial_end(&t);
	}
	CU_ASSERT_EQUAL(old + new, SEEDS);
	CU_ASSERT_TRUE(old > 0 && new > 0);
}

static void
a_full_disk_takes_the_blocks_it_has_room_for(void)
{
	static const char *const writes[] = {"write a 2048 8192 B", NULL};
	static const char *const overwrites[] = {"write a 0 4096 C", NULL};
	static const char *const creates[] = {"write b 0 1 B", NULL};
	static const char *const asks[] = {"room", NULL};
	const struct disk_control some = {.room = 5000}, none = {.room = 0},
				  bad = {.overwriting = true, .unseen = true},
				  good = {.room = -1};
	struct trial t;
	struct err e = {0};

	trial_begin(&t);
	CU_ASSERT_EQUAL(run(&t, (const char *const[]){"write a 0 4096 A", NULL}), 0);
	CU_ASSERT_EQUAL(run(&t, asks), 0);
	CU_ASSERT_TRUE(disk_set(t.side, &some, &e));
	CU_ASSERT_EQUAL(run(&t, writes), EFBIG);
	CU_ASSERT_EQUAL(run(&t, asks), ENOSPC);
	CU_ASSERT_EQUAL(run(&t, creates), ENOSPC);
	CU_ASSERT_EQUAL(run(&t, (const char *const[]){"write a 8192 1 D", NULL}), ENOSPC);
	CU_ASSERT_TRUE(disk_set(t.side, &none, &e));
	CU_ASSERT_EQUAL(run(&t, overwrites), 0);
	CU_ASSERT_TRUE(disk_set(t.side, &bad, &e));
	CU_ASSERT_EQUAL(run(&t, overwrites), ENOSPC);
	CU_ASSERT_EQUAL(run(&t, asks), 0);
	CU_ASSERT_TRUE(disk_set(t.side, &good, &e));
	CU_ASSERT_EQUAL(run(&t, writes), 0);
	CU_ASSERT_EQUAL(run(&t, creates), 0);
	trial_end(&t);
}

/* Without the shim each of them goes well. */
static void
what_the_shim_cannot_see_ends_the_process(void)
{
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		char hide[32];
		const char *const steps[] = {"write a 0 4096 A", hide, NULL};
		struct trial t;

		snprintf(hide, sizeof hide, "hide a %s", ways[i].name);
		trial_begin(&t);
		CU_ASSERT_EQUAL(run(&t, steps), -SIGABRT);
		CU_ASSERT_EQUAL(run_as(&t, "outbox-worker", steps), 0);
		trial_end(&t);
	}
}

static void
other_programs_are_left_alone(void)
{
	static const char *const steps[] = {"write a 0 4096 A", "room", NULL};
	static const char *const nothing[] = {"names", NULL};
	const struct disk_control bad = {.overwriting = true, .unseen = true};
	struct trial t;
	struct err e = {0};

	trial_begin(&t);
	CU_ASSERT_EQUAL(run_as(&t, "outbox-worker", nothing), 0);
	CU_ASSERT_FALSE(disk_set(t.side, &bad, &e)); /* it has not been in any store */
	CU_ASSERT_EQUAL(run(&t, nothing), 0);
	CU_ASSERT_TRUE(disk_set(t.side, &bad, &e));
	CU_ASSERT_EQUAL(run_as(&t, "outbox-worker", steps), 0);
	CU_ASSERT_EQUAL(cut(&t, 1).names, 0);
	CU_ASSERT_TRUE(is_file(&t, "a", 4096, 'A'));
	trial_end(&t);
}

const CU_TestInfo disk_tests[] = {
    {"what was synced stays", what_was_synced_stays},
    {"an unsynced page is there or not, and never torn",
	an_unsynced_page_is_there_or_not_and_never_torn},
    {"a file that grew keeps any part of it", a_file_that_grew_keeps_any_part_of_it},
    {"a file that was cut off may have its end back",
	a_file_that_was_cut_off_may_have_its_end_back},
    {"a name that was not synced is there or not", a_name_that_was_not_synced_is_there_or_not},
    {"an unsynced rename is done or not", an_unsynced_rename_is_done_or_not},
    {"a file made beside is lost like any other", a_file_made_beside_is_lost_like_any_other},
    {"a removed file may be back whole", a_removed_file_may_be_back_whole},
    {"an unsynced exchange is done or not", an_unsynced_exchange_is_done_or_not},
    {"a move between folders is done or not", a_move_between_folders_is_done_or_not},
    {"a move stays that one of its folders was synced after",
	a_move_stays_that_one_of_its_folders_was_synced_after},
    {"a removed folder may be back whole, or in part",
	a_removed_folder_may_be_back_whole_or_in_part},
    {"a new folder has nothing of a removed one", a_new_folder_has_nothing_of_a_removed_one},
    {"what one process wrote another one can sync",
	what_one_process_wrote_another_one_can_sync},
    {"what was overwritten twice goes back to what was synced",
	what_one_process_overwrote_twice_goes_back_to_what_was_synced},
    {"a full disk takes the blocks it has room for",
	a_full_disk_takes_the_blocks_it_has_room_for},
    {"what the shim cannot see ends the process", what_the_shim_cannot_see_ends_the_process},
    {"other programs are left alone", other_programs_are_left_alone},
    CU_TEST_INFO_NULL,
};
