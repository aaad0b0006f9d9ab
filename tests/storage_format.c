/* tests/storage_format.c -- stores of other formats, and the ballast. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pack.h"
#include "storage/archive/ballast.h"
#include "storage/archive/home.h"
#include "tests/bare.h"
#include "tests/suites.h"

/* Writes the format's number, or none for 0, into an environment that is open. */
static void
set_format(struct bare *b, uint32_t format)
{
	uint8_t bytes[4];
	DB_TXN *txn = NULL;
	struct err e = {0};

	put_be32(bytes, format);
	CU_ASSERT_EQUAL_FATAL(b->env.db->txn_begin(b->env.db, NULL, &txn, 0), 0);
	CU_ASSERT_TRUE(format == 0 ? db_delete(b->env.meta, txn, STR("format"), &e)
				   : db_put(b->env.meta, txn, STR("format"),
					 (struct str){(char *)bytes, sizeof bytes}, &e));
	CU_ASSERT_TRUE(env_commit(&b->env, &txn, &e));
}

static void
an_older_format_is_upgraded(void)
{
	static const char *const newer[] = {
	    "users", "grants", "grants.time", "attempts", "attempts.time"};
	struct sample s;
	struct err e = {0};
	uint32_t format;
	struct bare b;

	bare_start(&b);
	sample_make(&s, 1);
	bare_set_one(&b, 1, sample_op(&s, STORE_CREATE, 0));
	set_format(&b, 0);
	bare_close(&b);
	for (size_t i = 0; i < sizeof newer / sizeof newer[0]; i++)
		CU_ASSERT_EQUAL(unlink(folder_path(b.dir, newer[i]).text), 0);
	bare_open(&b);
	CU_ASSERT_TRUE(env_format(&b.env, NULL, &format, &e));
	CU_ASSERT_EQUAL(format, ENV_FORMAT);
	CU_ASSERT_EQUAL(bare_count(&b), 1);
	bare_stop(&b);
}

static void
a_newer_format_is_refused_by_name_and_not_touched(void)
{
	struct env_options o = {.cache_mb = 1};
	char newer[16];
	struct home_options home_options = {.cache_mb = 1};
	struct folder_path data, store, log;
	struct stat before, after;
	struct err e = {0};
	struct home home;
	struct env env;
	struct bare b;

	snprintf(newer, sizeof newer, "format %d,", ENV_FORMAT + 1);
	bare_start(&b);
	set_format(&b, ENV_FORMAT + 1);
	bare_close(&b);
	o.dir = b.dir;
	CU_ASSERT_FALSE(env_open(&env, &o, &b.clock, &b.log, &e));
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_FAIL);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, newer));

	snprintf(data.text, sizeof data.text, "%s.data", b.dir);
	store = folder_path(data.text, "store");
	log = folder_path(store.text, logfile_name(1).text);
	e = (struct err){0};
	CU_ASSERT_TRUE_FATAL(folder_make(data.text, &e) && folder_move(b.dir, store.text, &e));
	home_options.dir = data.text;
	CU_ASSERT_TRUE_FATAL(home_lock(&home, &home_options, &b.clock, &b.log, &e));
	CU_ASSERT_EQUAL(stat(log.text, &before), 0);
	CU_ASSERT_FALSE(home_open(&home, &env, &e));
	CU_ASSERT_PTR_NOT_NULL(strstr(e.text, newer));
	CU_ASSERT_EQUAL(stat(log.text, &after), 0);
	CU_ASSERT_EQUAL(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	CU_ASSERT_FALSE(folder_exists(folder_path(data.text, "archive").text));
	home_unlock(&home);
	scratch_remove(data.text);
}

static void
a_home_has_one_master(void)
{
	struct home_options o = {.cache_mb = 1, .lock_wait_ms = 20};
	char dir[SCRATCH_DIR_MAX];
	struct log log = {.program = "tests", .level = LOG_LEVEL_ERROR};
	struct clock clock = {0};
	struct home first, second;
	struct err e = {0};

	scratch_make(dir);
	o.dir = dir;
	CU_ASSERT_TRUE_FATAL(home_lock(&first, &o, &clock, &log, &e));
	CU_ASSERT_FALSE(home_lock(&second, &o, &clock, &log, &e));
	CU_ASSERT_EQUAL(e.code, ERR_SERVER_UNAVAILABLE);
	home_unlock(&first);
	e = (struct err){0};
	CU_ASSERT_TRUE_FATAL(home_lock(&second, &o, &clock, &log, &e));
	home_unlock(&second);
	scratch_remove(dir);
}

static void
ballast_is_made_where_there_is_room_and_given_up(void)
{
	enum { BYTES = 1 << 20 };
	struct log log = {.program = "tests", .level = LOG_LEVEL_ERROR};
	char dir[SCRATCH_DIR_MAX];
	struct folder_path path;
	struct stat st = {0};

	scratch_make(dir);
	path = folder_path(dir, "ballast");
	ballast_adjust(dir, BYTES, UINT64_MAX - BYTES, &log);
	CU_ASSERT_FALSE(folder_exists(path.text));
	ballast_adjust(dir, BYTES, 0, &log);
	CU_ASSERT_EQUAL(stat(path.text, &st), 0);
	CU_ASSERT_EQUAL(st.st_size, BYTES);
	CU_ASSERT_TRUE(st.st_blocks * 512 >= BYTES); /* and not a hole */
	ballast_adjust(dir, BYTES, UINT64_MAX - BYTES, &log);
	CU_ASSERT_TRUE(folder_exists(path.text)); /* it stays while there is some room */
	CU_ASSERT_TRUE(ballast_give_up(dir, &log));
	CU_ASSERT_FALSE(ballast_give_up(dir, &log));
	ballast_adjust(dir, BYTES, 0, &log);
	ballast_adjust(dir, 0, 0, &log);
	CU_ASSERT_FALSE(folder_exists(path.text));
	scratch_remove(dir);
}

const CU_TestInfo storage_format_tests[] = {
    {"an older format is upgraded", an_older_format_is_upgraded},
    {"a newer format is refused by name and not touched",
	a_newer_format_is_refused_by_name_and_not_touched},
    {"a home has one master", a_home_has_one_master},
    {"ballast is made where there is room and given up",
	ballast_is_made_where_there_is_room_and_given_up},
    CU_TEST_INFO_NULL,
};
