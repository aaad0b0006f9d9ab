/* storage/serve/service.c -- makes the reply frame for a request frame. */
#include "storage/serve/service.h"

static serve *const operations[OPERATION__COUNT] = {
    [OPERATION_GET] = serve_get,
    [OPERATION_SET] = serve_set,
    [OPERATION_QUERY] = serve_query,
    [OPERATION_CHANGES] = serve_changes,
    [OPERATION_QUERY_CHANGES] = serve_query_changes,
    [OPERATION_TOKEN_CREATE] = serve_token_create,
    [OPERATION_TOKEN_VERIFY] = serve_token_verify,
    [OPERATION_TOKEN_LIST] = serve_token_list,
    [OPERATION_TOKEN_REVOKE] = serve_token_revoke,
    [OPERATION_TOKEN_REVOKE_OF] = serve_token_revoke_of,
    [OPERATION_TOKEN_ROTATE] = serve_token_rotate,
    [OPERATION_STATUS] = serve_status,
    [OPERATION_CHORE_BEGIN] = serve_chore_begin,
    [OPERATION_CHORE_SHOW] = serve_chore_show,
    [OPERATION_USER_ADD] = serve_user_add,
    [OPERATION_USER_SET_PASSWORD] = serve_user_set_password,
    [OPERATION_USER_GET] = serve_user_get,
    [OPERATION_USER_LIST] = serve_user_list,
    [OPERATION_USER_REMOVE] = serve_user_remove,
    [OPERATION_GRANT_BEGIN] = serve_grant_begin,
    [OPERATION_GRANT_TAKE] = serve_grant_take,
    [OPERATION_ATTEMPT_BEGIN] = serve_attempt_begin,
    [OPERATION_ATTEMPT_SUCCEEDED] = serve_attempt_succeeded,
    [OPERATION_FORM_KEY] = serve_form_key,
    [OPERATION_METRICS] = serve_metrics,
    [OPERATION_LOGIN_LIST] = serve_login_list,
    [OPERATION_LOGIN_END] = serve_login_end,
    [OPERATION_LOGIN_REVOKE] = serve_login_revoke,
    [OPERATION_USER_END_LOGINS] = serve_user_end_logins,
};

bool
service_malformed(struct err *e)
{
	return err_set(e, ERR_SERVER_FAIL, "the store got a malformed request");
}

#define JOB_ENTRIES 10 /* about the most that a job on tokens, users or logins writes */

bool
service_write(struct service *s,
    bool (*run)(struct batch *, void *, struct err *, struct err *), void *arg, struct err *e)
{
	struct job j = {
	    .run = run, .arg = arg, .entries = JOB_ENTRIES, .ops = 1, .asked = true};

	return writer_do(s->writer, &j, e);
}

bool
service_answer(struct service *s, const struct buf *frame, struct reply *r)
{
	struct err e = {0};
	struct unpack u;
	uint8_t operation;

	if (!frame_open(frame, &operation, &u))
		return false;
	frame_begin(&r->head, ERR_NONE);
	buf_clear(&r->tail);
	if (s->refusal != NULL)
		err_set(&e, ERR_SERVER_UNAVAILABLE, "%s", s->refusal);
	else if (operation >= OPERATION__COUNT || operations[operation] == NULL)
		service_malformed(&e);
	else
		operations[operation](s, &u, r, &e);
	env_heed(s->env, &e);
	if (e.code == ERR_NONE && r->head.len + r->tail.len > STORE_FRAME_MAX)
		err_set(&e, ERR_REQUEST_TOO_LARGE, "the answer is larger than %u bytes",
		    STORE_FRAME_MAX);
	if (e.code != ERR_NONE) {
		frame_begin(&r->head, (uint8_t)e.code);
		buf_clear(&r->tail);
		pack_error(&r->head, &e);
	}
	frame_end(&r->head, r->tail.len);
	return true;
}
