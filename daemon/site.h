/* daemon/site.h -- what outboxd keeps open for its children: the configuration, the sockets,
 * the folder of the programs. */
#ifndef DAEMON_SITE_H
#define DAEMON_SITE_H

#include <limits.h>

#include "base/err.h"
#include "config/config.h"
#include "metrics/metrics.h"
#include "poison/poison.h"

struct site {
	const char *config_path;
	struct config config;
	int config_fd; /* the text of config; children read this, not the file */
	char programs_dir[PATH_MAX];
	char *pid_path, *store_path;
	int pid_fd, store_fd, fcgi_fd;
	struct metrics *metrics; /* shared with the children; survives them */
	int metrics_fd;
	struct poison *poison; /* shared likewise */
	int poison_fd;
};

/* Makes the folders, locks the pid file and opens the sockets.  False with *e set if one of
 * these fails, for example because another outboxd runs.  Call site_close() in any case. */
bool site_open(struct site *s, const char *config_path, struct err *e);
void site_close(struct site *s);

/* Reads the configuration file again.  Keeps the present configuration, and returns false, if
 * the file is invalid or changes the place of something open. */
bool site_reload(struct site *s, struct err *e);

#endif
