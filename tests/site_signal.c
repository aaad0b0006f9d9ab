/* tests/site_signal.c -- signals to the programs of a whole outbox. */
#include <CUnit/CUnit.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/signals.h"
#include "tests/children.h"
#include "tests/site.h"
#include "tests/suites.h"

#define LOG_POLLS_MAX 600 /* half a minute */
#define LOG_POLL_US 50000

static bool
is_logged(const struct site *s, const char *text)
{
	bool found = false;

	for (int i = 0; i < LOG_POLLS_MAX && !found; i++) {
		struct buf log = {0};

		if (i > 0)
			usleep(LOG_POLL_US);
		site_logs(s, &log);
		found = strstr(buf_terminate(&log), text) != NULL;
		buf_free(&log);
	}
	return found;
}

static void
send_useless_signals(pid_t pid)
{
	sigset_t set;

	signals_useless(&set);
	sigaddset(&set, SIGPIPE);
	for (int signal = 1; signal <= SIGRTMAX; signal++)
		if (sigismember(&set, signal) == 1)
			CU_ASSERT_EQUAL(kill(pid, signal), 0);
}

static void
useless_signals_end_no_program(void)
{
	static const char *const names[] = {"outbox-store", "outbox-worker"};
	struct site s;

	site_start(&s);
	send_useless_signals(s.outboxd);
	CU_ASSERT(is_logged(&s, "signal-ignored signal=SIGUSR1 from_pid="));
	CU_ASSERT(is_logged(&s, "signal-ignored signal=SIGXFSZ from_pid="));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		pid_t pid = child_named(s.outboxd, names[i]);

		CU_ASSERT_FATAL(pid > 0);
		send_useless_signals(pid);
		kill(pid, SIGHUP);
		site_wait_ready(&s);
		CU_ASSERT_EQUAL(child_named(s.outboxd, names[i]), pid);
	}
	CU_ASSERT(site_stop(&s));
}

static void
outboxd_logs_which_signal_stops_it(void)
{
	const struct site_plan plan = {
	    .fronts = {FRONT_NGINX}, .n_fronts = 1, .settings = "log_level = \"info\"\n"};
	struct site s;

	site_start_as(&s, &plan);
	site_wait_ready(&s);
	CU_ASSERT_EQUAL(kill(s.outboxd, SIGQUIT), 0);
	CU_ASSERT(is_logged(&s, "stopping signal=SIGQUIT from_pid="));
	CU_ASSERT(is_logged(&s, " stopped"));
	CU_ASSERT(site_stop(&s));
}

const CU_TestInfo site_signal_tests[] = {
    {"useless signals end no program", useless_signals_end_no_program},
    {"outboxd logs which signal stops it", outboxd_logs_which_signal_stops_it},
    CU_TEST_INFO_NULL,
};
