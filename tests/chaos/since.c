/* tests/chaos/since.c -- answers of Foo/changes against the change log. */
#include "tests/chaos/since.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/io.h"

#define ANSWERS_MAX ((size_t)1 << 30)

/* One page: what the log says of each id between two states, and what the answer said. */
struct page {
	const struct ledger *ledger;
	bool ours;
	uint64_t from; /* state before it */
	uint8_t *told; /* by id: a bit for each kind */
};

static uint8_t
bit(enum write_kind k)
{
	return (uint8_t)(1u << k);
}

/* 5.2: made since is created, whatever else; made and destroyed since is not mentioned;
 * destroyed since is destroyed. */
static uint8_t
coalesced(uint8_t kinds)
{
	if ((kinds & bit(WRITE_CREATE)) && (kinds & bit(WRITE_DESTROY)))
		return 0;
	if (kinds & bit(WRITE_CREATE))
		return bit(WRITE_CREATE);
	return kinds & bit(WRITE_DESTROY) ? bit(WRITE_DESTROY) : kinds;
}

static void
page_end(struct page *p, uint64_t until)
{
	const struct ledger *l = p->ledger;
	uint8_t *kinds = mem_new(l->last_id + 1, 1);

	if (until > l->n || until < p->from) {
		find_wrong(l->findings, "/changes: a state %llu after %llu of %llu",
		    (unsigned long long)until, (unsigned long long)p->from,
		    (unsigned long long)l->n);
		until = p->from;
	}
	for (uint64_t n = p->from + 1; n <= until; n++)
		kinds[l->changes[n].id] |= bit(l->changes[n].kind);
	for (uint64_t id = 1; id <= l->last_id; id++)
		if (coalesced(kinds[id]) != p->told[id]) {
			char text[ID_LEN + 1];

			id_format(l->letter, id, text);
			find_wrong(l->findings, "/changes from %llu to %llu: %s",
			    (unsigned long long)p->from, (unsigned long long)until, text);
		}
	p->from = until;
	memset(p->told, 0, l->last_id + 1);
	free(kinds);
}

/* "0123abcd-17" */
static bool
state_change(const char *state, uint64_t *change)
{
	const char *dash = state == NULL ? NULL : strchr(state, '-');

	return dash != NULL && str_to_u64(str_of(dash + 1), UINT64_MAX, change);
}

static bool
take_id(struct page *p, const char *word, const char *text)
{
	static const char *const words[WRITE__COUNT] = {[WRITE_CREATE] = "created",
	    [WRITE_UPDATE] = "updated",
	    [WRITE_DESTROY] = "destroyed"};
	uint64_t id;

	for (enum write_kind k = WRITE_CREATE; k < WRITE__COUNT; k++)
		if (strcmp(word, words[k]) == 0) {
			if (!id_parse(p->ledger->letter, str_of(text), &id) ||
			    id > p->ledger->last_id)
				return false;
			p->told[id] |= bit(k);
			return true;
		}
	return false;
}

static void
take_end(const struct page *p, uint64_t until)
{
	if (p->from < until)
		find_wrong(p->ledger->findings, "/changes: ends at %llu, before %llu",
		    (unsigned long long)p->from, (unsigned long long)until);
}

static bool
take_line(struct page *p, char *line)
{
	char *word = strsep(&line, " "), *next = strsep(&line, " ");
	uint64_t change;

	if (next == NULL)
		return false;
	if (strcmp(word, "since") == 0) {
		p->ours = next[0] == p->ledger->letter;
		return state_change(line, &p->from);
	}
	if (!p->ours)
		return true;
	if (strcmp(word, "page") != 0 && strcmp(word, "until") != 0)
		return take_id(p, word, next);
	if (!state_change(next, &change))
		return false;
	if (word[0] == 'p')
		page_end(p, change);
	else
		take_end(p, change);
	return true;
}

bool
since_check(const struct ledger *l, const char *path, struct err *e)
{
	struct page p = {.ledger = l};
	struct buf text = {0};
	char *rest, *line;
	bool ok = false;

	if (!io_read_file(path, ANSWERS_MAX, &text, e))
		goto out;
	buf_terminate(&text);
	rest = text.s;
	p.told = mem_new(l->last_id + 1, 1);
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0')
		if (!take_line(&p, line))
			find_wrong(l->findings, "/changes: %s", line);
	ok = true;
out:
	free(p.told);
	buf_free(&text);
	return ok;
}
