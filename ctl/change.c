/* ctl/change.c -- outboxctl create, update, delete. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/batch.h"
#include "client/source.h"
#include "client/value.h"
#include "ctl/command.h"
#include "ctl/progress.h"
#include "ctl/text.h"

#define CREATION_PREFIX "n" /* creation ids: this and a number */
#define PROGRESS_STEP 100
#define ID_ENDS " \t\r\n," /* these separate ids */
#define ID_LEN_MAX 255     /* of an id (RFC 8620, 1.2) */

/* Limits on what is shown of a refusal, because it quotes what strangers sent. */
#define PROPERTIES_SHOWN_MAX 5
#define PATH_SHOWN_MAX 120        /* bytes */
#define VALUE_SHOWN_MAX 60        /* bytes */
#define DESCRIPTION_SHOWN_MAX 500 /* bytes */

/* --- what the server refuses --- */

/* Appends at most max bytes of text, and "..." if it cut something off. */
static void
add_cut(struct buf *out, struct str text, size_t max)
{
	size_t n = text.len < max ? text.len : max;

	while (n < text.len && n > 0 && ((unsigned char)text.s[n] & 0xc0) == 0x80)
		n--; /* do not cut inside a UTF-8 character */
	buf_add(out, text.s, n);
	buf_puts(out, n < text.len ? "..." : "");
}

/* Cuts the next part off a path such as "report/records/0". */
static struct str
next_part(const char **path)
{
	struct str part = {*path, strcspn(*path, "/")};

	*path += part.len + ((*path)[part.len] == '/');
	return part;
}

/* Returns the value at that path in the object or patch; NULL if there is none. */
static const json_t *
value_at(const json_t *object, const char *path)
{
	if (json_object_get(object, path) != NULL)
		return json_object_get(object, path);
	while (object != NULL && *path != '\0') {
		struct str part = next_part(&path);
		uint64_t i;

		if (json_is_array(object))
			object =
			    str_to_u64(part, SIZE_MAX, &i) ? json_array_get(object, i) : NULL;
		else
			object = json_object_getn(object, part.s, part.len);
	}
	return object;
}

/* Appends " (reportId r1, domain example.com)", the names by which people know a report. */
static void
add_names(const json_t *object, struct buf *out)
{
	static const char *const paths[] = {"report/reportId", "domain"};
	size_t n = 0;

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		const json_t *v = value_at(object, paths[i]);
		const char *slash = strrchr(paths[i], '/');

		if (!json_is_string(v))
			continue;
		buf_printf(
		    out, "%s%s ", n++ == 0 ? " (" : ", ", slash != NULL ? slash + 1 : paths[i]);
		add_cut(out, str_of(json_string_value(v)), VALUE_SHOWN_MAX);
	}
	buf_puts(out, n > 0 ? ")" : "");
}

static void
add_value(const json_t *v, struct buf *out)
{
	struct buf text = {0};

	text_json(v, false, &text);
	while (text.len > 0 && text.s[text.len - 1] == '\n')
		text.len--;
	add_cut(out, buf_str(&text), VALUE_SHOWN_MAX);
	buf_free(&text);
}

/* Appends " (sent: report/records/0/count = -1, ...)": the first few wrong properties with
 * the values that were sent. */
static void
add_values(const json_t *error, const json_t *object, struct buf *out)
{
	const json_t *list = json_object_get(error, "properties"), *v;
	size_t i, shown = 0, n = 0;

	json_array_foreach(list, i, v) {
		const char *path = json_string_value(v);
		const json_t *value = path != NULL ? value_at(object, path) : NULL;

		if (value == NULL || n++ >= PROPERTIES_SHOWN_MAX)
			continue;
		buf_puts(out, shown++ == 0 ? " (sent: " : ", ");
		add_cut(out, str_of(path), PATH_SHOWN_MAX);
		buf_puts(out, " = ");
		add_value(value, out);
	}
	if (n > shown)
		buf_printf(out, ", and %zu more", n - shown);
	buf_puts(out, shown > 0 ? ")" : "");
}

/* Appends "; report/orgName: Required". For servers that do not list the wrong properties. */
static void
add_validation(const json_t *error, struct buf *out)
{
	const json_t *list = json_object_get(error, "validationErrors"), *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (i < PROPERTIES_SHOWN_MAX && member_text(v, "property") != NULL &&
		    member_text(v, "type") != NULL) {
			buf_puts(out, "; ");
			add_cut(out, str_of(member_text(v, "property")), PATH_SHOWN_MAX);
			buf_printf(out, ": %s", member_text(v, "type"));
		}
}

