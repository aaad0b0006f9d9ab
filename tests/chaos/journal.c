/* tests/chaos/journal.c -- what one client wanted and what it was told, line by line. */
#include "tests/chaos/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "base/io.h"

#define JOURNAL_MAX ((size_t)8 << 30) /* bytes that are read */
#define PATH_BYTES 256
#define WORDS_MAX 6

static const char *const kind_names[WRITE__COUNT] = {
    [WRITE_CREATE] = "create", [WRITE_UPDATE] = "update", [WRITE_DESTROY] = "destroy"};

const char *
write_kind_name(enum write_kind k)
{
	return kind_names[k];
}

static void
journal_path(const char *dir, unsigned client, char out[static PATH_BYTES])
{
	snprintf(out, PATH_BYTES, "%s/journal.%u", dir, client);
}

bool
journal_open(struct journal *j, const char *dir, unsigned client, struct err *e)
{
	char path[PATH_BYTES];

	journal_path(dir, client, path);
	*j =
	    (struct journal){.fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
	return j->fd >= 0 ||
	    err_set(e, ERR_SERVER_FAIL, "cannot open %s: %s", path, strerror(errno));
}

void
journal_close(struct journal *j)
{
	io_close(&j->fd);
	buf_free(&j->lines);
}

void
journal_add(struct journal *j, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&j->lines, fmt, ap);
	va_end(ap);
	buf_putc(&j->lines, '\n');
}

void
journal_flush(struct journal *j)
{
	if (j->lines.len > 0 && !io_write_full(j->fd, j->lines.s, j->lines.len)) {
		fprintf(stderr, "chaos: a journal cannot be written: %s\n", strerror(errno));
		exit(1);
	}
	buf_clear(&j->lines);
}

/* --- reading --- */

/* A line, taken apart. */
struct line {
	struct history *history;
	unsigned client;
	size_t n;
	char *words[WORDS_MAX]; /* the last one holds the rest */
};

static bool
number(const struct line *l, size_t word, uint64_t *out)
{
	return word < l->n && str_to_u64(str_of(l->words[word]), UINT64_MAX, out);
}

/* The write whose number that word is; NULL if it has no intent. */
static struct write *
write_at(const struct line *l, size_t word)
{
	uint64_t n;

	if (!number(l, word, &n) || n == 0 || n > l->history->clients[l->client].n)
		return NULL;
	return &l->history->clients[l->client].writes[n];
}

static bool
id_at(const struct line *l, size_t word, uint64_t *id)
{
	return word < l->n && id_parse(l->words[word][0], str_of(l->words[word]), id);
}

/* Room for the write of that number. */
static struct write *
write_new(const struct line *l, uint64_t n)
{
	struct write **writes = &l->history->clients[l->client].writes;
	uint64_t *last = &l->history->clients[l->client].n;

	if (n != *last + 1)
		return NULL;
	if ((n & (n - 1)) == 0) { /* a power of two: full */
		*writes = mem_grow(*writes, 2 * n, sizeof **writes);
		(*writes)[0] = (struct write){0};
	}
	*last = n;
	(*writes)[n] = (struct write){.outcome = OUTCOME_UNKNOWN};
	return &(*writes)[n];
}

static bool
take_intent(struct line *l)
{
	struct write *w;
	uint64_t set, n;

	if (l->n != 6 || !number(l, 1, &set) || !number(l, 4, &n) ||
	    (w = write_new(l, n)) == NULL)
		return false;
	w->set = set;
	w->letter = l->words[2][0];
	for (enum write_kind k = WRITE_CREATE; k < WRITE__COUNT; k++)
		if (strcmp(l->words[3], kind_names[k]) == 0)
			w->kind = k;
	return w->kind != 0 && (w->kind == WRITE_CREATE || id_at(l, 5, &w->id));
}

static bool
take_done(struct line *l)
{
	struct write *w = write_at(l, 2);

	if (w == NULL || !id_at(l, 3, &w->id))
		return false;
	w->outcome = OUTCOME_DONE;
	return true;
}

static bool
take_refused(struct line *l)
{
	struct write *w = write_at(l, 2);

	if (w == NULL)
		return false;
	w->outcome = OUTCOME_REFUSED;
	return true;
}

