/* fcgi/connection.h -- one FastCGI connection from a web server, and the requests that come
 * over it one by one. */
#ifndef FCGI_CONNECTION_H
#define FCGI_CONNECTION_H

#include <fcgiapp.h>
#include <stdbool.h>
#include <stdint.h>

#include "fcgi/worker.h"

struct connection {
	FCGX_Request request;
	int fd;                /* -1: this place is free */
	int64_t idle_since_us; /* monotonic */
};

/* Takes over a connected, blocking socket. */
void connection_open(struct connection *c, int fd);
void connection_close(struct connection *c); /* nothing to do for a free place */

/* Serves the request that is there to be read.  Afterwards c is idle, or closed: because the
 * web server wants it so, or went away. */
void connection_serve(struct connection *c, struct worker *w);

#endif