static void
complain_of(const char *what, const json_t *object, const json_t *error)
{
	const char *type = member_text(error, "type");
	const char *description = member_text(error, "description");
	struct buf line = {0};

	buf_puts(&line, what);
	buf_printf(
	    &line, ": %s", type != NULL ? type : "the server does not say what became of it");
	if (description != NULL) {
		buf_puts(&line, ": ");
		add_cut(&line, str_of(description), DESCRIPTION_SHOWN_MAX);
	}
	add_values(error, object, &line);
	if (json_object_get(error, "properties") == NULL)
		add_validation(error, &line);
	text_complain(buf_terminate(&line));
	buf_free(&line);
}

/* --- results of objects --- */

struct work {
	struct batch batch;
	struct progress progress;
	uint64_t n; /* results printed so far */
};

static void
count(struct work *work)
{
	work->n++;
	if (work->n % PROGRESS_STEP == 0)
		progress_show(&work->progress, work->n, 0);
}

static void
told_create(
    void *arg, const char *key, const json_t *object, const char *id, const json_t *error)
{
	struct work *work = arg;
	struct buf what = {0};

	progress_hide(&work->progress);
	buf_printf(&what, "object %s", key + strlen(CREATION_PREFIX));
	add_names(object, &what);
	if (id != NULL) {
		printf("%s\n", id);
		fflush(stdout); /* the result is out even if this program is killed now */
	} else
		complain_of(buf_terminate(&what), object, error);
	buf_free(&what);
	count(work);
}

static void
told_change(
    void *arg, const char *key, const json_t *object, const char *id, const json_t *error)
{
	struct work *work = arg;

	if (id == NULL) {
		progress_hide(&work->progress);
		complain_of(key, object, error);
	}
	count(work);
}

/* Prepares the work, and looks up the type. */
static bool
begin(struct work *work, struct client *c, enum batch_verb verb, const words w, struct err *e)
{
	*work = (struct work){.batch = {.client = c,
				  .verb = verb,
				  .told = verb == BATCH_CREATE ? told_create : told_change,
				  .arg = work}};
	progress_start(&work->progress, verb != BATCH_CREATE);
	return catalog_record(&c->catalog, *w[WORD_TYPE], &work->batch.type, e);
}

static void
end(struct work *work)
{
	progress_hide(&work->progress);
	batch_free(&work->batch);
}

/* Sends the objects that still wait. */
static bool
finish(struct work *work, struct err *e)
{
	return batch_send(&work->batch, e) && batch_is_done(&work->batch, e);
}

/* --- where objects come from --- */

/* Opens the stream that the command line names. On error returns NULL and sets *e.
 * close_source() afterwards. */
static FILE *
open_source(struct source *s, const words w, struct err *e)
{
	const char *text = *w[WORD_JSON_TEXT], *path = *w[WORD_FILE];

	*s = (struct source){.name = text != NULL ? "--json" : path};
	if (text != NULL)
		s->file = fmemopen((char *)text, strlen(text), "r");
	else if (path != NULL)
		s->file = fopen(path, "re");
	else
		*s = (struct source){.file = stdin, .name = "standard input"};
	if (s->file == NULL)
		err_set(
		    e, ERR_INVALID_ARGUMENTS, "cannot open %s: %s", s->name, strerror(errno));
	return s->file;
}

static void
close_source(struct source *s)
{
	if (s->file != NULL && s->file != stdin)
		fclose(s->file);
}

/* --- create --- */

static bool
add_new(struct batch *b, size_t n, json_t *object, struct err *e)
{
	char key[32];

	snprintf(key, sizeof key, CREATION_PREFIX "%zu", n);
	return batch_add(b, key, object, e);
}

static bool
create_from_source(struct batch *batch, const words w, struct err *e)
{
	struct source s;
	json_t *object = NULL;
	bool ok = false;

	if (open_source(&s, w, e) == NULL)
		return false;
	while ((ok = source_next(&s, &object, e)) && object != NULL)
		if (!add_new(batch, s.n, object, e)) {
			ok = false;
			break;
		}
	close_source(&s);
	return ok;
}

