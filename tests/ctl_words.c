/* tests/ctl_words.c -- what outboxctl tells people, against a whole outbox. */
#include <CUnit/CUnit.h>
#include <locale.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "ctl/progress.h"
#include "model/type.h"
#include "tests/site.h"
#include "tests/suites.h"
#include "tests/typed.h"

/* A whole outbox, and somebody at a shell with its URL and an administrator's token. */
struct desk {
	struct site site;
	struct typed typed;
};

static void
begin(struct desk *d)
{
	const struct site_plan plan = {.fronts = {FRONT_NGINX}, .n_fronts = 1};
	const char *header;
	char url[64];

	*d = (struct desk){0};
	site_start_as(&d->site, &plan);
	typed_begin(&d->typed);
	snprintf(url, sizeof url, "http://%s", d->site.fronts[0].listen);
	typed_set(&d->typed, "OUTBOX_URL", url);
	header = tokens_header(&d->site.tokens, "admin");
	typed_set(&d->typed, "OUTBOX_TOKEN", header + strlen("Bearer "));
}

static void
end(struct desk *d)
{
	typed_end(&d->typed);
	CU_ASSERT(site_stop(&d->site));
}

/* --- describe --- */

/* The line of the table that is about the property; "" if there is none. */
static struct str
row_of(const char *table, const char *property)
{
	struct buf start = {0};
	struct str row = {"", 0};
	const char *at;

	buf_printf(&start, "\n%s ", property);
	at = strstr(table, buf_terminate(&start));
	if (at != NULL)
		row = (struct str){at + 1, strcspn(at + 1, "\n")};
	buf_free(&start);
	return row;
}

static void
check_required(struct desk *d, const struct type *t)
{
	struct buf line = {0};

	buf_printf(&line, "outboxctl describe %s", t->name);
	CU_ASSERT(typed_gives(&d->typed, buf_terminate(&line), 0, "required", NULL));
	for (const struct field *f = t->fields; f->name != NULL; f++) {
		struct str row = row_of(d->typed.out.s, f->name);
		bool told = memmem(row.s, row.len, "  yes  ", strlen("  yes  ")) != NULL;

		CU_ASSERT(row.len > 0);
		CU_ASSERT_EQUAL(told, (f->flags & F_REQUIRED) != 0);
		if (told != ((f->flags & F_REQUIRED) != 0))
			fprintf(stderr, "\n%s: %.*s\n", t->name, (int)row.len, row.s);
	}
	for (const struct field *f = t->fields; f->name != NULL; f++)
		if (f->type != NULL)
			check_required(d, f->type);
	buf_free(&line);
}

static void
describe_shows_what_a_record_must_have(void)
{
	struct desk d;

	begin(&d);
	for (const struct type *const *t = model_types; *t != NULL; t++)
		check_required(&d, *t);
	end(&d);
}

/* --- refusals --- */

#define MANY 400 /* records of a report, each with two wrong values */
#define LINE_BYTES_MAX 2000

static void
write_bad_report(struct desk *d)
{
	struct buf text = {0}, path = {0};
	struct err e = {0};

	buf_puts(&text,
	    "{\"domain\":\"bad.example\",\"createdAt\":\"2026-01-01T00:00:00Z\",\"deliverAt\":"
	    "\"2026-01-02T00:00:00Z\",\"report\":{\"reportId\":\"r-77\",\"records\":[");
	for (int i = 0; i < MANY; i++) {
		buf_printf(&text, "%s{\"count\":-%d,\"sourceIp\":\"", i > 0 ? "," : "", i + 5);
		for (int k = 0; k < 200; k++)
			buf_putc(&text, 'x');
		buf_puts(&text, "\"}");
	}
	buf_puts(&text, "]}}");
	buf_printf(&path, "%s/bad.json", d->typed.dir);
	CU_ASSERT(io_write_file(buf_terminate(&path), buf_str(&text), 0600, &e));
	buf_free(&text);
	buf_free(&path);
}

static void
a_refused_report_is_named_with_its_first_values(void)
{
	static const char *const said[] = {
	    "outboxctl: object 1 (reportId r-77, domain bad.example): invalidProperties: ",
	    " = -5", " = \"xxxxxxxxxx", "xxxxx...", " more)\n",
	    "outboxctl: refused: 1 of 1 objects\n"};
	struct desk d;

	begin(&d);
	write_bad_report(&d);
	CU_ASSERT(typed_gives(&d.typed,
	    "outboxctl create dmarc-internal-report --file bad.json", 1, NULL, said[0]));
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(d.typed.err.s, said[i]));
	CU_ASSERT(d.typed.err.len < LINE_BYTES_MAX);
	end(&d);
}

