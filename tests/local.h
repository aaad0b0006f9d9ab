/* tests/local.h -- an outbox whose HTTP part runs in this process, over a store process of its
 * own. */
#ifndef TESTS_LOCAL_H
#define TESTS_LOCAL_H

#include "fcgi/http.h"
#include "tests/cases.h"
#include "tests/outbox.h"

#define LOCAL_ADDRESS "192.0.2.1" /* that requests come from */
/* The WebUI of whoever is at the machine, as quickstart configures it. */
#define LOCAL_REDIRECTS                                                                        \
	"http://localhost/admin/oauth/callback http://127.0.0.1/admin/oauth/callback "         \
	"http://[::1]/admin/oauth/callback"

/* The part of a worker: one thread's. */
struct local_client {
	struct store *store;
	struct auth *auth;
	struct login *login;
	char slots[80]; /* the file of login/slots.h */
	struct http http;
	const struct limits *limits;
	struct transport transport; /* http_serve() */
};

struct local {
	struct outbox outbox; /* .limits: in small where a test wants to meet them */
	struct tokens tokens;
	struct local_client client;
};

/* A test cannot go on without it: exits with a message if it does not start.  l stays where it
 * is until local_stop(). */
void local_start(struct local *l);
void local_stop(struct local *l);

/* A further client of the same outbox; c stays where it is until local_client_close(). */
void local_client_open(struct local_client *c, struct local *l);
void local_client_close(struct local_client *c);

#endif
