/* storage/serve/server.h -- answers the frames of workers, one thread a connection.
 *
 * Private to storage/. */
#ifndef STORAGE_SERVE_SERVER_H
#define STORAGE_SERVE_SERVER_H

#include "storage/serve/service.h"

/* A frame once begun, either way, is whole after so long, or the connection is closed. */
#define SERVER_FRAME_MS 30000
#define SERVER_STOP_MS 15000 /* answers in progress may take so long after server_stop() */

struct server;

/* Threads use what service points to until server_stop(). */
void server_start(struct server **s, const struct service *service, size_t connections_max);
/* Answers everything with ERR_SERVER_UNAVAILABLE and why, which is borrowed, as is env for its
 * log. */
void server_refuse(struct server **s, struct env *env, const char *why, size_t connections_max);
/* Takes fd over: serves it, or closes it if there are too many. */
void server_connection(struct server *s, int fd);
/* How long the slowest of the answers under way has taken; 0: there is none. */
int64_t server_busy_us(struct server *s);
/* Ends all connections, each after the answer it is at.  False if some do not end: *s is then
 * still in use.  Safe on NULL; leaves NULL. */
bool server_stop(struct server **s);

#endif
