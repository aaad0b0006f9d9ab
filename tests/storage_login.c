/* tests/storage_login.c -- users, what they granted, and attempts that failed, as the store
 * keeps them. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "storage/login/attempts.h"
#include "storage/login/grants.h"
#include "storage/login/logins.h"
#include "storage/login/tokens.h"
#include "storage/login/users.h"
#include "storage/maintain.h"
#include "tests/bare.h"
#include "tests/suites.h"

#define NOW_S 1800000000
#define CLIENT "webui"
#define REDIRECT "https://reports.example.com/cb"

static void
open_bare(struct bare *b)
{
	bare_start(b);
	b->clock.fixed_s = NOW_S;
}

/* How a job ended. */
static enum err_code
run(struct bare *b, bool (*job)(struct batch *, void *, struct err *, struct err *), void *arg)
{
	struct job j = {.run = job, .arg = arg, .entries = 1};
	struct err e = {0};

	writer_do(b->writer, &j, &e);
	return e.code;
}

static void
prune(struct bare *b)
{
	struct err e = {0};

	CU_ASSERT_TRUE(maintain_prune(&b->env, b->writer, 1000000, &e));
}

static uint64_t
count(struct timed *t)
{
	uint64_t n = 0;
	struct err e = {0};

	CU_ASSERT_TRUE(database_count(t->rows, NULL, &n, &e));
	return n;
}

/* --- users --- */

static struct store_user
user_named(const char *name, const char *password)
{
	struct store_user u = {.permissions = 7};

	snprintf(u.name, sizeof u.name, "%s", name);
	snprintf(u.password, sizeof u.password, "%s", password);
	return u;
}

static struct store_user
user_there(struct bare *b, const char *name)
{
	struct store_user u = {0};
	struct err e = {0};

	if (!user_get(&b->env, str_of(name), &u, &e))
		CU_ASSERT_EQUAL(e.code, ERR_NOT_FOUND);
	return u;
}

static void
a_user_is_added_once(void)
{
	struct store_user alice = user_named("alice", "hash 1"), other, there;
	struct bare b;

	open_bare(&b);
	CU_ASSERT_EQUAL(run(&b, user_add_run, &alice), ERR_NONE);
	there = user_there(&b, "alice");
	CU_ASSERT_STRING_EQUAL(there.password, "hash 1");
	CU_ASSERT_EQUAL(there.permissions, 7);
	CU_ASSERT_EQUAL(there.created_s, NOW_S);
	CU_ASSERT_EQUAL(run(&b, user_add_run, &alice), ERR_NONE); /* the same, sent again */
	other = user_named("alice", "hash 2");
	CU_ASSERT_EQUAL(run(&b, user_add_run, &other), ERR_INVALID_ARGUMENTS);
	CU_ASSERT_EQUAL(user_there(&b, "alice").stamp, there.stamp);
	CU_ASSERT_STRING_EQUAL(user_there(&b, "bob").name, "");
	bare_stop(&b);
}

static void
another_password_has_another_stamp(void)
{
	struct store_user alice = user_named("alice", "hash 1"), before, after;
	struct store_user again = user_named("alice", "hash 2");
	struct store_user bob = user_named("bob", "hash 3");
	struct bare b;

	open_bare(&b);
	run(&b, user_add_run, &alice);
	before = user_there(&b, "alice");
	b.clock.fixed_s++;
	again.permissions = 0;
	CU_ASSERT_EQUAL(run(&b, user_set_password_run, &again), ERR_NONE);
	after = user_there(&b, "alice");
	CU_ASSERT_STRING_EQUAL(after.password, "hash 2");
	CU_ASSERT_NOT_EQUAL(after.stamp, before.stamp);
	CU_ASSERT_EQUAL(after.permissions, 7);
	CU_ASSERT_EQUAL(after.created_s, NOW_S);
	CU_ASSERT_EQUAL(after.changed_s, NOW_S + 1);
	CU_ASSERT_EQUAL(run(&b, user_set_password_run, &bob), ERR_NOT_FOUND);
	bare_stop(&b);
}

