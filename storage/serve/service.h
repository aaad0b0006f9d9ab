/* storage/serve/service.h -- what the store can be asked, and how each is answered.
 *
 * Private to storage/.  An operation is a row of the table in service.c, a function beside it,
 * and its payload in storage/wire/protocol.h. */
#ifndef STORAGE_SERVE_SERVICE_H
#define STORAGE_SERVE_SERVICE_H

#include <sys/types.h>

#include "storage/chore.h"
#include "storage/generation.h"
#include "storage/login/uses.h"
#include "storage/wire/protocol.h"
#include "storage/writer.h"

/* What operations work on. */
struct service {
	struct env *env;
	struct writer *writer;
	struct generation *generation;
	struct chores *chores;
	struct token_uses *uses;
	_Atomic size_t connections; /* open now */
	const char
	    *refusal; /* NULL, or why nothing is answered; then there is no environment */
};

/* A process at the other end of a connection. */
struct peer {
	uid_t uid; /* -1: not known */
	pid_t pid;
};

/* A reply while it is made: payload in head, bytes that need no copy in tail; and who gets it.
 */
struct reply {
	struct buf head, tail;
	struct peer peer;
	const int *asked_by; /* the connection: a read for one that has been closed is stopped;
				NULL: nobody looks */
};

/* Takes all of u, and packs into r->head what the operation gives; or false with *e set, and
 * then r is not looked at. */
typedef bool serve(struct service *s, struct unpack *u, struct reply *r, struct err *e);

serve serve_get, serve_set, serve_query, serve_changes, serve_query_changes; /* records.c */
serve serve_token_create, serve_token_verify, serve_token_list, serve_token_revoke,
    serve_token_revoke_of, serve_token_rotate; /* tokens.c */
serve serve_user_add, serve_user_set_password, serve_user_get, serve_user_list,
    serve_user_remove; /* login.c, as the next */
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

/* The reply to the request in frame, whole.  False if that is no request, and the connection is
 * of no use. */
bool service_answer(struct service *s, const struct buf *frame, struct reply *r);

#endif
