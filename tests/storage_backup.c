/* tests/storage_backup.c -- backups made while the store serves, or is killed; what is restored
 * from them; and the archive's own. */
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/io.h"
#include "storage/archive/archive.h"
#include "tests/bare.h"
#include "tests/store_process.h"
#include "tests/suites.h"

#define DMARC (&dmarc_internal_report)
#define TIMEOUT_MS 20000
#define TOOL_S 60
#define STOP_S 20
#define POLL_US 20000
#define POLLS_MAX 3000 /* a minute */
#define RECORDS_MAX 20000

struct fixture {
	struct store_process p;
	struct store *s;
	char data[STORE_SOCKET_MAX], backup[STORE_SOCKET_MAX];
};

static void
fixture_start(struct fixture *f, const char *config)
{
	char path[STORE_SOCKET_MAX];
	struct err e = {0};

	scratch_make(f->p.dir);
	snprintf(f->p.socket, sizeof f->p.socket, "%s/store.sock", f->p.dir);
	snprintf(f->data, sizeof f->data, "%s/data", f->p.dir);
	snprintf(f->backup, sizeof f->backup, "%s/backup", f->p.dir);
	snprintf(path, sizeof path, "%s/" STORE_PROCESS_CONFIG, f->p.dir);
	CU_ASSERT_TRUE_FATAL(io_write_file(path, str_of(config), 0600, &e));
	store_process_again(&f->p);
	store_open(&f->s, f->p.socket, TIMEOUT_MS);
}

static void
fixture_end(struct fixture *f)
{
	store_close(&f->s);
	CU_ASSERT_TRUE(store_process_stop(&f->p));
}

/* One record; its id. */
static uint64_t
create(struct store *s, unsigned seed, struct str body)
{
	struct store_set q = {.type = DMARC, .n = 1};
	struct store_results r;
	struct store_op op;
	struct sample sample;
	struct err e = {0};
	uint64_t id = 0;

	sample_make(&sample, seed);
	op = sample_op(&sample, STORE_CREATE, 0);
	if (body.s != NULL)
		op.body = body;
	q.ops = &op;
	randombytes_buf(q.opid, sizeof q.opid);
	CU_ASSERT_TRUE(store_set(s, &q, &r, &e) && r.n == 1);
	if (r.n == 1)
		id = r.results[0].id;
	store_results_free(&r);
	return id;
}

static struct store_status
status_of(struct fixture *f)
{
	struct store_status status = {0};
	struct err e = {0};

	if (!store_status(f->s, &status, &e))
		CU_FAIL_FATAL("no status");
	return status;
}

/* Begins a backup, and waits for its end if it is to.  path: "" for the archive's own. */
static struct store_chore
back_up(struct fixture *f, const char *path, bool wait)
{
	struct store_chore c = {.running = true};
	uint64_t number = 0;
	struct err e = {0};

	for (int i = 0; i < POLLS_MAX && number == 0; i++) {
		e = (struct err){0};
		if (!store_chore_begin(f->s, STORE_BACKUP, path, &number, &e))
			usleep(POLL_US); /* another is under way */
	}
	CU_ASSERT_NOT_EQUAL_FATAL(number, 0);
	for (int i = 0; wait && i < POLLS_MAX && c.running; i++) {
		if (!store_chore_show(f->s, STORE_BACKUP, &c, &e))
			CU_FAIL_FATAL("no chore");
		usleep(POLL_US);
	}
	return c;
}

