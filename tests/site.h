/* tests/site.h -- a whole outbox as it runs on a server: nginx with the project's own
 * configuration, outboxd, two workers and a store, on a free port of the loopback address, all
 * in a folder of their own. */
#ifndef TESTS_SITE_H
#define TESTS_SITE_H

#include <curl/curl.h>

#include "tests/cases.h"
#include "tests/scratch.h"

struct site {
	char dir[SCRATCH_DIR_MAX];
	unsigned port;
	pid_t outboxd, nginx;
	struct tokens tokens;
};

/* One HTTP client, for one thread. */
struct site_client {
	const struct site *site;
	CURL *curl;
	bool chunked; /* bodies go without a Content-Length */
	struct transport transport;
};

/* A test cannot go on without it: prints the logs and exits if it does not come up. */
void site_start(struct site *s);
/* Stops everything and removes the folder.  True if outboxd and nginx ended cleanly and no
 * sanitizer found anything in any program; else the logs are printed. */
bool site_stop(struct site *s);

/* c stays where it is until site_client_close(). */
void site_client_open(struct site_client *c, const struct site *s);
void site_client_close(struct site_client *c);

#endif