static void
ids_may_have_blanks_between(void)
{
	struct desk d;

	begin(&d);
	CU_ASSERT(typed_gives(&d.typed,
	    "outboxctl delete tls-internal-report --ids 't0000000001, t0000000002'", 1,
	    "deleted 0", "t0000000002: notFound"));
	CU_ASSERT(typed_gives(&d.typed, "outboxctl delete tls-internal-report --ids ' , '", 2,
	    NULL, "--ids has no id in it"));
	CU_ASSERT(typed_gives(&d.typed,
	    "outboxctl delete tls-internal-report --stdin </dev/null", 0, "deleted 0", NULL));
	end(&d);
}

/* --- the store --- */

static void
an_error_about_an_unreachable_store_says_what_to_do(void)
{
	struct typed t;

	typed_begin(&t);
	CU_ASSERT(typed_gives(&t,
	    "printf 'data_dir = \"%s\"\\nrun_dir = \"%s\"\\nstore_timeout_ms = 100\\n' $PWD "
	    "$PWD >outbox.conf; outboxctl --dir \"$PWD\" token list",
	    4, NULL, "; is the outbox running? See `systemctl status report-outbox`\n"));
	typed_end(&t);
}

static void
a_backup_where_the_store_may_not_write_says_who_may_not(void)
{
	struct desk d;

	begin(&d);
	typed_set(&d.typed, "D", d.site.dir);
	CU_ASSERT(typed_gives(&d.typed, "outboxctl --dir \"$D\" backup /proc/1/none", 2, NULL,
	    "the store, which runs as uid "));
	CU_ASSERT(typed_gives(&d.typed, "outboxctl --dir \"$D\" backup \"$D\"/none/copy", 2,
	    NULL, "cannot make a folder in "));
	end(&d);
}

/* --- progress --- */

/* The progress line for a text on a terminal with that number of columns. */
static void
show_progress(unsigned short columns, const char *said, char *seen, size_t size)
{
	struct winsize window = {.ws_row = 24, .ws_col = columns};
	struct progress p;
	int master, slave, before = dup(STDERR_FILENO);
	ssize_t n;

	CU_ASSERT_EQUAL_FATAL(openpty(&master, &slave, NULL, NULL, &window), 0);
	fflush(stderr);
	dup2(slave, STDERR_FILENO);
	progress_start(&p, true);
	progress_say(&p, "%s", said);
	dup2(before, STDERR_FILENO);
	n = read(master, seen, size - 1);
	seen[n > 0 ? n : 0] = '\0';
	close(before);
	close(slave);
	close(master);
}

static void
progress_is_no_wider_than_the_terminal(void)
{
	char seen[256];

	setlocale(LC_CTYPE, "C.UTF-8");
	show_progress(10, "0123456789", seen, sizeof seen);
	CU_ASSERT_STRING_EQUAL(seen, "\r\033[K012345678");
	show_progress(11, "0123456789", seen, sizeof seen);
	CU_ASSERT_STRING_EQUAL(seen, "\r\033[K0123456789");
	show_progress(4, "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", seen, sizeof seen);
	CU_ASSERT_STRING_EQUAL(seen, "\r\033[K\xc3\xbc\xc3\xbc\xc3\xbc");
	show_progress(80, "/a\033[2Jb", seen, sizeof seen); /* a path may hold anything */
	CU_ASSERT_STRING_EQUAL(seen, "\r\033[K/a\\x1b[2Jb");
}

const CU_TestInfo ctl_words_tests[] = {
    {"describe shows what a record must have", describe_shows_what_a_record_must_have},
    {"a refused report is named, with its first values",
	a_refused_report_is_named_with_its_first_values},
    {"ids may have blanks between", ids_may_have_blanks_between},
    {"an error about an unreachable store says what to do",
	an_error_about_an_unreachable_store_says_what_to_do},
    {"a backup where the store may not write says who may not",
	a_backup_where_the_store_may_not_write_says_who_may_not},
    {"progress is no wider than the terminal", progress_is_no_wider_than_the_terminal},
    CU_TEST_INFO_NULL,
};
