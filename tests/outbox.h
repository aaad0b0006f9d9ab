/* tests/outbox.h -- a whole outbox for a test: a store process of its own in a folder of its
 * own. */
#ifndef TESTS_OUTBOX_H
#define TESTS_OUTBOX_H

#include <jansson.h>
#include <sys/types.h>

#include "jmap/jmap.h"

#define OUTBOX_URL "http://localhost" /* under which requests come to it */

struct outbox {
	char dir[64];    /* made by mkdtemp(), removed by outbox_stop() */
	char socket[80]; /* dir/store.sock */
	pid_t pid;       /* outbox-store */
	struct clock clock;
	struct limits limits;       /* the defaults, in small where a test wants to meet them */
	struct principal principal; /* may do everything; a test takes permissions away */
	struct store *store;
	struct jmap jmap;       /* over the members above */
	const char *request_id; /* "": a fresh operation id each time */
};

/* Starts $OUTBOX_STORE, or else the outbox-store of the build that the test is of, and waits
 * until it answers. A test cannot go on without it: exits with a message if it does not come
 * up. */
void outbox_start(struct outbox *o);
void outbox_stop(struct outbox *o); /* and removes its folder */

/* Ends the store, and starts it again on the same folder with that text as its configuration
 * file. */
void outbox_restart(struct outbox *o, const char *config);

/* Ends the store, and starts it on the folder as it is by then. */
void outbox_halt(struct outbox *o);
void outbox_again(struct outbox *o);

/* Kills the store as a crash would (SIGKILL), and starts it again on the same folder. */
void outbox_crash(struct outbox *o);

/* The Response to a Request, for json_decref(); NULL, with *e set, for a request-level error.
 * A Response that is not JSON ends the test. */
json_t *outbox_request(struct outbox *o, enum face face, const char *body, struct err *e);

/* The arguments of the answer to one method call, for json_decref(); "error"'s too, which alone
 * have a "type".  args is JSON text; using holds both capabilities.  For a request-level error:
 * NULL, and a line on standard error. */
json_t *outbox_call(struct outbox *o, enum face face, const char *method, const char *args);

#endif
