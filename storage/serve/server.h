/* storage/serve/server.h -- answers the frames of workers, with one thread per connection.
 *
 * Private to storage/. */
#ifndef STORAGE_SERVE_SERVER_H
#define STORAGE_SERVE_SERVER_H

#include "storage/serve/service.h"

/* The server closes a connection that takes longer to send or receive one frame. */
#define SERVER_FRAME_MS 30000
#define SERVER_STOP_MS 15000 /* server_stop() waits this long for answers in progress */

struct server;

/* Threads use the objects that service points to until server_stop(). */
void server_start(struct server **s, const struct service *service, size_t connections_max);
/* Starts a server that answers every request with ERR_SERVER_UNAVAILABLE and why.  It borrows
 * why, and env for its log. */
void server_refuse(struct server **s, struct env *env, const char *why, size_t connections_max);
/* Takes ownership of fd: serves it, or closes it if there are too many connections. */
void server_connection(struct server *s, int fd);
/* Returns for how long the slowest answer in progress has taken; 0 if there is none. */
int64_t server_busy_us(struct server *s);
/* Ends each connection after its answer in progress.  Returns false if some do not end within
 * SERVER_STOP_MS; *s is then still in use.  Safe on NULL; leaves NULL on success. */
bool server_stop(struct server **s);

#endif
