/* storage/login/attempts.c -- failed logins, counted by name and by address. */
#include "storage/login/attempts.h"

#include "base/pack.h"
#include "storage/login/secret.h"

#define ROW_VERSION 1
#define HASH_LEN 16
#define KEY_LEN (1 + HASH_LEN)

/* The failures of one name or one address. */
struct attempts {
	uint8_t key[KEY_LEN];
	uint32_t free; /* failures before anybody has to wait */
	uint32_t failures;
	int64_t not_before_s, forget_s;
};

static struct str
key_of(const struct attempts *a)
{
	return (struct str){(const char *)a->key, KEY_LEN};
}

/* The waiting time after this number of failures. */
static int64_t
wait_after(const struct attempts *a)
{
	int64_t wait_s = ATTEMPT_WAIT_FIRST_S;

	if (a->failures < a->free)
		return 0;
	for (uint32_t i = a->free; i < a->failures && wait_s < ATTEMPT_WAIT_MAX_S; i++)
		wait_s *= 2;
	return wait_s < ATTEMPT_WAIT_MAX_S ? wait_s : ATTEMPT_WAIT_MAX_S;
}

/* Limits both times, in case they were computed while the clock was ahead. */
static void
clamp(struct attempts *a, int64_t now_s)
{
	a->not_before_s = clamp_future(a->not_before_s, now_s, wait_after(a));
	a->forget_s = clamp_future(a->forget_s, now_s, ATTEMPT_WAIT_MAX_S + ATTEMPT_WINDOW_S);
}

static bool
attempts_read(struct batch *b, char letter, struct str of, uint32_t free, struct attempts *a,
    struct err *e)
{
	struct buf value = {0};
	struct unpack u;
	bool ok = false;
	int found;

	*a = (struct attempts){.key = {(uint8_t)letter}, .free = free};
	if (!secret_hash(b->env, b->txn, "attempts", &of, 1, a->key + 1, HASH_LEN, e))
		return false;
	found = db_get(b->env->attempts.rows, b->txn, key_of(a), &value, e);
	if (found < 0)
		goto out;
	u = unpack_of(buf_str(&value));
	if (found == 1) {
		a->forget_s = unpack_i64(&u);
		if (unpack_u8(&u) != ROW_VERSION)
			u.bad = true;
		a->failures = unpack_u32(&u);
		a->not_before_s = unpack_i64(&u);
	}
	if (!unpack_done(&u)) {
		err_set(e, ERR_SERVER_FAIL, "a count of attempts cannot be read");
		goto out;
	}
	clamp(a, b->now_s);
	if (a->forget_s <= b->now_s) {
		a->failures = 0;
		a->not_before_s = 0;
	}
	ok = true;
out:
	buf_free(&value);
	return ok;
}

static bool
attempts_write(struct batch *b, const struct attempts *a, struct err *e)
{
	struct buf value = {0};
	bool ok;

	if (a->failures == 0)
		return db_delete(b->env->attempts.rows, b->txn, key_of(a), e);
	pack_i64(&value, a->forget_s);
	pack_u8(&value, ROW_VERSION);
	pack_u32(&value, a->failures);
	pack_i64(&value, a->not_before_s);
	ok = timed_make_room(&b->env->attempts, b->txn, ATTEMPTS_MAX, e) &&
	    db_put(b->env->attempts.rows, b->txn, key_of(a), buf_str(&value), e);
	buf_free(&value);
	return ok;
}

static void
count_failure(struct attempts *a, int64_t now_s)
{
	a->failures++;
	a->not_before_s = now_s + wait_after(a);
	a->forget_s = a->not_before_s + ATTEMPT_WINDOW_S;
}

static bool
both_read(struct batch *b, const struct attempt_job *job, struct attempts *name,
    struct attempts *address, struct err *e)
{
	return attempts_read(b, 'n', job->name, ATTEMPTS_A_NAME, name, e) &&
	    attempts_read(b, 'a', job->address, ATTEMPTS_AN_ADDRESS, address, e);
}

bool
attempt_begin_run(struct batch *b, void *attempt_job, struct err *refused, struct err *e)
{
	struct attempt_job *job = attempt_job;
	struct attempts name, address;
	int64_t until_s;

	(void)refused;
	if (!both_read(b, job, &name, &address, e))
		return false;
	until_s =
	    name.not_before_s > address.not_before_s ? name.not_before_s : address.not_before_s;
	job->wait_s = until_s > b->now_s ? (uint32_t)(until_s - b->now_s) : 0;
	/* Written even now, so that a time that was limited can be reached and is not limited
	 * again. */
	if (job->wait_s > 0)
		return attempts_write(b, &name, e) && attempts_write(b, &address, e);
	count_failure(&name, b->now_s);
	count_failure(&address, b->now_s);
	return attempts_write(b, &name, e) && attempts_write(b, &address, e);
}

bool
attempt_succeeded_run(struct batch *b, void *attempt_job, struct err *refused, struct err *e)
{
	const struct attempt_job *job = attempt_job;
	struct attempts name, address;

	(void)refused;
	if (!both_read(b, job, &name, &address, e))
		return false;
	name.failures = 0;
	if (address.failures > 0) {
		address.failures--;
		address.not_before_s = 0;
	}
	return attempts_write(b, &name, e) && attempts_write(b, &address, e);
}