/* "0123abcd-17" */
static bool
state_at(const struct line *l, size_t word, uint32_t *epoch, uint64_t *change)
{
	char *end;

	if (word >= l->n)
		return false;
	*epoch = (uint32_t)strtoul(l->words[word], &end, 16);
	return *end == '-' && str_to_u64(str_of(end + 1), UINT64_MAX, change);
}

static bool
take_answered(struct line *l)
{
	uint64_t set, old, change;
	uint32_t old_epoch, epoch;

	if (!number(l, 1, &set) || !state_at(l, 2, &old_epoch, &old) ||
	    !state_at(l, 3, &epoch, &change) || epoch != old_epoch)
		return false;
	for (uint64_t n = set; n <= l->history->clients[l->client].n; n++) {
		struct write *w = &l->history->clients[l->client].writes[n];

		if (w->set != set || w->outcome != OUTCOME_DONE)
			continue;
		w->epoch = epoch;
		w->old_change = old;
		w->change = change;
	}
	return true;
}

static bool
take_unknown(struct line *l)
{
	return l->n > 1; /* as every write is from its intent on */
}

static bool
take_happened(struct line *l)
{
	struct write *w = write_at(l, 2);

	if (w == NULL || !id_at(l, 3, &w->id))
		return false;
	w->outcome = OUTCOME_HAPPENED;
	return true;
}

static bool
take_missed(struct line *l)
{
	struct write *w = write_at(l, 2);

	if (w == NULL)
		return false;
	w->outcome = OUTCOME_MISSED;
	return true;
}

static bool
take_wrong(struct line *l)
{
	struct history *h = l->history;
	struct buf text = {0};

	buf_printf(&text, "client %u:", l->client);
	for (size_t i = 1; i < l->n; i++)
		buf_printf(&text, " %s", l->words[i]);
	buf_terminate(&text);
	h->wrong = mem_grow(h->wrong, h->n_wrong + 1, sizeof *h->wrong);
	h->wrong[h->n_wrong++] = text.s;
	return true;
}

static const struct {
	const char *word;
	bool (*take)(struct line *l);
} lines[] = {
    {"intent", take_intent},
    {"done", take_done},
    {"refused", take_refused},
    {"answered", take_answered},
    {"unknown", take_unknown},
    {"happened", take_happened},
    {"missed", take_missed},
    {"wrong", take_wrong},
};

static bool
take_line(struct history *h, unsigned client, char *text)
{
	struct line l = {.history = h, .client = client};

	for (; text != NULL && l.n < WORDS_MAX - 1; l.n++)
		l.words[l.n] = strsep(&text, " ");
	if (text != NULL)
		l.words[l.n++] = text;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (strcmp(l.words[0], lines[i].word) == 0)
			return lines[i].take(&l);
	return false;
}

static bool
journal_read(struct history *h, unsigned client, struct buf *text, struct err *e)
{
	char *rest = text->s, *line;

	h->clients = mem_grow(h->clients, client + 1, sizeof *h->clients);
	h->clients[client].n = 0;
	h->clients[client].writes = NULL;
	h->n_clients = client + 1;
	for (unsigned at = 1; (line = strsep(&rest, "\n")) != NULL && *line != '\0'; at++)
		if (!take_line(h, client, line))
			return err_set(e, ERR_SERVER_FAIL, "journal.%u, line %u cannot be read",
			    client, at);
	return true;
}

bool
history_read(struct history *h, const char *dir, struct err *e)
{
	*h = (struct history){0};
	for (unsigned client = 0;; client++) {
		struct buf text = {0};
		char path[PATH_BYTES];
		bool ok;

		journal_path(dir, client, path);
		if (access(path, F_OK) != 0)
			return client > 0 ||
			    err_set(e, ERR_SERVER_FAIL, "%s is not there", path);
		ok = io_read_file(path, JOURNAL_MAX, &text, e);
		if (ok)
			buf_terminate(&text);
		ok = ok && journal_read(h, client, &text, e);
		buf_free(&text);
		if (!ok)
			return false;
	}
}

void
history_free(struct history *h)
{
	for (unsigned i = 0; i < h->n_clients; i++)
		free(h->clients[i].writes);
	for (size_t i = 0; i < h->n_wrong; i++)
		free(h->wrong[i]);
	free(h->clients);
	free(h->wrong);
	*h = (struct history){0};
}
