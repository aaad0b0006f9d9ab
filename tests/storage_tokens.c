/* tests/storage_tokens.c -- rows of bearer tokens: rotation, revoking by subject, and when each
 * was last used. */
#include <CUnit/CUnit.h>
#include <sodium.h>
#include <string.h>

#include "base/pack.h"
#include "storage/login/tokens.h"
#include "storage/wire/protocol.h"
#include "tests/bare.h"
#include "tests/outbox.h"
#include "tests/suites.h"

#define NOW_S INT64_C(1800000000)
#define HASH_LEN 32

/* --- helpers --- */

static void
fill(uint8_t *bytes, size_t len, uint8_t with)
{
	memset(bytes, with, len);
}

/* Runs a job; the code of its refusal. */
static enum err_code
run(struct bare *b, bool (*function)(struct batch *, void *, struct err *, struct err *),
    void *arg)
{
	struct job j = {.run = function, .arg = arg, .entries = 1};
	struct err e = {0};

	writer_do(b->writer, &j, &e);
	return e.code;
}

static enum err_code
create(struct bare *b, uint8_t number, const char *subject, int64_t expires_s)
{
	struct token_job job = {.token = {.permissions = 5, .created_s = NOW_S - 60}};

	fill(job.token.id, sizeof job.token.id, number);
	fill(job.secret, sizeof job.secret, number);
	memcpy(job.token.subject, subject, strlen(subject));
	job.token.expires_s = expires_s;
	return run(b, token_create_run, &job);
}

/* Is the token with that number, and the secret of that number, good?  Then *t is it. */
static bool
verify(struct bare *b, uint8_t number, struct store_token *t)
{
	uint8_t id[STORE_TOKEN_ID_LEN], secret[STORE_TOKEN_SECRET_LEN];
	struct err e = {0};

	fill(id, sizeof id, number);
	fill(secret, sizeof secret, number);
	return token_verify(&b->env, id, secret, t, &e);
}

static size_t
count(struct bare *b)
{
	struct store_tokens all;
	struct err e = {0};
	size_t n;

	CU_ASSERT_TRUE_FATAL(token_list(&b->env, &all, &e));
	n = all.n;
	store_tokens_free(&all);
	return n;
}

static struct rotate_job
rotation(uint8_t from, uint8_t to)
{
	struct rotate_job job = {.asked = {.keep_expiry = true}};

	fill(job.asked.old_id, sizeof job.asked.old_id, from);
	fill(job.asked.id, sizeof job.asked.id, to);
	fill(job.secret, sizeof job.secret, to);
	return job;
}

static void
start(struct bare *b)
{
	bare_start(b);
	b->clock.fixed_s = NOW_S;
}

/* --- rotation --- */

static void
a_rotated_token_has_the_rights_of_the_old_one(void)
{
	struct rotate_job job = rotation(1, 2);
	struct store_token t;
	struct bare b;

	start(&b);
	create(&b, 1, "mta1", NOW_S + 1000);
	CU_ASSERT_EQUAL(run(&b, token_rotate_run, &job), ERR_NONE);
	CU_ASSERT_FALSE(verify(&b, 1, &t));
	CU_ASSERT_TRUE_FATAL(verify(&b, 2, &t));
	CU_ASSERT_STRING_EQUAL(t.subject, "mta1");
	CU_ASSERT_EQUAL(t.permissions, 5);
	CU_ASSERT_EQUAL(t.created_s, NOW_S);
	CU_ASSERT_EQUAL(t.expires_s, NOW_S + 1000);
	CU_ASSERT_EQUAL(run(&b, token_rotate_run, &job), ERR_NONE); /* sent again */
	CU_ASSERT_EQUAL(count(&b), 1);
	bare_stop(&b);
}

