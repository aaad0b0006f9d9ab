/* storage/serve/service.h -- the operations of the store.
 *
 * Private to storage/.  An operation is a row of the table in service.c, a function in this
 * folder, and a payload in storage/wire/protocol.h. */
#ifndef STORAGE_SERVE_SERVICE_H
#define STORAGE_SERVE_SERVICE_H

#include <sys/types.h>

#include "storage/chore.h"
#include "storage/generation.h"
#include "storage/login/uses.h"
#include "storage/wire/protocol.h"
#include "storage/writer.h"

/* The objects that operations use. */
struct service {
	struct env *env;
	struct writer *writer;
	struct generation *generation;
	struct chores *chores;
	struct token_uses *uses;
	_Atomic size_t connections; /* open now */
	const char *refusal; /* NULL, or why the store refuses to serve; operations are then not
				called */
};

/* A process at the other end of a connection. */
struct peer {
	uid_t uid; /* -1: unknown */
	pid_t pid;
};

/* A reply in progress, and the process that gets it.  head has the payload; tail has bytes that
 * are sent without a copy. */
struct reply {
	struct buf head, tail;
	struct peer peer;
	const int *asked_by; /* the connection: a read stops when it is closed; NULL: no
				connection to watch */
};

/* Reads all of u and packs the result into r->head.  On false with *e set, the caller ignores
 * r. */
typedef bool serve(struct service *s, struct unpack *u, struct reply *r, struct err *e);

serve serve_get, serve_set, serve_query, serve_changes, serve_query_changes; /* records.c */
serve serve_token_create, serve_token_verify, serve_token_list, serve_token_revoke,
    serve_token_revoke_of, serve_token_rotate; /* tokens.c */
serve serve_user_add, serve_user_set_password, serve_user_get, serve_user_list,
    serve_user_remove; /* login.c, like the next two lines */
serve serve_grant_begin, serve_grant_take, serve_attempt_begin, serve_attempt_succeeded,
    serve_form_key;
serve serve_login_list, serve_login_end, serve_login_revoke, serve_user_end_logins;
serve serve_status;                        /* status.c */
serve serve_chore_begin, serve_chore_show; /* chores.c */
serve serve_metrics;                       /* metrics.c */

bool service_malformed(struct err *e);
/* Runs a small job in the writer's thread and waits for its commit. */
bool service_write(struct service *s,
    bool (*run)(struct batch *, void *, struct err *, struct err *), void *arg, struct err *e);

/* Makes the complete reply to the request in frame.  Returns false if the frame is no request;
 * the caller must then close the connection. */
bool service_answer(struct service *s, const struct buf *frame, struct reply *r);

#endif
