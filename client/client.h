/* client/client.h -- a JMAP client of one server (RFC 8620): its session, its schema, and
 * method calls. */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <jansson.h>

#include "client/catalog.h"
#include "client/http.h"

struct client {
	struct settings settings;
	struct http *http;
	struct catalog catalog;
	char *api_url;             /* requests go there */
	char *download_url;        /* a template; NULL: the server offers no downloads */
	char *account_id;          /* in that template; NULL: the session names none */
	size_t max_objects_in_get; /* the session's limits (RFC 8620, 2) */
	size_t max_objects_in_set;
	size_t max_size_request; /* bytes */
};

/* Reads the settings, the session and the schema.  Errors as settings_read() and http_is_ok()
 * have them.  client_close(), also after an error. */
bool client_open(struct client *c, const struct settings_given *g, struct err *e);
void client_close(struct client *c);

/* One request: calls is an array of [name, arguments, id], stolen.  *responses is the array of
 * the answers, as many as calls and each under its call's id, for json_decref(). */
bool client_request(struct client *c, json_t *calls, json_t **responses, struct err *e);

/* The arguments of the answer at i, borrowed; or false with the error that the method answered:
 * ERR_FORBIDDEN, ERR_SERVER_UNAVAILABLE, ERR_ANCHOR_NOT_FOUND, or ERR_SERVER_FAIL for all
 * others. */
bool client_answer(const json_t *responses, size_t i, const json_t **arguments, struct err *e);

/* client_request() of one call, "x:DmarcInternalReport/" and verb, and its answer; *arguments
 * is for json_decref(), and call's are stolen. */
bool client_call(struct client *c, const char *type, const char *verb, json_t *call,
    json_t **arguments, struct err *e);

/* Appends a blob (RFC 8620, 6.2).  type: the media type that the server is to tell.
 * ERR_NOT_FOUND if there is no such blob, with what the server says of it; others as
 * http_is_ok() has them. */
bool client_download(
    struct client *c, const char *blob, const char *type, struct buf *out, struct err *e);

/* ["x:DmarcInternalReport/get", arguments, id]; arguments are stolen. */
json_t *client_invocation(
    const char *type, const char *verb, json_t *arguments, const char *id);

#endif
