/* tests/site.h -- a whole outbox as it runs on a server: web servers with the project's own
 * configuration, outboxd, two workers and a store, on free ports of loopback addresses, all in
 * a folder of their own. */
#ifndef TESTS_SITE_H
#define TESTS_SITE_H

#include <curl/curl.h>

#include "tests/cases.h"
#include "tests/front.h"
#include "tests/scratch.h"

#define SITE_FRONTS_MAX 3

/* What is in front of the workers, and how it reaches them. */
struct site_plan {
	enum front_kind fronts[SITE_FRONTS_MAX];
	size_t n_fronts;
	bool tcp;             /* or over a unix socket */
	const char *settings; /* more lines of outbox.conf; NULL: none */
};

struct site {
	char dir[SCRATCH_DIR_MAX];
	char listen[SCRATCH_DIR_MAX + 32]; /* of the workers: "unix:DIR/run/fastcgi.sock" */
	int reserved_fd;                   /* keeps their port; -1 for a unix socket */
	pid_t outboxd;
	struct front fronts[SITE_FRONTS_MAX];
	size_t n_fronts;
	struct tokens tokens;
	unsigned failures; /* assertions that had failed before it started */
};

/* One HTTP client, for one thread. */
struct site_client {
	const struct site *site;
	const struct front *front;
	CURL *curl;
	bool chunked;              /* bodies go without a Content-Length */
	const char *from;          /* its own address; NULL: as it comes */
	const char *const *fields; /* further header lines, up to NULL; NULL: none */
	struct transport transport;
};

/* One nginx, over a unix socket.  A test cannot go on without it: prints the logs and exits if
 * it does not come up. */
void site_start(struct site *s);
void site_start_as(struct site *s, const struct site_plan *plan);
/* Starts an outboxd in the place of one that has ended; does not wait for it. */
void site_outboxd_again(struct site *s);
/* Until /readyz answers 200 through every web server; exits with the logs if it never does. */
void site_wait_ready(const struct site *s);
/* Appends what all of its programs have written. */
void site_logs(const struct site *s, struct buf *out);
/* Stops everything.  True if outboxd and the web servers ended cleanly and no sanitizer found
 * anything in any program.  Prints the logs if it is false, and the end of them if an assertion
 * has failed since site_start(). */
bool site_halt(struct site *s);
bool site_stop(struct site *s); /* and removes the folder */

/* A client of the first web server, or of another one; c stays where it is until
 * site_client_close(). */
void site_client_open(struct site_client *c, const struct site *s);
void site_client_open_at(struct site_client *c, const struct site *s, size_t front);
void site_client_close(struct site_client *c);

#endif
