/* tests/chaos/check_tests.c -- the checker can fail: it is given journals that claim what is
 * not there, and stores in which something is missing, changed or too much. */
#include <db.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/id.h"
#include "base/io.h"
#include "tests/chaos/ask.h"
#include "tests/chaos/contents.h"
#include "tests/chaos/crowd.h"
#include "tests/chaos/tests.h"

#define PATH_BYTES 512
#define REPORT_MAX (1 << 20)
#define CHECK_WAIT_S 60
#define BAD_BYTES 2048
#define PAGE_BYTES 4096
#define WRITES 6
#define FAR 5 /* numbers that no change and no record has yet are so far off */

/* An outbox that one client wrote into and that was stopped, and the client's journal. */
struct scene {
	struct site site;
	char store[PATH_BYTES], trial[PATH_BYTES]; /* trial: a copy for each check */
	char journals[PATH_BYTES];
	struct buf journal;
	char ids[WRITES + 1][ID_LEN + 1]; /* by write */
	char state[CROWD_STATE_MAX];      /* of 'd', the last */
	char later[CROWD_STATE_MAX];      /* one that never was */
};

/* --- what is there --- */

static void add_line(struct buf *lines, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
add_line(struct buf *lines, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(lines, fmt, ap);
	va_end(ap);
	buf_putc(lines, '\n');
}

/* A set of one write, as a client notes it. */
struct told_write {
	char letter;
	enum write_kind kind;
	unsigned number;
	const char *id, *old, *now;
};

static void
add_write(struct buf *lines, const struct told_write *w)
{
	add_line(lines, "intent %u %c %s %u %s", w->number, w->letter, write_kind_name(w->kind),
	    w->number, w->kind == WRITE_CREATE ? "-" : w->id);
	add_line(lines, "done %u %u %s", w->number, w->number, w->id);
	add_line(lines, "answered %u %s %s", w->number, w->old, w->now);
}

static json_t *
set_args(const struct told_write *w)
{
	json_t *contents = contents_make(w->letter, 0, w->number);

	switch (w->kind) {
	case WRITE_CREATE:
		return json_pack("{s:{s:o}}", "create", "w", contents);
	case WRITE_UPDATE:
		return json_pack("{s:{s:o}}", "update", w->id, contents);
	default:
		json_decref(contents);
		return json_pack("{s:[s]}", "destroy", w->id);
	}
}

/* of: the write that made the record, for an update or destroy. */
static void
write_one(struct scene *s, struct site_client *http, char letter, enum write_kind kind,
    unsigned number, unsigned of)
{
	struct told_write w = {
	    .letter = letter, .kind = kind, .number = number, .id = s->ids[of]};
	struct reply r = ask_one(http, letter, "set", set_args(&w));
	const json_t *made = json_object_get(json_object_get(r.args, "created"), "w");

	CU_ASSERT_EQUAL_FATAL(r.told, TOLD_ANSWER);
	if (kind == WRITE_CREATE)
		w.id = json_string_value(json_object_get(made, "id"));
	w.old = json_string_value(json_object_get(r.args, "oldState"));
	w.now = json_string_value(json_object_get(r.args, "newState"));
	CU_ASSERT_TRUE_FATAL(w.id != NULL && w.old != NULL && w.now != NULL);
	snprintf(s->ids[number], sizeof s->ids[number], "%s", w.id);
	if (letter == 'd')
		snprintf(s->state, sizeof s->state, "%s", w.now);
	add_write(&s->journal, &w);
	json_decref(r.args);
}

static void
write_all(struct scene *s)
{
	struct site_client http;

	site_client_open(&http, &s->site);
	write_one(s, &http, 'd', WRITE_CREATE, 1, 0);
	write_one(s, &http, 'd', WRITE_CREATE, 2, 0);
	write_one(s, &http, 't', WRITE_CREATE, 3, 0);
	write_one(s, &http, 'd', WRITE_UPDATE, 4, 1);
	write_one(s, &http, 'd', WRITE_CREATE, 5, 0);
	write_one(s, &http, 'd', WRITE_DESTROY, 6, 5);
	site_client_close(&http);
}

static void
scene_begin(struct scene *s)
{
	*s = (struct scene){0};
	site_start(&s->site);
	snprintf(s->store, sizeof s->store, "%s/data/store", s->site.dir);
	snprintf(s->trial, sizeof s->trial, "%s/trial", s->site.dir);
	snprintf(s->journals, sizeof s->journals, "%s/journals", s->site.dir);
	CU_ASSERT_EQUAL_FATAL(mkdir(s->journals, 0700), 0);
	write_all(s);
	CU_ASSERT_TRUE(site_halt(&s->site));
	snprintf(s->later, sizeof s->later, "%.9s%lu", s->state,
	    strtoul(s->state + 9, NULL, 10) + FAR);
}

static void
scene_end(struct scene *s)
{
	scratch_remove(s->site.dir);
	buf_free(&s->journal);
}

/* --- the checker --- */

struct finding {
	unsigned lost, wrong;
};

static struct finding
read_report(const char *log)
{
	struct finding f = {UINT_MAX, UINT_MAX};
	struct buf text = {0};
	struct err e = {0};
	const char *last;

	if (!io_read_file(log, REPORT_MAX, &text, &e))
		CU_FAIL(e.text);
	last = strstr(buf_terminate(&text), "\nlost ");
	CU_ASSERT_TRUE(
	    last != NULL && sscanf(last, "\nlost %u wrong %u", &f.lost, &f.wrong) == 2);
	buf_free(&text);
	return f;
}

static void
copy_store(const struct scene *s)
{
	const char *const argv[] = {"cp", "-a", "--sparse=always", s->store, s->trial, NULL};
	char log[PATH_BYTES + 16];

	snprintf(log, sizeof log, "%s/copy.log", s->site.dir);
	scratch_remove(s->trial);
	CU_ASSERT_EQUAL_FATAL(scratch_end(scratch_spawn(argv, log), 0, CHECK_WAIT_S), 0);
}

/* Of the trial, and the journal with more lines at its end; options and changes may be NULL. */
static struct finding
check(const struct scene *s, const char *more, const char *moment, const char *changes)
{
	char program[PATH_MAX], log[PATH_BYTES + 16], path[PATH_BYTES + 16];
	const char *with[] = {
	    program, "--moment", moment, "0", s->trial, s->journals, changes, NULL};
	const char *without[] = {program, s->trial, s->journals, changes, NULL};
	struct buf all = {0};
	struct err e = {0};

	buf_add_str(&all, (struct str){s->journal.s, s->journal.len});
	buf_add_str(&all, str_of(more));
	snprintf(path, sizeof path, "%s/journal.0", s->journals);
	CU_ASSERT_TRUE_FATAL(io_write_file(path, (struct str){all.s, all.len}, 0600, &e));
	buf_free(&all);
	scratch_program("chaos/check", program);
	snprintf(log, sizeof log, "%s/check.log", s->site.dir);
	unlink(log); /* the one before would be written on */
	scratch_end(scratch_spawn(moment != NULL ? with : without, log), 0, CHECK_WAIT_S);
	return read_report(log);
}

static void
expect(const char *why, struct finding f, bool lost, bool wrong)
{
	if ((f.lost > 0) == lost && (f.wrong > 0) == wrong)
		return;
	printf("\n    %s: lost %u, wrong %u ", why, f.lost, f.wrong);
	CU_FAIL("the checker finds something else");
}

/* --- journals --- */

static void
claim_create(const struct scene *s, struct buf *lines)
{
	char id[ID_LEN + 1];

	id_format('d', WRITES + FAR, id);
	add_write(
	    lines, &(struct told_write){'d', WRITE_CREATE, WRITES + 1, id, s->state, s->later});
}

static void
claim_update(const struct scene *s, struct buf *lines)
{
	add_write(lines,
	    &(struct told_write){'d', WRITE_UPDATE, WRITES + 1, s->ids[2], s->state, s->later});
}

static void
claim_destroy(const struct scene *s, struct buf *lines)
{
	add_write(lines,
	    &(struct told_write){
		'd', WRITE_DESTROY, WRITES + 1, s->ids[2], s->state, s->later});
}

static void
claim_sight(const struct scene *s, struct buf *lines)
{
	add_line(lines, "intent 7 d update 7 %s", s->ids[2]);
	add_line(lines, "unknown 7 nobody answered");
	add_line(lines, "happened 7 7 %s", s->ids[2]);
}

static void
claim_epoch(const struct scene *s, struct buf *lines)
{
	(void)s;
	add_line(lines, "answered 1 00000000-0 00000000-1");
}

static void
claim_refusal(const struct scene *s, struct buf *lines)
{
	(void)s;
	add_line(lines, "refused 2 2 overQuota");
}

static void
claim_miss(const struct scene *s, struct buf *lines)
{
	(void)s;
	add_line(lines, "missed 4 4");
}

static void
claim_sorrow(const struct scene *s, struct buf *lines)
{
	add_line(lines, "wrong %s reads otherwise than written", s->ids[1]);
}

static void
claim_nothing(const struct scene *s, struct buf *lines)
{
	(void)s;
	(void)lines;
}

static const struct {
	const char *why;
	void (*claim)(const struct scene *s, struct buf *lines);
	bool lost, wrong;
} claims[] = {
    {"nothing but the truth", claim_nothing, false, false},
    {"a create that is not there", claim_create, true, false},
    {"an update that is not there", claim_update, true, false},
    {"a destroy that is not there", claim_destroy, true, false},
    {"an update that was seen and is not there", claim_sight, true, false},
    {"an answer of another epoch", claim_epoch, false, true},
    {"a refusal of what is there", claim_refusal, false, true},
    {"an update that was looked for in vain and is there", claim_miss, false, true},
    {"a client that read something else", claim_sorrow, false, true},
};

static void
what_a_journal_claims_is_looked_for(void)
{
	struct scene s;

	scene_begin(&s);
	for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
		struct buf lines = {0};

		claims[i].claim(&s, &lines);
		copy_store(&s);
		expect(claims[i].why, check(&s, buf_terminate(&lines), NULL, NULL),
		    claims[i].lost, claims[i].wrong);
		buf_free(&lines);
	}
	scene_end(&s);
}

