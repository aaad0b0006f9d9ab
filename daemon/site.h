/* daemon/site.h -- what outboxd holds for its children: the configuration, the sockets, where
 * the programs are. */
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
	int config_fd; /* the text of config: children read that, not the file */
	char programs_dir[PATH_MAX];
	char *pid_path, *store_path;
	int pid_fd, store_fd, fcgi_fd;
	struct metrics *metrics; /* shared with the children, and kept over their deaths */
	int metrics_fd;
	struct poison *poison; /* likewise */
	int poison_fd;
};

/* Makes the folders, takes the pid file, opens the sockets.  False with *e set if one of them
 * cannot be had, such as because another outboxd has it; site_close() it in any case. */
bool site_open(struct site *s, const char *config_path, struct err *e);
void site_close(struct site *s);

/* Takes the configuration file as it is now; what it said before stays if it is broken, or if
 * it moves what is open. */
bool site_reload(struct site *s, struct err *e);

#endif
