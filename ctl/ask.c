/* ctl/ask.c -- outboxctl get, query. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/filter.h"
#include "client/pages.h"
#include "ctl/command.h"
#include "ctl/progress.h"
#include "ctl/table.h"
#include "ctl/text.h"

static bool
wants_json(const words w)
{
	return *w[WORD_JSON] != NULL;
}

static void
print_json(const json_t *v)
{
	struct buf line = {0};

	text_json(v, isatty(STDOUT_FILENO), &line);
	fwrite(line.s, 1, line.len, stdout);
	buf_free(&line);
}

/* --- get --- */

/* Prints a blank line between two records. */
static void
print_record(const json_t *record, bool first)
{
	struct buf text = {0};

	buf_puts(&text, first ? "" : "\n");
	text_object(record, &text);
	fwrite(text.s, 1, text.len, stdout);
	buf_free(&text);
}

static void
complain_of_missing(const json_t *id)
{
	struct buf line = {0};

	buf_printf(&line, "%s: there is no such record",
	    json_is_string(id) ? json_string_value(id) : "an id");
	text_complain(buf_terminate(&line));
	buf_free(&line);
}

struct tally {
	size_t shown, missing;
};

/* Gets the records of one call: at most as many ids as a call may have. */
static bool
get_some(struct client *c, const char *type, const words w, json_t *arguments,
    struct tally *tally, struct err *e)
{
	const json_t *v;
	json_t *answer = NULL;
	size_t i;

	if (!client_call(c, type, "get", arguments, &answer, e))
		return false;
	json_array_foreach(json_object_get(answer, "list"), i, v) {
		if (wants_json(w))
			print_json(v);
		else
			print_record(v, tally->shown == 0);
		tally->shown++;
	}
	json_array_foreach(json_object_get(answer, "notFound"), i, v) {
		complain_of_missing(v);
		tally->missing++;
	}
	json_decref(answer);
	return true;
}

static bool
get(struct client *c, const words w, struct err *e)
{
	const char *type;
	json_t *properties = json_null();
	struct tally tally = {0};
	bool ok = false;

	if (!catalog_record(&c->catalog, *w[WORD_TYPE], &type, e))
		goto out;
	if (*w[WORD_FIELDS] != NULL)
		properties = filter_fields(&c->catalog, type, *w[WORD_FIELDS], e);
	if (properties == NULL)
		goto out;
	for (const char *const *id = w[WORD_IDS]; *id != NULL;) {
		json_t *ids = json_array();

		while (*id != NULL && json_array_size(ids) < c->max_objects_in_get)
			if (json_array_append_new(ids, json_string(*id++)) != 0)
				tally.missing++; /* not UTF-8, so it cannot be an id */
		if (!get_some(c, type, w,
			json_pack("{s: o, s: O}", "ids", ids, "properties", properties), &tally,
			e))
			goto out;
	}
	ok = tally.missing == 0 ||
	    err_set(e, ERR_NOT_FOUND, "%zu of %zu records are not there", tally.missing,
		tally.shown + tally.missing);
out:
	json_decref(properties);
	return ok;
}

/* --- query --- */

static bool
read_limit(const words w, uint64_t *limit, struct err *e)
{
	*limit = UINT64_MAX;
	return *w[WORD_LIMIT] == NULL || str_to_u64(str_of(*w[WORD_LIMIT]), INT32_MAX, limit) ||
	    err_set(e, ERR_INVALID_ARGUMENTS, "--limit must be a whole number from 0 to %d",
		INT32_MAX);
}

/* Begins the query that the command line asks for. */
static bool
begin(struct pages *p, struct client *c, const words w, struct err *e)
{
	*p = (struct pages){.client = c};
	if (!read_limit(w, &p->left, e) ||
	    !catalog_record(&c->catalog, *w[WORD_TYPE], &p->type, e))
		return false;
	p->filter = filter_where(&c->catalog, p->type, w[WORD_WHERE], e);
	if (p->filter == NULL)
		return false;
	if (*w[WORD_SORT] != NULL) {
		p->sort = filter_sort(&c->catalog, p->type, *w[WORD_SORT], e);
		if (p->sort == NULL)
			return false;
	}
	p->properties = *w[WORD_FIELDS] != NULL
	    ? filter_fields(&c->catalog, p->type, *w[WORD_FIELDS], e)
	    : filter_columns(&c->catalog, p->type);
	return p->properties != NULL;
}

static void
print_page(const json_t *records, struct table *t, bool json)
{
	const json_t *record;
	size_t i;

	json_array_foreach(records, i, record)
		if (json)
			print_json(record);
		else
			table_add(t, record);
}

static bool
query(struct client *c, const words w, struct err *e)
{
	struct pages p;
	struct table t = {0};
	struct progress progress;
	json_t *records = NULL;
	uint64_t wanted, n = 0;
	bool ok = false;

	if (!begin(&p, c, w, e))
		goto out;
	wanted = p.left;
	progress_start(&progress, !wants_json(w));
	table_start(&t, stdout, p.properties);
	while ((ok = pages_next(&p, &records, e)) && records != NULL) {
		print_page(records, &t, wants_json(w));
		n += json_array_size(records);
		json_decref(records);
		if (p.left > 0)
			progress_show(&progress, n, p.total < wanted ? p.total : wanted);
	}
	progress_hide(&progress);
	table_print(&t);
out:
	table_free(&t);
	pages_free(&p);
	return ok;
}

bool
ctl_get(struct store *s, const words w, struct err *e)
{
	(void)s;
	return ctl_ask(get, w, e);
}

bool
ctl_query(struct store *s, const words w, struct err *e)
{
	(void)s;
	return ctl_ask(query, w, e);
}
