/* daemon/main.c -- outboxd: the parent of the store and the workers. */
#include <getopt.h>
#include <stdio.h>

#include "config/config.h"
#include "config/version.h"
#include "daemon/supervisor.h"

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {0},
};

static const char usage[] =
    "usage: outboxd [--config FILE] [--help] [--version]\n"
    "Starts the outbox and keeps it running; stays in the foreground and logs to standard "
    "error.\n"
    "  --config FILE  default: " CONFIG_DEFAULT_PATH "\n"
    "  -h, --help     show this text\n"
    "  -V, --version  show which outboxd this is\n"
    "SIGTERM, SIGINT and SIGQUIT stop it. SIGHUP makes it read the configuration again.\n";

int
main(int argc, char **argv)
{
	struct log log = {.program = "outboxd", .level = LOG_LEVEL_INFO};
	const char *config = CONFIG_DEFAULT_PATH;
	struct err e = {0};
	int o;

	while ((o = getopt_long(argc, argv, "hV", options, NULL)) != -1) {
		switch (o) {
		case 'c':
			config = optarg;
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
	if (supervise(config, &log, &e))
		return 0;
	log_line(&log, LOG_LEVEL_ERROR, "stopped", "why=%s", log_quote(str_of(e.text)).text);
	return 1;
}