static void
users_are_listed_by_name_and_without_passwords(void)
{
	struct store_user zoe = user_named("zoe", "z"), bob = user_named("bob", "b");
	struct store_users list;
	struct err e = {0};
	struct bare b;

	open_bare(&b);
	run(&b, user_add_run, &zoe);
	run(&b, user_add_run, &bob);
	bare_close(&b);
	bare_open(&b); /* they are on disk */
	CU_ASSERT_TRUE_FATAL(user_list(&b.env, &list, &e));
	CU_ASSERT_EQUAL_FATAL(list.n, 2);
	CU_ASSERT_STRING_EQUAL(list.list[0].name, "bob");
	CU_ASSERT_STRING_EQUAL(list.list[1].name, "zoe");
	CU_ASSERT_STRING_EQUAL(list.list[0].password, "");
	store_users_free(&list);
	CU_ASSERT_EQUAL(run(&b, user_remove_run, &bob), ERR_NONE);
	CU_ASSERT_EQUAL(run(&b, user_remove_run, &bob), ERR_NOT_FOUND);
	CU_ASSERT_TRUE(user_list(&b.env, &list, &e));
	CU_ASSERT_EQUAL(list.n, 1);
	store_users_free(&list);
	bare_stop(&b);
}

/* --- grants --- */

struct scene {
	struct bare bare;
	struct store_user user;
	struct store_grant grant;
	struct take_job job;
	uint8_t opid;
};

/* alice has logged in: there is a code, and s->job would use it. */
static void
set_scene(struct scene *s)
{
	struct store_user alice = user_named("alice", "hash");

	*s = (struct scene){0};
	open_bare(&s->bare);
	run(&s->bare, user_add_run, &alice);
	s->user = user_there(&s->bare, "alice");
	s->grant = (struct store_grant){.user = STR("alice"),
	    .stamp = s->user.stamp,
	    .client = STR(CLIENT),
	    .redirect = STR(REDIRECT),
	    .address = STR("2001:db8::1"),
	    .challenge = {1, 2, 3}};
	randombytes_buf(s->grant.id, sizeof s->grant.id);
	randombytes_buf(s->grant.secret, sizeof s->grant.secret);
	CU_ASSERT_EQUAL_FATAL(run(&s->bare, grant_begin_run, &s->grant), ERR_NONE);
	s->job.asked = (struct store_take){.kind = STORE_CODE,
	    .client = STR(CLIENT),
	    .redirect = STR(REDIRECT),
	    .challenge = {1, 2, 3}};
	memcpy(s->job.asked.id, s->grant.id, sizeof s->grant.id);
	memcpy(s->job.asked.secret, s->grant.secret, sizeof s->grant.secret);
}

static void
clear_scene(struct scene *s)
{
	bare_stop(&s->bare);
}

/* Uses what s->job asks for; another request each time. */
static bool
take(struct scene *s)
{
	s->job.asked.opid[0] = ++s->opid;
	s->job.taken = (struct store_taken){0};
	CU_ASSERT_EQUAL(run(&s->bare, grant_take_run, &s->job), ERR_NONE);
	return s->job.given;
}

/* Asks for the refresh token that was given last. */
static void
ask_refresh(struct scene *s)
{
	s->job.asked.kind = STORE_REFRESH;
	memcpy(s->job.asked.secret, s->job.taken.refresh, sizeof s->job.asked.secret);
}

/* What a worker that asks for this access token is told; .subject "": it is refused. */
static struct store_token
access_of(struct scene *s, const struct store_taken *taken)
{
	struct store_token t = {0};
	struct err e = {0};

	if (!token_verify(&s->bare.env, s->grant.id, taken->access, &t, &e)) {
		CU_ASSERT_EQUAL(e.code, ERR_UNAUTHORIZED);
		t = (struct store_token){0};
	}
	return t;
}

static bool
lets_in(struct scene *s, const struct store_taken *taken)
{
	return strcmp(access_of(s, taken).subject, "alice") == 0;
}

static void
a_code_gives_tokens_once(void)
{
	struct store_token access;
	struct store_taken first;
	struct scene s;

	set_scene(&s);
	CU_ASSERT_TRUE(take(&s));
	first = s.job.taken;
	CU_ASSERT_STRING_EQUAL(first.user, "alice");
	CU_ASSERT_EQUAL(first.access_s, GRANT_ACCESS_S);
	access = access_of(&s, &first);
	CU_ASSERT_STRING_EQUAL(access.subject, "alice");
	CU_ASSERT_EQUAL(access.permissions, 7);
	CU_ASSERT_EQUAL(access.expires_s, NOW_S + GRANT_ACCESS_S);
	CU_ASSERT_FALSE(take(&s)); /* RFC 9700, 4.14.2; RFC 6749, 4.1.2 */
	CU_ASSERT_TRUE(s.job.ended);
	CU_ASSERT_FALSE(lets_in(&s, &first));
	s.job.taken = first;
	ask_refresh(&s);
	CU_ASSERT_FALSE(take(&s));
	CU_ASSERT_EQUAL(count(&s.bare.env.grants), 0);
	clear_scene(&s);
}

