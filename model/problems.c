/* model/problems.c -- what is wrong with a record, for programs and for people. */
#include <stdarg.h>
#include <stdlib.h>

#include "model/record.h"

#define DESCRIBED_MAX 5    /* problems told to a person */
#define PATH_SHOWN_MAX 200 /* bytes of a path shown to a person */

bool
problems_are_full(const struct problems *p)
{
	return p->n >= MODEL_MAX_PROBLEMS || p->bytes >= MODEL_MAX_PROBLEM_BYTES;
}

/* Appends path, cut after max bytes but not within a character. */
static void
add_path(struct buf *out, const char *path, size_t max)
{
	struct str s = str_of(path);

	if (s.len <= max) {
		buf_add_str(out, s);
		return;
	}
	s.len = max;
	while (s.len > 0 && ((unsigned char)s.s[s.len] & 0xc0) == 0x80)
		s.len--;
	buf_add_str(out, s);
	buf_puts(out, "...");
}

/* Takes the texts over.  A problem that no longer fits is counted, and so are all after it. */
static void
list_problem(struct problems *p, struct buf *path, struct buf *want)
{
	size_t bytes = path->len + want->len;

	buf_terminate(path);
	buf_terminate(want);
	if (p->n > 0 && p->bytes + bytes > MODEL_MAX_PROBLEM_BYTES) {
		p->bytes = MODEL_MAX_PROBLEM_BYTES;
		p->more++;
		buf_free(path);
		buf_free(want);
		return;
	}
	/* Doubled whenever n is a power of two. */
	if ((p->n & (p->n - 1)) == 0)
		p->list = mem_grow(p->list, p->n == 0 ? 1 : 2 * p->n, sizeof *p->list);
	p->list[p->n++] = (struct problem){path->s, want->s};
	p->bytes += bytes;
}

void
problems_add(struct problems *p, const char *path, const char *fmt, ...)
{
	struct buf where = {0}, want = {0};
	va_list ap;

	if (problems_are_full(p)) {
		p->more++;
		return;
	}
	add_path(&where, path, MODEL_MAX_PROBLEM_PATH_BYTES);
	va_start(ap, fmt);
	buf_vprintf(&want, fmt, ap);
	va_end(ap);
	list_problem(p, &where, &want);
}

void
problems_describe(const struct problems *p, struct buf *out)
{
	size_t shown = p->n < DESCRIBED_MAX ? p->n : DESCRIBED_MAX;
	size_t rest = p->n - shown + p->more;
	const char *between = "";

	for (size_t i = 0; i < shown; i++) {
		buf_puts(out, between);
		add_path(out, p->list[i].path, PATH_SHOWN_MAX);
		if (p->list[i].path[0] != '\0')
			buf_putc(out, ' ');
		buf_puts(out, p->list[i].want);
		between = "; ";
	}
	if (rest > 0)
		buf_printf(out, "; and %zu more", rest);
	if (p->too_large)
		buf_printf(out, "%sthe record is larger than the server allows", between);
}

size_t
problems_count(const struct problems *p)
{
	return p->n + p->more;
}

void
problems_free(struct problems *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->list[i].path);
		free(p->list[i].want);
	}
	free(p->list);
	*p = (struct problems){0};
}