/* --- stores --- */

/* A cursor at the first pair of a file that nobody else has open. */
struct opened {
	DB *db;
	DBC *cursor;
	DBT key, value;
};

static void
open_first(struct opened *o, const char *path)
{
	*o = (struct opened){.key.flags = DB_DBT_MALLOC, .value.flags = DB_DBT_MALLOC};
	CU_ASSERT_EQUAL_FATAL(db_create(&o->db, NULL, 0), 0);
	CU_ASSERT_EQUAL_FATAL(o->db->open(o->db, NULL, path, NULL, DB_BTREE, 0, 0), 0);
	CU_ASSERT_EQUAL_FATAL(o->db->cursor(o->db, NULL, &o->cursor, 0), 0);
	CU_ASSERT_EQUAL_FATAL(o->cursor->get(o->cursor, &o->key, &o->value, DB_FIRST), 0);
}

static void
close_first(struct opened *o)
{
	o->cursor->close(o->cursor);
	CU_ASSERT_EQUAL(o->db->close(o->db, 0), 0);
	free(o->key.data);
	free(o->value.data);
}

static void
drop_first(const char *path)
{
	struct opened o;

	open_first(&o, path);
	CU_ASSERT_EQUAL(o.cursor->del(o.cursor, 0), 0);
	close_first(&o);
}

