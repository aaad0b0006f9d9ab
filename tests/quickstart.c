/* tests/quickstart.c -- quickstart as somebody types it.  It builds into build/, and so it is
 * tried by the tests of that build alone. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "tests/front.h"
#include "tests/suites.h"

#define COMMAND_MAX 2048
#define LOG_MAX (16l << 20) /* bytes, as quickstart has it */
#define TRIM_WAIT_US 30000000
#define TRIM_POLL_US 100000
#define SOON_S 3600
#define SAMPLES 5

/* A folder that quickstart is to make its own in, and a port. */
struct scene {
	char dir[SCRATCH_DIR_MAX];
	char port[8];
	int reserved_fd;
	struct buf out; /* what the last command wrote, ends with a NUL */
};

/* Whether this is the build that quickstart starts. */
static bool
is_its_build(void)
{
	char program[PATH_MAX];

	scratch_program("outboxd", program);
	if (strstr(program, "/build/") != NULL)
		return true;
	printf("skipped: quickstart starts the programs in build/ ...");
	return false;
}

static void
set_scene(struct scene *s)
{
	char listen[32];

	*s = (struct scene){0};
	scratch_make(s->dir);
	front_reserve("127.0.0.1", listen, &s->reserved_fd);
	snprintf(s->port, sizeof s->port, "%s", strchr(listen, ':') + 1);
}