static void
a_request_sent_twice_gets_the_same_answer(void)
{
	struct store_taken first;
	struct scene s;

	set_scene(&s);
	CU_ASSERT_TRUE(take(&s));
	first = s.job.taken;
	CU_ASSERT_EQUAL(run(&s.bare, grant_take_run, &s.job), ERR_NONE); /* its opid too */
	CU_ASSERT_TRUE(s.job.given);
	CU_ASSERT_STRING_EQUAL(s.job.taken.user, "alice");
	CU_ASSERT_EQUAL(memcmp(s.job.taken.access, first.access, sizeof first.access), 0);
	CU_ASSERT_EQUAL(memcmp(s.job.taken.refresh, first.refresh, sizeof first.refresh), 0);
	ask_refresh(&s);
	CU_ASSERT_TRUE(take(&s));
	first = s.job.taken;
	s.bare.clock.fixed_s += GRANT_GRACE_S;
	CU_ASSERT_EQUAL(run(&s.bare, grant_take_run, &s.job), ERR_NONE);
	CU_ASSERT_EQUAL(memcmp(s.job.taken.refresh, first.refresh, sizeof first.refresh), 0);
	CU_ASSERT_EQUAL(s.job.taken.access_s, GRANT_ACCESS_S - GRANT_GRACE_S);
	CU_ASSERT_EQUAL(run(&s.bare, grant_begin_run, &s.grant), ERR_SERVER_FAIL);
	clear_scene(&s);
}

static void
a_code_is_for_one_client_one_redirect_and_one_verifier(void)
{
	struct scene s;

	set_scene(&s);
	CU_ASSERT_EQUAL(run(&s.bare, grant_begin_run, &s.grant), ERR_NONE); /* sent again */
	s.job.asked.client = STR("webuj");
	CU_ASSERT_FALSE(take(&s));
	s.job.asked.client = STR(CLIENT);
	s.job.asked.redirect = STR(REDIRECT "/");
	CU_ASSERT_FALSE(take(&s));
	s.job.asked.redirect = STR(REDIRECT);
	s.job.asked.challenge[31] ^= 1;
	CU_ASSERT_FALSE(take(&s));
	CU_ASSERT_FALSE(s.job.ended);
	s.job.asked.challenge[31] ^= 1;
	s.job.asked.id[0] ^= 1;
	CU_ASSERT_FALSE(take(&s));
	s.job.asked.id[0] ^= 1;
	CU_ASSERT_TRUE(take(&s));
	clear_scene(&s);
}

static void
a_code_is_no_refresh_token(void)
{
	struct scene s;

	set_scene(&s);
	s.job.asked.kind = STORE_REFRESH;
	CU_ASSERT_FALSE(take(&s));
	CU_ASSERT_TRUE(s.job.ended); /* nobody honest asks so */
	clear_scene(&s);
}

static void
a_code_is_good_for_a_minute(void)
{
	struct scene s;

	set_scene(&s);
	s.bare.clock.fixed_s += GRANT_CODE_S;
	CU_ASSERT_FALSE(take(&s));
	CU_ASSERT_EQUAL(count(&s.bare.env.grants), 1);
	s.bare.clock.fixed_s++;
	prune(&s.bare);
	CU_ASSERT_EQUAL(count(&s.bare.env.grants), 0);
	clear_scene(&s);
	set_scene(&s);
	s.bare.clock.fixed_s += GRANT_CODE_S - 1;
	CU_ASSERT_TRUE(take(&s));
	clear_scene(&s);
}

static void
a_refresh_token_is_a_new_one_with_each_use(void)
{
	struct store_taken taken[3];
	struct scene s;

	set_scene(&s);
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_TRUE(take(&s));
		taken[i] = s.job.taken;
		ask_refresh(&s);
		s.bare.clock.fixed_s += 100;
	}
	CU_ASSERT_NOT_EQUAL(
	    memcmp(taken[1].refresh, taken[2].refresh, sizeof taken[1].refresh), 0);
	CU_ASSERT_FALSE(lets_in(&s, &taken[0])); /* the present one and the one before live */
	CU_ASSERT_TRUE(lets_in(&s, &taken[1]));
	CU_ASSERT_TRUE(lets_in(&s, &taken[2]));
	s.job.asked.client = STR("another");
	CU_ASSERT_FALSE(take(&s));
	CU_ASSERT_FALSE(s.job.ended);
	clear_scene(&s);
}

