/* ctl/load.c -- outboxctl load: stores the records that outboxctl dump wrote. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "ctl/command.h"
#include "ctl/dump.h"
#include "ctl/progress.h"
#include "ctl/text.h"
#include "model/record.h"
#include "json/read.h"

#define BATCH_RECORDS 500
#define BATCH_BYTES (8u << 20)
#define LINE_BYTES_MAX (160u << 20)
#define REFUSED_SHOWN_MAX 100 /* more are only counted */

/* A record that waits to be stored. */
struct waiting {
	uint64_t line, id;
	struct record record;
};

struct load {
	struct store *store;
	size_t max_size_record;
	bool new_ids;
	const struct type *type; /* the type of the waiting records */
	struct waiting waiting[BATCH_RECORDS];
	size_t n, bytes, entries;
	uint64_t line;                     /* number of the line being read, from 1 */
	uint64_t seen, announced;          /* records */
	uint64_t of_type[MODEL_TYPES_MAX]; /* number seen, in the order of model_types */
	bool ended;                        /* the last line was read, and its counts agree */
	uint64_t loaded, same, refused;
	struct progress progress;
};

/* --- storing --- */

static void __attribute__((format(printf, 3, 4)))
refuse(struct load *l, uint64_t line, const char *fmt, ...)
{
	struct buf why = {0};
	va_list ap;

	if (++l->refused > REFUSED_SHOWN_MAX)
		return;
	va_start(ap, fmt);
	buf_printf(&why, "line %" PRIu64 ": ", line);
	buf_vprintf(&why, fmt, ap);
	va_end(ap);
	progress_hide(&l->progress);
	text_complain(buf_terminate(&why));
	buf_free(&why);
}

static bool
heed(struct load *l, const struct store_results *r, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct waiting *w = &l->waiting[r->results[i].tag];
		char id[ID_LEN + 1];

		switch (r->results[i].outcome) {
		case STORE_DONE:
			l->loaded++;
			break;
		case STORE_SAME:
			l->same++;
			break;
		case STORE_OVER_QUOTA:
			return err_set(e, ERR_OVER_QUOTA,
			    "the disk is nearly full; make room, and repeat the command");
		case STORE_ID_TAKEN:
		case STORE_NOT_FOUND:
		case STORE_CONFLICT:
			id_format(l->type->letter, w->id, id);
			refuse(l, w->line,
			    "another record here has, or had, the id %s; --new-ids gives new "
			    "ones",
			    id);
		}
	}
	return true;
}

static void
forget_waiting(struct load *l)
{
	for (size_t i = 0; i < l->n; i++)
		record_free(&l->waiting[i].record);
	l->n = l->bytes = l->entries = 0;
}

static bool
store_waiting(struct load *l, struct err *e)
{
	struct store_op ops[BATCH_RECORDS];
	struct store_set q = {.type = l->type, .ops = ops, .n = l->n};
	struct store_results r = {0};
	bool ok;

	for (size_t i = 0; i < l->n; i++)
		ops[i] = (struct store_op){
		    .kind = STORE_CREATE,
		    .tag = (uint32_t)i,
		    .id = l->new_ids ? 0 : l->waiting[i].id,
		    .created_by = STORE_NOT_CREATED_HERE,
		    .body = buf_str(&l->waiting[i].record.text),
		    .keys = &l->waiting[i].record.keys,
		};
	randombytes_buf(q.opid, sizeof q.opid);
	ok = l->n == 0 || (store_set(l->store, &q, &r, e) && r.n <= l->n && heed(l, &r, e));
	store_results_free(&r);
	forget_waiting(l);
	progress_show(&l->progress, l->seen, l->announced);
	return ok;
}

/* --- lines --- */

static size_t
place_of(const struct type *t)
{
	size_t i = 0;

	while (model_types[i] != t)
		i++;
	return i;
}

static size_t
entries_of(const struct waiting *w)
{
	return store_entries(w->record.keys.domain, w->record.keys.n_policies);
}

static bool
is_ready_for(const struct load *l, const struct type *t, const struct waiting *w)
{
	return l->n == 0 ||
	    (l->type == t && l->n < BATCH_RECORDS &&
		l->bytes + w->record.text.len <= BATCH_BYTES &&
		l->entries + entries_of(w) <= STORE_SET_ENTRIES_MAX);
}

