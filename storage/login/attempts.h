/* storage/login/attempts.h -- failed logins, counted by name and by address.
 *
 * Private to storage/.  A key is a letter and a keyed hash: what was typed for a name may have
 * been a password.  A row is when it is forgotten (i64), version (u8), failures (u32), not
 * before (i64). */
#ifndef STORAGE_LOGIN_ATTEMPTS_H
#define STORAGE_LOGIN_ATTEMPTS_H

#include "storage/login.h"
#include "storage/writer.h"

struct attempt_job {
	struct str name, address;
	uint32_t wait_s; /* out */
};

/* Jobs of the writer; arg is a struct attempt_job. */
bool attempt_begin_run(struct batch *b, void *attempt_job, struct err *refused, struct err *e);
bool attempt_succeeded_run(
    struct batch *b, void *attempt_job, struct err *refused, struct err *e);

#endif
