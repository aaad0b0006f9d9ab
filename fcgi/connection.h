/* fcgi/connection.h -- one FastCGI connection from a web server.  It carries one request after
 * the other.
 *
 * These functions never wait for bytes.  A request is served once all of it has arrived, so a
 * half-sent request blocks nobody. */
#ifndef FCGI_CONNECTION_H
#define FCGI_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/record.h"
#include "fcgi/worker.h"

#define CONNECTION_READ_S 20 /* seconds from the first byte of a request to the last */

/* Times are monotonic microseconds. */
struct connection {
	int fd; /* -1: this slot is free */
	struct record_reader reader;
	int64_t quiet_since_us; /* when bytes last arrived or an answer was sent */
	int64_t
	    began_us; /* when the first byte of a request arrived; 0: no request has begun */
	bool gone;    /* the web server closed the connection: nobody waits for an answer */
	bool paused;  /* do not read until the large body of another connection is served */
};

/* Takes ownership of fd, a connected socket. */
void connection_open(struct connection *c, int fd);
void connection_close(
    struct connection *c, struct worker *w); /* does nothing if the slot is free */

/* Reads the bytes that have arrived and serves each complete request.  Afterwards c is open,
 * paused or closed.  It is closed if the web server asked for that, went away, or sent bytes
 * that are not FastCGI. */
void connection_read(struct connection *c, struct worker *w);
/* Lets a paused connection be read again. */
void connection_resume(struct connection *c);

bool connection_is_idle(const struct connection *c); /* no request has begun */
bool connection_is_late(const struct connection *c, int64_t now_us);

#endif
