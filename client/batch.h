/* client/batch.h -- any number of creates, updates or destroys, in as many requests as the
 * session's limits need (RFC 8620, 5.3). */
#ifndef CLIENT_BATCH_H
#define CLIENT_BATCH_H

#include "client/client.h"

enum batch_verb { BATCH_CREATE, BATCH_UPDATE, BATCH_DESTROY, BATCH__COUNT };

/* Reports the result of one object: its id, or else the SetError. */
typedef void batch_told(
    void *arg, const char *key, const json_t *object, const char *id, const json_t *error);

struct batch {
	struct client *client; /* borrowed, like type */
	const char *type;
	enum batch_verb verb;
	batch_told *told; /* called for each object, in the order of batch_add() */
	void *arg;
	size_t done, failed;
	size_t forbidden; /* how many of the failed ones were forbidden */
	json_t *waiting;  /* objects not yet sent; NULL at first */
	size_t bytes;     /* size of these objects as JSON */
};

/* key is the creation id or the record's id. v is the object, the patch, or null; batch_add()
 * takes over its reference.  Sends the waiting objects once a request is full. */
bool batch_add(struct batch *b, const char *key, json_t *v, struct err *e);
bool batch_send(struct batch *b, struct err *e); /* sends the waiting objects */
void batch_free(struct batch *b);

/* Returns true if no object failed.  Otherwise ERR_FORBIDDEN if all failed as forbidden, else
 * ERR_SERVER_FAIL. */
bool batch_is_done(const struct batch *b, struct err *e);

#endif