/* Runs a command of the shell in which $D is the folder and $P the port; its exit status. */
static int
sh(struct scene *s, const char *command)
{
	char line[COMMAND_MAX], bytes[4096];
	size_t n;
	FILE *f;
	int status;

	snprintf(line, sizeof line,
	    "unset MAKEFLAGS MFLAGS MAKELEVEL; D=%s/outbox P=%s; exec 2>&1; %s", s->dir,
	    s->port, command);
	buf_clear(&s->out);
	f = popen(line, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
		buf_add(&s->out, bytes, n);
	status = pclose(f);
	buf_terminate(&s->out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
clear_scene(struct scene *s)
{
	sh(s, "test ! -d $D || ./quickstart stop --dir $D");
	io_close(&s->reserved_fd);
	buf_free(&s->out);
	scratch_remove(s->dir);
}

static void
expect(struct scene *s, const char *command, int status, const char *says)
{
	char text[COMMAND_MAX];
	int got = sh(s, command);

	snprintf(text, sizeof text, "%s: %d, %.1000s", command, got, s->out.s);
	CU_assertImplementation(got == status && strstr(s->out.s, says) != NULL, __LINE__, text,
	    __FILE__, "", CU_FALSE);
}

static void
what_cannot_be_is_refused_first(void)
{
	struct scene s;

	set_scene(&s);
	expect(&s, "./quickstart --dir $D --workers 101", 2, "from 1 to 100, not \"101\"");
	expect(&s, "./quickstart --dir $D --workers 100 --port 0", 2, "--port needs");
	expect(&s, "./quickstart --dir $D --workers 0", 2, "from 1 to 100");
	expect(&s, "./quickstart --dir ''", 2, "--dir needs the name of a folder");
	expect(&s, "./quickstart stop --dir ''", 2, "--dir needs the name of a folder");
	expect(&s, "./quickstart --dir $D --address 'a b'", 2, "--address needs");
	expect(&s, "./quickstart --dir $D --address ''", 2, "--address needs");
	expect(&s, "./quickstart status --dir $D", 1, "there is no folder");
	expect(&s, "test ! -e $D", 0, "");
	clear_scene(&s);
}

static void
settings_that_outboxd_refuses_are_not_kept(void)
{
	struct scene s;

	if (!is_its_build())
		return;
	set_scene(&s);
	expect(&s, "mkdir $D && echo 'store_connections = 10' | tee $D/outbox.conf", 0, "");
	expect(&s, "./quickstart --dir $D --port $P --detach --workers 50", 1,
	    "store_connections must be at least twice the workers");
	expect(&s, "cat $D/outbox.conf; ls $D", 0, "store_connections = 10\n");
	CU_ASSERT_PTR_NULL(strstr(s.out.s, "workers"));
	CU_ASSERT_PTR_NULL(strstr(s.out.s, ".new"));
	expect(&s, "printf 'workers = 2\\nworkers = 3\\n' >$D/outbox.conf", 0, "");
	expect(&s, "./quickstart --dir $D --port $P --detach", 1,
	    "outbox/outbox.conf: line 2: workers is given twice: in line 1 too");
	clear_scene(&s);
}

/* Every deliverAt of the samples is to come, and one comes soon. */
static void
check_samples(struct scene *s)
{
	time_t now = time(NULL);
	size_t due = 0, soon = 0;

	expect(s,
	    "for t in dmarc tls; do build/outboxctl --dir $D query $t-internal-report --fields "
	    "deliverAt; done | grep -o '20[0-9-]*T[0-9:]*Z' | while read d; do date -d $d +%s; "
	    "done",
	    0, "\n");
	for (char *line = strtok(s->out.s, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		time_t at = (time_t)strtoll(line, NULL, 10);

		due += at > now;
		soon += at > now && at < now + SOON_S;
	}
	CU_ASSERT_EQUAL(due, SAMPLES);
	CU_ASSERT_EQUAL(soon, 1);
}

static long
size_of(const struct scene *s, const char *name)
{
	char path[SCRATCH_DIR_MAX + 64];
	struct stat st;

	snprintf(path, sizeof path, "%s/outbox/%s", s->dir, name);
	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

static void
check_logs(struct scene *s)
{
	static const char *const logs[][2] = {{"outboxd.log", "outboxd.log.old"},
	    {"nginx.access.log", "nginx.access.log.old"},
	    {"nginx.error.log", "nginx.error.log.old"}};
	int64_t until_us = clock_monotonic_us() + TRIM_WAIT_US;

	expect(s,
	    "for l in outboxd nginx.access nginx.error; do head -c 17000000 /dev/zero "
	    ">>$D/$l.log; done",
	    0, "");
	for (size_t i = 0; i < 3; i++) {
		while (
		    !(size_of(s, logs[i][1]) == LOG_MAX && size_of(s, logs[i][0]) < LOG_MAX) &&
		    clock_monotonic_us() < until_us)
			usleep(TRIM_POLL_US);
		CU_ASSERT_EQUAL(size_of(s, logs[i][1]), LOG_MAX);
		CU_ASSERT(size_of(s, logs[i][0]) < LOG_MAX);
	}
	expect(s, "curl -s http://127.0.0.1:$P/nowhere; sleep 0.2; cat $D/nginx.access.log", 0,
	    "\"path\":\"/nowhere\"");
}

static void
an_outbox_is_started_looked_at_and_stopped(void)
{
	struct scene s;

	if (!is_its_build())
		return;
	set_scene(&s);
	expect(&s, "./quickstart --dir $D --port $P --address 127.0.0.2 --workers 2 --detach",
	    0, "This is plain http");
	CU_ASSERT_PTR_NOT_NULL(strstr(s.out.s, "http://127.0.0.2:"));
	expect(&s, "stat -c %a $D/admin.token", 0, "600");
	expect(&s, "grep server_names $D/outbox.conf", 0, "\"127.0.0.2\"");
	expect(&s, "./quickstart status --dir $D", 0, "answers at http://127.0.0.1:");
	expect(&s,
	    "curl -s -H \"Authorization: Bearer $(cat $D/admin.token)\" "
	    "http://127.0.0.2:$P/jmap/session",
	    0, "\"apiUrl\":\"http://127.0.0.2:");
	check_samples(&s);
	expect(&s, "./quickstart --dir $D --port $P --detach", 0, "is running already");
	check_logs(&s);
	expect(&s, "cat $D/trim.pid; ./quickstart stop --dir $D", 0, "Stopped.");
	expect(&s, "./quickstart status --dir $D", 1, "No outbox is running");
	expect(&s, "cat /proc/[0-9]*/cmdline 2>&1 | tr '\\0' ' ' | grep -c \"[t]rim $D/\"", 1,
	    "0");
	clear_scene(&s);
}

const CU_TestInfo quickstart_tests[] = {
    {"quickstart refuses what cannot be before it does anything",
	what_cannot_be_is_refused_first},
    {"quickstart keeps no settings that outboxd refuses",
	settings_that_outboxd_refuses_are_not_kept},
    {"quickstart starts an outbox, says how it is, bounds its logs, and stops it",
	an_outbox_is_started_looked_at_and_stopped},
    CU_TEST_INFO_NULL,
};