/* One more, under a key like the first. */
static void
add_another(const char *path)
{
	struct opened o;

	open_first(&o, path);
	((uint8_t *)o.key.data)[0] ^= 1;
	CU_ASSERT_EQUAL(o.db->put(o.db, NULL, &o.key, &o.value, 0), 0);
	close_first(&o);
}

/* The first key gets what the second one has. */
static void
repeat_second(const char *path)
{
	DBT key = {.flags = DB_DBT_MALLOC}, value = {.flags = DB_DBT_MALLOC};
	struct opened o;

	open_first(&o, path);
	CU_ASSERT_EQUAL_FATAL(o.cursor->get(o.cursor, &key, &value, DB_NEXT), 0);
	CU_ASSERT_EQUAL(o.db->put(o.db, NULL, &o.key, &value, 0), 0);
	close_first(&o);
	free(key.data);
	free(value.data);
}

static void
spoil_page(const char *path)
{
	static const char bad[BAD_BYTES];
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	CU_ASSERT_EQUAL(pwrite(fd, bad, BAD_BYTES, 2 * PAGE_BYTES - BAD_BYTES), BAD_BYTES);
	io_close(&fd);
}

static void
remove_file(const char *path)
{
	CU_ASSERT_EQUAL(unlink(path), 0);
}

static const struct {
	const char *why, *file;
	void (*tamper)(const char *path);
	bool lost, wrong;
} tamperings[] = {
    {"a row is missing", "DmarcInternalReport.rows", drop_first, true, true},
    {"a body is missing", "TlsInternalReport.bodies", drop_first, true, false},
    {"a body is another's", "DmarcInternalReport.bodies", repeat_second, false, true},
    {"a row is another's", "DmarcInternalReport.rows", repeat_second, false, true},
    {"a key by domain is missing", "DmarcInternalReport.domain", drop_first, false, true},
    {"a key by label is missing", "DmarcInternalReport.label", drop_first, false, true},
    {"a key by creation is missing", "TlsInternalReport.createdAt", drop_first, false, true},
    {"a key by delivery is missing", "TlsInternalReport.deliverAt", drop_first, false, true},
    {"a key by policy is missing", "DmarcInternalReport.policy", drop_first, false, true},
    {"a key is too much", "DmarcInternalReport.deliverAt", add_another, false, true},
    {"a change is not logged", "DmarcInternalReport.changes", drop_first, true, true},
    {"an operation id has no time", "opids.time", drop_first, false, true},
    {"a page is spoilt", "DmarcInternalReport.bodies", spoil_page, false, true},
    {"a file is missing", "TlsInternalReport.domain", remove_file, false, true},
};