static void
a_used_refresh_token_ends_the_login_after_its_grace(void)
{
	struct store_taken second;
	struct scene s;

	set_scene(&s);
	take(&s);
	ask_refresh(&s);
	CU_ASSERT_TRUE(take(&s));
	second = s.job.taken;
	s.bare.clock.fixed_s += GRANT_GRACE_S - 1;
	CU_ASSERT_TRUE(take(&s)); /* another tab's */
	CU_ASSERT_EQUAL(memcmp(s.job.taken.refresh, second.refresh, sizeof second.refresh), 0);
	s.bare.clock.fixed_s++;
	CU_ASSERT_FALSE(take(&s));
	CU_ASSERT_TRUE(s.job.ended);
	CU_ASSERT_FALSE(lets_in(&s, &second));
	s.job.taken = second;
	ask_refresh(&s);
	CU_ASSERT_FALSE(take(&s));
	clear_scene(&s);
}

static void
a_refresh_token_from_long_ago_ends_the_login_at_once(void)
{
	struct store_taken first;
	struct scene s;

	set_scene(&s);
	take(&s);
	first = s.job.taken;
	for (int i = 0; i < 2; i++) {
		ask_refresh(&s);
		CU_ASSERT_TRUE(take(&s));
	}
	s.job.taken = first;
	ask_refresh(&s);
	CU_ASSERT_FALSE(take(&s));
	CU_ASSERT_TRUE(s.job.ended);
	clear_scene(&s);
}

static void
a_login_lasts_while_it_is_used_but_not_for_ever(void)
{
	struct scene s;

	set_scene(&s);
	take(&s);
	for (int i = 0; i < 3; i++) {
		s.bare.clock.fixed_s += GRANT_REFRESH_S - 1;
		prune(&s.bare);
		ask_refresh(&s);
		CU_ASSERT_TRUE(take(&s));
	}
	/* 90 days less 3 seconds */
	CU_ASSERT_EQUAL(s.job.taken.access_s, 3);
	s.bare.clock.fixed_s += 2;
	ask_refresh(&s);
	CU_ASSERT_TRUE(take(&s));
	s.bare.clock.fixed_s += 1;
	ask_refresh(&s);
	CU_ASSERT_FALSE(take(&s));
	clear_scene(&s);
	set_scene(&s);
	take(&s);
	s.bare.clock.fixed_s += GRANT_REFRESH_S;
	ask_refresh(&s);
	CU_ASSERT_FALSE(take(&s));
	clear_scene(&s);
}

static void
a_login_that_began_under_a_clock_that_was_ahead_ends(void)
{
	struct scene s;

	set_scene(&s);
	take(&s);
	s.bare.clock.fixed_s = NOW_S - (int64_t)60 * 86400;
	ask_refresh(&s);
	CU_ASSERT_TRUE(take(&s));
	for (int i = 0; i < 3; i++) {
		s.bare.clock.fixed_s += GRANT_REFRESH_S - 1;
		ask_refresh(&s);
		CU_ASSERT_TRUE(take(&s));
	}
	/* 90 days after the first use under the right clock, less 3 seconds */
	CU_ASSERT_EQUAL(s.job.taken.access_s, 3);
	clear_scene(&s);
}

static void
another_password_ends_all_logins(void)
{
	struct store_user again = user_named("alice", "hash 2");
	struct store_taken first;
	struct scene s;

	set_scene(&s);
	take(&s);
	first = s.job.taken;
	CU_ASSERT_TRUE(lets_in(&s, &first));
	run(&s.bare, user_set_password_run, &again);
	CU_ASSERT_FALSE(lets_in(&s, &first));
	ask_refresh(&s);
	CU_ASSERT_FALSE(take(&s));
	s.grant.id[0] ^= 1; /* a login that was under way */
	CU_ASSERT_EQUAL(run(&s.bare, grant_begin_run, &s.grant), ERR_UNAUTHORIZED);
	clear_scene(&s);
}

