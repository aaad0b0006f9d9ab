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
	char *download_url;        /* URL template; NULL: the server offers no downloads */
	char *account_id;          /* for that template; NULL: the session names no account */
	size_t max_objects_in_get; /* the session's limits (RFC 8620, 2) */
	size_t max_objects_in_set;
	size_t max_size_request; /* bytes */
};

/* Reads the settings, the session and the schema.  Fails as settings_read() and http_is_ok()
 * do.  Call client_close() also after an error. */
bool client_open(struct client *c, const struct settings_given *g, struct err *e);
void client_close(struct client *c);

/* Sends one request. calls is an array of [name, arguments, id], and its reference is taken
 * over.  *responses has one response per call, under the call's id; free it with json_decref().
 */
bool client_request(struct client *c, json_t *calls, json_t **responses, struct err *e);

/* Sets *arguments to those of response i, borrowed.  False with the method's error:
 * ERR_FORBIDDEN, ERR_SERVER_UNAVAILABLE, ERR_ANCHOR_NOT_FOUND, or ERR_SERVER_FAIL for all
 * others. */
bool client_answer(const json_t *responses, size_t i, const json_t **arguments, struct err *e);

/* Calls one method, such as "x:DmarcInternalReport/get", and returns the arguments of its
 * response.  Takes over the reference of call; free *arguments with json_decref(). */
bool client_call(struct client *c, const char *type, const char *verb, json_t *call,
    json_t **arguments, struct err *e);

/* Downloads a blob (RFC 8620, 6.2) and appends it. type is the media type to ask for.
 * ERR_NOT_FOUND, with the server's message, if there is no such blob; other errors as in
 * http_is_ok(). */
bool client_download(
    struct client *c, const char *blob, const char *type, struct buf *out, struct err *e);

/* ["x:DmarcInternalReport/get", arguments, id]. Takes over the reference of arguments. */
json_t *client_invocation(
    const char *type, const char *verb, json_t *arguments, const char *id);

#endif