/* Reads the line of a record. A faulty record is reported as refused and is not an error. */
static bool
take_record(struct load *l, const json_t *line, struct err *e)
{
	const char *type = json_string_value(json_object_get(line, "type"));
	const struct type *t = model_type_named(str_of(type));
	const json_t *id_text = json_object_get(line, "id");
	struct problems problems = {0};
	struct waiting w = {.line = l->line};
	struct buf why = {0};

	l->seen++;
	if (t == NULL) {
		refuse(l, l->line, "there is no type %.80s",
		    type == NULL ? "(the line names none)" : type);
		return true;
	}
	l->of_type[place_of(t)]++;
	if (!id_parse(t->letter,
		(struct str){json_string_value(id_text), json_string_length(id_text)}, &w.id)) {
		refuse(l, l->line, "\"id\" is not the id of a %s", t->name);
		return true;
	}
	if (!model_record(
		t, json_object_get(line, "record"), l->max_size_record, &w.record, &problems)) {
		problems_describe(&problems, &why);
		refuse(l, l->line, "%s", buf_terminate(&why));
		buf_free(&why);
		problems_free(&problems);
		record_free(&w.record);
		return true;
	}
	if (!is_ready_for(l, t, &w) && !store_waiting(l, e)) {
		record_free(&w.record);
		return false;
	}
	l->type = t;
	l->bytes += w.record.text.len;
	l->entries += entries_of(&w);
	l->waiting[l->n++] = w;
	return true;
}

static bool
take_first(struct load *l, const json_t *line, struct err *e)
{
	const json_t *mark = json_object_get(line, DUMP_MARK), *n;
	const char *name;

	if (!json_is_integer(mark))
		return err_set(e, ERR_NOT_JSON,
		    "this is no dump: `outboxctl load` takes what `outboxctl dump` has "
		    "written");
	if (json_integer_value(mark) != DUMP_FORMAT)
		return err_set(e, ERR_NOT_JSON,
		    "the dump has format %" JSON_INTEGER_FORMAT
		    ", and this outboxctl reads format %d",
		    json_integer_value(mark), DUMP_FORMAT);
	json_object_foreach(json_object_get(line, "records"), name, n)
		l->announced += (uint64_t)json_integer_value(n);
	return true;
}

static bool
take_last(struct load *l, const json_t *line, struct err *e)
{
	const json_t *counts = json_object_get(line, "records");

	for (size_t i = 0; model_types[i] != NULL; i++) {
		const json_t *n = json_object_get(counts, model_types[i]->name);

		if ((uint64_t)json_integer_value(n) != l->of_type[i])
			return err_set(e, ERR_NOT_JSON,
			    "%" PRIu64 " %s were read, and the dump had %" JSON_INTEGER_FORMAT
			    ": lines are missing, or there twice",
			    l->of_type[i], model_types[i]->name, json_integer_value(n));
	}
	l->ended = true;
	return true;
}

static bool
take_line(struct load *l, struct str text, struct err *e)
{
	json_error_t why;
	json_t *line;
	bool ok;

	if (l->ended)
		return err_set(e, ERR_NOT_JSON, "something follows the last line of the dump");
	line = json_read(text, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
	if (l->line == 1)
		ok = take_first(l, line, e);
	else if (line == NULL)
		ok = err_set(e, ERR_NOT_JSON, "not JSON: %s", why.text);
	else if (json_is_true(json_object_get(line, "end")))
		ok = take_last(l, line, e);
	else
		ok = take_record(l, line, e);
	json_decref(line);
	return ok;
}

static bool
take_lines(struct load *l, FILE *in, struct err *e)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t len;
	bool ok = true;

	errno = 0;
	while (ok && (len = getline(&text, &room, in)) > 0) {
		struct err why = {0};

		l->line++;
		ok = (size_t)len > LINE_BYTES_MAX
		    ? err_set(&why, ERR_NOT_JSON, "is too long")
		    : take_line(l, (struct str){text, (size_t)len}, &why);
		if (!ok)
			err_set(e, why.code, "line %" PRIu64 ": %s", l->line, why.text);
	}
	if (ok && ferror(in))
		ok = err_set(e, ERR_SERVER_FAIL, "cannot read: %s", strerror(errno));
	free(text);
	return ok;
}

/* Loads standard input. Records read before an error, or before the end of a truncated file,
 * are stored too. */
bool
ctl_load(struct store *s, const words w, struct err *e)
{
	struct load *l = mem_new(1, sizeof *l);
	struct err storing = {0};
	struct config c;
	bool ok = false;

	if (!ctl_config(&c, w, e))
		goto out;
	l->store = s;
	l->new_ids = *w[WORD_NEW_IDS] != NULL;
	l->max_size_record = c.limits.max_size_record;
	config_free(&c);
	progress_start(&l->progress, true);
	ok = take_lines(l, stdin, e);
	if (!store_waiting(l, &storing))
		ok = err_set(e, storing.code, "%s", storing.text);
	progress_hide(&l->progress);
	printf("%" PRIu64 " records loaded, %" PRIu64 " were there, %" PRIu64 " refused\n",
	    l->loaded, l->same, l->refused);
	if (ok && !l->ended)
		ok = err_set(e, ERR_NOT_JSON,
		    "the last line is missing: the dump was cut off; what was there is loaded");
	if (ok && l->refused > 0)
		ok = err_set(e, ERR_INVALID_PROPERTIES, "not all records were loaded");
out:
	forget_waiting(l);
	free(l);
	return ok;
}