static void
a_user_who_was_removed_stays_out_when_added_again(void)
{
	struct store_taken first;
	struct scene s;

	set_scene(&s);
	take(&s);
	first = s.job.taken;
	run(&s.bare, user_remove_run, &s.user);
	CU_ASSERT_FALSE(lets_in(&s, &first));
	run(&s.bare, user_add_run, &s.user);
	CU_ASSERT_FALSE(lets_in(&s, &first));
	ask_refresh(&s);
	CU_ASSERT_FALSE(take(&s));
	clear_scene(&s);
}

static void
a_grant_survives_a_restart(void)
{
	struct store_taken first;
	struct scene s;

	set_scene(&s);
	take(&s);
	first = s.job.taken;
	bare_close(&s.bare);
	bare_open(&s.bare);
	CU_ASSERT_TRUE(lets_in(&s, &first));
	ask_refresh(&s);
	CU_ASSERT_TRUE(take(&s));
	clear_scene(&s);
}

/* --- the end of a login --- */

static enum store_revoked
give_back(struct scene *s, const uint8_t *secret, const char *client)
{
	struct revoke_job job = {.asked.client = str_of(client)};

	memcpy(job.asked.id, s->grant.id, sizeof job.asked.id);
	memcpy(job.asked.secret, secret, sizeof job.asked.secret);
	CU_ASSERT_EQUAL(run(&s->bare, login_revoke_run, &job), ERR_NONE);
	return job.revoked;
}

static void
a_client_gives_back_its_own_tokens_alone(void)
{
	struct store_taken first;
	struct scene s;

	set_scene(&s);
	take(&s);
	first = s.job.taken;
	CU_ASSERT_EQUAL(first.permissions, 7);
	CU_ASSERT_EQUAL(give_back(&s, first.refresh, "another"), STORE_REVOKED_NOT_OF_CLIENT);
	CU_ASSERT_TRUE(lets_in(&s, &first));
	CU_ASSERT_EQUAL(give_back(&s, first.refresh, CLIENT), STORE_REVOKED);
	CU_ASSERT_FALSE(lets_in(&s, &first));
	CU_ASSERT_EQUAL(give_back(&s, first.refresh, CLIENT), STORE_REVOKED_NONE);
	CU_ASSERT_EQUAL(count(&s.bare.env.grants), 0);
	clear_scene(&s);
}

/* How many logins are listed; first is the first of them. */
static size_t
listed(struct scene *s, struct store_login *first)
{
	struct store_logins list;
	struct err e = {0};
	size_t n;

	CU_ASSERT_TRUE_FATAL(login_list(&s->bare.env, s->bare.clock.fixed_s, &list, &e));
	n = list.n;
	if (n > 0)
		*first = list.list[0];
	store_logins_free(&list);
	return n;
}

static void
a_login_is_listed_while_it_stands(void)
{
	struct store_user again = user_named("alice", "hash 2");
	struct store_login first;
	struct scene s;

	set_scene(&s);
	CU_ASSERT_EQUAL(listed(&s, &first), 0); /* the code was not used yet */
	s.bare.clock.fixed_s++;
	take(&s);
	CU_ASSERT_EQUAL_FATAL(listed(&s, &first), 1);
	CU_ASSERT_STRING_EQUAL(first.user, "alice");
	CU_ASSERT_STRING_EQUAL(first.address, "2001:db8::1");
	CU_ASSERT_EQUAL(first.begun_s, NOW_S);
	CU_ASSERT_EQUAL(first.used_s, NOW_S + 1);
	CU_ASSERT_EQUAL(first.ends_s, NOW_S + 1 + GRANT_REFRESH_S);
	s.bare.clock.fixed_s = first.ends_s;
	CU_ASSERT_EQUAL(listed(&s, &first), 0);
	s.bare.clock.fixed_s--;
	CU_ASSERT_EQUAL(listed(&s, &first), 1);
	run(&s.bare, user_set_password_run, &again);
	CU_ASSERT_EQUAL(listed(&s, &first), 0);
	clear_scene(&s);
	set_scene(&s);
	take(&s);
	run(&s.bare, user_remove_run, &s.user);
	CU_ASSERT_EQUAL(listed(&s, &first), 0);
	clear_scene(&s);
}

