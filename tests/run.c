/* tests/run.c -- runs the suites, or those named: tests/run base model.  -l lists them. */
#include <CUnit/Basic.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/suites.h"

static const struct {
	const char *name;
	const CU_TestInfo *tests;
} suites[] = {
    {"base", base_tests},
    {"budget", budget_tests},
    {"metrics", metrics_tests},
    {"poison", poison_tests},
    {"json", json_tests},
    {"model", model_tests},
    {"model_record", model_record_tests},
    {"model_patch", model_patch_tests},
    {"config", config_tests},
    {"auth", auth_tests},
    {"login", login_tests},
    {"login_flow", login_flow_tests},
    {"jmap", jmap_tests},
    {"jmap_error", jmap_error_tests},
    {"jmap_filter", jmap_filter_tests},
    {"jmap_store", jmap_store_tests},
    {"jmap_limits", jmap_limits_tests},
    {"report", report_tests},
    {"schema", schema_tests},
    {"fcgi", fcgi_tests},
    {"fcgi_schema", fcgi_schema_tests},
    {"fcgi_record", fcgi_record_tests},
    {"fcgi_loop", fcgi_loop_tests},
    {"fcgi_heartbeat", fcgi_heartbeat_tests},
    {"fcgi_metrics", fcgi_metrics_tests},
    {"ctl", ctl_tests},
    {"ctl_line", ctl_line_tests},
    {"ctl_text", ctl_text_tests},
    {"ctl_user", ctl_user_tests},
    {"ctl_doc", ctl_doc_tests},
    {"ctl_site", ctl_site_tests},
    {"ctl_servers", ctl_servers_tests},
    {"client", client_tests},
    {"client_settings", client_settings_tests},
    {"ctl_words", ctl_words_tests},
    {"ctl_dump", ctl_dump_tests},
    {"ctl_backup", ctl_backup_tests},
    {"daemon", daemon_tests},
    {"daemon_start", daemon_start_tests},
    {"quickstart", quickstart_tests},
    {"storage", storage_tests},
    {"storage_set", storage_set_tests},
    {"storage_until", storage_until_tests},
    {"storage_upkeep", storage_upkeep_tests},
    {"storage_chore", storage_chore_tests},
    {"storage_backup", storage_backup_tests},
    {"storage_server", storage_server_tests},
    {"storage_query", storage_query_tests},
    {"storage_changes", storage_changes_tests},
    {"storage_kill", storage_kill_tests},
    {"storage_login", storage_login_tests},
    {"storage_archive", storage_archive_tests},
    {"storage_files", storage_files_tests},
    {"storage_format", storage_format_tests},
    {"storage_repair", storage_repair_tests},
    {"storage_tokens", storage_tokens_tests},
    {"storage_tools", storage_tools_tests},
    {"api_match", api_match_tests},
    {"api", api_tests},
    {"api_doc", api_doc_tests},
    {"api_limits", api_limits_tests},
    {"request_limits", request_limits_tests},
    {"site", site_tests},
    {"site_names", site_names_tests},
    {"fronts", fronts_tests},
    {"fronts_errors", fronts_errors_tests},
    {"fronts_existing", fronts_existing_tests},
    {"wire", wire_tests},
    {"site_kill", site_kill_tests},
    {"site_signal", site_signal_tests},
    {"site_audit", site_audit_tests},
    {"site_hang", site_hang_tests},
    {"site_login", site_login_tests},
    {"site_memory", site_memory_tests},
    {"site_metrics", site_metrics_tests},
    {"random", random_tests},
    {"samples", samples_tests},
};

#define N_SUITES (sizeof suites / sizeof suites[0])

/* name: NULL for all.  False: there is no such suite, or no memory. */
static bool
add_suites(const char *name)
{
	bool found = false;

	for (size_t i = 0; i < N_SUITES; i++) {
		CU_pSuite suite;

		if (name != NULL && strcmp(suites[i].name, name) != 0)
			continue;
		found = true;
		suite = CU_add_suite(suites[i].name, NULL, NULL);
		if (suite == NULL)
			return false;
		for (const CU_TestInfo *t = suites[i].tests; t->pName != NULL; t++)
			if (CU_add_test(suite, t->pName, t->pTestFunc) == NULL)
				return false;
	}
	return found;
}

static bool
add_wanted(int argc, char **argv)
{
	if (argc == 1)
		return add_suites(NULL);
	for (int i = 1; i < argc; i++)
		if (!add_suites(argv[i])) {
			fprintf(stderr, "%s: no such suite\n", argv[i]);
			return false;
		}
	return true;
}

#define FILES_WANTED 1024 /* open files; one test opens all connections that a store allows */

static void
allow_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= FILES_WANTED)
		return;
	files.rlim_cur = files.rlim_max < FILES_WANTED ? files.rlim_max : FILES_WANTED;
	setrlimit(RLIMIT_NOFILE, &files);
}

/* A shell may start the tests with signals ignored (in the background, under nohup), with
 * standard input closed, and with few descriptors.  The programs that the tests start would
 * inherit that. */
static void
forget_who_started_us(void)
{
	sigset_t none;

	for (int signal_number = 1; signal_number < NSIG; signal_number++)
		signal(signal_number, SIG_DFL); /* fails for SIGKILL and SIGSTOP */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", O_RDWR); /* takes the lowest free number */
	allow_files();
}

int
main(int argc, char **argv)
{
	bool ok = false;

	forget_who_started_us();
	if (argc == 2 && strcmp(argv[1], "-l") == 0) {
		for (size_t i = 0; i < N_SUITES; i++)
			puts(suites[i].name);
		return 0;
	}
	if (CU_initialize_registry() != CUE_SUCCESS || !add_wanted(argc, argv))
		goto out;
	setvbuf(stdout, NULL, _IOLBF, 0); /* what a test said before it crashed */
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	ok = CU_get_number_of_failures() == 0 && CU_get_error() == CUE_SUCCESS;
out:
	CU_cleanup_registry();
	return ok ? 0 : 1;
}