static void
what_a_store_lacks_or_has_too_much_is_found(void)
{
	struct scene s;

	scene_begin(&s);
	for (size_t i = 0; i < sizeof tamperings / sizeof tamperings[0]; i++) {
		char path[2 * PATH_BYTES];

		copy_store(&s);
		snprintf(path, sizeof path, "%s/%s", s.trial, tamperings[i].file);
		tamperings[i].tamper(path);
		expect(tamperings[i].why, check(&s, "", NULL, NULL), tamperings[i].lost,
		    tamperings[i].wrong);
	}
	scene_end(&s);
}

/* --- backups and /changes --- */

static void
a_backup_that_ends_too_early_has_lost_something(void)
{
	struct scene s;

	scene_begin(&s);
	copy_store(&s);
	expect("as far as it goes", check(&s, "", s.state + 9, NULL), false, false);
	expect("farther", check(&s, "", s.later + 9, NULL), true, false);
	scene_end(&s);
}

/* Since the first state of all: write 5 was destroyed again. */
static void
an_answer_that_leaves_out_a_change_is_wrong(void)
{
	char path[PATH_BYTES + 16];
	struct scene s;

	scene_begin(&s);
	snprintf(path, sizeof path, "%s/changes", s.site.dir);
	for (unsigned told = 0; told <= 3; told++) {
		struct buf lines = {0};
		struct err e = {0};

		add_line(&lines, "since d %.9s0", s.state);
		for (unsigned i = 1; i <= told && i < 3; i++)
			add_line(&lines, "created %s", s.ids[i]);
		if (told == 3)
			add_line(&lines, "destroyed %s", s.ids[5]);
		add_line(&lines, "page %s", s.state);
		add_line(&lines, "until %s", s.state);
		CU_ASSERT_TRUE(io_write_file(path, (struct str){lines.s, lines.len}, 0600, &e));
		copy_store(&s);
		expect(lines.s, check(&s, "", NULL, path), false, told != 2);
		buf_free(&lines);
	}
	scene_end(&s);
}

static void
an_answer_that_ends_too_early_is_wrong(void)
{
	char path[PATH_BYTES + 16];
	struct buf lines = {0};
	struct scene s;
	struct err e = {0};

	scene_begin(&s);
	snprintf(path, sizeof path, "%s/changes", s.site.dir);
	add_line(&lines, "since d %.9s0", s.state);
	add_line(&lines, "page %.9s0", s.state);
	add_line(&lines, "until %s", s.state);
	CU_ASSERT_TRUE(io_write_file(path, (struct str){lines.s, lines.len}, 0600, &e));
	copy_store(&s);
	expect("as if nothing had changed", check(&s, "", NULL, path), false, true);
	buf_free(&lines);
	scene_end(&s);
}

/* --- what is to be done --- */

/* A run without faults would prove nothing, and say that all is well. */
static void
a_plan_that_names_no_fault_is_refused(void)
{
	static const char *const plans[] = {"kill-stor", "kill-store,", ",kill-store", "none"};
	char program[PATH_MAX];
	const char *const argv[] = {program, NULL};

	scratch_program("chaos/chaos", program);
	for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
		int status;

		setenv("CHAOS_PLAN", plans[i], 1);
		status = scratch_end(scratch_spawn(argv, "/dev/null"), 0, CHECK_WAIT_S);
		CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	}
	unsetenv("CHAOS_PLAN");
}

const CU_TestInfo check_tests[] = {
    {"what a journal claims is looked for", what_a_journal_claims_is_looked_for},
    {"what a store lacks or has too much is found",
	what_a_store_lacks_or_has_too_much_is_found},
    {"a backup that ends too early has lost something",
	a_backup_that_ends_too_early_has_lost_something},
    {"an answer that leaves out a change is wrong",
	an_answer_that_leaves_out_a_change_is_wrong},
    {"an answer that ends too early is wrong", an_answer_that_ends_too_early_is_wrong},
    {"a plan that names no fault is refused", a_plan_that_names_no_fault_is_refused},
    CU_TEST_INFO_NULL,
};