static void
an_old_token_ends_after_its_grace(void)
{
	struct rotate_job job = rotation(1, 2);
	struct store_token t;
	struct bare b;

	start(&b);
	create(&b, 1, "mta1", 0);
	job.asked.keep_old = true;
	CU_ASSERT_EQUAL(run(&b, token_rotate_run, &job), ERR_NONE);
	CU_ASSERT_TRUE(verify(&b, 1, &t));
	CU_ASSERT_EQUAL(t.expires_s, 0);
	job.asked.keep_old = false;
	job.asked.grace_s = 60;
	CU_ASSERT_EQUAL(run(&b, token_rotate_run, &job), ERR_NONE);
	CU_ASSERT_TRUE(verify(&b, 1, &t));
	CU_ASSERT_EQUAL(t.expires_s, NOW_S + 60);
	job.asked.grace_s = 600; /* a grace never makes it live longer */
	CU_ASSERT_EQUAL(run(&b, token_rotate_run, &job), ERR_NONE);
	CU_ASSERT_TRUE(verify(&b, 1, &t));
	CU_ASSERT_EQUAL(t.expires_s, NOW_S + 60);
	CU_ASSERT_TRUE(verify(&b, 2, &t));
	CU_ASSERT_EQUAL(t.expires_s, 0);
	CU_ASSERT_EQUAL(count(&b), 2);
	bare_stop(&b);
}

static void
a_rotation_is_refused_without_changing_anything(void)
{
	struct rotate_job unknown = rotation(7, 2), expired = rotation(1, 2);
	struct rotate_job taken = rotation(3, 4);
	struct store_token t;
	struct bare b;

	start(&b);
	create(&b, 1, "mta1", NOW_S);
	create(&b, 3, "mta2", 0);
	create(&b, 4, "mta3", 0);
	CU_ASSERT_EQUAL(run(&b, token_rotate_run, &unknown), ERR_NOT_FOUND);
	CU_ASSERT_EQUAL(run(&b, token_rotate_run, &expired), ERR_INVALID_ARGUMENTS);
	fill(taken.secret, sizeof taken.secret, 9);
	CU_ASSERT_EQUAL(run(&b, token_rotate_run, &taken), ERR_SERVER_FAIL);
	CU_ASSERT_TRUE(verify(&b, 1, &t) && verify(&b, 3, &t) && verify(&b, 4, &t));
	CU_ASSERT_EQUAL(count(&b), 3);
	expired.asked.keep_expiry = false; /* with an expiry of its own it is fine */
	expired.asked.expires_s = NOW_S + 5;
	CU_ASSERT_EQUAL(run(&b, token_rotate_run, &expired), ERR_NONE);
	CU_ASSERT_TRUE(verify(&b, 2, &t));
	CU_ASSERT_EQUAL(t.expires_s, NOW_S + 5);
	bare_stop(&b);
}

static void
a_grace_is_at_most_a_year(void)
{
	const int64_t graces[] = {-1, 0, STORE_GRACE_MAX_S, STORE_GRACE_MAX_S + 1};
	const bool fine[] = {false, true, true, false};

	for (size_t i = 0; i < sizeof graces / sizeof graces[0]; i++) {
		struct store_rotation q = {.grace_s = graces[i]};
		struct buf b = {0};
		struct unpack u;

		pack_rotation(&b, &q);
		u = unpack_of(buf_str(&b));
		unpack_rotation(&u, &q);
		CU_ASSERT_EQUAL(unpack_done(&u), fine[i]);
		buf_free(&b);
	}
}

static void
all_tokens_of_a_subject_are_revoked_and_no_other(void)
{
	struct revoke_of_job job = {.subject = STR("mta1")};
	struct store_token t;
	struct bare b;

	start(&b);
	create(&b, 1, "mta1", 0);
	create(&b, 2, "mta10", 0);
	create(&b, 3, "mta1", NOW_S - 1);
	create(&b, 4, "MTA1", 0);
	CU_ASSERT_EQUAL(run(&b, token_revoke_of_run, &job), ERR_NONE);
	CU_ASSERT_EQUAL(job.revoked.n, 2);
	CU_ASSERT_FALSE(verify(&b, 1, &t) || verify(&b, 3, &t));
	CU_ASSERT_TRUE(verify(&b, 2, &t) && verify(&b, 4, &t));
	CU_ASSERT_EQUAL(run(&b, token_revoke_of_run, &job), ERR_NOT_FOUND);
	CU_ASSERT_EQUAL(job.revoked.n, 0);
	store_tokens_free(&job.revoked);
	bare_stop(&b);
}

/* --- last use --- */

