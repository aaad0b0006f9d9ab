/* storage/login/users.h -- users: a name, the hash of a password, permissions.
 *
 * Private to storage/.  A row is version (u8), then the user as in frames
 * (storage/wire/protocol.h).
 */
#ifndef STORAGE_LOGIN_USERS_H
#define STORAGE_LOGIN_USERS_H

#include "storage/login.h"
#include "storage/writer.h"

/* Jobs of the writer; arg is a struct store_user, of which set_password reads name and
 * password, and the others the name. */
bool user_add_run(struct batch *b, void *user, struct err *refused, struct err *e);
bool user_set_password_run(struct batch *b, void *user, struct err *refused, struct err *e);
bool user_remove_run(struct batch *b, void *user, struct err *refused, struct err *e);
bool user_end_logins_run(struct batch *b, void *user, struct err *refused, struct err *e);

/* 1 found, 0 none, -1 with *e set. */
int user_find(
    struct env *env, DB_TXN *txn, struct str name, struct store_user *u, struct err *e);

/* Reads, as storage/login.h says. */
bool user_get(struct env *env, struct str name, struct store_user *u, struct err *e);
bool user_list(struct env *env, struct store_users *out, struct err *e);

#endif