static void
an_operator_ends_a_login_or_all_of_a_user(void)
{
	struct end_job job = {0};
	struct store_user before;
	struct store_login first;
	struct store_taken taken;
	struct scene s;

	set_scene(&s);
	take(&s);
	taken = s.job.taken;
	CU_ASSERT_EQUAL(listed(&s, &first), 1);
	CU_ASSERT_EQUAL(run(&s.bare, login_end_run, &job), ERR_NOT_FOUND);
	CU_ASSERT_TRUE(lets_in(&s, &taken));
	memcpy(job.id, first.id, sizeof job.id);
	CU_ASSERT_EQUAL(run(&s.bare, login_end_run, &job), ERR_NONE);
	CU_ASSERT_STRING_EQUAL(job.user, "alice");
	CU_ASSERT_FALSE(lets_in(&s, &taken));
	clear_scene(&s);
	set_scene(&s);
	take(&s);
	taken = s.job.taken;
	before = user_there(&s.bare, "alice");
	s.bare.clock.fixed_s++;
	CU_ASSERT_EQUAL(run(&s.bare, user_end_logins_run, &s.user), ERR_NONE);
	CU_ASSERT_FALSE(lets_in(&s, &taken));
	CU_ASSERT_EQUAL(listed(&s, &first), 0);
	CU_ASSERT_EQUAL(user_there(&s.bare, "alice").changed_s, before.changed_s);
	CU_ASSERT_STRING_EQUAL(user_there(&s.bare, "alice").password, before.password);
	run(&s.bare, user_remove_run, &s.user);
	CU_ASSERT_EQUAL(run(&s.bare, user_end_logins_run, &s.user), ERR_NOT_FOUND);
	clear_scene(&s);
}

/* Writes what the row at a key holds once more, as a version before addresses did. */
static bool
write_without_address(struct batch *b, void *scene, struct err *refused, struct err *e)
{
	struct scene *s = scene;
	const struct str key = {(const char *)s->grant.id, sizeof s->grant.id};
	struct buf value = {0};
	bool ok;

	(void)refused;
	CU_ASSERT_EQUAL_FATAL(db_get(b->env->grants.rows, b->txn, key, &value, e), 1);
	CU_ASSERT_EQUAL(value.s[TIMED_LEN], 2);
	value.s[TIMED_LEN] = 1;
	value.len -= 4 + strlen("2001:db8::1");
	ok = db_put(b->env->grants.rows, b->txn, key, buf_str(&value), e);
	buf_free(&value);
	return ok;
}

static void
a_login_of_before_addresses_were_kept_goes_on(void)
{
	struct store_taken first;
	struct store_login login;
	struct scene s;

	set_scene(&s);
	take(&s);
	first = s.job.taken;
	CU_ASSERT_EQUAL(run(&s.bare, write_without_address, &s), ERR_NONE);
	CU_ASSERT_TRUE(lets_in(&s, &first));
	CU_ASSERT_EQUAL(listed(&s, &login), 1);
	CU_ASSERT_STRING_EQUAL(login.address, "");
	ask_refresh(&s);
	CU_ASSERT_TRUE(take(&s));
	CU_ASSERT_EQUAL(listed(&s, &login), 1);
	clear_scene(&s);
}

/* --- attempts --- */

static uint32_t
attempt(struct bare *b, const char *name, const char *address)
{
	struct attempt_job job = {.name = str_of(name), .address = str_of(address)};

	CU_ASSERT_EQUAL(run(b, attempt_begin_run, &job), ERR_NONE);
	return job.wait_s;
}

static void
succeed(struct bare *b, const char *name, const char *address)
{
	struct attempt_job job = {.name = str_of(name), .address = str_of(address)};

	CU_ASSERT_EQUAL(run(b, attempt_succeeded_run, &job), ERR_NONE);
}

static const char *
numbered(const char *word, unsigned i)
{
	static char text[4][32];

	snprintf(text[i % 4], sizeof text[0], "%s%u", word, i);
	return text[i % 4];
}

static void
a_name_has_ten_attempts_and_then_waits_longer_and_longer(void)
{
	static const uint32_t waits[] = {30, 60, 120, 240, 480, 900, 900};
	struct bare b;

	open_bare(&b);
	for (unsigned i = 0; i < ATTEMPTS_A_NAME; i++)
		CU_ASSERT_EQUAL(attempt(&b, "alice", numbered("address", i)), 0);
	for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
		CU_ASSERT_EQUAL(attempt(&b, "alice", "another"), waits[i]);
		b.clock.fixed_s += waits[i] - 1;
		CU_ASSERT_EQUAL(attempt(&b, "alice", "another"), 1);
		b.clock.fixed_s++;
		CU_ASSERT_EQUAL(attempt(&b, "alice", "another"), 0);
	}
	CU_ASSERT_EQUAL(attempt(&b, "bob", "another"), 0);
	bare_stop(&b);
}

