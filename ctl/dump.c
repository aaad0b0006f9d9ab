/* ctl/dump.c -- outboxctl dump: writes all records as text, one per line. */
#include "ctl/dump.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "config/version.h"
#include "ctl/command.h"
#include "ctl/progress.h"

#define PAGE_RECORDS 1000
#define PAGE_BYTES (8u << 20)

struct dump {
	struct store *store;
	size_t n;
	const struct type *types[MODEL_TYPES_MAX];
	uint64_t records[MODEL_TYPES_MAX]; /* their number when the dump began */
	uint64_t done[MODEL_TYPES_MAX], done_all, all;
	struct progress progress;
};

static bool
print(struct str text, struct err *e)
{
	return fwrite(text.s, 1, text.len, stdout) == text.len ||
	    err_set(e, ERR_SERVER_FAIL, "cannot write: %s", strerror(errno));
}

/* Finds a type by any spelling that the commands on records accept. */
static const struct type *
type_spelled(const char *name)
{
	struct str s = str_of(name);

	str_cut_prefix_nocase(&s, "x:");
	for (const struct type *const *t = model_types; *t != NULL; t++)
		if (str_equal_nocase(s, str_of((*t)->name)) ||
		    str_equal_nocase(s, str_of((*t)->alias)))
			return *t;
	return NULL;
}

/* Chooses the named types, in the order of the model; all types if none is named. */
static bool
choose_types(struct dump *d, const char *const *names, struct err *e)
{
	for (const char *const *name = names; *name != NULL; name++)
		if (type_spelled(*name) == NULL)
			return err_set(e, ERR_INVALID_ARGUMENTS,
			    "there is no type %s; `outboxctl status` lists the types", *name);
	for (const struct type *const *t = model_types; *t != NULL; t++) {
		bool wanted = *names == NULL;

		for (const char *const *name = names; *name != NULL; name++)
			wanted = wanted || type_spelled(*name) == *t;
		if (wanted)
			d->types[d->n++] = *t;
	}
	return true;
}

static bool
count(struct dump *d, struct err *e)
{
	struct store_status status;

	if (!store_status(d->store, &status, e))
		return false;
	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 0; k < status.n_types; k++)
			if (status.types[k].type == d->types[i])
				d->records[i] = status.types[k].records;
	for (size_t i = 0; i < d->n; i++)
		d->all += d->records[i];
	return true;
}

/* Appends "records":{"DmarcInternalReport":12, ...}} and a newline. */
static void
add_counts(const struct dump *d, const uint64_t *counts, struct buf *line)
{
	buf_puts(line, "\"records\":{");
	for (size_t i = 0; i < d->n; i++)
		buf_printf(
		    line, "%s\"%s\":%" PRIu64, i > 0 ? "," : "", d->types[i]->name, counts[i]);
	buf_puts(line, "}}\n");
}

static bool
print_counts(const struct dump *d, const char *before, const uint64_t *counts, struct err *e)
{
	struct buf line = {0};
	bool ok;

	buf_puts(&line, before);
	add_counts(d, counts, &line);
	ok = print(buf_str(&line), e);
	buf_free(&line);
	return ok;
}

static bool
print_rows(const struct type *t, const struct store_rows *rows, struct err *e)
{
	struct buf line = {0};
	char id[ID_LEN + 1];
	bool ok = true;

	for (size_t i = 0; i < rows->n && ok; i++) {
		buf_clear(&line);
		id_format(t->letter, rows->rows[i].id, id);
		buf_printf(&line, "{\"type\":\"%s\",\"id\":\"%s\",\"record\":", t->name, id);
		buf_add_str(&line, rows->rows[i].body);
		buf_puts(&line, "}\n");
		ok = print(buf_str(&line), e);
	}
	buf_free(&line);
	return ok;
}

/* Dumps one type page by page. Each page is a snapshot of its own, so a record that exists
 * during the whole dump is in one of them. */
static bool
dump_type(struct dump *d, size_t i, struct err *e)
{
	struct store_get q = {.type = d->types[i],
	    .all = true,
	    .page = true,
	    .want_bodies = true,
	    .max_objects = PAGE_RECORDS,
	    .max_bytes = PAGE_BYTES};
	struct store_rows rows = {0};
	bool ok;

	do {
		store_rows_free(&rows);
		ok = store_get(d->store, &q, &rows, e) && print_rows(q.type, &rows, e);
		if (!ok || rows.n == 0)
			break;
		q.after = rows.rows[rows.n - 1].id;
		d->done[i] += rows.n;
		d->done_all += rows.n;
		progress_show(&d->progress, d->done_all, d->all);
	} while (true);
	store_rows_free(&rows);
	return ok;
}

bool
ctl_dump(struct store *s, const words w, struct err *e)
{
	struct dump d = {.store = s};
	struct buf first = {0};
	bool ok;

	buf_printf(
	    &first, "{\"" DUMP_MARK "\":%d,\"version\":\"" OUTBOX_VERSION "\",", DUMP_FORMAT);
	progress_start(&d.progress, false);
	ok = choose_types(&d, w[WORD_TYPES], e) && count(&d, e) &&
	    print_counts(&d, buf_terminate(&first), d.records, e);
	for (size_t i = 0; ok && i < d.n; i++)
		ok = dump_type(&d, i, e);
	progress_hide(&d.progress);
	ok = ok && print_counts(&d, "{\"end\":true,", d.done, e);
	buf_free(&first);
	return ok;
}
