/* storage/login/logins.h -- which logins there are, and how one is ended.
 *
 * Private to storage/. */
#ifndef STORAGE_LOGIN_LOGINS_H
#define STORAGE_LOGIN_LOGINS_H

#include "storage/login.h"
#include "storage/writer.h"

struct revoke_job {
	struct store_revoke asked;
	/* out */
	enum store_revoked revoked;
	char user[STORE_SUBJECT_MAX + 1]; /* ENDED: whose login it was */
};

/* Job of the writer; arg is a struct revoke_job. */
bool login_revoke_run(struct batch *b, void *revoke_job, struct err *refused, struct err *e);

struct end_job {
	uint8_t id[STORE_TOKEN_ID_LEN];
	char user[STORE_SUBJECT_MAX + 1]; /* out */
};

/* Job of the writer; arg is a struct end_job. */
bool login_end_run(struct batch *b, void *end_job, struct err *refused, struct err *e);

/* Reads, as storage/login.h says, those that stand at now_s. */
bool login_list(struct env *env, int64_t now_s, struct store_logins *out, struct err *e);

#endif