static void
an_address_has_thirty_attempts(void)
{
	struct bare b;

	open_bare(&b);
	for (unsigned i = 0; i < ATTEMPTS_AN_ADDRESS; i++)
		CU_ASSERT_EQUAL(attempt(&b, numbered("name", i), "there"), 0);
	CU_ASSERT_EQUAL(attempt(&b, "one more", "there"), ATTEMPT_WAIT_FIRST_S);
	CU_ASSERT_EQUAL(attempt(&b, "one more", "elsewhere"), 0);
	bare_stop(&b);
}

static void
failures_are_forgotten_when_their_time_is_over(void)
{
	struct bare b;

	open_bare(&b);
	for (unsigned i = 0; i < ATTEMPTS_A_NAME - 1; i++)
		attempt(&b, "alice", "there");
	b.clock.fixed_s += ATTEMPT_WINDOW_S - 1;
	CU_ASSERT_EQUAL(attempt(&b, "alice", "there"), 0);
	CU_ASSERT_NOT_EQUAL(attempt(&b, "alice", "there"), 0); /* they still counted */
	b.clock.fixed_s += ATTEMPT_WAIT_FIRST_S + ATTEMPT_WINDOW_S;
	for (unsigned i = 0; i < ATTEMPTS_A_NAME; i++)
		CU_ASSERT_EQUAL(attempt(&b, "alice", "there"), 0);
	CU_ASSERT_EQUAL(count(&b.env.attempts), 2);
	b.clock.fixed_s += ATTEMPT_WAIT_FIRST_S + ATTEMPT_WINDOW_S + 1;
	prune(&b);
	CU_ASSERT_EQUAL(count(&b.env.attempts), 0);
	bare_stop(&b);
}

static void
success_clears_the_name_and_takes_one_off_the_address(void)
{
	struct bare b;

	open_bare(&b);
	for (unsigned i = 0; i < ATTEMPTS_A_NAME; i++)
		attempt(&b, "alice", "there");
	succeed(&b, "alice", "there");
	for (unsigned i = 0; i < ATTEMPTS_A_NAME; i++)
		CU_ASSERT_EQUAL(attempt(&b, "alice", "there"), 0);
	/* 19 of the address are used up. */
	for (unsigned i = 0; i < ATTEMPTS_AN_ADDRESS - (2 * ATTEMPTS_A_NAME - 1); i++)
		CU_ASSERT_EQUAL(attempt(&b, numbered("name", i), "there"), 0);
	CU_ASSERT_NOT_EQUAL(attempt(&b, "bob", "there"), 0);
	bare_stop(&b);
}

static void
an_attempt_under_a_clock_that_was_ahead_keeps_nobody_out(void)
{
	struct bare b;

	open_bare(&b);
	b.clock.fixed_s = NOW_S + 60 * 86400;
	CU_ASSERT_EQUAL(attempt(&b, "anna", "192.0.2.1"), 0);
	b.clock.fixed_s = NOW_S;
	CU_ASSERT_EQUAL(attempt(&b, "anna", "192.0.2.1"), 0);
	CU_ASSERT_EQUAL(attempt(&b, "bert", "192.0.2.1"), 0);
	bare_stop(&b);
}

static void
a_wait_that_began_under_a_clock_that_was_ahead_ends(void)
{
	uint32_t wait_s;
	struct bare b;

	open_bare(&b);
	b.clock.fixed_s = NOW_S + 365 * 86400;
	for (int i = 0; i < ATTEMPTS_A_NAME; i++)
		CU_ASSERT_EQUAL(attempt(&b, "anna", "192.0.2.1"), 0);
	b.clock.fixed_s = NOW_S;
	wait_s = attempt(&b, "anna", "192.0.2.2");
	CU_ASSERT_EQUAL(wait_s, ATTEMPT_WAIT_FIRST_S);
	b.clock.fixed_s += wait_s - 1;
	CU_ASSERT_EQUAL(attempt(&b, "anna", "192.0.2.2"), 1);
	b.clock.fixed_s++;
	CU_ASSERT_EQUAL(attempt(&b, "anna", "192.0.2.2"), 0);
	bare_stop(&b);
}