static void
uses_are_written_once_and_forgotten(void)
{
	uint8_t id[STORE_TOKEN_ID_LEN], gone[STORE_TOKEN_ID_LEN];
	struct token_uses *uses;
	struct store_token t;
	struct err e = {0};
	struct bare b;

	start(&b);
	create(&b, 1, "mta1", 0);
	token_uses_open(&uses);
	fill(id, sizeof id, 1);
	fill(gone, sizeof gone, 2); /* as of a token that was revoked meanwhile */
	token_uses_note(uses, id, NOW_S);
	token_uses_note(uses, id, NOW_S + 5);
	token_uses_note(uses, gone, NOW_S);
	CU_ASSERT_EQUAL(token_uses_noted(uses, id), NOW_S + 5);
	CU_ASSERT_TRUE(verify(&b, 1, &t));
	CU_ASSERT_EQUAL(t.last_used_s, 0);
	CU_ASSERT_TRUE(token_uses_write(uses, &b.env, b.writer, &e));
	CU_ASSERT_EQUAL(token_uses_noted(uses, id), 0);
	CU_ASSERT_TRUE(verify(&b, 1, &t));
	CU_ASSERT_EQUAL(t.last_used_s, NOW_S + 5);
	CU_ASSERT_EQUAL(t.permissions, 5);
	CU_ASSERT_EQUAL(count(&b), 1);
	token_uses_close(&uses);
	bare_stop(&b);
}

static void
so_many_tokens_are_noted_and_no_more(void)
{
	uint8_t id[STORE_TOKEN_ID_LEN] = {0};
	struct token_uses *uses;
	struct err e = {0};
	struct bare b;

	start(&b);
	token_uses_open(&uses);
	for (uint32_t i = 1; i <= TOKEN_USES_MAX + 1; i++) {
		put_be32(id, i);
		token_uses_note(uses, id, NOW_S);
	}
	put_be32(id, TOKEN_USES_MAX);
	CU_ASSERT_EQUAL(token_uses_noted(uses, id), NOW_S);
	put_be32(id, TOKEN_USES_MAX + 1);
	CU_ASSERT_EQUAL(token_uses_noted(uses, id), 0);
	CU_ASSERT_TRUE(token_uses_write(uses, &b.env, b.writer, &e)); /* in several jobs */
	token_uses_note(uses, id, NOW_S);
	CU_ASSERT_EQUAL(token_uses_noted(uses, id), NOW_S);
	token_uses_close(&uses);
	bare_stop(&b);
}

static void
uses_are_not_written_to_a_disk_that_is_nearly_full(void)
{
	uint8_t id[STORE_TOKEN_ID_LEN];
	struct token_uses *uses;
	struct err e = {0};
	struct bare b;

	start(&b);
	token_uses_open(&uses);
	fill(id, sizeof id, 1);
	token_uses_note(uses, id, NOW_S);
	b.env.reserve_bytes = UINT64_MAX;
	CU_ASSERT_TRUE(token_uses_write(uses, &b.env, b.writer, &e));
	CU_ASSERT_EQUAL(token_uses_noted(uses, id), NOW_S);
	token_uses_close(&uses);
	bare_stop(&b);
}

/* As format 2 has it: without a last use. */
static void
write_old_row(struct bare *b, uint8_t number)
{
	uint8_t id[STORE_TOKEN_ID_LEN];
	struct buf row = {0};
	DB_TXN *txn = NULL;
	struct err e = {0};

	fill(id, sizeof id, number);
	for (size_t i = 0; i < HASH_LEN; i++)
		pack_u8(&row, 0);
	buf_add(&row, id, sizeof id);
	pack_str(&row, STR("mta1"));
	pack_u64(&row, 5);
	pack_i64(&row, NOW_S - 60);
	pack_i64(&row, NOW_S + 60);
	CU_ASSERT_EQUAL_FATAL(b->env.db->txn_begin(b->env.db, NULL, &txn, 0), 0);
	CU_ASSERT_TRUE(
	    db_put(b->env.tokens, txn, (struct str){(char *)id, sizeof id}, buf_str(&row), &e));
	put_be32(id, 2);
	CU_ASSERT_TRUE(
	    db_put(b->env.meta, txn, STR("format"), (struct str){(char *)id, 4}, &e));
	CU_ASSERT_TRUE(env_commit(&b->env, &txn, &e));
	buf_free(&row);
}