static int
tool(const char *word, const char *dir, const char *data, const char *log_dir)
{
	char program[PATH_MAX], log[STORE_SOCKET_MAX];
	const char *argv[] = {program, word, dir, "--dir", data, NULL};
	int status;

	scratch_program("outbox-store", program);
	snprintf(log, sizeof log, "%s/tool", log_dir);
	status = scratch_end(scratch_spawn(argv, log), 0, TOOL_S);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What one client has made, by id. */
struct client {
	const char *socket;
	atomic_bool stop;
	pthread_t thread;
	unsigned seeds[RECORDS_MAX + 1]; /* 0: not made, or nobody knows */
	atomic_uint n;
};

static void *
create_until_told(void *arg)
{
	struct client *c = arg;
	struct store *s;

	store_open(&s, c->socket, TIMEOUT_MS);
	while (!c->stop && c->n < RECORDS_MAX) {
		unsigned seed = 1 + randombytes_uniform(100000);

		c->seeds[create(s, seed, (struct str){0})] = seed;
		c->n++;
	}
	store_close(&s);
	return NULL;
}

static void
client_start(struct client **c, struct fixture *f)
{
	*c = mem_new(1, sizeof **c);
	(*c)->socket = f->p.socket;
	pthread_create(&(*c)->thread, NULL, create_until_told, *c);
}

static unsigned
client_wait(struct client *c, unsigned n)
{
	for (int i = 0; i < POLLS_MAX && c->n < n; i++)
		usleep(POLL_US);
	return c->n;
}

/* Whether a store holds the client's first records, and nothing that it has not made. */
static void
compare(struct store *s, const struct client *c, unsigned first)
{
	struct store_get q = {.type = DMARC,
	    .all = true,
	    .want_bodies = true,
	    .max_objects = RECORDS_MAX,
	    .max_bytes = 64u << 20};
	struct store_rows rows;
	struct err e = {0};
	size_t wrong = 0;

	CU_ASSERT_TRUE_FATAL(store_get(s, &q, &rows, &e));
	CU_ASSERT_TRUE(rows.n >= first);
	for (size_t i = 0; i < rows.n; i++) {
		struct sample sample;

		sample_make(&sample, c->seeds[rows.rows[i].id]);
		wrong += rows.rows[i].id != i + 1 || !str_is(rows.rows[i].body, sample.body);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	store_rows_free(&rows);
}

/* The backup, restored to an outbox of its own, beside f's. */
static void
restore_elsewhere(struct fixture *f, struct fixture *other)
{
	*other = (struct fixture){.s = NULL};
	scratch_make(other->p.dir);
	snprintf(other->p.socket, sizeof other->p.socket, "%s/store.sock", other->p.dir);
	snprintf(other->data, sizeof other->data, "%s/data", other->p.dir);
	CU_ASSERT_EQUAL_FATAL(tool("--restore", f->backup, other->data, other->p.dir), 0);
	store_process_again(&other->p);
	store_open(&other->s, other->p.socket, TIMEOUT_MS);
}

static void
a_backup_made_under_load_restores_to_what_was_acknowledged(void)
{
	struct fixture f, other;
	struct store_chore c;
	struct client *client;
	struct store_status before, after;
	struct store_changes q = {.type = DMARC, .max = 1};
	struct store_changed changed;
	struct err e = {0};
	unsigned first;

	fixture_start(&f, "");
	client_start(&client, &f);
	first = client_wait(client, 200);
	c = back_up(&f, f.backup, true);
	CU_ASSERT_STRING_EQUAL(c.why.text, "");
	client->stop = true;
	pthread_join(client->thread, NULL);
	CU_ASSERT_TRUE(client->n > first);
	before = status_of(&f);
	restore_elsewhere(&f, &other);
	compare(other.s, client, first);
	after = status_of(&other);
	CU_ASSERT_NOT_EQUAL(before.epoch, after.epoch);
	q.since = (struct state){before.epoch, 1};
	CU_ASSERT_FALSE(store_changes(other.s, &q, &changed, &e));
	CU_ASSERT_EQUAL(e.code, ERR_CANNOT_CALCULATE_CHANGES);
	CU_ASSERT_NOT_EQUAL(create(other.s, 7, (struct str){0}), 0);
	free(client);
	fixture_end(&other);
	fixture_end(&f);
}

static void
a_backup_goes_on_where_a_kill_stopped_it(void)
{
	enum { KILLS = 8, LONGEST_US = 600000 };
	struct fixture f, other;
	struct store_chore c;
	struct client *client;
	char partial[STORE_SOCKET_MAX + 16], trial[STORE_SOCKET_MAX + 32];
	struct manifest m;
	int64_t made_s = 0;
	unsigned first;

	fixture_start(&f, "");
	snprintf(partial, sizeof partial, "%s.partial", f.backup);
	snprintf(trial, sizeof trial, "%s.trial", partial);
	client_start(&client, &f);
	first = client_wait(client, 200);
	for (int i = 0; i < KILLS && !folder_exists(f.backup); i++) {
		back_up(&f, f.backup, false);
		usleep(randombytes_uniform(LONGEST_US));
		scratch_end(f.p.pid, SIGKILL, STOP_S);
		CU_ASSERT_FALSE(folder_exists(f.backup) && folder_exists(partial));
		if (manifest_read(&m, partial, &(struct err){0})) {
			made_s = m.n > 0 ? m.made_s : 0; /* it is gone on with */
			manifest_free(&m);
		}
		store_process_again(&f.p);
	}
	if (!folder_exists(f.backup)) {
		c = back_up(&f, f.backup, true);
		CU_ASSERT_STRING_EQUAL(c.why.text, "");
	}
	client->stop = true;
	pthread_join(client->thread, NULL);
	CU_ASSERT_TRUE(folder_exists(f.backup));
	CU_ASSERT_FALSE(folder_exists(partial));
	CU_ASSERT_FALSE(folder_exists(trial));
	CU_ASSERT_TRUE_FATAL(manifest_read(&m, f.backup, &(struct err){0}));
	CU_ASSERT_TRUE(made_s == 0 || made_s == m.made_s);
	manifest_free(&m);
	restore_elsewhere(&f, &other);
	compare(other.s, client, first);
	free(client);
	fixture_end(&other);
	fixture_end(&f);
}

static void
a_backup_whose_log_was_cut_says_how_far_it_is_needed(void)
{
	char path[STORE_SOCKET_MAX], wanted[128];
	struct buf said = {0};
	struct manifest m;
	struct err e = {0};
	struct fixture f;

	fixture_start(&f, "");
	create(f.s, 1, (struct str){0});
	CU_ASSERT_EQUAL(back_up(&f, f.backup, true).why.code, ERR_NONE);
	CU_ASSERT_TRUE_FATAL(manifest_read(&m, f.backup, &e));
	CU_ASSERT_EQUAL(truncate(folder_path(f.backup, logfile_name(1).text).text, 100), 0);
	CU_ASSERT_EQUAL(tool("--verify", f.backup, f.data, f.p.dir), 1);
	snprintf(path, sizeof path, "%s/tool", f.p.dir);
	CU_ASSERT_TRUE(io_read_file(path, 1 << 20, &said, &e));
	snprintf(wanted, sizeof wanted, "needed up to byte %u of log %u\n", m.end.offset,
	    m.end.file);
	CU_ASSERT_PTR_NOT_NULL(strstr(buf_terminate(&said), wanted));
	buf_free(&said);
	manifest_free(&m);
	fixture_end(&f);
}

static void
what_is_no_place_for_a_backup_is_refused(void)
{
	char partial[STORE_SOCKET_MAX + 16];
	struct store_chore c;
	struct fixture f;
	struct err e = {0};

	fixture_start(&f, "reserve_mb = 1048576\n");
	c = back_up(&f, "relative", true);
	CU_ASSERT_EQUAL(c.why.code, ERR_INVALID_ARGUMENTS);
	CU_ASSERT_TRUE(folder_make(f.backup, &e));
	c = back_up(&f, f.backup, true);
	CU_ASSERT_PTR_NOT_NULL(strstr(c.why.text, "is there already"));
	CU_ASSERT_TRUE(folder_remove(f.backup, &e));
	c = back_up(&f, f.backup, true);
	CU_ASSERT_EQUAL(c.why.code, ERR_OVER_QUOTA);
	CU_ASSERT_PTR_NOT_NULL(strstr(c.why.text, "needs 1048"));
	CU_ASSERT_STRING_EQUAL(status_of(&f).warning, "");
	c = back_up(&f, "", true);
	CU_ASSERT_EQUAL(c.why.code, ERR_OVER_QUOTA);
	CU_ASSERT_PTR_NOT_NULL(strstr(status_of(&f).warning, "could not be made anew"));
	snprintf(partial, sizeof partial, "%s.partial", f.backup);
	CU_ASSERT_TRUE(folder_remove(partial, &e) && folder_make(partial, &e));
	CU_ASSERT_TRUE(
	    io_write_file(folder_path(partial, "MANIFEST.aB3xYz").text, STR("half"), 0600, &e));
	c = back_up(&f, f.backup, true);
	CU_ASSERT_EQUAL(c.why.code, ERR_OVER_QUOTA);
	CU_ASSERT_TRUE(folder_remove(partial, &e) && folder_make(partial, &e));
	CU_ASSERT_TRUE(
	    io_write_file(folder_path(partial, "thesis.tex").text, STR("no backup"), 0600, &e));
	c = back_up(&f, f.backup, true);
	CU_ASSERT_PTR_NOT_NULL(strstr(c.why.text, "no unfinished backup"));
	CU_ASSERT_TRUE(folder_exists(folder_path(partial, "thesis.tex").text));
	fixture_end(&f);
}

static void
base_of(const struct fixture *f, struct manifest *m)
{
	struct folder_path archive = folder_path(f->data, "archive");
	struct err e = {0};

	CU_ASSERT_TRUE_FATAL(
	    manifest_read(m, folder_path(archive.text, ARCHIVE_BASE).text, &e));
}

static void
the_archives_backup_is_renewed_after_so_much(void)
{
	enum { BODY = 1 << 20, RECORDS = 90 };
	char *body = mem_new(BODY, 1);
	struct folder_path archive;
	uint32_t first = 1, last;
	struct manifest m = {0};
	struct err e = {0};
	struct fixture f;

	fixture_start(&f, "backup_after_mb = 80\nmax_size_record = 4194304\n");
	archive = folder_path(f.data, "archive");
	for (int i = 0; i < RECORDS; i++) {
		randombytes_buf(body, BODY);
		create(f.s, 1, (struct str){body, BODY});
	}
	for (int i = 0; i < POLLS_MAX && (m.n == 0 || first != m.first_log); i++) {
		usleep(POLL_US);
		manifest_free(&m);
		base_of(&f, &m);
		CU_ASSERT_TRUE(logfile_range(archive.text, &first, &last, &e));
	}
	CU_ASSERT_TRUE(m.n > 0);
	CU_ASSERT_TRUE(m.verified);
	CU_ASSERT_TRUE(m.first_log > 1);
	CU_ASSERT_EQUAL(m.first_log, first); /* those before are gone */
	create(f.s, 2, (struct str){0});
	scratch_end(f.p.pid, SIGKILL, STOP_S);
	CU_ASSERT_TRUE(folder_remove(folder_path(f.data, "store").text, &e));
	store_process_again(&f.p);
	CU_ASSERT_EQUAL(status_of(&f).types[0].records, RECORDS + 1);
	manifest_free(&m);
	free(body);
	fixture_end(&f);
}

static void
verify_finds_a_backup_that_is_damaged_and_another_is_made(void)
{
	struct folder_path archive, base;
	struct store_chore c = {.running = true};
	struct manifest m = {0};
	uint64_t number;
	struct err e = {0};
	struct fixture f;

	fixture_start(&f, "");
	for (unsigned i = 1; i <= 50; i++)
		create(f.s, i, (struct str){0});
	archive = folder_path(f.data, "archive");
	base = folder_path(archive.text, ARCHIVE_BASE);
	CU_ASSERT_EQUAL(back_up(&f, "", true).why.code, ERR_NONE);
	CU_ASSERT_EQUAL(
	    truncate(folder_path(base.text, "DmarcInternalReport.rows").text, 8192), 0);
	CU_ASSERT_TRUE_FATAL(store_chore_begin(f.s, STORE_VERIFY, "", &number, &e));
	for (int i = 0; i < POLLS_MAX && c.running; i++) {
		usleep(POLL_US);
		CU_ASSERT_TRUE_FATAL(store_chore_show(f.s, STORE_VERIFY, &c, &e));
	}
	CU_ASSERT_EQUAL(c.why.code, ERR_DAMAGED);
	for (int i = 0; i < POLLS_MAX; i++) {
		manifest_free(&m);
		if (manifest_read(&m, base.text, &(struct err){0}) &&
		    manifest_check(&m, base.text, &(struct pace){0}, &(struct err){0}))
			break;
		usleep(POLL_US);
	}
	CU_ASSERT_TRUE(m.verified && m.n > 0);
	manifest_free(&m);
	fixture_end(&f);
}

static bool
copy_most(void *archive, const char *name, struct err *e)
{
	struct folder_path from = folder_path(archive, ARCHIVE_BASE);
	struct folder_path to = folder_path(archive, ARCHIVE_BASE_NEW);

	return strcmp(name, "meta") == 0 ||
	    folder_copy_file(folder_path(from.text, name).text, folder_path(to.text, name).text,
		UINT64_MAX, e);
}

/* A kill between the exchange of base and base.new and the latter's removal. */
static void
a_backup_half_removed_does_not_take_the_place_of_the_present_one(void)
{
	struct folder_path archive, base;
	struct manifest m = {0};
	struct err e = {0};
	struct fixture f;

	fixture_start(&f, "");
	create(f.s, 1, (struct str){0});
	archive = folder_path(f.data, "archive");
	base = folder_path(archive.text, ARCHIVE_BASE);
	CU_ASSERT_EQUAL(back_up(&f, "", true).why.code, ERR_NONE);
	CU_ASSERT_TRUE(folder_make(folder_path(archive.text, ARCHIVE_BASE_NEW).text, &e));
	CU_ASSERT_TRUE(folder_list(base.text, copy_most, archive.text, &e));
	CU_ASSERT_EQUAL(back_up(&f, "", true).why.code, ERR_NONE);
	base_of(&f, &m);
	CU_ASSERT_TRUE(m.n > 0 && manifest_check(&m, base.text, &(struct pace){0}, &e));
	manifest_free(&m);
	fixture_end(&f);
}

/* A kill between the note that it is verified and its new name. */
static void
a_backup_gone_on_with_holds_what_came_since(void)
{
	char partial[STORE_SOCKET_MAX + 16];
	struct fixture f, other;

	fixture_start(&f, "");
	snprintf(partial, sizeof partial, "%s.partial", f.backup);
	create(f.s, 1, (struct str){0});
	CU_ASSERT_EQUAL(back_up(&f, f.backup, true).why.code, ERR_NONE);
	CU_ASSERT_EQUAL(rename(f.backup, partial), 0);
	create(f.s, 2, (struct str){0});
	CU_ASSERT_EQUAL(back_up(&f, f.backup, true).why.code, ERR_NONE);
	restore_elsewhere(&f, &other);
	CU_ASSERT_EQUAL(status_of(&other).types[0].records, 2);
	fixture_end(&other);
	fixture_end(&f);
}

/* A process that ignores SIGCHLD never learns how its children ended, and exec() keeps that. */
static void
a_store_started_with_sigchld_ignored_tries_its_backups(void)
{
	struct manifest m = {0};
	struct err e = {0};
	struct fixture f;

	fixture_start(&f, "");
	scratch_end(f.p.pid, SIGTERM, STOP_S);
	signal(SIGCHLD, SIG_IGN);
	store_process_again(&f.p);
	signal(SIGCHLD, SIG_DFL);
	create(f.s, 1, (struct str){0});
	CU_ASSERT_EQUAL(back_up(&f, f.backup, true).why.code, ERR_NONE);
	CU_ASSERT_TRUE(manifest_read(&m, f.backup, &e));
	CU_ASSERT_TRUE(m.verified);
	manifest_free(&m);
	fixture_end(&f);
}

const CU_TestInfo storage_backup_tests[] = {
    {"a backup made under load restores to what was acknowledged",
	a_backup_made_under_load_restores_to_what_was_acknowledged},
    {"a backup goes on where a kill stopped it", a_backup_goes_on_where_a_kill_stopped_it},
    {"a backup whose log was cut says how far it is needed",
	a_backup_whose_log_was_cut_says_how_far_it_is_needed},
    {"what is no place for a backup is refused", what_is_no_place_for_a_backup_is_refused},
    {"the archive's backup is renewed after so much",
	the_archives_backup_is_renewed_after_so_much},
    {"verify finds a backup that is damaged, and another is made",
	verify_finds_a_backup_that_is_damaged_and_another_is_made},
    {"a backup half removed does not take the place of the present one",
	a_backup_half_removed_does_not_take_the_place_of_the_present_one},
    {"a backup gone on with holds what came since",
	a_backup_gone_on_with_holds_what_came_since},
    {"a store started with SIGCHLD ignored tries its backups",
	a_store_started_with_sigchld_ignored_tries_its_backups},
    CU_TEST_INFO_NULL,
};