static void
attempts_are_counted_across_a_restart(void)
{
	struct bare b;

	open_bare(&b);
	for (unsigned i = 0; i < ATTEMPTS_A_NAME; i++)
		attempt(&b, "alice", "there");
	bare_close(&b);
	bare_open(&b);
	CU_ASSERT_EQUAL(attempt(&b, "alice", "there"), ATTEMPT_WAIT_FIRST_S);
	bare_stop(&b);
}

/* timed_make_room() as the writer runs it. */
static bool
make_room(struct batch *b, void *max, struct err *refused, struct err *e)
{
	(void)refused;
	return timed_make_room(&b->env->attempts, b->txn, *(uint64_t *)max, e);
}

static void
a_full_table_forgets_what_is_due_first(void)
{
	uint64_t max = 4;
	struct bare b;

	open_bare(&b);
	for (unsigned i = 0; i < ATTEMPTS_A_NAME; i++) {
		attempt(&b, "alice", "there");
		b.clock.fixed_s++;
	}
	attempt(&b, "old", "old"); /* due before alice, who has to wait */
	attempt(&b, "new", "new");
	CU_ASSERT_EQUAL(count(&b.env.attempts), 6);
	CU_ASSERT_EQUAL(run(&b, make_room, &max), ERR_NONE);
	CU_ASSERT_EQUAL(count(&b.env.attempts), 3);
	CU_ASSERT_NOT_EQUAL(attempt(&b, "alice", "elsewhere"), 0);
	CU_ASSERT_EQUAL(run(&b, make_room, &max), ERR_NONE); /* 3 are fewer than 4 */
	CU_ASSERT_EQUAL(count(&b.env.attempts), 3);
	bare_stop(&b);
}

const CU_TestInfo storage_login_tests[] = {
    {"an attempt under a clock that was ahead keeps nobody out",
	an_attempt_under_a_clock_that_was_ahead_keeps_nobody_out},
    {"a wait that began under a clock that was ahead ends",
	a_wait_that_began_under_a_clock_that_was_ahead_ends},
    {"a user is added once", a_user_is_added_once},
    {"another password has another stamp", another_password_has_another_stamp},
    {"users are listed by name and without passwords",
	users_are_listed_by_name_and_without_passwords},
    {"a code gives tokens once", a_code_gives_tokens_once},
    {"a request sent twice gets the same answer", a_request_sent_twice_gets_the_same_answer},
    {"a code is for one client, one redirect and one verifier",
	a_code_is_for_one_client_one_redirect_and_one_verifier},
    {"a code is no refresh token", a_code_is_no_refresh_token},
    {"a code is good for a minute", a_code_is_good_for_a_minute},
    {"a refresh token is a new one with each use", a_refresh_token_is_a_new_one_with_each_use},
    {"a used refresh token ends the login after its grace",
	a_used_refresh_token_ends_the_login_after_its_grace},
    {"a refresh token from long ago ends the login at once",
	a_refresh_token_from_long_ago_ends_the_login_at_once},
    {"a login lasts while it is used, but not for ever",
	a_login_lasts_while_it_is_used_but_not_for_ever},
    {"a login that began under a clock that was ahead ends",
	a_login_that_began_under_a_clock_that_was_ahead_ends},
    {"another password ends all logins", another_password_ends_all_logins},
    {"a user who was removed stays out when added again",
	a_user_who_was_removed_stays_out_when_added_again},
    {"a grant survives a restart", a_grant_survives_a_restart},
    {"a client gives back its own tokens alone", a_client_gives_back_its_own_tokens_alone},
    {"a login is listed while it stands", a_login_is_listed_while_it_stands},
    {"an operator ends a login, or all of a user", an_operator_ends_a_login_or_all_of_a_user},
    {"a login of before addresses were kept goes on",
	a_login_of_before_addresses_were_kept_goes_on},
    {"a name has ten attempts, and then waits longer and longer",
	a_name_has_ten_attempts_and_then_waits_longer_and_longer},
    {"an address has thirty attempts", an_address_has_thirty_attempts},
    {"failures are forgotten when their time is over",
	failures_are_forgotten_when_their_time_is_over},
    {"success clears the name and takes one off the address",
	success_clears_the_name_and_takes_one_off_the_address},
    {"attempts are counted across a restart", attempts_are_counted_across_a_restart},
    {"a full table forgets what is due first", a_full_table_forgets_what_is_due_first},
    CU_TEST_INFO_NULL,
};
