/* client/batch.h -- any number of creates, updates or destroys, in as many requests as the
 * session wants (RFC 8620, 5.3). */
#ifndef CLIENT_BATCH_H
#define CLIENT_BATCH_H

#include "client/client.h"

enum batch_verb { BATCH_CREATE, BATCH_UPDATE, BATCH_DESTROY, BATCH__COUNT };

/* What became of an object that was sent: its id, or the SetError. */
typedef void batch_told(
    void *arg, const char *key, const json_t *object, const char *id, const json_t *error);

struct batch {
	struct client *client; /* borrowed, as type is */
	const char *type;
	enum batch_verb verb;
	batch_told *told; /* called for each object, in the order they were added */
	void *arg;
	size_t done, failed;
	size_t forbidden; /* of those failed */
	json_t *waiting;  /* not yet sent; NULL at first */
	size_t bytes;     /* of them, as JSON */
};

/* key is the creation id, or the record's; v is the object, the patch, or null, and is stolen.
 * What waits is sent once a request is full. */
bool batch_add(struct batch *b, const char *key, json_t *v, struct err *e);
bool batch_send(struct batch *b, struct err *e); /* what waits */
void batch_free(struct batch *b);

/* True if no object failed.  Else ERR_FORBIDDEN if none of them was allowed, and
 * ERR_SERVER_FAIL otherwise. */
bool batch_is_done(const struct batch *b, struct err *e);

#endif