static bool
create(struct client *c, const words w, struct err *e)
{
	struct work work;
	json_t *object;
	bool ok = false;

	if (!begin(&work, c, BATCH_CREATE, w, e))
		goto out;
	if (*w[WORD_FIELD] != NULL) {
		object = value_object(&c->catalog, work.batch.type, w[WORD_FIELD], e);
		if (object == NULL || !add_new(&work.batch, 1, object, e))
			goto out;
	} else if (!create_from_source(&work.batch, w, e))
		goto out;
	ok = finish(&work, e);
out:
	end(&work);
	return ok;
}

/* --- update --- */

/* Reads the patch, the only object that the command line gives or names. */
static json_t *
read_patch(const words w, struct err *e)
{
	struct source s;
	json_t *patch = NULL, *more = NULL;

	if (open_source(&s, w, e) == NULL)
		return NULL;
	if (source_next(&s, &patch, e) && source_next(&s, &more, e) && more == NULL) {
		close_source(&s);
		return patch;
	}
	err_set(
	    e, ERR_INVALID_ARGUMENTS, "%s has more than the one patch of an update", s.name);
	json_decref(patch);
	json_decref(more);
	close_source(&s);
	return NULL;
}

static bool
update(struct client *c, const words w, struct err *e)
{
	struct work work;
	json_t *patch;
	bool ok = false;

	if (!begin(&work, c, BATCH_UPDATE, w, e))
		goto out;
	patch = *w[WORD_FIELD] != NULL
	    ? value_patch(&c->catalog, work.batch.type, w[WORD_FIELD], e)
	    : read_patch(w, e);
	if (patch == NULL || !batch_add(&work.batch, *w[WORD_ID], patch, e) ||
	    !finish(&work, e))
		goto out;
	printf("updated %s\n", *w[WORD_ID]);
	ok = true;
out:
	end(&work);
	return ok;
}

/* --- delete --- */

/* Reads the next id. Blanks, newlines and commas separate ids. At the end *id is empty. */
static bool
read_id(FILE *f, const char *name, struct buf *id, struct err *e)
{
	int c;

	buf_clear(id);
	while ((c = getc(f)) != EOF) {
		if (c != '\0' && strchr(ID_ENDS, c) == NULL)
			buf_putc(id, (char)c);
		else if (id->len > 0)
			break;
		if (id->len > ID_LEN_MAX)
			return err_set(e, ERR_INVALID_ARGUMENTS,
			    "%s has a word of more than %d bytes, which is no id", name,
			    ID_LEN_MAX);
	}
	buf_terminate(id);
	return !ferror(f) || err_set(e, ERR_INVALID_ARGUMENTS, "cannot read %s", name);
}

static bool
add_read(struct batch *b, FILE *f, const char *name, struct err *e)
{
	struct buf id = {0};
	bool ok;

	while ((ok = read_id(f, name, &id, e)) && id.len > 0)
		if (!batch_add(b, id.s, json_null(), e)) {
			ok = false;
			break;
		}
	buf_free(&id);
	return ok;
}

static bool
add_listed(struct batch *b, const char *list, struct err *e)
{
	FILE *f;
	bool ok;

	if (list[strspn(list, ID_ENDS)] == '\0')
		return err_set(e, ERR_INVALID_ARGUMENTS, "--ids has no id in it");
	f = fmemopen((char *)list, strlen(list), "r");
	ok = f != NULL ? add_read(b, f, "--ids", e)
		       : err_set(e, ERR_SERVER_FAIL, "cannot read --ids: %s", strerror(errno));
	if (f != NULL)
		fclose(f);
	return ok;
}

static bool
destroy(struct client *c, const words w, struct err *e)
{
	struct work work;
	bool ok = false;

	if (!begin(&work, c, BATCH_DESTROY, w, e))
		goto out;
	if (*w[WORD_ID_LIST] != NULL ? !add_listed(&work.batch, *w[WORD_ID_LIST], e)
				     : !add_read(&work.batch, stdin, "standard input", e))
		goto out;
	if (!batch_send(&work.batch, e))
		goto out;
	progress_hide(&work.progress);
	printf("deleted %zu\n", work.batch.done);
	ok = batch_is_done(&work.batch, e);
out:
	end(&work);
	return ok;
}

bool
ctl_create(struct store *s, const words w, struct err *e)
{
	(void)s;
	return ctl_ask(create, w, e);
}

bool
ctl_update(struct store *s, const words w, struct err *e)
{
	(void)s;
	return ctl_ask(update, w, e);
}

bool
ctl_delete(struct store *s, const words w, struct err *e)
{
	(void)s;
	return ctl_ask(destroy, w, e);
}
