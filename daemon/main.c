/* daemon/main.c -- outboxd: the parent of the store and the workers. */
#include <getopt.h>
#include <stdio.h>

#include "config/config.h"
#include "config/version.h"
#include "daemon/supervisor.h"

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"check", no_argument, NULL, 'k'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {0},
};

static const char usage[] =
    "usage: outboxd [--config FILE] [--check] [--help] [--version]\n"
    "Starts the outbox and keeps it running; stays in the foreground and logs to standard "
    "error.\n"
    "  --config FILE  default: " CONFIG_DEFAULT_PATH "\n"
    "  --check        only look whether the configuration is good; 0, or 1 with the reason\n"
    "  -h, --help     show this text\n"
    "  -V, --version  show which outboxd this is\n"
    "SIGTERM, SIGINT and SIGQUIT stop it. SIGHUP makes it read the configuration again.\n";

static bool
check(const char *path, struct err *e)
{
	struct config c;

	if (!config_read(&c, path, e))
		return false;
	printf("%s: the configuration is good\n", path);
	config_free(&c);
	return true;
}

int
main(int argc, char **argv)
{
	struct log log = {.program = "outboxd", .level = LOG_LEVEL_INFO};
	const char *config = CONFIG_DEFAULT_PATH;
	struct err e = {0};
	bool only_check = false;
	int o;

	while ((o = getopt_long(argc, argv, "hV", options, NULL)) != -1) {
		switch (o) {
		case 'c':
			config = optarg;
			break;
		case 'k':
			only_check = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		case 'V':
			puts("outboxd " OUTBOX_VERSION);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return 2;
	}
	if (only_check) {
		if (check(config, &e))
			return 0;
		fprintf(stderr, "outboxd: %s\n", e.text);
		return 1;
	}
	if (supervise(config, &log, &e))
		return 0;
	log_line(&log, LOG_LEVEL_ERROR, "stopped", "why=%s", log_quote(str_of(e.text)).text);
	return 1;
}
