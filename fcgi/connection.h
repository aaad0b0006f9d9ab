/* fcgi/connection.h -- one FastCGI connection from a web server, and the requests that come
 * over it one by one.
 *
 * Nothing here waits for bytes: a request is served once it is whole, and half a request holds
 * nobody. */
#ifndef FCGI_CONNECTION_H
#define FCGI_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/record.h"
#include "fcgi/worker.h"

#define CONNECTION_READ_S 20 /* a request has to be whole that long after its first byte */

/* Times are monotonic microseconds. */
struct connection {
	int fd; /* -1: this place is free */
	struct record_reader reader;
	int64_t quiet_since_us; /* when bytes came last, or an answer was sent */
	int64_t began_us; /* when the first byte of a request came that is not whole; 0: none */
	bool gone;        /* the web server has closed it: nobody waits for an answer */
	bool paused;      /* not to be read before another connection's large body is served */
};

/* Takes over a connected socket. */
void connection_open(struct connection *c, int fd);
void connection_close(
    struct connection *c, struct worker *w); /* nothing to do for a free place */

/* Reads what is there, and serves each request that is whole.  Afterwards c is open; paused; or
 * closed, because the web server wants it so, went away, or sent what is no FastCGI. */
void connection_read(struct connection *c, struct worker *w);
/* A paused connection may be read again. */
void connection_resume(struct connection *c);

bool connection_is_idle(const struct connection *c); /* no part of a request has come */
bool connection_is_late(const struct connection *c, int64_t now_us);

#endif
