/* tests/ctl_words.c -- what outboxctl tells people, against a whole outbox. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

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

const CU_TestInfo ctl_words_tests[] = {
    {"describe shows what a record must have", describe_shows_what_a_record_must_have},
    CU_TEST_INFO_NULL,
};