static void
a_token_of_format_2_is_read_and_gets_a_last_use(void)
{
	uint8_t id[STORE_TOKEN_ID_LEN];
	struct token_uses *uses;
	struct store_tokens all;
	struct err e = {0};
	uint32_t format;
	struct bare b;

	start(&b);
	write_old_row(&b, 1);
	bare_close(&b);
	bare_open(&b);
	CU_ASSERT_TRUE(env_format(&b.env, NULL, &format, &e));
	CU_ASSERT_EQUAL(format, ENV_FORMAT);
	CU_ASSERT_TRUE_FATAL(token_list(&b.env, &all, &e));
	CU_ASSERT_EQUAL_FATAL(all.n, 1);
	CU_ASSERT_STRING_EQUAL(all.list[0].subject, "mta1");
	CU_ASSERT_EQUAL(all.list[0].permissions, 5);
	CU_ASSERT_EQUAL(all.list[0].expires_s, NOW_S + 60);
	CU_ASSERT_EQUAL(all.list[0].last_used_s, 0);
	store_tokens_free(&all);
	token_uses_open(&uses);
	fill(id, sizeof id, 1);
	token_uses_note(uses, id, NOW_S);
	CU_ASSERT_TRUE(token_uses_write(uses, &b.env, b.writer, &e));
	CU_ASSERT_TRUE_FATAL(token_list(&b.env, &all, &e));
	CU_ASSERT_EQUAL(all.list[0].last_used_s, NOW_S);
	CU_ASSERT_EQUAL(all.list[0].expires_s, NOW_S + 60);
	store_tokens_free(&all);
	token_uses_close(&uses);
	bare_stop(&b);
}

/* The last use that the store tells of the token; -1: it has no such token. */
static int64_t
last_use(struct outbox *o, const uint8_t id[static STORE_TOKEN_ID_LEN])
{
	struct store_tokens all = {0};
	struct err e = {0};
	int64_t used_s = -1;

	CU_ASSERT_TRUE(store_token_list(o->store, &all, &e));
	for (size_t i = 0; i < all.n; i++)
		if (memcmp(all.list[i].id, id, STORE_TOKEN_ID_LEN) == 0)
			used_s = all.list[i].last_used_s;
	store_tokens_free(&all);
	return used_s;
}

static void
a_last_use_is_shown_at_once_and_survives_a_restart(void)
{
	uint8_t secret[STORE_TOKEN_SECRET_LEN] = {7};
	struct store_token t = {.id = {1}, .subject = "mta1", .created_s = 1}, found;
	static const struct clock real = {0};
	int64_t before_s = clock_now_s(&real), used_s;
	struct outbox o;
	struct err e = {0};

	outbox_start(&o);
	CU_ASSERT_TRUE(store_token_create(o.store, &t, secret, &e));
	CU_ASSERT_EQUAL(last_use(&o, t.id), 0);
	secret[0]++;
	CU_ASSERT_FALSE(store_token_verify(o.store, t.id, secret, &found, &e));
	CU_ASSERT_EQUAL(last_use(&o, t.id), 0); /* who only knows the id has not used it */
	secret[0]--;
	e = (struct err){0};
	CU_ASSERT_TRUE(store_token_verify(o.store, t.id, secret, &found, &e));
	used_s = last_use(&o, t.id);
	CU_ASSERT(used_s >= before_s && used_s <= before_s + 60);
	outbox_halt(&o);
	outbox_again(&o);
	CU_ASSERT_EQUAL(last_use(&o, t.id), used_s);
	outbox_stop(&o);
}

const CU_TestInfo storage_tokens_tests[] = {
    {"a rotated token has the rights of the old one",
	a_rotated_token_has_the_rights_of_the_old_one},
    {"an old token ends after its grace", an_old_token_ends_after_its_grace},
    {"a rotation is refused without changing anything",
	a_rotation_is_refused_without_changing_anything},
    {"a grace is at most a year", a_grace_is_at_most_a_year},
    {"all tokens of a subject are revoked and no other",
	all_tokens_of_a_subject_are_revoked_and_no_other},
    {"uses are written once and forgotten", uses_are_written_once_and_forgotten},
    {"4096 tokens are noted and no more", so_many_tokens_are_noted_and_no_more},
    {"uses are not written to a disk that is nearly full",
	uses_are_not_written_to_a_disk_that_is_nearly_full},
    {"a token of format 2 is read and gets a last use",
	a_token_of_format_2_is_read_and_gets_a_last_use},
    {"a last use is shown at once and survives a restart",
	a_last_use_is_shown_at_once_and_survives_a_restart},
    CU_TEST_INFO_NULL,
};
